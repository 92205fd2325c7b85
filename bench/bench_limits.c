/* bench_limits.c: what this machine can do at most, through the library's own kernels.
 *
 *   bench-limits THREADS REPEATS
 *
 * Prints a JSON array: at every instruction-set level the processor has, the rates of exp, log,
 * log1p and expm1 (arguments and results in the first-level cache), of vector multiply-adds in
 * registers in double and in single precision, and of reading memory; the C library's exp and log1p
 * for comparison. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_clock.h"
#include "kernel/kernels.h"
#include "thalweg/thalweg.h"

enum { PIECES = 16, CALLS = 500, COUNT = 1024, ROUNDS = 1000000, CHAINS = 12 };
static const size_t READ_COUNT = (size_t)1 << 27; /* doubles: 1 GiB, past every cache */

extern double tw_kernel_peak_generic(size_t rounds), tw_kernel_peak_single_generic(size_t rounds);
extern double tw_kernel_read_generic(const double *from, size_t count);
#ifdef TW_HAVE_X86_LEVELS
extern double tw_kernel_peak_v3(size_t rounds), tw_kernel_peak_v4(size_t rounds);
extern double tw_kernel_peak_single_v3(size_t rounds), tw_kernel_peak_single_v4(size_t rounds);
extern double tw_kernel_read_v3(const double *from, size_t count),
    tw_kernel_read_v4(const double *from, size_t count);
#endif

typedef void (*array_fn)(size_t count, const double *x, double *out);

static const struct level {
    double (*peak)(size_t rounds), (*peak_single)(size_t rounds);
    double (*read)(const double *from, size_t count);
    size_t lanes;
} levels[] = {{tw_kernel_peak_generic, tw_kernel_peak_single_generic, tw_kernel_read_generic, 2},
#ifdef TW_HAVE_X86_LEVELS
              {tw_kernel_peak_v3, tw_kernel_peak_single_v3, tw_kernel_read_v3, 4},
              {tw_kernel_peak_v4, tw_kernel_peak_single_v4, tw_kernel_read_v4, 8}
#endif
};

typedef struct limit_job {
    array_fn function;
    const struct level *level;
    const double *memory;
    double low, high; /* range of the arguments */
    double sink[PIECES];
} limit_job;

static void libm_exp(size_t count, const double *x, double *out) {
    for (size_t k = 0; k < count; k++)
        out[k] = exp(x[k]);
}

static void libm_log1p(size_t count, const double *x, double *out) {
    for (size_t k = 0; k < count; k++)
        out[k] = log1p(x[k]);
}

static tw_status array_piece(void *argument, size_t piece, int worker) {
    limit_job *job = argument;
    _Alignas(64) double x[COUNT], out[COUNT];
    for (size_t k = 0; k < COUNT; k++)
        x[k] = job->low + (job->high - job->low) * (double)k / COUNT;
    double sum = 0;
    for (int call = 0; call < CALLS; call++) {
        job->function(COUNT, x, out);
        sum += out[call];
    }
    job->sink[piece] = sum;
    return TW_OK;
}

static tw_status peak_piece(void *argument, size_t piece, int worker) {
    limit_job *job = argument;
    job->sink[piece] = job->level->peak(ROUNDS);
    return TW_OK;
}

static tw_status peak_single_piece(void *argument, size_t piece, int worker) {
    limit_job *job = argument;
    job->sink[piece] = job->level->peak_single(ROUNDS);
    return TW_OK;
}

static tw_status read_piece(void *argument, size_t piece, int worker) {
    limit_job *job = argument;
    size_t part = READ_COUNT / PIECES;
    job->sink[piece] = job->level->read(job->memory + piece * part, part);
    return TW_OK;
}

/* Times `amount` units of work, and prints how many a second the best repeat did. */
static void measure(const char *name, const char *level, tw_runner *runner, int repeats,
                    tw_piece_fn function, limit_job *job, double amount) {
    static const char *separator = "[";
    double best = INFINITY;
    for (int k = 0; k < repeats; k++) {
        bench_moment start = bench_now();
        if (tw_runner_map(runner, PIECES, function, job) != TW_OK)
            bench_die(name);
        double seconds = bench_now().wall - start.wall;
        best = seconds < best ? seconds : best;
    }
    printf("%s{\"limit\": \"%s\", \"level\": \"%s\", \"threads\": %d, \"rate\": %.6g}", separator,
           name, level, tw_runner_threads(runner), amount / best);
    separator = ",\n ";
}

static void measure_arrays(const char *level, const tw_kernels *kernels, tw_runner *runner,
                           int repeats) {
    const struct {
        const char *name;
        array_fn function;
        double low, high;
    } arrays[] = {{"exp", kernels != NULL ? kernels->exp : libm_exp, -10, 10},
                  {"log1p", kernels != NULL ? kernels->log1p : libm_log1p, -0.4, 10},
                  {"log", kernels != NULL ? kernels->log : NULL, 0.1, 10},
                  {"expm1", kernels != NULL ? kernels->expm1 : NULL, -0.4, 0.4}};
    for (size_t k = 0; k < sizeof arrays / sizeof arrays[0]; k++) {
        if (arrays[k].function == NULL)
            continue;
        limit_job job = {
            .function = arrays[k].function, .low = arrays[k].low, .high = arrays[k].high};
        measure(arrays[k].name, level, runner, repeats, array_piece, &job,
                (double)PIECES * CALLS * COUNT);
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: bench-limits THREADS REPEATS\n");
        return 2;
    }
    int repeats = atoi(argv[2]);
    tw_runner *runner;
    if (tw_runner_new(atoi(argv[1]), &runner) != TW_OK)
        bench_die("threads");
    double *memory = malloc(READ_COUNT * sizeof *memory);
    if (memory == NULL) {
        tw_fail(TW_ERR_MEMORY, "not enough memory");
        bench_die("reading");
    }
    for (size_t k = 0; k < READ_COUNT; k++)
        memory[k] = (double)k;
    for (size_t k = 0; tw_cpu_level_name(k) != NULL; k++) {
        if (!tw_cpu_level_supported(k))
            continue;
        const char *name = tw_cpu_level_name(k);
        limit_job job = {.level = &levels[k], .memory = memory};
        measure_arrays(name, tw_kernels_at(k), runner, repeats);
        measure("multiply-add", name, runner, repeats, peak_piece, &job,
                (double)PIECES * ROUNDS * CHAINS * (double)levels[k].lanes);
        measure("single multiply-add", name, runner, repeats, peak_single_piece, &job,
                (double)PIECES * ROUNDS * CHAINS * 2 * (double)levels[k].lanes);
        measure("read bytes", name, runner, repeats, read_piece, &job, 8.0 * (double)READ_COUNT);
    }
    measure_arrays("libm", NULL, runner, repeats);
    printf("]\n");
    free(memory);
    tw_runner_free(runner);
    return 0;
}
