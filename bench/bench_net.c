/* bench_net.c: one piece of work on a trained network, timed.
 *
 *   bench-net JOB NETWORK DATA SPLIT IMAGES THREADS PRECISION REPEATS [OUT]
 *
 * JOB is eval, analytic, hessian or points; NETWORK an ONNX file or an architecture by name, whose
 * weights are drawn; SPLIT train or test; PRECISION single or double. The first IMAGES samples are
 * taken, with ImageNet's mean and deviation. A job has one call to warm up; then REPEATS are timed.
 * The point is the network's start, the vector of the Hessian product drawn from the normal.
 * `points` writes the two of them to OUT, one after the other as raw doubles, and prints the
 * blocks; the others write their results. A JSON object goes to stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_jobs.h"
#include "bench_tool.h"

static const double MEAN[] = {0.485, 0.456, 0.406}, STD[] = {0.229, 0.224, 0.225};
enum { CHANNELS = sizeof MEAN / sizeof MEAN[0] };

static void run_points(bench *b) {
    memcpy(b->out, b->points, 2 * b->n * sizeof *b->out);
    b->out_count = 2 * b->n;
}

static void run_hessian(bench *b) {
    bench_moment start = bench_now();
    bench_check(tw_objective_hessian_product(b->objective, b->points, b->points + b->n, b->out),
                b->job);
    bench_times_add(&b->total, start, bench_now());
    b->out_count = b->n;
}

static const bench_job jobs[] = {{"points", run_points},
                                 {"eval", bench_eval},
                                 {"analytic", bench_analytic},
                                 {"hessian", run_hessian},
                                 {NULL}};

/* ---- what it works on ---- */

static tw_dataset *open_data(char **words) {
    tw_dataset *data;
    tw_dataset_options options = {.limit = strtoull(words[2], NULL, 10),
                                  .split = strcmp(words[1], tw_split_name(TW_SPLIT_TEST)) == 0
                                               ? TW_SPLIT_TEST
                                               : TW_SPLIT_TRAIN};
    bench_check(tw_dataset_open(words[0], &options, &data), "data");
    return data;
}

static void open_objective(bench *b, const tw_network *network, const tw_dataset *data,
                           const char *precision, tw_runner *runner) {
    size_t channels, height, width;
    tw_dataset_image_shape(data, &channels, &height, &width);
    int colours = channels == CHANNELS;
    int twice = strcmp(precision, tw_network_precision_name(TW_NETWORK_DOUBLE)) == 0;
    tw_network_options options = {.bytes = sizeof options,
                                  .precision = twice ? TW_NETWORK_DOUBLE : TW_NETWORK_SINGLE,
                                  .mean = MEAN,
                                  .std = STD,
                                  .mean_count = colours ? CHANNELS : 0,
                                  .std_count = colours ? CHANNELS : 0};
    bench_check(tw_network_objective(network, data, &options, runner, &b->objective), "network");
    b->n = tw_objective_size(b->objective);
    b->metrics = tw_objective_metrics(b->objective);
    b->points = bench_allocate(2 * b->n);
    b->out = bench_allocate(2 * b->n);
    memcpy(b->points, tw_network_start(network), b->n * sizeof *b->points);
    tw_direction_random(tw_network_space(network), 1, "v", b->points + b->n);
}

/* ---- what it tells ---- */

static void print_blocks(const tw_space *space) {
    printf("\"blocks\": [");
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        printf("%s[\"%s\", [", k > 0 ? ", " : "", block->name);
        for (int axis = 0; axis < block->rank; axis++)
            printf("%s%zu", axis > 0 ? ", " : "", block->shape[axis]);
        printf("]]");
    }
    printf("], ");
}

static void print(const bench *b, const tw_network *network, const tw_dataset *data) {
    size_t sizes[3], outputs;
    double work;
    tw_network_facts facts = {.bytes = sizeof facts};
    tw_dataset_image_shape(data, &sizes[0], &sizes[1], &sizes[2]);
    bench_check(tw_network_work(network, sizes, &work, &outputs), "work");
    tw_network_facts_of(network, &facts);
    printf("\"images\": %zu, \"threads\": %d, \"multiply_adds\": %.17g, \"parameters\": %zu, ",
           tw_objective_samples(b->objective), tw_runner_threads(tw_objective_runner(b->objective)),
           work, facts.parameters);
    if (strcmp(b->job, "points") == 0)
        print_blocks(tw_network_space(network));
    if (strcmp(b->job, "eval") == 0)
        printf("\"loss\": %.17g, ", b->out[0]);
    bench_times_print("seconds", &b->total);
}

int main(int argc, char **argv) {
    if (argc < 9) {
        fprintf(stderr, "usage: bench-net JOB NETWORK DATA SPLIT IMAGES THREADS single|double"
                        " REPEATS [OUT]\n");
        return 2;
    }
    bench b = {.job = argv[1]};
    const bench_job *job = bench_find(jobs, argv[1]);
    tw_network *network;
    tw_runner *runner;
    bench_check(tw_network_open(argv[2], NULL, &network), "network");
    tw_dataset *data = open_data(argv + 3);
    bench_check(tw_runner_new(atoi(argv[6]), &runner), "threads");
    open_objective(&b, network, data, argv[7], runner);
    job->run(&b); /* to warm up: memory is planned and weights are laid out */
    b.total.count = 0;
    for (int k = 0; k < atoi(argv[8]); k++)
        job->run(&b);
    if (argc > 9)
        bench_write(argv[9], b.out, b.out_count);

    printf("{\"job\": \"%s\", \"precision\": \"%s\", ", argv[1], argv[7]);
    print(&b, network, data);
    printf("\"level\": \"%s\"}\n", tw_cpu_level());

    tw_objective_free(b.objective);
    tw_runner_free(runner);
    tw_dataset_free(data);
    tw_network_free(network);
    free(b.points);
    free(b.out);
    return 0;
}
