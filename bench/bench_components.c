/* bench_components.c: the principal components of a long trajectory of a large model.
 *
 *   bench-components FILE ROWS PARAMETERS THREADS
 *
 * Writes a random walk as a trajectory to FILE (8 bytes a number) unless it is there, and prints as
 * JSON the seconds of the two axes and of the projection, the peak of memory and the rows read. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench_clock.h"
#include "thalweg/thalweg.h"

typedef struct source {
    tw_trajectory *trajectory;
    size_t reads;
} source;

static tw_status read_row(void *user, size_t index, double *row) {
    source *from = user;
    from->reads++;
    return tw_trajectory_read(from->trajectory, index, row);
}

static void write_walk(const char *path, size_t rows, size_t size) {
    static const char *const columns[] = {"iteration"};
    double *x = calloc(size, sizeof *x), *step = calloc(size, sizeof *step);
    tw_trajectory_writer *writer = NULL;
    tw_space *space = NULL;
    tw_block block = {.name = "x", .rank = 1, .shape = {size}};
    if (x == NULL || step == NULL || tw_space_new(&space) != TW_OK ||
        tw_space_add(space, &block) != TW_OK ||
        tw_trajectory_create(path, space, rows, 1, columns, NULL, &writer) != TW_OK)
        bench_die(path);
    for (size_t k = 0; k < rows; k++) {
        tw_rng_fill_normal(1, 2, k * size, size, step);
        for (size_t i = 0; i < size; i++)
            x[i] += step[i];
        if (tw_trajectory_append(writer, x, &(double){(double)k}) != TW_OK)
            bench_die(path);
    }
    if (tw_trajectory_finish(writer) != TW_OK)
        bench_die(path);
    tw_space_free(space);
    free(x);
    free(step);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fputs("usage: bench-components FILE ROWS PARAMETERS THREADS\n", stderr);
        return 2;
    }
    size_t size = strtoul(argv[3], NULL, 10);
    if (access(argv[1], R_OK) != 0)
        write_walk(argv[1], strtoul(argv[2], NULL, 10), size);
    source from = {0};
    tw_runner *runner = NULL;
    if (tw_trajectory_open(argv[1], &from.trajectory) != TW_OK ||
        tw_runner_new(atoi(argv[4]), &runner) != TW_OK)
        bench_die(argv[1]);
    tw_rows rows = {tw_trajectory_rows(from.trajectory), size, read_row, &from};
    tw_plane plane;
    tw_path path;
    bench_times times = {0}, projection = {0};
    bench_moment start = bench_now();
    if (tw_trajectory_axes(&rows, &(tw_pca_options){.runner = runner}, 2, &plane) != TW_OK)
        bench_die("axes");
    bench_moment middle = bench_now();
    size_t reads = from.reads;
    if (tw_path_project(&rows, NULL, &plane, runner, &path) != TW_OK)
        bench_die("projection");
    bench_times_add(&times, start, middle);
    bench_times_add(&projection, middle, bench_now());
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"rows\": %zu, \"parameters\": %zu, \"threads\": %s, \"rows_read\": %zu, ", rows.count,
           size, argv[4], reads);
    bench_times_print("axes", &times);
    bench_times_print("projection", &projection);
    printf("\"share\": %.6f, \"peak_kib\": %ld}\n", tw_paths_share(1, &path), usage.ru_maxrss);
    tw_path_release(&path);
    tw_trajectory_close(from.trajectory);
    tw_runner_free(runner);
    tw_plane_release(&plane);
    return 0;
}
