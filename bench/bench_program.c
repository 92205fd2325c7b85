/* bench_program.c: what a call of a program on a pipe costs.
 *
 *   bench-program COMMAND...     median microseconds for a value, alone and in batches, a line each
 *   bench-program --answer N     is a program of N parameters in text itself
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_clock.h"
#include "thalweg/thalweg.h"

enum { ROUNDS = 21, CALLS = 200 };

static void must(tw_status status, const char *what) {
    if (status != TW_OK)
        bench_die(what);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *seconds) {
    qsort(seconds, ROUNDS, sizeof *seconds, by_size);
    return seconds[ROUNDS / 2];
}

static void measure(const char *command) {
    tw_objective *f = NULL;
    must(tw_program_open(command, NULL, NULL, &f), command);
    size_t n = tw_objective_size(f);
    double *x = malloc(CALLS * n * sizeof *x), *values = malloc(CALLS * sizeof *values);
    double alone[ROUNDS], together[ROUNDS];
    if (x == NULL || values == NULL)
        exit(3);
    tw_rng_fill_normal(0, 1, 0, CALLS * n, x);
    for (int round = 0; round < ROUNDS; round++) {
        bench_moment start = bench_now();
        for (size_t k = 0; k < CALLS; k++)
            must(tw_objective_value(f, x + k * n, values + k), command);
        bench_moment middle = bench_now();
        must(tw_objective_batch(f, CALLS, x, values), command);
        bench_moment end = bench_now();
        alone[round] = middle.wall - start.wall;
        together[round] = end.wall - middle.wall;
    }
    printf("%8.1f us alone, %8.1f us in batches: %s\n", 1e6 * median(alone) / CALLS,
           1e6 * median(together) / CALLS, command);
    tw_objective_free(f);
    free(x);
    free(values);
}

/* Rosenbrock's function from lines of text. */
static int answer(size_t n) {
    char *line = NULL;
    size_t room = 0;
    printf("thalweg 1\nsize %zu\nready\n", n);
    fflush(stdout);
    while (getline(&line, &room, stdin) > 0 && strncmp(line, "value ", 6) == 0) {
        char *at = line + 6;
        double sum = 0, before = strtod(at, &at);
        for (size_t i = 1; i < n; i++) {
            double next = strtod(at, &at), height = next - before * before;
            sum += 100 * height * height + (1 - before) * (1 - before);
            before = next;
        }
        printf("%.17g\n", sum);
        fflush(stdout);
    }
    free(line);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--answer") == 0)
        return answer(strtoul(argv[2], NULL, 10));
    for (int k = 1; k < argc; k++)
        measure(argv[k]);
    return 0;
}
