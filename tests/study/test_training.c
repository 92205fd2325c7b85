/* Trainings that are killed at planned places, by every method: the same training, run again until
 * it ends, leaves the very bytes of one that was left alone. */
#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

/* ---- a folder of its own for each run ---- */

static char top[256];

static int make_top(void **state) {
    /* every save waits for the disk */
    snprintf(top, sizeof top, "%s/thalweg-training-XXXXXX", fast_folder());
    return mkdtemp(top) == NULL;
}

static int remove_top(void **state) {
    char command[300];
    snprintf(command, sizeof command, "rm -r '%s'", top);
    return system(command);
}

static void enter(const char *name) {
    assert_int_equal(chdir(top), 0);
    mkdir(name, 0777);
    assert_int_equal(chdir(name), 0);
}

static void assert_same_file(const char *whole, const char *name) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s/%s", top, whole, name);
    FILE *a = fopen(path, "rb"), *b = fopen(name, "rb");
    if (a == NULL || b == NULL)
        fail_msg("'%s' is not there", a == NULL ? path : name);
    for (size_t at = 0;; at++) {
        int left = fgetc(a), right = fgetc(b);
        if (left != right)
            fail_msg("'%s' differs from '%s' at byte %zu", name, path, at);
        if (left == EOF)
            break;
    }
    fclose(a);
    fclose(b);
}

/* ---- one training ---- */

typedef struct training_case {
    const char *model, *data, *method;
    int line_search;
    size_t iterations, history;
} training_case;

static const training_case cases[] = {
    {"softmax", "synthetic:90", "random-search", .iterations = 50},
    {"rosenbrock:5", NULL, "random-search", .iterations = 50},
    {"rosenbrock:5", NULL, "local-search", .iterations = 50},
    {"softmax", "synthetic:90", "gd", .iterations = 40},
    {"rosenbrock:5", NULL, "gd", .line_search = 1, .iterations = 40},
    {"softmax", "synthetic:90", "sgd", .iterations = 50},
    {"mlp:3", "synthetic:90", "momentum", .iterations = 40},
    {"softmax", "synthetic:90", "nesterov", .iterations = 40},
    {"softmax", "synthetic:90", "adagrad", .iterations = 40},
    {"softmax", "synthetic:90", "rmsprop", .iterations = 40},
    {"mlp:3", "synthetic:90", "adam", .iterations = 40},
    {"rosenbrock:30", NULL, "lbfgs", .iterations = 50},
    {"mlp:3", "synthetic:90", "lbfgs", .iterations = 40, .history = 3},
};

/* Asked after every iteration, and within line searches: who is to die there does. */
typedef struct place {
    size_t asked, kill_at, stop_at;
    char said[2000];
} place;

static int interrupted(void *user) {
    place *p = user;
    if (++p->asked == p->kill_at)
        kill(getpid(), SIGKILL);
    return p->stop_at > 0 && p->asked >= p->stop_at ? SIGINT : 0;
}

static void say(void *user, const char *line) {
    place *p = user;
    size_t used = strlen(p->said);
    snprintf(p->said + used, sizeof p->said - used, "%s\n", line);
}

static tw_study_training_options options_of(const training_case *c) {
    tw_study_training_options o = tw_study_training_defaults();
    o.method = c->method;
    o.line_search = c->line_search;
    o.iterations = c->iterations;
    if (c->history > 0)
        o.history = c->history;
    o.batch = 16;
    o.report_every = 7;
    o.output = "w.npy";
    o.log = "l.csv";
    o.trajectory = "t.h5";
    o.checkpoints = 12;
    o.save_every = 0;
    return o;
}

static tw_status train(const training_case *c, const tw_study_training_options *options, place *p,
                       tw_study_training_result *result) {
    tw_study study = tw_study_defaults();
    tw_study_model_options of_model = tw_study_model_defaults();
    tw_study_model *model;
    tw_study_training *training;
    study.seed = 3;
    study.user = p;
    study.say = say;
    study.interrupted = interrupted;
    of_model.model = c->model;
    of_model.data.source = c->data;
    memset(result, 0, sizeof *result);
    tw_status status = tw_study_model_open(&study, &of_model, &model);
    if (status == TW_OK)
        status = tw_study_training_plan(NULL, model, options, &training);
    if (status == TW_OK) {
        status = tw_study_training_run(training, NULL, result);
        tw_study_training_free(training);
    }
    tw_study_model_free(model);
    return status;
}

static void check_files(const char *whole) {
    assert_same_file(whole, "w.npy");
    assert_same_file(whole, "l.csv");
    assert_same_file(whole, "t.h5");
    assert_int_not_equal(access("w.npy.unfinished", F_OK), 0);
    assert_int_not_equal(access("w.npy.unfinished.lock", F_OK), 0);
}

/* A child of ours that is killed at that place; 0 if it came to its end before. */
static int dies(const training_case *c, size_t kill_at) {
    int status;
    pid_t child = fork();
    if (child == 0) {
        place p = {.kill_at = kill_at};
        tw_study_training_options options = options_of(c);
        tw_study_training_result result;
        _exit(train(c, &options, &p, &result) == TW_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        return 1;
    assert_int_equal(WEXITSTATUS(status), 0);
    return 0;
}

static void killed_again_and_again(void **state) {
    static const size_t places[] = {2, 12, 20, 3, 9};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const training_case *c = &cases[k];
        tw_study_training_options options = options_of(c);
        tw_study_training_result whole, last;
        place p = {0};
        if (tw_optimizer_find(c->method) == NULL)
            continue;
        enter("whole");
        options.save_every = 100;
        assert_ok(train(c, &options, &p, &whole));
        assert_int_equal(whole.resumed, 0);
        options.save_every = 0;
        enter("killed");
        size_t killed = 0;
        while (killed < sizeof places / sizeof places[0] && dies(c, places[killed]))
            killed++;
        assert_true(killed >= 4);
        place at_last = {0};
        assert_ok(train(c, &options, &at_last, &last));
        check_files("whole");
        if (killed == sizeof places / sizeof places[0])
            assert_true(last.resumed > 0);
        assert_int_equal(last.end.iterations, whole.end.iterations);
        assert_int_equal(last.end.evaluations, whole.end.evaluations);
        assert_int_equal(last.end.stop, whole.end.stop);
        assert_true(last.end.loss == whole.end.loss);
        assert_int_equal(last.notes, whole.notes);
        for (size_t i = 0; i < whole.notes; i++)
            assert_string_equal(last.note[i], whole.note[i]);
        tw_study_training_result_release(&whole);
        tw_study_training_result_release(&last);
    }
}

/* Interrupted, everything is written, and said; and it goes on from before its last words. */
static void interrupt_at(const training_case *c, size_t stop_at,
                         const tw_study_training_result *whole) {
    tw_study_training_options options = options_of(c);
    tw_study_training_result part, rest;
    place there = {.stop_at = stop_at}, again = {0};
    assert_int_equal(train(c, &options, &there, &part), TW_ERR_CANCELLED);
    assert_int_equal(part.signal, SIGINT);
    assert_string_equal(part.stop, "interrupted");
    if (part.end.iterations > 0)
        assert_non_null(strstr(tw_message(), "what it reached is in 'w.npy', 'l.csv', 't.h5', and "
                                             "the same command continues from there"));
    assert_ok(train(c, &options, &again, &rest));
    assert_true((strstr(again.said, "continuing 'w.npy.unfinished'") != NULL) ==
                (part.end.iterations > 0));
    assert_int_equal(rest.end.evaluations, whole->end.evaluations);
    check_files("whole");
    tw_study_training_result_release(&part);
    tw_study_training_result_release(&rest);
}

static void interrupted_anywhere(void **state) {
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const training_case *c = &cases[k];
        tw_study_training_options options = options_of(c);
        tw_study_training_result whole;
        place never = {0};
        if (tw_optimizer_find(c->method) == NULL)
            continue;
        enter("whole");
        options.save_every = 100;
        assert_ok(train(c, &options, &never, &whole));
        enter("stopped");
        interrupt_at(c, 2, &whole);
        interrupt_at(c, 20, &whole);
        tw_study_training_result_release(&whole);
    }
}

/* ---- another one ---- */

/* Puts `value` at place `at` of a part of what survives; returns what was there. */
static double tamper(const char *name, size_t at, double value) {
    const char *path = "w.npy.unfinished";
    tw_provenance made = {0};
    tw_descent_part *parts;
    size_t count;
    double before = NAN;
    assert_ok(tw_descent_read(path, &count, &parts, &made));
    for (size_t k = 0; k < count; k++)
        if (strcmp(parts[k].name, name) == 0) {
            before = parts[k].values[at];
            ((double *)parts[k].values)[at] = value;
        }
    assert_ok(tw_descent_write(path, count, parts, &made));
    tw_descent_parts_free(count, parts);
    tw_provenance_release(&made);
    return before;
}

static void another_training_is_refused(void **state) {
    training_case c = cases[5], other;
    tw_study_training_options options = options_of(&c), changed;
    tw_study_training_result result;
    place p = {0};
    enter("whole");
    assert_ok(train(&c, &options, &p, &result));
    tw_study_training_result_release(&result);
    enter("refused");
    assert_int_equal(dies(&c, 40), 1);
    changed = options;
    changed.step = 0.5;
    assert_fails(TW_ERR_ARGUMENT, "step is not given there and '0.5' here; --restart starts again",
                 train(&c, &changed, &p, &result));
    tw_study_training_result_release(&result);
    changed = options;
    changed.batch = 17;
    assert_fails(TW_ERR_ARGUMENT, "batch is '16' there and '17' here",
                 train(&c, &changed, &p, &result));
    tw_study_training_result_release(&result);
    other = c;
    other.data = "synthetic:91";
    assert_fails(TW_ERR_ARGUMENT, "data is 'synthetic:90' there and 'synthetic:91' here",
                 train(&other, &options, &p, &result));
    tw_study_training_result_release(&result);
    for (size_t k = 0; k < 3; k++) {
        double before = tamper("training.marks", k + 3, (double[]){NAN, -1, 1e300}[k]);
        assert_fails(TW_ERR_FORMAT, "not the state of a training; --restart starts again",
                     train(&c, &options, &p, &result));
        tw_study_training_result_release(&result);
        tamper("training.marks", k + 3, before);
    }
    remove("t.h5");
    assert_fails(TW_ERR_IO, "cannot open 't.h5': No such file or directory; --restart starts again",
                 train(&c, &options, &p, &result));
    tw_study_training_result_release(&result);
    changed = options;
    changed.restart = 1;
    assert_ok(train(&c, &changed, &p, &result));
    assert_int_equal(result.resumed, 0);
    tw_study_training_result_release(&result);
    check_files("whole");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_again_and_again),
        cmocka_unit_test(interrupted_anywhere),
        cmocka_unit_test(another_training_is_refused),
    };
    return cmocka_run_group_tests(tests, make_top, remove_top);
}
