/* Pages: written whole or not at all, numbers to the last bit, texts of others that end nothing. */
#include <math.h>
#include <unistd.h>

#include "failing_alloc.h"
#include "file/scratch.h"
#include "page/sha256.h"
#include "thalweg/page.h"

enum { NX = 5, NY = 4 };
static const char *const names[] = {"train_loss", "train_loss_se", "test_acc"};
static const char HOSTILE[] =
    "</script><script>alert(1)</script><!-- \"'&\\ \xe6\x8d\x9f\xe5\xa4\xb1 \xff \x1b[31m";

static void open_surface(tw_surface *s) {
    assert_ok(tw_surface_init(s, &(tw_axis){-1, 1, NX}, &(tw_axis){0, 3, NY}, 3, names));
    for (size_t k = 0; k < 3 * NX * NY; k++)
        s->values[k] = 1 / (1.0 + (double)k);
    memset(s->computed, 1, NX * NY);
    s->values[3] = NAN;
    s->values[4] = INFINITY;
    s->computed[7] = 0;
    s->computed[8] = 2;
}

static void write_page(const char *path, const char *name, const tw_surface *surface) {
    tw_page_about about = {.bytes = sizeof about, .name = name};
    tw_page *page = NULL;
    assert_ok(tw_page_open(path, NULL, &page));
    assert_ok(tw_page_add_surface(page, &about, surface, NULL, NULL, 0));
    assert_ok(tw_page_close(page));
    tw_page_free(page);
}

static size_t count_of(const char *text, const char *word) {
    size_t count = 0;
    for (; (text = strstr(text, word)) != NULL; text++)
        count++;
    return count;
}

/* Between two words, in place. */
static char *between(char *text, const char *begin, const char *end) {
    char *at = strstr(text, begin);
    assert_non_null(at);
    at += strlen(begin);
    char *stop = strstr(at, end);
    assert_non_null(stop);
    *stop = '\0';
    return at;
}

static void digests(void **state) {
    static const struct {
        size_t size;
        const char *digest; /* as other programs have it */
    } cases[] = {{0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
                 {3, "mDSHbc+wXLFnpcJJU+uljErImxrfV/KPL50JrxB+6PA="},
                 {55, "n0OQ+NMMLdkuyfCVtl4rmumwqSWlJY4kHJ8ekQ9zQxg="},
                 {56, "s1Q5pKxvCUi21vnjxq8PX1kM4g8b3nCQ73lwaG7Gc4o="},
                 {64, "/+BU/nrgy23GXDr5th1SCfQ5hR20PQulmXM33xVGaOs="},
                 {200, "wqkI2Y9d+Yet5BtfziEwZ++8wh7yJAISpB5UtefCiuU="}};
    char text[TW_SHA256_TEXT];
    tw_sha256_base64(3, "abc", text);
    assert_string_equal(text, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    char bytes[256];
    memset(bytes, 'a', sizeof bytes);
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tw_sha256_base64(cases[k].size, bytes, text);
        assert_string_equal(text, cases[k].digest);
    }
}

/* The policy names the script that is there. */
static void policy(void **state) {
    tw_surface s;
    open_surface(&s);
    write_page(scratch("policy.html"), "p", &s);
    char *text = read_text(scratch("policy.html")), digest[TW_SHA256_TEXT], wanted[80];
    char *script = strrchr(text, '>'); /* of </html> */
    while (script > text && strncmp(script, "<script>", 8) != 0)
        script--;
    char *end = strstr(script, "</script>");
    assert_non_null(end);
    tw_sha256_base64((size_t)(end - script - 8), script + 8, digest);
    snprintf(wanted, sizeof wanted, "script-src 'sha256-%s'", digest);
    assert_non_null(strstr(text, wanted));
    assert_non_null(strstr(text, "default-src 'none'"));
    assert_non_null(strstr(text, "connect-src 'none'"));
    assert_int_equal(count_of(text, "http"), 1); /* http-equiv */
    assert_int_equal(tw_page_made(scratch("policy.html")), 1);
    assert_int_equal(tw_page_made(scratch("nothing.html")), 0);
    free(text);
    tw_surface_release(&s);
}

static void hostile_texts(void **state) {
    tw_surface s;
    tw_page *page = NULL;
    tw_provenance made = {0};
    tw_page_options options = {.bytes = sizeof options, .title = HOSTILE, .description = HOSTILE};
    tw_page_about about = {.bytes = sizeof about,
                           .name = HOSTILE,
                           .x_label = HOSTILE,
                           .y_label = HOSTILE,
                           .value_label = HOSTILE,
                           .provenance = &made};
    open_surface(&s);
    assert_ok(tw_provenance_add(&made, "command", "%s", HOSTILE));
    assert_ok(tw_page_open(scratch("hostile.html"), &options, &page));
    assert_ok(tw_page_add_surface(page, &about, &s, NULL, NULL, 0));
    assert_ok(tw_page_close(page));
    tw_page_free(page);
    char *text = read_text(scratch("hostile.html"));
    assert_int_equal(count_of(text, "<script"), 2);
    assert_int_equal(count_of(text, "</script"), 2);
    assert_int_equal(count_of(text, "<!--"), 0);
    assert_int_equal(count_of(text, "\x1b"), 0);
    assert_int_equal(count_of(text, "\xff"), 0);
    assert_non_null(strstr(text, "<title>&#60;/script&#62;"));
    char *json = between(text, "id=\"data\">", "</script");
    assert_int_equal(count_of(json, "<"), 0);
    assert_true(count_of(json, "\\u003c/script>") >= 6);
    free(text);
    tw_provenance_release(&made);
    tw_surface_release(&s);
}

static unsigned letter_of(char c) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return c == '=' ? 0 : (unsigned)(strchr(letters, c) - letters);
}

static void decode(const char *text, size_t size, unsigned char *bytes) {
    for (size_t k = 0; k < size; k++) {
        const char *four = text + k / 3 * 4;
        unsigned bits = letter_of(four[0]) << 18 | letter_of(four[1]) << 12 |
                        letter_of(four[2]) << 6 | letter_of(four[3]);
        bytes[k] = (unsigned char)(bits >> (16 - 8 * (k % 3)));
    }
}

static void numbers(void **state) {
    tw_surface s;
    open_surface(&s);
    write_page(scratch("numbers.html"), "n", &s);
    write_page(scratch("again.html"), "n", &s);
    assert_same_bytes(scratch("numbers.html"), scratch("again.html"));
    char *text = read_text(scratch("numbers.html")), *at = strstr(text, "\"train_loss\"");
    double found[NX * NY];
    assert_non_null(at);
    decode(between(at, "\"f8\": \"", "\""), sizeof found, (unsigned char *)found);
    for (size_t k = 0; k < NX * NY; k++)
        assert_true(same(found[k], s.values[k]));
    free(text);
    for (size_t k = 0; k < 3 * NX * NY; k++) /* what is float32 already is written as that */
        s.values[k] = (float)s.values[k];
    write_page(scratch("float.html"), "n", &s);
    text = read_text(scratch("float.html"));
    at = strstr(text, "\"train_loss\"");
    float narrow[NX * NY];
    decode(between(at, "\"f4\": \"", "\""), sizeof narrow, (unsigned char *)narrow);
    for (size_t k = 0; k < NX * NY; k++)
        assert_true(same(narrow[k], s.values[k]));
    free(text);
    tw_surface_release(&s);
}

/* What is there stays where the new page fails, and no part of it is left. */
static void whole_or_not(void **state) {
    tw_surface s;
    tw_page *page = NULL;
    open_surface(&s);
    write_page(scratch("whole.html"), "first", &s);
    write_page(scratch("copy.html"), "first", &s);
    s.x[1] = NAN;
    assert_ok(tw_page_open(scratch("whole.html"), NULL, &page));
    assert_fails(TW_ERR_ARGUMENT, "'surface': x coordinate 2 is not finite",
                 tw_page_add_surface(page, NULL, &s, NULL, NULL, 0));
    tw_page_free(page);
    assert_same_bytes(scratch("whole.html"), scratch("copy.html"));
    assert_no_part();
    assert_ok(tw_page_open(scratch("none.html"), NULL, &page));
    assert_fails(TW_ERR_ARGUMENT, "a page of nothing", tw_page_close(page));
    tw_page_free(page);
    assert_int_equal(access(scratch("none.html"), F_OK), -1);
    assert_no_part();
    assert_fails(TW_ERR_IO, "no-folder", tw_page_open(scratch("no-folder/a.html"), NULL, &page));
    assert_null(page);
    tw_page_free(NULL);
    tw_surface_release(&s);
}

static void refuse_surface(const char *words, const tw_surface *s) {
    tw_page *page = NULL;
    tw_page_about about = {.bytes = sizeof about, .name = "it"};
    assert_ok(tw_page_open(scratch("refused.html"), NULL, &page));
    assert_fails(TW_ERR_ARGUMENT, words, tw_page_add_surface(page, &about, s, NULL, NULL, 0));
    tw_page_free(page);
}

static void refusals(void **state) {
    tw_surface s;
    tw_table table;
    tw_curvature_report report = {0};
    tw_page *page = NULL;
    open_surface(&s);
    tw_surface changed = s;
    changed.metrics = 0;
    refuse_surface("'it' has nothing to show: no metric", &changed);
    s.y[1] = s.y[2];
    refuse_surface("'it': the y coordinates neither rise nor fall throughout", &s);
    s.y[1] = 1;
    memset(s.computed, 0, NX * NY);
    refuse_surface("'it' has nothing to show: no point of it is computed yet", &s);
    tw_page_options options = {.bytes = sizeof options, .view = "4d"};
    assert_fails(TW_ERR_ARGUMENT, "no view is called '4d'",
                 tw_page_open(scratch("a.html"), &options, &page));
    options = (tw_page_options){.bytes = sizeof options, .colormap = "jet"};
    assert_fails(TW_ERR_ARGUMENT, "no colour map is called 'jet'",
                 tw_page_open(scratch("a.html"), &options, &page));
    assert_ok(tw_page_open(scratch("a.html"), NULL, &page));
    assert_ok(
        tw_table_init(&table, "descent", 2, (const char *const[]){"iteration", "train_loss"}));
    assert_fails(TW_ERR_ARGUMENT, "'table' has nothing to show: no rows",
                 tw_page_add_table(page, NULL, &table));
    tw_page_free(page);
    assert_ok(tw_page_open(scratch("a.html"), NULL, &page));
    assert_fails(TW_ERR_ARGUMENT, "neither a density nor eigenvalues",
                 tw_page_add_spectrum(page, NULL, &report));
    tw_page_free(page);
    assert_fails(TW_ERR_ARGUMENT, "NULL", tw_page_open(NULL, NULL, &page));
    assert_fails(TW_ERR_ARGUMENT, "NULL", tw_page_close(NULL));
    tw_table_release(&table);
    tw_surface_release(&s);
}

/* A script of the caller's is in the policy, with whom it may ask; one that would end is refused.
 */
static void scripts(void **state) {
    tw_page *page = NULL;
    tw_page_options options = {.bytes = sizeof options,
                               .script = "viewer.on('start', () => {});",
                               .script_data = "{\"token\": \"<1>\"}",
                               .connect = "'self'"};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_ok(tw_page_open_stream(stream, &options, &page));
    assert_ok(tw_page_close(page)); /* it may begin with nothing */
    tw_page_free(page);
    fclose(stream);
    assert_non_null(strstr(text, "connect-src 'self'"));
    assert_non_null(strstr(text, "viewer.on('start', () => {});\nstart();"));
    assert_non_null(strstr(text, "\"live\": {\"token\": \"\\u003c1>\"}}"));
    free(text);
    options.script = "'</script>'";
    assert_ok(tw_page_open(scratch("b.html"), &options, &page));
    assert_fails(TW_ERR_ARGUMENT, "must hold neither", tw_page_close(page));
    tw_page_free(page);
}

static tw_status whole_page(const char *name, const tw_surface *s) {
    tw_page *page = NULL;
    tw_page_options options = {.bytes = sizeof options, .title = "t", .metric = "train_loss"};
    tw_status status = tw_page_open(scratch(name), &options, &page);
    if (status == TW_OK)
        status = tw_page_add_surface(page, NULL, s, NULL, NULL, 0);
    if (status == TW_OK)
        status = tw_page_close(page);
    tw_page_free(page);
    return status;
}

static void memory_out(void **state) {
    tw_surface s;
    size_t failed = 0;
    open_surface(&s);
    assert_ok(whole_page("reference.html", &s));
    failing_alloc_arm(0);
    assert_ok(whole_page("memory.html", &s));
    size_t count = failing_alloc_disarm();
    assert_true(count > 10);
    for (size_t which = 1; which <= count; which++) {
        FILE *old = fopen(scratch("memory.html"), "w");
        assert_non_null(old);
        assert_true(fputs("old", old) >= 0 && fclose(old) == 0);
        failing_alloc_arm(which);
        tw_status status = whole_page("memory.html", &s);
        failing_alloc_disarm();
        failed += status == TW_ERR_MEMORY;
        /* what is merely tidied up may fail */
        assert_true(status == TW_OK || status == TW_ERR_MEMORY || status == TW_ERR_IO);
        if (status == TW_OK) {
            assert_same_bytes(scratch("memory.html"), scratch("reference.html"));
            continue;
        }
        char kept[8] = "";
        old = fopen(scratch("memory.html"), "r");
        assert_non_null(old);
        assert_true(fgets(kept, sizeof kept, old) != NULL && fclose(old) == 0);
        assert_string_equal(kept, "old");
    }
    assert_true(failed > 10);
    assert_no_part();
    tw_surface_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests),       cmocka_unit_test(policy),
        cmocka_unit_test(hostile_texts), cmocka_unit_test(numbers),
        cmocka_unit_test(refusals),      cmocka_unit_test(scripts),
        cmocka_unit_test(whole_or_not),  cmocka_unit_test(memory_out)};
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
