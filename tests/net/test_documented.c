/* docs/networks.md says what the lists in the code say: every operator with its formula, every
 * architecture, every usual way of preparing pixels; and names none that is not there. */
#include "net/known/known.h"
#include "net/operator/net_operators.h"
#include "study/preprocess.h"
#include "support.h"

static char *document;

static int open_document(void **state) {
    char path[4096];
    const char *source = getenv("THALWEG_SOURCE");
    snprintf(path, sizeof path, "%s/docs/networks.md", source != NULL ? source : ".");
    document = read_text(path);
    return 0;
}

static int close_document(void **state) {
    free(document);
    return 0;
}

/* A text as it stands in a table, where a bar ends a cell. */
static void escape(const char *text, char *out) {
    for (; *text != '\0'; text++) {
        if (*text == '|')
            *out++ = '\\';
        *out++ = *text;
    }
    *out = '\0';
}

/* The section under a heading, as a text of its own to be freed. */
static char *section(const char *heading) {
    char *at = strstr(document, heading);
    if (at == NULL)
        fail_msg("docs/networks.md has no '%s'", heading);
    at += strlen(heading);
    const char *end = strstr(at, "\n## ");
    return strndup(at, end != NULL ? (size_t)(end - at) : strlen(at));
}

/* Rows of a table that begin with a name in marks of code. */
static size_t rows_of(const char *text) {
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, "\n| `")) != NULL; at++)
        count++;
    return count;
}

static void has_every_operator(void **state) {
    char *text = section("\n## Operators\n"), row[1024], formula[512];
    size_t count = 0;
    const tw_net_operator *op;
    for (; (op = tw_net_operator_at(count)) != NULL; count++) {
        escape(op->formula, formula);
        snprintf(row, sizeof row, "\n| `%s%s%s` | %s |", op->domain != NULL ? op->domain : "",
                 op->domain != NULL ? "." : "", op->name, formula);
        if (strstr(text, row) == NULL)
            fail_msg("docs/networks.md, Operators: there is no row%s", row);
    }
    assert_int_equal(rows_of(text), count);
    free(text);
}

static void has_every_architecture(void **state) {
    char *text = section("\n## Architectures by name\n"), name[64], *at = text, *end;
    const char *known;
    for (size_t k = 0; (known = tw_net_known_name(k)) != NULL; k++) {
        snprintf(name, sizeof name, "`%s`", known);
        if (strstr(text, name) == NULL)
            fail_msg("docs/networks.md has no architecture %s", name);
    }
    /* first cells: names, with commas between them */
    while ((at = strstr(at, "\n| `")) != NULL) {
        const char *prepared = NULL;
        char *cell = at + 2;
        at = strstr(cell, " | ");
        assert_non_null(at);
        char *line = strndup(cell, strcspn(cell, "\n"));
        for (char *word = strchr(cell, '`'); word != NULL && word < at;
             word = strchr(end + 1, '`')) {
            end = strchr(word + 1, '`');
            snprintf(name, sizeof name, "%.*s", (int)(end - word - 1), word + 1);
            if (!tw_net_known_takes(name))
                fail_msg("docs/networks.md: architecture '%s' is not there", name);
            prepared = tw_net_known_prepared(name);
            snprintf(name, sizeof name, "| `%s` |", prepared);
            if (strstr(line, name) == NULL)
                fail_msg("docs/networks.md: pixels are not %s in: %s", name, line);
        }
        free(line);
    }
    free(text);
}

/* The numbers of one or three channels; "0.225" stands for three that are the same. */
static void list_numbers(const double *numbers, size_t count, const double *document_has,
                         size_t has) {
    for (size_t c = 0; c < count; c++)
        assert_close(document_has[has == 1 ? 0 : c], numbers[c], 1e-15, 0);
}

/* Reads "0.5", "0.1, 0.2, 0.3" or "125.3/255, ..." up to the end of the cell. */
static size_t read_numbers(char **at, double *numbers) {
    size_t count = 0;
    do {
        numbers[count] = strtod(*at, at);
        if (**at == '/')
            numbers[count] /= strtod(*at + 1, at);
        count++;
    } while (*(*at)++ == ',' && count < 3);
    (*at)++;
    return count;
}

static void has_every_way_to_prepare(void **state) {
    char *text = section("\n## Preprocessing\n"), row[64];
    const tw_preprocess *as;
    size_t count = 0;
    for (; (as = tw_preprocess_at(count)) != NULL; count++) {
        double scale[3], mean[3], std[3];
        snprintf(row, sizeof row, "\n| `%s` | ", as->name);
        char *at = strstr(text, row);
        if (at == NULL)
            fail_msg("docs/networks.md has no row%s", row);
        at += strlen(row);
        size_t scales = read_numbers(&at, scale);
        at += 1;
        size_t means = read_numbers(&at, mean);
        at += 1;
        size_t stds = read_numbers(&at, std);
        assert_int_equal(scales, 1);
        assert_close(scale[0], as->scale == 0 ? 1.0 / 255 : as->scale, 1e-15, 0);
        list_numbers(as->mean, as->count, mean, means);
        list_numbers(as->std, as->count, std, stds);
    }
    char *table = strstr(text, "\n| `unit`");
    assert_non_null(table);
    assert_int_equal(rows_of(table), count);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_every_operator),
        cmocka_unit_test(has_every_architecture),
        cmocka_unit_test(has_every_way_to_prepare),
    };
    return cmocka_run_group_tests(tests, open_document, close_document);
}
