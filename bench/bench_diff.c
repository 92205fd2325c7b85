/* bench-diff: what numerical gradients and gradient checks of cheap functions cost, as a JSON list.
 *
 * Functions that take a microsecond or ten show what the library adds to each evaluation: the bare
 * call is timed beside it, and a plain loop of differences in C.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_clock.h"
#include "thalweg/thalweg.h"
#include "valley.h"

enum { N = 1000, MILLION = 1000000, WRONG = 314159 };

typedef double (*plain_function)(size_t n, const double *x);

static int first = 1;

static void *room(size_t bytes) {
    void *memory = malloc(bytes);
    if (memory == NULL) {
        fprintf(stderr, "bench-diff: not enough memory\n");
        exit(3);
    }
    return memory;
}

static void must(tw_status status) {
    if (status != TW_OK)
        bench_die("bench-diff");
}

static double call(size_t n, const double *x, void *user) {
    return (*(const plain_function *)user)(n, x);
}

static void call_gradient(size_t n, const double *x, double *gradient, void *user) {
    bench_valley_gradient(n, x, gradient);
}

/* A gradient with one entry off by 1. */
static void spoiled_gradient(size_t n, const double *x, double *gradient, void *user) {
    bench_valley_gradient(n, x, gradient);
    gradient[WRONG] += 1;
}

static void print_row(const char *name, int threads, unsigned long long evaluations, double error,
                      const bench_times *times) {
    printf("%s{\"name\": \"%s\", \"threads\": %d, ", first ? "[" : ",\n", name, threads);
    bench_times_print("seconds", times);
    if (isfinite(error))
        printf("\"error\": %.3g, ", error);
    printf("\"evaluations\": %llu}", evaluations);
    fflush(stdout);
    first = 0;
}

/* The largest error over the largest entry. */
static double error_of(const double *gradient, const double *x) {
    double exact[N], error = 0, largest = 0;
    bench_valley_gradient(N, x, exact);
    for (int i = 0; i < N; i++) {
        error = fmax(error, fabs(gradient[i] - exact[i]));
        largest = fmax(largest, fabs(exact[i]));
    }
    return error / largest;
}

/* ---- without the library ---- */

/* x changes between calls, so that none of them can be left out. */
static void bare_calls(const char *name, plain_function function, double *x) {
    enum { CALLS = 2000 };
    bench_times times = {0};
    volatile double sink = 0;
    for (int repeat = 0; repeat < 15; repeat++) {
        bench_moment start = bench_now();
        for (int k = 0; k < CALLS; k++) {
            double kept = x[k % N];
            x[k % N] = kept + 1e-6;
            sink = sink + function(N, x);
            x[k % N] = kept;
        }
        bench_times_add(&times, start, bench_now());
    }
    print_row(name, 1, CALLS, NAN, &times);
}

/* As Ceres and everybody's own loop do it: x is changed in place and put back. */
static void plain_loop(const char *name, int central, plain_function function, double *x) {
    double gradient[N];
    bench_times times = {0};
    for (int repeat = 0; repeat < 15; repeat++) {
        bench_moment start = bench_now();
        double middle = function(N, x);
        for (int i = 0; i < N; i++) {
            double kept = x[i], h = (central ? 6e-6 : 1.5e-8) * fmax(1, fabs(kept));
            x[i] = kept + h;
            double up = function(N, x);
            x[i] = kept - h;
            gradient[i] = central ? (up - function(N, x)) / (2 * h) : (up - middle) / h;
            x[i] = kept;
        }
        bench_times_add(&times, start, bench_now());
    }
    print_row(name, 1, central ? 2 * N + 1 : N + 1, error_of(gradient, x), &times);
}

/* ---- gradients ---- */

static void gradient(const char *name, plain_function function, const double *x,
                     tw_diff_method method, int threads, int judged) {
    double answer[N];
    tw_runner *runner;
    tw_objective *f;
    bench_times times = {0};
    tw_diff_options options = {.method = method};
    tw_diff_report report = {0};
    must(tw_runner_new(threads, &runner));
    must(tw_objective_from_function(call, &function, N, &f));
    tw_objective_set_runner(f, runner);
    for (int repeat = 0; repeat < 16; repeat++) {
        bench_moment start = bench_now();
        must(tw_diff_gradient(f, x, &options, answer, &report));
        if (repeat > 0)
            bench_times_add(&times, start, bench_now());
    }
    print_row(name, threads, report.evaluations, judged ? error_of(answer, x) : NAN, &times);
    tw_objective_free(f);
    tw_runner_free(runner);
}

/* ---- checks ---- */

static void check(const char *name, size_t n, const double *x, tw_gradient_function claimed,
                  const tw_gradcheck_options *options, tw_verdict expected, int threads,
                  int repeats) {
    plain_function function = bench_valley;
    tw_runner *runner;
    tw_objective *f;
    bench_times times = {0};
    unsigned long long evaluations = 0;
    must(tw_runner_new(threads, &runner));
    must(tw_objective_from_functions(call, claimed, &function, n, &f));
    tw_objective_set_runner(f, runner);
    for (int repeat = 0; repeat < repeats; repeat++) {
        tw_gradcheck *report;
        bench_moment start = bench_now();
        must(tw_gradcheck_run(f, x, options, &report));
        bench_times_add(&times, start, bench_now());
        int found = 0;
        for (size_t k = 0; k < report->entry_count; k++)
            if (report->entries[k].verdict == TW_VERDICT_FAIL)
                found += report->entries[k].index == WRONG ? 1 : 2;
        if (report->verdict != expected || found != (expected == TW_VERDICT_FAIL)) {
            fprintf(stderr, "bench-diff: %s: the verdict is not the right one\n", name);
            exit(3);
        }
        evaluations = report->evaluations;
        tw_gradcheck_free(report);
    }
    print_row(name, threads, evaluations, NAN, &times);
    tw_objective_free(f);
    tw_runner_free(runner);
}

static void large_checks(void) {
    static const tw_gradcheck_options locate = {.only_probes = 1, .probes = 1, .no_taylor = 1};
    double *x = room(MILLION * sizeof *x);
    bench_times times = {0};
    volatile double sink = 0;
    bench_valley_start(MILLION, x);
    for (int repeat = 0; repeat < 5; repeat++) {
        bench_moment start = bench_now();
        sink = sink + bench_valley(MILLION, x);
        bench_times_add(&times, start, bench_now());
    }
    print_row("bare, n = 1,000,000", 1, 1, NAN, &times);
    check("one wrong of 1,000,000 located", MILLION, x, spoiled_gradient, &locate, TW_VERDICT_FAIL,
          2, 3);
    check("one wrong of 1,000,000, everything on", MILLION, x, spoiled_gradient, NULL,
          TW_VERDICT_FAIL, 2, 2);
    check("1,000,000 right ones", MILLION, x, call_gradient, NULL, TW_VERDICT_PASS, 2, 2);
    free(x);
}

int main(void) {
    double x[N];
    bench_valley_start(N, x);
    bare_calls("bare", bench_valley, x);
    bare_calls("bare, slow", bench_slow, x);
    plain_loop("loop, forward", 0, bench_valley, x);
    plain_loop("loop, central", 1, bench_valley, x);
    for (int threads = 1; threads <= 2; threads++) {
        gradient("forward", bench_valley, x, TW_DIFF_FORWARD, threads, 1);
        gradient("central", bench_valley, x, TW_DIFF_CENTRAL, threads, 1);
        gradient("ladder", bench_valley, x, TW_DIFF_LADDER, threads, 1);
        gradient("forward, slow", bench_slow, x, TW_DIFF_FORWARD, threads, 0);
        gradient("ladder, slow", bench_slow, x, TW_DIFF_LADDER, threads, 0);
        check("check of 1,000", N, x, call_gradient, NULL, TW_VERDICT_PASS, threads, 10);
    }
    large_checks();
    puts("]");
    return fflush(stdout) == 0 ? 0 : 1;
}
