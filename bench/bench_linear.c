/* bench_linear.c: one piece of work on the linear classifiers, timed.
 *
 *   bench-linear JOB LOSS DATA POINTS IMAGES THREADS LEVEL REPEATS [OUT]
 *
 * JOB is load, eval, analytic, numerical, plane, epoch-sgd or epoch-adam; LOSS softmax or svm.
 * POINTS holds W, D1 and D2 one after the other, 3073 x 10 doubles each, as they stand in memory.
 * IMAGES = 0 takes all. The numbers computed go to OUT as raw doubles: values, gradient, or the
 * plane's metrics, rows = b. A JSON object with all times goes to stdout. `bench-linear export N
 * DIR` writes the built-in data set in the layout of CIFAR-10, for peers to read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_jobs.h"
#include "bench_tool.h"

static const double STEP = 1e-5, REG = 5e-6;

/* ---- jobs ---- */

static void run_numerical(bench *b) {
    tw_diff_options options = {.method = TW_DIFF_FORWARD, .step = STEP};
    bench_moment start = bench_now();
    bench_check(tw_diff_gradient(b->objective, b->points, &options, b->out, NULL), b->job);
    bench_times_add(&b->total, start, bench_now());
    b->out_count = b->n;
}

/* One pass over the images in mini-batches of 256. */
static void run_epoch(bench *b) {
    enum { BATCH = 256 };
    size_t images = tw_objective_samples(b->objective);
    tw_optim_options options = {.iterations = (images + BATCH - 1) / BATCH, .batch = BATCH};
    memcpy(b->out, b->points, b->n * sizeof *b->out);
    bench_moment start = bench_now();
    /* the loss at the end, of all images, is part of the run */
    bench_check(tw_optim_run(tw_optimizer_find(b->job + strlen("epoch-")), b->objective, b->out,
                             &options, NULL),
                b->job);
    bench_times_add(&b->total, start, bench_now());
    b->out_count = b->n;
}

static void run_load(bench *b) {
}

static const bench_job jobs[] = {
    {"load", run_load},           {"eval", bench_eval},       {"analytic", bench_analytic},
    {"numerical", run_numerical}, {"hessian", bench_hessian}, {"plane", bench_plane},
    {"epoch-sgd", run_epoch},     {"epoch-adam", run_epoch},  {NULL}};

/* ---- data ---- */

/* The training split as one file of records, label first, as in CIFAR-10's binary layout. */
static int export_synthetic(const char *count, const char *directory) {
    char text[4096];
    snprintf(text, sizeof text, "synthetic:%s", count);
    tw_dataset *data;
    bench_check(tw_dataset_open(text, NULL, &data), text);
    snprintf(text, sizeof text, "%s/data_batch_1.bin", directory);
    FILE *file = fopen(text, "wb");
    size_t features = tw_dataset_features(data);
    int fine = file != NULL;
    for (size_t i = 0; fine && i < tw_dataset_samples(data); i++) {
        fine = fputc((int)tw_dataset_labels(data)[i], file) != EOF &&
               fwrite(tw_dataset_bytes(data) + i * features, 1, features, file) == features;
    }
    if (file != NULL && fclose(file) != 0)
        fine = 0;
    tw_dataset_free(data);
    if (!fine) {
        tw_fail(TW_ERR_IO, "cannot write '%s'", text);
        bench_die("export");
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "export") == 0)
        return export_synthetic(argv[2], argv[3]);
    if (argc < 9) {
        fprintf(stderr, "usage: bench-linear JOB LOSS DATA POINTS IMAGES THREADS LEVEL REPEATS"
                        " [OUT]\n       bench-linear export N DIR\n");
        return 2;
    }
    bench b = {.job = argv[1]};
    const bench_job *job = bench_find(jobs, argv[1]);
    bench_check(tw_cpu_level_set(argv[7]), "level");

    bench_moment start = bench_now();
    tw_dataset *data;
    bench_check(tw_dataset_open(argv[3], NULL, &data), "data");
    bench_moment loaded = bench_now();
    double *mean = bench_allocate(tw_dataset_features(data));
    tw_dataset_mean(data, mean);
    bench_moment averaged = bench_now();

    tw_runner *runner;
    bench_check(tw_runner_new(atoi(argv[6]), &runner), "threads");
    tw_linear_options options = {.loss = strcmp(argv[2], "svm") == 0 ? TW_LINEAR_SVM
                                                                     : TW_LINEAR_SOFTMAX,
                                 .reg = REG,
                                 .mean = mean,
                                 .count = strtoull(argv[5], NULL, 10)};
    bench_check(tw_linear_new(data, &options, runner, &b.objective), "model");
    b.n = tw_objective_size(b.objective);
    b.metrics = tw_objective_metrics(b.objective);
    b.points = bench_read(argv[4], 3 * b.n);
    b.out = bench_allocate(b.n > BENCH_PLANE * b.metrics ? b.n : BENCH_PLANE * b.metrics);
    for (int k = 0; k < atoi(argv[8]); k++)
        job->run(&b);
    if (argc > 9)
        bench_write(argv[9], b.out, b.out_count);

    printf("{\"job\": \"%s\", \"loss\": \"%s\", \"images\": %zu, \"threads\": %d, "
           "\"level\": \"%s\", \"load\": %.6g, \"mean\": %.6g, ",
           argv[1], argv[2], tw_objective_samples(b.objective), tw_runner_threads(runner),
           tw_cpu_level(), loaded.wall - start.wall, averaged.wall - loaded.wall);
    bench_times_print("products", &b.products);
    bench_times_print("seconds", &b.total);
    printf("\"process\": %.6g}\n", bench_now().wall - start.wall);

    tw_objective_free(b.objective);
    tw_runner_free(runner);
    tw_dataset_free(data);
    free(mean);
    free(b.points);
    free(b.out);
    return 0;
}
