/* bench_jobs.h: what is timed on a model, whichever it is. */
#ifndef TW_BENCH_JOBS_H
#define TW_BENCH_JOBS_H

#include "bench_clock.h"
#include "thalweg/thalweg.h"

typedef struct bench {
    const char *job;
    tw_objective *objective;
    size_t n, metrics;
    double *points; /* W, D1, D2 */
    double *out;    /* what the job found: out_count numbers */
    size_t out_count;
    bench_times total, products;
} bench;

typedef struct bench_job {
    const char *name; /* NULL ends a list */
    void (*run)(bench *);
} bench_job;

void bench_eval(bench *b);
void bench_analytic(bench *b);
/* The product with the Hessian matrix at W of D1. */
void bench_hessian(bench *b);
/* The 51 x 51 points of the plane W + a D1 + b D2. */
void bench_plane(bench *b);

/* The job of that name; ends the program where there is none. */
const bench_job *bench_find(const bench_job *jobs, const char *name);

#endif
