/* tw_program_serve, spoken to byte by byte; examples/serve.c and tests/cli/serve.sh ask it through
 * the other end. */
#include "support.h"

/* x'x of numbers that are not negative; the loss alone. */
static tw_status squares(void *ctx, size_t n, const double *x, double *values) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (x[i] < 0)
            return tw_fail(TW_ERR_CALLBACK, "x[%zu] is\nnegative", i);
        sum += x[i] * x[i];
    }
    values[0] = sum;
    return TW_OK;
}

static const double start[2] = {3, 4}, lower[2] = {0, 0};
static const tw_objective_ops ops = {.value = squares};

static tw_objective *objective_named(const char *block) {
    tw_space *space = NULL;
    tw_objective *f = NULL;
    const tw_block described = {.name = block, .rank = 2, .shape = {1, 2}};
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &described));
    const tw_objective_traits traits = {
        .name = "sum of squares", .space = space, .lower = lower, .start = start, .noise = 0x1p-20};
    assert_ok(tw_objective_new(&ops, NULL, 2, &traits, &f));
    return f;
}

/* What is answered to `count` bytes; to be freed. */
static char *served(const char *block, const double *from, const void *requests, size_t count,
                    tw_status *status, size_t *length) {
    char *said = NULL;
    tw_objective *f = objective_named(block);
    FILE *in = count > 0 ? fmemopen((void *)requests, count, "rb") : fopen("/dev/null", "rb");
    FILE *out = open_memstream(&said, length);
    assert_true(in != NULL && out != NULL);
    *status = tw_program_serve(f, from, in, out);
    fclose(in);
    fclose(out);
    tw_objective_free(f);
    return said;
}

static const char greeting[] = "thalweg 1\nsize 2\nformat binary\nnoise 9.5367431640625e-07\n"
                               "metrics loss\nblock W 1x2 weight\nstart\nbounds\nbatch\nready\n";

static void greets(void **state) {
    tw_status status;
    size_t length;
    char *said = served("W", NULL, NULL, 0, &status, &length);
    assert_ok(status);
    assert_string_equal(said, greeting);
    free(said);
}

static size_t put(char *at, const char *word, size_t count, const double *numbers) {
    size_t length = strlen(word);
    memcpy(at, word, length);
    for (size_t i = 0; i < count; i++)
        memcpy(at + length + 8 * i, &numbers[i],
               8); /* little-endian, as all machines of the tests */
    return length + 8 * count;
}

static void answers(void **state) {
    static const double two[4] = {1, 2, 3, 4}, off[2] = {0, -1}, sums[2] = {5, 25}, nothing[2],
                        other[2] = {7, 8};
    char requests[256], wanted[512];
    size_t asked = 0, length, at = put(wanted, greeting, 0, NULL);
    tw_status status;
    asked += put(requests + asked, "value\n", 2, two);
    at += put(wanted + at, "ok\n", 1, sums);
    asked += put(requests + asked, "value\n", 2, off); /* told, in one line, and it goes on */
    at += put(wanted + at, "error x[1] is?negative\n", 0, NULL);
    asked += put(requests + asked, "batch 2\n", 4, two);
    at += put(wanted + at, "ok\n", 2, sums);
    asked += put(requests + asked, "lower\n", 0, NULL);
    at += put(wanted + at, "ok\n", 2, nothing);
    asked += put(requests + asked, "start\n", 0, NULL);
    at += put(wanted + at, "ok\n", 2, other);
    asked += put(requests + asked, "quit\nnonsense\n", 0, NULL);
    char *said = served("W", other, requests, asked, &status, &length);
    assert_ok(status);
    assert_int_equal(length, at);
    assert_memory_equal(said, wanted, at);
    free(said);
}

static void refuses(void **state) {
    static const struct {
        const char *block, *requests, *text;
        tw_status status;
    } cases[] = {
        {"W", "nonsense\n", "unknown request 'nonsense'", TW_ERR_FORMAT},
        {"W", "value\nabc", "ends in the middle of a request", TW_ERR_IO},
        {"W", "batch 0\n", "'batch 0': that is more points than one answer", TW_ERR_FORMAT},
        {"W", "batch 18446744073709551617\n", "than one answer can hold", TW_ERR_FORMAT},
        {"W", "batch 9223372036854775807\n", "not enough memory", TW_ERR_MEMORY},
        {"W", "valu", "longer than 62 characters: 'valu", TW_ERR_FORMAT},
        {"the weights", "quit\n", "block 'the weights' of 'sum of squares' cannot be named",
         TW_ERR_ARGUMENT},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tw_status status;
        size_t length;
        free(served(cases[k].block, NULL, cases[k].requests, strlen(cases[k].requests), &status,
                    &length));
        assert_fails(cases[k].status, cases[k].text, status);
    }
}

static void nobody_reads(void **state) {
    tw_objective *f = objective_named("W");
    FILE *in = fopen("/dev/null", "rb"), *full = fopen("/dev/full", "wb");
    if (full == NULL) {
        fclose(in);
        tw_objective_free(f);
        skip();
    }
    assert_fails(TW_ERR_IO, "cannot write the greeting", tw_program_serve(f, NULL, in, full));
    fclose(in);
    fclose(full);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greets),
        cmocka_unit_test(answers),
        cmocka_unit_test(refuses),
        cmocka_unit_test(nobody_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
