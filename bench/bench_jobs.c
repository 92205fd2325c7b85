/* bench_jobs.c: the jobs that every model has. */
#include "bench_jobs.h"

#include <string.h>

#include "bench_tool.h"

void bench_eval(bench *b) {
    bench_moment start = bench_now();
    bench_check(tw_objective_value(b->objective, b->points, b->out), b->job);
    bench_times_add(&b->total, start, bench_now());
    b->out_count = b->metrics;
}

void bench_analytic(bench *b) {
    bench_moment start = bench_now();
    bench_check(tw_objective_gradient(b->objective, b->points, NULL, b->out), b->job);
    bench_times_add(&b->total, start, bench_now());
    b->out_count = b->n;
}

void bench_plane(bench *b) {
    const double *directions[2] = {b->points + b->n, b->points + 2 * b->n};
    tw_span *span;
    bench_moment start = bench_now();
    bench_check(tw_span_open(b->objective, b->points, 2, directions, &span), b->job);
    bench_moment opened = bench_now();
    bench_check(tw_span_values(span, BENCH_PLANE, bench_plane_coefficients(), b->out), b->job);
    bench_moment end = bench_now();
    tw_span_close(span);
    bench_times_add(&b->products, start, opened);
    bench_times_add(&b->values, opened, end);
    bench_times_add(&b->total, start, end);
    b->out_count = BENCH_PLANE * b->metrics;
}

const bench_job *bench_find(const bench_job *jobs, const char *name) {
    for (; jobs->name != NULL; jobs++)
        if (strcmp(jobs->name, name) == 0)
            return jobs;
    tw_fail(TW_ERR_ARGUMENT, "no job '%s'", name);
    bench_die("arguments");
}
