/* cifar_gradient.c: is the softmax gradient right? The analytic one against finite differences in
 * all 30,730 coordinates.
 *
 *     cifar_gradient [DATA]      DATA: cifar-10-batches-py, cifar-10-batches-bin, synthetic:N, ...
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <thalweg/thalweg.h>

/* Everything that must be released, so that one function does it. */
typedef struct problem {
    tw_dataset *data;
    tw_runner *runner;
    tw_objective *loss;
    double *mean, *w, *analytic, *numerical;
} problem;

static void release(problem *p) {
    /* the objective looks at the data and uses the runner, so it goes first; NULL is allowed */
    tw_objective_free(p->loss);
    tw_runner_free(p->runner);
    tw_dataset_free(p->data);
    free(p->mean);
    free(p->w);
    free(p->analytic);
    free(p->numerical);
}

/* The loss of the CS231n notes: mean image subtracted, 1 appended, W drawn from 1e-4 N(0, 1). */
static tw_status open_problem(const char *source, problem *p) {
    tw_status status = tw_dataset_open(source, NULL, &p->data);
    if (status != TW_OK)
        return status;
    size_t features = tw_dataset_features(p->data);
    p->mean = malloc(features * sizeof *p->mean);
    if (p->mean == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the mean of %zu features", features);
    tw_dataset_mean(p->data, p->mean);
    if ((status = tw_runner_new(0, &p->runner)) != TW_OK) /* 0: one thread a processor */
        return status;
    tw_linear_options options = {.loss = TW_LINEAR_SOFTMAX, .reg = 5e-6, .mean = p->mean};
    if ((status = tw_linear_new(p->data, &options, p->runner, &p->loss)) != TW_OK)
        return status;

    size_t n = tw_objective_size(p->loss);
    p->w = malloc(n * sizeof *p->w);
    p->analytic = malloc(n * sizeof *p->analytic);
    p->numerical = malloc(n * sizeof *p->numerical);
    if (p->w == NULL || p->analytic == NULL || p->numerical == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", n);
    /* Number k of a stream is a function of (seed, stream, k): the same on every machine. */
    tw_rng_fill_normal(0, tw_rng_stream("init"), 0, n, p->w);
    for (size_t k = 0; k < n; k++)
        p->w[k] *= 1e-4;
    return TW_OK;
}

static double relative_distance(size_t n, const double *a, const double *b) {
    double distance = 0, largest = 0;
    for (size_t k = 0; k < n; k++) {
        distance = fmax(distance, fabs(a[k] - b[k]));
        largest = fmax(largest, fabs(b[k]));
    }
    return distance / largest;
}

/* Asks for the differences by name; a missing gradient is never replaced silently. The objective
 * knows how its loss moves with one weight, so this costs far less than 30,730 evaluations. */
static tw_status compare(problem *p, tw_diff_method method, double *distance) {
    tw_diff_options options = {.method = method, .step = 1e-5};
    tw_diff_report report;
    tw_status status = tw_diff_gradient(p->loss, p->w, &options, p->numerical, &report);
    if (status != TW_OK)
        return status;
    size_t n = tw_objective_size(p->loss);
    *distance = relative_distance(n, p->numerical, p->analytic);
    printf("%-8s %zu coordinates in %.3f s, furthest from the analytic gradient %.1e\n",
           tw_diff_method_name(method), n, report.seconds, *distance);
    return TW_OK;
}

int main(int argc, char **argv) {
    problem p = {0};
    double values[4], forward = INFINITY, central = INFINITY; /* loss and three more metrics */
    tw_status status = open_problem(argc > 1 ? argv[1] : "synthetic:1000", &p);
    if (status == TW_OK)
        status = tw_objective_gradient(p.loss, p.w, values, p.analytic);
    if (status == TW_OK) {
        printf("%s: %zu images, loss %.6f (ln %zu = %.6f)\n", tw_dataset_kind(p.data),
               tw_dataset_samples(p.data), values[0], tw_dataset_classes(p.data),
               log((double)tw_dataset_classes(p.data)));
        /* one-sided, as eval_numerical_gradient does it: the error is h/2 times the curvature */
        status = compare(&p, TW_DIFF_FORWARD, &forward);
    }
    if (status == TW_OK) /* from both sides the curvature cancels */
        status = compare(&p, TW_DIFF_CENTRAL, &central);
    if (status != TW_OK)
        fprintf(stderr, "%s: %s\n", tw_status_text(status), tw_message());
    release(&p);
    return status == TW_OK && forward < 1e-2 && central < 1e-6 ? 0 : 1;
}
