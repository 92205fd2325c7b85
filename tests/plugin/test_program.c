/* Programs on a pipe: the shell as good and as bad company, and examples/program.c, whose path is
 * the argument. Values are judged by the built-in rosenbrock. */
#include <dirent.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contract.h"

#define GREET "echo thalweg 1; echo size 2; echo ready; "
#define READ "read -r line; "

/* Rosenbrock's function in the shell would need awk; a sum of integers does not. */
static const char sum[] = GREET "while read -r word x y; do echo $((x + y)); done";

static const char *example;

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static tw_objective *open_program(const char *command, const tw_program_options *options) {
    tw_objective *f = NULL;
    assert_ok(tw_program_open(command, options, NULL, &f));
    return f;
}

static const char *with_size(size_t n) {
    static char command[4200];
    snprintf(command, sizeof command, "%s %zu", example, n);
    return command;
}

/* An empty file of its own; the name is static storage. */
static const char *scratch_file(void) {
    static char name[64];
    strcpy(name, "/tmp/thalweg-test-XXXXXX");
    int file = mkstemp(name);
    assert_true(file >= 0);
    close(file);
    return name;
}

/* Until a program has come so far that it has written to the file, on however slow a machine. */
static void wait_for_word(const char *name) {
    struct stat info;
    for (int k = 0; k < 6000; k++) {
        if (stat(name, &info) == 0 && info.st_size > 0)
            return;
        usleep(10000);
    }
    fail_msg("a program does not come to write '%s'", name);
}

/* Little time where that is what is looked at; else enough, however busy the machine is. */
static double limit_for(const char *words) {
    return strstr(words, "no answer within") != NULL ? 0.3 : 60;
}

/* Its programs sleep for longer, and are not to be waited for. */
enum { NOT_WAITED_FOR = 45 };

/* One that has so little time greets too late where the machine is busy; then another is tried. */
static tw_objective *open_patiently(const char *command, double timeout) {
    tw_objective *f = NULL;
    tw_status status = TW_ERR_CALLBACK;
    for (int k = 0; k < 50 && status != TW_OK; k++) {
        status = tw_program_open(command, &(tw_program_options){.timeout = timeout}, NULL, &f);
        if (status != TW_OK && strstr(tw_message(), "no answer within") == NULL)
            break;
    }
    assert_ok(status);
    return f;
}

/* ---- what it is for ---- */

/* The same sums in the same order, but compiled without -ffp-contract=off. */
static void agrees_with_the_built_in(void **state) {
    static const size_t sizes[] = {2, 10, 1000};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        char spec[64];
        size_t n = sizes[k];
        snprintf(spec, sizeof spec, "rosenbrock:%zu", n);
        tw_objective *f = open_program(with_size(n), NULL), *built_in = NULL;
        assert_ok(tw_function_new(spec, NULL, &built_in));
        assert_int_equal(tw_objective_size(f), n);
        assert_memory_equal(tw_objective_start(f), tw_objective_start(built_in),
                            n * sizeof(double));
        double *x = malloc(n * sizeof *x), *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
        for (uint64_t draw = 0; draw < 5; draw++) {
            double va, vb;
            tw_rng_fill_normal(1, draw, 0, n, x);
            assert_ok(tw_objective_value(f, x, &va));
            assert_ok(tw_objective_value(built_in, x, &vb));
            assert_close(va, vb, 1e-14, 0);
            assert_ok(tw_objective_gradient(f, x, &va, a));
            assert_ok(tw_objective_gradient(built_in, x, &vb, b));
            assert_close(va, vb, 1e-14, 0);
            assert_true(relative_distance(a, b, n) < 1e-13);
        }
        free(x);
        free(a);
        free(b);
        tw_objective_free(f);
        tw_objective_free(built_in);
    }
}

static void keeps_the_contract(void **state) {
    const contract tolerance = {
        .value = 1e-12, .gradient = 1e-6, .differences = 1e-12, .scale = 0.1};
    const double x[] = {0.5, -0.3, 1.1, 0.2, -1, 0.7, 0.1};
    tw_objective *f = open_program(with_size(7), NULL);
    check_contract(f, x, &tolerance);
    tw_objective_free(f);
}

enum { POINTS = 200, N = 6 };

/* Batches, spans and coordinates, by 1 to 4 threads and processes. */
static void any_number_of_workers(void **state) {
    double x[POINTS * N], one[POINTS], other[POINTS], differences[2][N], steps[N];
    size_t indices[N];
    tw_rng_fill_normal(3, 1, 0, POINTS * N, x);
    for (size_t i = 0; i < N; i++) {
        indices[i] = i;
        steps[i] = 1e-3;
    }
    for (int threads = 1; threads <= 4; threads++) {
        for (int workers = 0; workers <= 4; workers += 2) {
            tw_runner *runner = NULL;
            tw_objective *f = NULL;
            const tw_program_options options = {.workers = workers};
            assert_ok(tw_runner_new(threads, &runner));
            assert_ok(tw_program_open(with_size(N), &options, runner, &f));
            int first = threads == 1 && workers == 0;
            assert_ok(tw_objective_batch(f, POINTS, x, first ? one : other));
            assert_ok(
                tw_objective_coordinate_differences(f, x, N, indices, steps, differences[!first]));
            if (!first) {
                assert_memory_equal(one, other, sizeof one);
                assert_memory_equal(differences[0], differences[1], sizeof differences[0]);
            }
            for (size_t k = 0; first && k < POINTS; k++) {
                double value;
                assert_ok(tw_objective_value(f, x + k * N, &value));
                assert_true(value == one[k]);
            }
            tw_objective_free(f);
            tw_runner_free(runner);
        }
    }
}

/* Numbers go out in decimals that read back as the same double, and may come in many forms. */
static void numbers_of_all_forms(void **state) {
    static const struct {
        const char *text;
        double value;
    } forms[] = {
        {"1.5", 1.5},      {"  -2e3\t ", -2000},   {"0x1.8p1", 3},
        {"inf", INFINITY}, {"-INF", -INFINITY},    {"nan", NAN},
        {"-nan", NAN},     {"1e999", INFINITY},    {"4.9e-324", 5e-324},
        {"+7", 7},         {"Infinity", INFINITY}, {"8\r", 8},
    };
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
        char command[256];
        double value = 99, x[2] = {0};
        snprintf(command, sizeof command, GREET READ "printf '%%s\\n' '%s'; cat", forms[k].text);
        tw_objective *f = open_program(command, NULL);
        assert_ok(tw_objective_value(f, x, &value));
        assert_true(value == forms[k].value || (isnan(value) && isnan(forms[k].value)));
        tw_objective_free(f);
    }
    static const double sent[] = {
        0.1,      1.0 / 3,   -5e-324,   1.7976931348623157e308, -0.0, 1e22,
        INFINITY, -INFINITY, 123456789, 0.30000000000000004};
    for (size_t k = 0; k < sizeof sent / sizeof sent[0]; k++) {
        double value = 99;
        tw_objective *f =
            open_program("while read -r x; do echo $x; done", &(tw_program_options){.size = 1});
        assert_ok(tw_objective_value(f, &sent[k], &value));
        assert_memory_equal(&value, &sent[k], sizeof value);
        tw_objective_free(f);
    }
}

static void shortest_forms(void **state) {
    const double x[3] = {0.1, 1.0 / 3, -NAN};
    double values[1];
    tw_objective *f = open_program("while read -r line; do echo error $line; done",
                                   &(tw_program_options){.size = 3});
    assert_fails(TW_ERR_CALLBACK, ": 0.1 0.3333333333333333 nan", tw_objective_value(f, x, values));
    tw_objective_free(f);
}

/* A host that writes numbers with a comma; the test is empty where no such locale is installed. */
static void the_host_has_a_locale(void **state) {
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL)
        skip();
    const double x = 0.5;
    double value = 0;
    tw_objective *f =
        open_program("while read -r x; do echo $x; done", &(tw_program_options){.size = 1});
    tw_status status = tw_objective_value(f, &x, &value);
    setlocale(LC_NUMERIC, "C");
    assert_ok(status);
    assert_true(value == 0.5);
    tw_objective_free(f);
}

static void what_a_greeting_says(void **state) {
    tw_objective *f = open_program(
        "echo thalweg 1; echo name model-7; echo size 12; echo metrics loss accuracy; "
        "echo noise 1e-7; echo block W 5x2 weight; echo block b 2 bias; echo start; echo bounds; "
        "echo ready; while read -r word line; do case $word in "
        "start) echo 1 2 3 4 5 6 7 8 9 10 11 12;; lower) echo 0 0 0 0 0 0 0 0 0 0 -inf 0;; "
        "upper) echo inf inf inf inf inf inf inf inf inf inf inf 12;; "
        "value) echo 3 0.5;; esac; done",
        NULL);
    double values[2] = {0};
    assert_string_equal(tw_objective_name(f), "model-7");
    assert_int_equal(tw_objective_metrics(f), 2);
    assert_string_equal(tw_objective_metric_name(f, 1), "accuracy");
    assert_true(tw_objective_noise(f) == 1e-7);
    const tw_block *bias = tw_space_find(tw_objective_space(f), "b");
    assert_non_null(bias);
    assert_int_equal(bias->offset, 10);
    assert_int_equal(bias->role, TW_ROLE_BIAS);
    assert_true(tw_objective_start(f)[11] == 12);
    assert_true(tw_objective_lower(f)[10] == -INFINITY);
    assert_true(tw_objective_upper(f)[11] == 12);
    assert_int_equal(tw_objective_capabilities(f) & TW_CAN_GRADIENT, 0);
    assert_ok(tw_objective_value(f, tw_objective_start(f), values));
    assert_true(values[0] == 3 && values[1] == 0.5);
    assert_fails(TW_ERR_UNSUPPORTED, "has no gradient",
                 tw_objective_gradient(f, tw_objective_start(f), NULL, values));
    tw_objective_free(f);
}

/* A batch goes as one request to a program that says so, and its cut does not depend on threads. */
static void batches(void **state) {
    tw_objective *f =
        open_program("echo thalweg 1; echo size 1; echo batch; echo ready; "
                     "while read -r word count line; do case $word in batch) echo $line;; "
                     "value) echo $((-count));; esac; done",
                     NULL);
    double x[3] = {1, 2, 3}, values[3] = {0};
    assert_ok(tw_objective_batch(f, 3, x, values));
    assert_memory_equal(values, x, sizeof x);
    assert_ok(tw_objective_value(f, x, values));
    assert_true(values[0] == -1);
    tw_objective_free(f);
}

/* A program that computes once and ends; one that reads all before it prints is such. */
static void a_process_for_each(void **state) {
    const tw_program_options once = {.size = 2, .once = 1};
    const double x[2] = {3, 4};
    double value = 0;
    tw_objective *f = open_program("cat >/dev/null; echo 7", &once);
    assert_ok(tw_objective_value(f, x, &value));
    assert_true(value == 7);
    tw_objective_free(f);
    f = open_program("read x y; echo $((x * x + y * y))", &once);
    for (int k = 0; k < 3; k++)
        assert_ok(tw_objective_value(f, x, &value));
    assert_true(value == 25);
    tw_objective_free(f);
    f = open_program("read x y; echo 1; exit 4", &once);
    assert_fails(TW_ERR_CALLBACK, "evaluation 1: exited with status 4",
                 tw_objective_value(f, x, &value));
    tw_objective_free(f);
    f = open_program("read x y; echo 1; echo 2", &once);
    assert_fails(TW_ERR_CALLBACK, "wrote '2' without being asked",
                 tw_objective_value(f, x, &value));
    tw_objective_free(f);
}

/* Neither side waits for the other: 8 MB each way in binary, 20 MB in text. */
static void a_million_parameters(void **state) {
    enum { MILLION = 1000000 };
    double *x = malloc(MILLION * sizeof *x), *g = malloc(MILLION * sizeof *g), value;
    tw_rng_fill_normal(5, 5, 0, MILLION, x);
    tw_objective *f = open_program(with_size(MILLION), NULL), *built_in = NULL;
    double *expected = malloc(MILLION * sizeof *expected);
    assert_ok(tw_function_new("rosenbrock:1000000", NULL, &built_in));
    assert_ok(tw_objective_gradient(f, x, &value, g));
    assert_ok(tw_objective_gradient(built_in, x, NULL, expected));
    assert_true(relative_distance(g, expected, MILLION) < 1e-13);
    tw_objective_free(f);
    tw_objective_free(built_in);

    /* the request without its word is the answer, and comes back while it is sent */
    f = open_program("echo thalweg 1; echo size 1000000; echo gradient; echo ready; "
                     "head -c 9 >/dev/null; exec cat",
                     NULL);
    assert_ok(tw_objective_gradient(f, x, NULL, g));
    assert_memory_equal(x, g, MILLION * sizeof *x);
    tw_objective_free(f);
    free(x);
    free(g);
    free(expected);
}

/* ---- what can go wrong ---- */

static void bad_options(void **state) {
    tw_objective *f = NULL;
    assert_fails(TW_ERR_ARGUMENT, "needs a command", tw_program_open("", NULL, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "cannot greet",
                 tw_program_open("true", &(tw_program_options){.once = 1}, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "-1 workers",
                 tw_program_open("true", &(tw_program_options){.workers = -1}, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "time limit",
                 tw_program_open("true", &(tw_program_options){.timeout = NAN}, NULL, &f));
    assert_fails(TW_ERR_ARGUMENT, "too large",
                 tw_program_open("true", &(tw_program_options){.size = SIZE_MAX}, NULL, &f));
}

/* Programs that do not get through their greeting. */
static const struct {
    const char *command, *words;
} greetings[] = {
    {"./nowhere 2>/dev/null", "'./nowhere 2>/dev/null', greeting: the shell did not find it"},
    {"/etc/passwd 2>/dev/null", "cannot run it (exit status 126)"},
    {"exit 3", "greeting: exited with status 3"},
    {"exit 0",
     "greeting: ended without an answer; a program that does not greet needs its size given"},
    {"kill -SEGV $$", "was killed by signal 11 (segmentation fault)"},
    {"sh -c 'kill -TERM $$'; exit $?", "exited with status 143, in a shell signal 15"},
    {"echo hello; sleep 90", "it begins with 'hello', not with 'thalweg 1'"},
    {"echo thalweg 2; sleep 90", "it begins with 'thalweg 2'"},
    {"echo; sleep 90", "it begins with ''"},
    {"exec sleep 90",
     "greeting: no answer within 0.3 s; a program that does not greet needs its size given"},
    {"exec >&-; exec sleep 90", "closed its standard output and went on"},
    {"echo thalweg 1; echo ready; cat", "line 2: no line 'size N'"},
    {"echo thalweg 1; echo size 0; cat", "line 2: size '0': give a whole number above 0"},
    {"echo thalweg 1; echo size -1; cat", "size '-1'"},
    {"echo thalweg 1; echo size 2x; cat", "size '2x'"},
    {"echo thalweg 1; echo size; cat", "size ''"},
    {"echo thalweg 1; echo size 99999999999999999999; cat", "size '99999999999999999999'"},
    {"echo thalweg 1; echo size 1; echo size 1; cat", "line 3: the size is given twice"},
    {"echo thalweg 1; echo sise 2; cat", "line 2: unknown word in 'sise 2'"},
    {"echo thalweg 1; echo format ebcdic; cat", "format 'ebcdic': give 'text' or 'binary'"},
    {"echo thalweg 1; echo noise 0; cat", "noise '0'"},
    {"echo thalweg 1; echo noise x; cat", "noise 'x'"},
    {"echo thalweg 1; echo name a b; cat", "name 'a b'"},
    {"echo thalweg 1; echo gradient yes; cat", "word 'yes'"},
    {"echo thalweg 1; echo metrics accuracy; cat", "the first of the metrics must be 'loss'"},
    {"echo thalweg 1; echo metrics loss loss; cat", "metric 'loss': give each name once"},
    {"echo thalweg 1; echo block W 3x; cat", "block 'W': give a shape"},
    {"echo thalweg 1; echo block W 1x1x1x1x1; cat", "at most 4 axes"},
    {"echo thalweg 1; echo block W 99999999999x99999999999x9; cat", "line 2: "},
    {"echo thalweg 1; echo block W 3 wait; cat", "one of weight, bias, norm, buffer"},
    {"echo thalweg 1; echo block W 3; echo block W 3; cat", "line 3: "},
    {"echo thalweg 1; echo size 4; echo block W 3; echo ready; cat",
     "the blocks have 3 entries, the size is 4"},
    {"printf 'thalweg 1\\nsize 1\\0\\n'; cat", "line 2: a byte of 0"},
    {"echo thalweg 1; yes noise 0.5", "it is longer than 262144 bytes"},
    {"tr '\\0' x </dev/zero", "a line of more than 4096 bytes: 'xxxx"},
    {"echo thalweg 1; echo size 2; echo start; echo ready; read l; echo 1; cat",
     "start: answered 1 number where 2 were expected"},
    {"echo thalweg 1; echo size 1; echo start; echo ready; read l; echo nan; cat",
     "the start is not finite"},
};

static void bad_greetings(void **state) {
    for (size_t k = 0; k < sizeof greetings / sizeof greetings[0]; k++) {
        tw_objective *f = NULL;
        double before = seconds();
        const tw_program_options limit = {.timeout = limit_for(greetings[k].words)};
        tw_status status = tw_program_open(greetings[k].command, &limit, NULL, &f);
        if (status == TW_OK || strstr(tw_message(), greetings[k].words) == NULL)
            fail_msg("%s: wanted '%s', got %s", greetings[k].command, greetings[k].words,
                     tw_message());
        assert_true(seconds() - before < NOT_WAITED_FOR);
    }
}

/* It greets, and answers 5 and 6. */
static tw_objective *open_after_two(const char *command, double timeout) {
    for (int k = 0; k < 50; k++) {
        double x[2] = {1, 2}, value;
        tw_objective *f = open_patiently(command, timeout);
        tw_status status = tw_objective_value(f, x, &value);
        assert_true(status != TW_OK || value == 5);
        if (status == TW_OK)
            status = tw_objective_value(f, x, &value);
        assert_true(status != TW_OK || value == 6 || value == 5);
        if (status == TW_OK && value == 6)
            return f;
        assert_non_null(strstr(tw_message(), "no answer within"));
        tw_objective_free(f);
    }
    fail_msg("'%s' has too little time", command);
    return NULL;
}

/* Programs that greet and then fail at the third evaluation. */
static void bad_answers(void **state) {
    static const struct {
        const char *third, *words;
    } cases[] = {
        {"kill -SEGV $$", "evaluation 3: was killed by signal 11 (segmentation fault)"},
        {"kill -KILL $$", "evaluation 3: was killed by signal 9 (killed)"},
        {"exit 3", "evaluation 3: exited with status 3"},
        {"exit 0", "evaluation 3: ended without an answer"},
        {"exec sleep 90", "evaluation 3: no answer within 0.3 s"},
        {"exec >&-; exec sleep 90", "closed its standard output"},
        {"echo foo", "evaluation 3: answered 'foo', which is not a number"},
        {"echo 1 2 3", "answered 3 numbers where 1 was expected"},
        {"echo", "answered 0 numbers where 1 was expected"},
        {"echo 1,5", "answered '1,5', which is not a number"},
        {"echo 1.5f", "answered '1.5f', which is not a number"},
        {"echo 0x", "answered '0x', which is not a number"},
        {"echo --1", "answered '--1', which is not a number"},
        {"printf '1\\0002\\n'", "which is not a number"},
        {"printf 'a\\033[31m\\n'", "answered 'a?[31m', which is not a number"},
        {"printf '\\v1\\n'", "which is not a number"},
        {"printf 12; exit 0", "ended in the middle of a line: '12'"},
        {"printf 12; exec sleep 90", "no answer within 0.3 s"},
        {"tr '\\0' 1 </dev/zero", "answered a line of more than 4224 bytes: '1111"},
        {"echo error the matrix is singular", "evaluation 3: the matrix is singular"},
        {"echo error", "answered 'error' without saying why"},
        {"echo errors", "answered 'errors', which is not a number"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char command[512];
        double before = seconds(), x[2] = {1, 2}, value;
        snprintf(command, sizeof command,
                 GREET READ "echo 5; " READ "echo 6; " READ "%s; cat >/dev/null", cases[k].third);
        tw_objective *f = open_after_two(command, limit_for(cases[k].words));
        assert_fails(TW_ERR_CALLBACK, cases[k].words, tw_objective_value(f, x, &value));
        assert_true(x[0] == 1 && x[1] == 2);
        tw_objective_free(f);
        assert_true(seconds() - before < NOT_WAITED_FOR);
    }
}

static void bad_binary_answers(void **state) {
    static const struct {
        const char *answer, *words;
    } cases[] = {
        {"echo 1.5", "answered '1.5' where 'ok' or 'error TEXT' was expected"},
        {"echo error no luck", "evaluation 1: no luck"},
        {"echo ok; printf 1234", "no answer within 0.3 s"},
        {"echo ok; printf 1234; exit 0", "ended after 4 of 8 bytes"},
        {"echo ok; exit 0", "ended without an answer"},
        {"cat /dev/zero", "answered a line of more than 4096 bytes: '????"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char command[512];
        double x[2] = {1, 2}, value;
        snprintf(command, sizeof command,
                 "echo thalweg 1; echo size 2; echo format binary; echo ready; "
                 "head -c 22 >/dev/null; %s; cat",
                 cases[k].answer);
        tw_objective *f = open_patiently(command, limit_for(cases[k].words));
        assert_fails(TW_ERR_CALLBACK, cases[k].words, tw_objective_value(f, x, &value));
        tw_objective_free(f);
    }
}

/* An answer too many is not taken for that of the next evaluation, if it was there in time. */
static void answers_without_questions(void **state) {
    double x[2] = {1, 2}, value;
    char command[256];
    const char *name = scratch_file();
    snprintf(command, sizeof command,
             GREET "while read -r line; do echo 1; echo 2; echo told >>%s; done", name);
    tw_objective *f = open_program(command, NULL);
    assert_ok(tw_objective_value(f, x, &value));
    wait_for_word(name);
    assert_fails(TW_ERR_CALLBACK, "evaluation 2: wrote '2' without being asked",
                 tw_objective_value(f, x, &value));
    tw_objective_free(f);
    unlink(name);
    static const char *const early[][3] = {{"echo too much", "exec cat", "too much"},
                                           {"yes 1 | head -n 9", "exec yes 1", "1"}};
    for (int k = 0; k < 2; k++) {
        char words[64];
        name = scratch_file();
        snprintf(command, sizeof command, GREET "%s; echo told >>%s; %s", early[k][0], name,
                 early[k][1]);
        snprintf(words, sizeof words, "evaluation 1: wrote '%s' without being asked", early[k][2]);
        f = open_program(command, NULL);
        wait_for_word(name);
        assert_fails(TW_ERR_CALLBACK, words, tw_objective_value(f, x, &value));
        tw_objective_free(f);
        unlink(name);
    }
}

/* It ends between two evaluations; it greets although its size was given. */
static void other_surprises(void **state) {
    double x[2] = {1, 2}, value;
    tw_objective *f = open_program(GREET READ "echo 1; exit 5", NULL);
    assert_ok(tw_objective_value(f, x, &value));
    usleep(100000);
    assert_fails(TW_ERR_CALLBACK, "evaluation 2: exited with status 5",
                 tw_objective_value(f, x, &value));
    assert_ok(tw_objective_value(f, x, &value)); /* in a new process */
    tw_objective_free(f);
    f = open_program(sum, &(tw_program_options){.size = 2});
    assert_fails(TW_ERR_CALLBACK, "leave out the size", tw_objective_value(f, x, &value));
    tw_objective_free(f);
    f = open_program("cat >/dev/null; echo 1", &(tw_program_options){.size = 2, .timeout = 0.3});
    assert_fails(TW_ERR_CALLBACK, "prints only when its input ends",
                 tw_objective_value(f, x, &value));
    tw_objective_free(f);
}

/* It does not read: the request is larger than the pipe holds. */
static void a_program_that_does_not_read(void **state) {
    enum { MANY = 100000 };
    double *x = calloc(MANY, sizeof *x), value;
    tw_objective *f =
        open_patiently("echo thalweg 1; echo size 100000; echo ready; exec sleep 90", 0.3);
    assert_fails(TW_ERR_CALLBACK, "within 0.3 s: it did not read the last",
                 tw_objective_value(f, x, &value));
    tw_objective_free(f);
    free(x);
}

/* The process that differs from the first is found when a second one is needed. */
static void greetings_that_differ(void **state) {
    const char *name = scratch_file();
    char command[256];
    double x[2] = {1, 2}, value;
    snprintf(command, sizeof command,
             "echo thalweg 1; if test -s %s; then echo size 3; else echo size 2; fi; echo ready; "
             "echo x >>%s; read -r line; exit 1",
             name, name);
    tw_objective *f = open_program(command, NULL);
    assert_fails(TW_ERR_CALLBACK, "exited with status 1", tw_objective_value(f, x, &value));
    assert_fails(TW_ERR_CALLBACK, "greeting: it differs from that of the first process",
                 tw_objective_value(f, x, &value));
    tw_objective_free(f);
    unlink(name);
}

/* Every worker fails at once: the words of one of them, and no worker waits for ever. */
static void all_workers_fail(void **state) {
    double x[400] = {0}, values[200];
    tw_runner *runner = NULL;
    tw_objective *f = NULL;
    assert_ok(tw_runner_new(4, &runner));
    assert_ok(tw_program_open(GREET READ "kill -SEGV $$", &(tw_program_options){.workers = 2},
                              runner, &f));
    assert_fails(TW_ERR_CALLBACK, "was killed by signal 11", tw_objective_batch(f, 200, x, values));
    tw_objective_free(f);
    tw_runner_free(runner);
}

/* ---- the host's house ---- */

static int count_descriptors(void) {
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static int has_children(void) {
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void nothing_stays_behind(void **state) {
    double x[2] = {1, 2}, value;
    int before = count_descriptors();
    assert_false(has_children());
    for (int k = 0; k < 20; k++) {
        tw_objective *f = open_program(sum, NULL);
        assert_ok(tw_objective_value(f, x, &value));
        tw_objective_free(f);
        assert_int_not_equal(tw_program_open("exit 1", NULL, NULL, &f), TW_OK);
    }
    assert_int_equal(count_descriptors(), before);
    assert_false(has_children());
}

/* Whether a process that is somebody else's child is no more, or a zombie, within 20 seconds. */
static int is_gone(pid_t pid) {
    for (int k = 0; k < 2000; k++) {
        char path[64], letter = 'Z';
        snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
        FILE *stream = fopen(path, "r");
        if (stream == NULL || fscanf(stream, "%*d (%*[^)]) %c", &letter) != 1)
            letter = 'Z';
        if (stream != NULL)
            fclose(stream);
        if (letter == 'Z')
            return 1;
        usleep(10000);
    }
    return 0;
}

/* The number in a file, which is then removed. */
static pid_t take_pid(const char *name) {
    char *text = read_text(name);
    pid_t pid = (pid_t)strtol(text, NULL, 10);
    free(text);
    unlink(name);
    assert_true(pid > 1);
    return pid;
}

/* The program starts another and waits for it; both are gone after a time-out. */
static void the_group_is_killed(void **state) {
    const char *name = scratch_file();
    char command[256];
    double x[2] = {1, 2}, value;
    snprintf(command, sizeof command, GREET READ "sleep 90 & echo $! >%s; wait", name);
    struct stat info = {0};
    for (double timeout = 0.3; info.st_size == 0 && timeout < 20; timeout *= 2) {
        tw_objective *f = open_patiently(command, timeout);
        assert_fails(TW_ERR_CALLBACK, "no answer within", tw_objective_value(f, x, &value));
        assert_int_equal(stat(name, &info), 0); /* nothing yet: it was not given time enough */
        tw_objective_free(f);
    }
    assert_true(is_gone(take_pid(name)));
}

/* At the end the program is told, may save, and is killed if it stays. */
static void the_farewell(void **state) {
    const char *name = scratch_file();
    char command[256];
    snprintf(command, sizeof command, GREET "read -r word; echo $word >>%s", name);
    struct stat info = {0};
    for (int k = 0; k < 10 && info.st_size == 0; k++) { /* it has a second */
        tw_objective_free(open_program(command, NULL));
        assert_int_equal(stat(name, &info), 0);
    }
    char *text = read_text(name);
    assert_string_equal(text, "quit\n");
    free(text);
    unlink(name);
    double before = seconds();
    tw_objective_free(open_program(GREET "exec sleep 90", NULL));
    assert_true(seconds() - before < NOT_WAITED_FOR);
}

/* Were SIGPIPE raised, this program would die of it. */
static void no_sigpipe(void **state) {
    double *x = calloc(100000, sizeof *x), value;
    signal(SIGPIPE, SIG_DFL);
    for (int k = 0; k < 5; k++) {
        tw_objective *f =
            open_program("echo thalweg 1; echo size 100000; echo ready; exec <&-; exit 3", NULL);
        assert_fails(TW_ERR_CALLBACK, "exited with status 3", tw_objective_value(f, x, &value));
        tw_objective_free(f);
    }
    free(x);
}

static void sigchld_ignored(void **state) {
    double x[2] = {1, 2}, value;
    signal(SIGCHLD, SIG_IGN);
    tw_objective *f = open_program(sum, NULL);
    assert_ok(tw_objective_value(f, x, &value));
    assert_true(value == 3);
    tw_objective_free(f);
    f = open_program(GREET READ "exit 3", NULL);
    assert_fails(TW_ERR_CALLBACK, "ended without an answer", tw_objective_value(f, x, &value));
    tw_objective_free(f);
    signal(SIGCHLD, SIG_DFL);
}

/* What can go wrong in a process of its own, since it changes the process. `told` is 0 if all is
 * well. */
static void in_a_child(int (*told)(void)) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(told());
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
}

static int evaluate_once(void) {
    tw_objective *f = NULL;
    double x[2] = {1, 2}, value = 0;
    tw_status status = tw_program_open(sum, NULL, NULL, &f);
    if (status == TW_OK)
        status = tw_objective_value(f, x, &value);
    tw_objective_free(f);
    return status == TW_OK && value == 3 ? 0 : 1;
}

static int without_standard_streams(void) {
    close(0);
    close(1);
    close(2);
    return evaluate_once();
}

static int without_descriptors(void) {
    struct rlimit few = {4, 4};
    tw_objective *f = NULL;
    if (setrlimit(RLIMIT_NOFILE, &few) != 0)
        return 1;
    return tw_program_open(sum, NULL, NULL, &f) == TW_ERR_SYSTEM &&
                   strstr(tw_message(), "cannot make a pipe") != NULL
               ? 0
               : 1;
}

/* Root is not held to the number of processes; then nothing is tested. */
static int without_processes(void) {
    struct rlimit few = {0, 0};
    tw_objective *f = NULL;
    if (geteuid() == 0 && setuid(65534) != 0)
        return 0;
    if (setrlimit(RLIMIT_NPROC, &few) != 0)
        return 1;
    return tw_program_open(sum, NULL, NULL, &f) == TW_ERR_SYSTEM &&
                   strstr(tw_message(), "cannot start a process") != NULL
               ? 0
               : 1;
}

static void poor_hosts(void **state) {
    in_a_child(without_standard_streams);
    in_a_child(without_descriptors);
    in_a_child(without_processes);
}

/* The host is killed while a program computes: the program goes, too. */
static int be_killed(void) {
    tw_objective *f = NULL;
    if (tw_program_open(getenv("TEST_PROGRAM"), NULL, NULL, &f) != TW_OK)
        return 1;
    kill(getpid(), SIGKILL);
    return 1;
}

static void the_host_is_killed(void **state) {
    const char *name = scratch_file();
    char command[256];
    snprintf(command, sizeof command, "echo $$ >%s; " GREET "exec sleep 90", name);
    setenv("TEST_PROGRAM", command, 1);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(be_killed());
    int how;
    waitpid(child, &how, 0);
    assert_true(WIFSIGNALED(how));
    assert_true(is_gone(take_pid(name)));
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_built_in),
        cmocka_unit_test(keeps_the_contract),
        cmocka_unit_test(any_number_of_workers),
        cmocka_unit_test(numbers_of_all_forms),
        cmocka_unit_test(shortest_forms),
        cmocka_unit_test(the_host_has_a_locale),
        cmocka_unit_test(what_a_greeting_says),
        cmocka_unit_test(batches),
        cmocka_unit_test(a_process_for_each),
        cmocka_unit_test(a_million_parameters),
        cmocka_unit_test(bad_options),
        cmocka_unit_test(bad_greetings),
        cmocka_unit_test(bad_answers),
        cmocka_unit_test(bad_binary_answers),
        cmocka_unit_test(answers_without_questions),
        cmocka_unit_test(other_surprises),
        cmocka_unit_test(a_program_that_does_not_read),
        cmocka_unit_test(greetings_that_differ),
        cmocka_unit_test(all_workers_fail),
        cmocka_unit_test(nothing_stays_behind),
        cmocka_unit_test(the_group_is_killed),
        cmocka_unit_test(the_farewell),
        cmocka_unit_test(no_sigpipe),
        cmocka_unit_test(sigchld_ignored),
        cmocka_unit_test(poor_hosts),
        cmocka_unit_test(the_host_is_killed),
    };
    example = argc > 1 ? argv[1] : "./program";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
