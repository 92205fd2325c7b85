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

void bench_hessian(bench *b) {
    bench_moment start = bench_now();
    bench_check(tw_objective_hessian_product(b->objective, b->points, b->points + b->n, b->out),
                b->job);
    bench_times_add(&b->total, start, bench_now());
    b->out_count = b->n;
}

/* The names of all metrics, as a survey keeps them. */
static void init_surface(const bench *b, tw_surface *surface) {
    const char *names[16] = {NULL};
    tw_axis axis = {-1, 1, BENCH_SIDE};
    for (size_t m = 0; m < b->metrics; m++)
        names[m] = tw_objective_metric_name(b->objective, m);
    bench_check(tw_surface_init(surface, &axis, &axis, b->metrics, names), b->job);
}

/* As 'thalweg plane' takes it: a survey, in its batches and its order. What a span's opening costs
 * of that is timed by itself. */
void bench_plane(bench *b) {
    const double *directions[2] = {b->points + b->n, b->points + 2 * b->n};
    tw_plane plane = tw_plane_of(b->n, b->points, directions[0], directions[1]);
    tw_span *span;
    tw_surface surface;
    init_surface(b, &surface);
    bench_moment start = bench_now();
    bench_check(tw_span_open(b->objective, b->points, 2, directions, TW_SPAN_ROWS, &span), b->job);
    bench_moment opened = bench_now();
    tw_span_close(span);
    bench_times_add(&b->products, start, opened);
    start = bench_now();
    bench_check(tw_survey_run(b->objective, &plane, NULL, &surface), b->job);
    bench_times_add(&b->total, start, bench_now());
    b->out_count = BENCH_PLANE * b->metrics;
    for (size_t k = 0; k < b->out_count; k++)
        b->out[k] = surface.values[k % b->metrics * BENCH_PLANE + k / b->metrics];
    tw_surface_release(&surface);
}

const bench_job *bench_find(const bench_job *jobs, const char *name) {
    for (; jobs->name != NULL; jobs++)
        if (strcmp(jobs->name, name) == 0)
            return jobs;
    tw_fail(TW_ERR_ARGUMENT, "no job '%s'", name);
    bench_die("arguments");
}
