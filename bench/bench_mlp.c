/* bench_mlp.c: one piece of work on a network of fully connected layers, timed.
 *
 *   bench-mlp JOB HIDDEN ACTIVATION DATA IMAGES THREADS LEVEL REPEATS [OUT]
 *
 * JOB is eval, analytic, batch (a gradient over 256 samples), hessian, numerical (ENTRIES entries
 * of the numerical gradient), plane, or points. HIDDEN is a list of sizes such as 512,256; IMAGES =
 * 0 takes all. The point is the drawn start of seed 1, the plane's directions those of seeds 2 and
 * 3; `points` writes the three of them to OUT, one after the other as raw doubles, the others their
 * results. A JSON object with all times goes to stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_jobs.h"
#include "bench_tool.h"

enum { BATCH = 256, ENTRIES = 4096 };
static const double STEP = 1e-5, REG = 5e-6;

static void run_points(bench *b) {
    memcpy(b->out, b->points, 3 * b->n * sizeof *b->out);
    b->out_count = 3 * b->n;
}

static void run_batch(bench *b) {
    size_t samples[BATCH], all = tw_objective_samples(b->objective);
    for (size_t k = 0; k < BATCH; k++)
        samples[k] = tw_rng_below(1, 1, k, all);
    bench_moment start = bench_now();
    bench_check(tw_objective_sample_gradient(b->objective, b->points,
                                             &(tw_batch){samples, BATCH, 0}, NULL, b->out),
                b->job);
    bench_times_add(&b->total, start, bench_now());
    b->out_count = b->n;
}

static void run_numerical(bench *b) {
    static size_t indices[ENTRIES];
    static double steps[ENTRIES];
    for (size_t k = 0; k < ENTRIES; k++) {
        indices[k] = tw_rng_below(2, 1, k, b->n);
        steps[k] = STEP;
    }
    bench_moment start = bench_now();
    bench_check(tw_objective_coordinate_differences(b->objective, b->points, ENTRIES, indices,
                                                    steps, b->out),
                b->job);
    bench_times_add(&b->total, start, bench_now());
    b->out_count = ENTRIES;
}

static const bench_job jobs[] = {{"points", run_points},       {"eval", bench_eval},
                                 {"analytic", bench_analytic}, {"batch", run_batch},
                                 {"hessian", bench_hessian},   {"numerical", run_numerical},
                                 {"plane", bench_plane},       {NULL}};

static size_t read_sizes(const char *text, size_t *sizes) {
    size_t count = 0;
    for (char *end = NULL; count < TW_MLP_MOST_HIDDEN; text = end + 1) {
        sizes[count++] = strtoull(text, &end, 10);
        if (*end != ',')
            break;
    }
    return count;
}

static void make_points(bench *b, tw_mlp_activation activation) {
    b->n = tw_objective_size(b->objective);
    b->metrics = tw_objective_metrics(b->objective);
    b->points = bench_allocate(3 * b->n);
    for (size_t k = 0; k < 3; k++)
        bench_check(
            tw_mlp_draw(tw_objective_space(b->objective), activation, k + 1, b->points + k * b->n),
            "points");
    b->out =
        bench_allocate(3 * b->n > BENCH_PLANE * b->metrics ? 3 * b->n : BENCH_PLANE * b->metrics);
}

int main(int argc, char **argv) {
    if (argc < 9) {
        fprintf(stderr, "usage: bench-mlp JOB HIDDEN relu|tanh DATA IMAGES THREADS LEVEL REPEATS"
                        " [OUT]\n");
        return 2;
    }
    bench b = {.job = argv[1]};
    const bench_job *job = bench_find(jobs, argv[1]);
    size_t hidden[TW_MLP_MOST_HIDDEN];
    tw_dataset *data;
    tw_runner *runner;
    bench_check(tw_cpu_level_set(argv[7]), "level");
    bench_check(tw_dataset_open(argv[4], NULL, &data), "data");
    bench_check(tw_runner_new(atoi(argv[6]), &runner), "threads");
    double *mean = bench_allocate(tw_dataset_features(data));
    tw_dataset_mean(data, mean);
    tw_mlp_options options = {.hidden = hidden,
                              .hidden_count = read_sizes(argv[2], hidden),
                              .activation =
                                  strcmp(argv[3], "tanh") == 0 ? TW_MLP_TANH : TW_MLP_RELU,
                              .reg = REG,
                              .mean = mean,
                              .scale = 1 / tw_dataset_deviation(data, mean),
                              .count = strtoull(argv[5], NULL, 10)};
    bench_check(tw_mlp_new(data, &options, runner, &b.objective), "model");
    make_points(&b, options.activation);
    for (int k = 0; k < atoi(argv[8]); k++)
        job->run(&b);
    if (argc > 9)
        bench_write(argv[9], b.out, b.out_count);

    printf("{\"job\": \"%s\", \"model\": \"%s\", \"activation\": \"%s\", \"images\": %zu, "
           "\"threads\": %d, \"level\": \"%s\", \"scale\": %.17g, ",
           argv[1], tw_objective_name(b.objective), argv[3], tw_objective_samples(b.objective),
           tw_runner_threads(runner), tw_cpu_level(), options.scale);
    bench_times_print("products", &b.products);
    bench_times_print("seconds", &b.total);
    printf("\"parameters\": %zu}\n", b.n);

    tw_objective_free(b.objective);
    tw_runner_free(runner);
    tw_dataset_free(data);
    free(mean);
    free(b.points);
    free(b.out);
    return 0;
}
