/* Principal components of paths: closed forms, NumPy's singular vectors, bits over threads and
 * memory, bad input, memory that is out. Linked with the allocators wrapped. */
#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failing_alloc.h"
#include "support.h"

/* Rows in memory; counts how often each is read. */
typedef struct table {
    size_t count, size, reads, fail_at;
    double *values;
} table;

static tw_status read_table(void *user, size_t index, double *row) {
    table *t = user;
    assert_true(index < t->count);
    if (++t->reads == t->fail_at)
        return tw_fail(TW_ERR_IO, "the disk is gone");
    memcpy(row, t->values + index * t->size, t->size * sizeof *row);
    return TW_OK;
}

static table table_new(size_t count, size_t size) {
    return (table){.count = count, .size = size, .values = calloc(count * size, sizeof(double))};
}

static tw_rows rows_of(table *t) {
    return (tw_rows){t->count, t->size, read_table, t};
}

/* The vectors into those of the test's; origin and out may be NULL, dy = NULL: a line. */
static tw_status find_axes(const tw_rows *rows, const tw_pca_options *options, double *origin,
                           double *dx, double *dy, tw_pca *out) {
    tw_plane plane;
    tw_status status = tw_trajectory_axes(rows, options, dy != NULL ? 2 : 1, &plane);
    assert_true((status == TW_OK) == (plane.x != NULL) && plane.principal == (status == TW_OK));
    size_t bytes = plane.size * sizeof *dx;
    if (status == TW_OK && origin != NULL)
        memcpy(origin, plane.origin, bytes);
    if (status == TW_OK)
        memcpy(dx, plane.x, bytes);
    if (status == TW_OK && dy != NULL)
        memcpy(dy, plane.y, bytes);
    if (status == TW_OK && out != NULL)
        *out = plane.pca;
    tw_plane_release(&plane);
    return status;
}

/* A walk with a drift that bends, as a training makes it. */
static table random_walk(size_t count, size_t size, uint64_t seed) {
    table t = table_new(count, size);
    double *step = calloc(size, sizeof *step);
    for (size_t k = 0; k < count; k++) {
        tw_rng_fill_normal(seed, 1, k * size, size, step);
        for (size_t i = 0; i < size; i++)
            t.values[k * size + i] = (k > 0 ? t.values[(k - 1) * size + i] : 3 + (double)i) +
                                     step[i] + 2 * sin((double)k / (double)count + (double)i);
    }
    free(step);
    return t;
}

static double product(size_t n, const double *a, const double *b) {
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (long double)a[i] * b[i];
    return (double)sum;
}

static void assert_orthonormal(size_t n, const double *dx, const double *dy) {
    assert_close(product(n, dx, dx), 1, 1e-15 * 4, 0);
    assert_close(product(n, dy, dy), 1, 1e-15 * 4, 0);
    assert_close(product(n, dx, dy), 0, 0, 1e-15);
}

/* ---- closed forms ---- */

/* w_k = c + 3 cos(t_k) u + sin(t_k) v + 0.01 (-1)^k z for t_k = 2 pi k / K and unit vectors u, v,
 * z: about the mean the sums of squares are K 9 / 2, K / 2 and K 1e-4. */
static void ellipse(void **state) {
    enum { K = 24, N = 1003 };
    table t = table_new(K, N);
    double u[N] = {0}, v[N] = {0}, origin[N], dx[N], dy[N];
    for (size_t i = 0; i < N; i++) {
        u[i] = i < 400 ? 1 / 20.0 : 0;
        v[i] = i >= 500 && i < 600 ? (i % 2 ? 0.1 : -0.1) : 0;
    }
    for (size_t k = 0; k < K; k++)
        for (size_t i = 0; i < N; i++) {
            double angle = 2 * M_PI * (double)k / K;
            t.values[k * N + i] = 7 + 3 * cos(angle) * u[i] + sin(angle) * v[i] +
                                  (i == 700 ? 0.01 * (k % 2 ? -1 : 1) : 0);
        }
    tw_rows rows = rows_of(&t);
    tw_pca pca;
    assert_ok(find_axes(&rows, &(tw_pca_options){.mean = 1}, origin, dx, dy, &pca));
    for (size_t i = 0; i < N; i++) {
        assert_close(origin[i], 7, 1e-14, 0);
        assert_close(dx[i], u[i], 0, 1e-14); /* farthest out first: checkpoint 0 */
        assert_close(dy[i], v[i], 0, 1e-14);
    }
    double total = K * 5 + K * 1e-4;
    assert_int_equal(pca.checkpoints, K);
    assert_close(pca.total, total, 1e-13, 0);
    assert_close(pca.share[0], K * 4.5 / total, 1e-13, 0);
    assert_close(pca.share[1], K * 0.5 / total, 1e-13, 0);
    assert_close(pca.singular[0], sqrt(K * 4.5), 1e-13, 0);
    assert_close(pca.singular[1], sqrt(K * 0.5), 1e-13, 0);
    /* about a point of one's own, the centre of the ellipse: the same axes */
    double center[N], same[2][N];
    for (size_t i = 0; i < N; i++)
        center[i] = 7;
    assert_ok(
        find_axes(&rows, &(tw_pca_options){.center = center}, origin, same[0], same[1], &pca));
    assert_close(product(N, same[0], dx), 1, 1e-13, 0);
    assert_close(product(N, same[1], dy), 1, 1e-13, 0);
    assert_memory_equal(origin, center, sizeof center);
    free(t.values);
}

/* A straight line towards the last point: one axis that holds everything, whose sign is that of the
 * start, and no second one. */
static void straight_line(void **state) {
    enum { K = 9, N = 200 };
    table t = table_new(K, N);
    double origin[N], dx[N], dy[N];
    for (size_t k = 0; k < K; k++)
        for (size_t i = 0; i < N; i++)
            t.values[k * N + i] = 1 + (double)(K - 1 - k) * (i % 2 ? -1 : 1);
    tw_rows rows = rows_of(&t);
    tw_pca pca;
    assert_ok(find_axes(&rows, NULL, origin, dx, NULL, &pca));
    for (size_t i = 0; i < N; i++) {
        assert_true(origin[i] == 1);
        assert_close(dx[i], (i % 2 ? -1 : 1) / sqrt(N), 1e-14, 0);
    }
    assert_close(pca.share[0], 1, 1e-15, 0);
    assert_close(pca.singular[0], sqrt(204.0 * N), 1e-14, 0); /* 1 + 4 + ... + 64 */
    assert_true(pca.share[1] == 0 && pca.singular[1] == 0);
    assert_fails(TW_ERR_ARGUMENT, "9 checkpoints lie on a line",
                 find_axes(&rows, NULL, origin, dx, dy, &pca));
    t.count = rows.count = 2;
    assert_fails(TW_ERR_ARGUMENT, "lie on a line", find_axes(&rows, NULL, origin, dx, dy, &pca));
    free(t.values);
}

/* More checkpoints than entries are summed in another way: the same axes as those of the same rows
 * with zeros behind them. */
static void many_checkpoints(void **state) {
    enum { K = 70, N = 30, M = 100 };
    for (int mean = 0; mean < 2; mean++) {
        table narrow = random_walk(K, N, 5), wide = table_new(K, M);
        for (size_t k = 0; k < K; k++)
            memcpy(wide.values + k * M, narrow.values + k * N, N * sizeof(double));
        tw_rows rows[2] = {rows_of(&narrow), rows_of(&wide)};
        double a[3][N], b[3][M];
        tw_pca p, q;
        tw_pca_options options = {.mean = mean};
        assert_ok(find_axes(&rows[0], &options, a[0], a[1], a[2], &p));
        assert_ok(find_axes(&rows[1], &options, b[0], b[1], b[2], &q));
        assert_orthonormal(N, a[1], a[2]);
        assert_orthonormal(M, b[1], b[2]);
        for (size_t i = 0; i < N; i++)
            for (int k = 0; k < 3; k++)
                assert_close(a[k][i], b[k][i], 0, k == 0 ? 1e-12 : 1e-13);
        for (int k = 0; k < 2; k++) {
            assert_close(p.share[k], q.share[k], 1e-13, 0);
            assert_close(p.singular[k], q.singular[k], 1e-13, 0);
        }
        assert_close(p.total, q.total, 1e-13, 0);
        free(narrow.values);
        free(wide.values);
    }
}

/* ---- the same bits ---- */

static void same_bits(void **state) {
    enum { K = 41, N = 40000 };
    table t = random_walk(K, N, 11);
    tw_rows rows = rows_of(&t);
    double *first = calloc(3 * N, sizeof *first), *other = calloc(3 * N, sizeof *other);
    for (int mean = 0; mean < 2; mean++) {
        tw_pca p, q;
        tw_pca_options options = {.mean = mean};
        t.reads = 0;
        assert_ok(find_axes(&rows, &options, first, first + N, first + 2 * N, &p));
        assert_int_equal(t.reads, K + 1); /* all fit: once each, and the last as the centre */
        assert_orthonormal(N, first + N, first + 2 * N);
        for (int threads = 1; threads <= 3; threads++) {
            /* of these rows fit all, 12 (4 of them beside the block), 2 */
            for (int fit = 0; fit < 3; fit++) {
                static const size_t held[] = {100, 12, 1};
                tw_runner *runner = NULL;
                assert_ok(tw_runner_new(threads, &runner));
                options.runner = runner;
                options.memory = held[fit] * N * sizeof(double);
                memset(other, 0, 3 * N * sizeof *other);
                assert_ok(find_axes(&rows, &options, other, other + N, other + 2 * N, &q));
                assert_memory_equal(first, other, 3 * N * sizeof *other);
                assert_memory_equal(&p, &q, sizeof p);
                tw_runner_free(runner);
            }
        }
        options.runner = NULL;
    }
    free(first);
    free(other);
    free(t.values);
}

/* ---- NumPy ---- */

static char folder[512];

static const char *in_folder(const char *name) {
    static char paths[4][600];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void singular_vectors(void **state) {
    enum { K = 60, N = 3000 };
    snprintf(folder, sizeof folder, "%s/thalweg-pca-XXXXXX",
             getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(folder));
    table t = random_walk(K, N, 3);
    tw_rows rows = rows_of(&t);
    double *axes = calloc(3 * N, sizeof *axes);
    assert_ok(tw_array_write(in_folder("rows.npy"), 2, (size_t[]){K, N}, t.values));
    for (int mean = 0; mean < 2; mean++) {
        tw_pca p;
        assert_ok(
            find_axes(&rows, &(tw_pca_options){.mean = mean}, axes, axes + N, axes + 2 * N, &p));
        double numbers[5] = {p.share[0], p.share[1], p.singular[0], p.singular[1], p.total};
        assert_ok(
            tw_array_write(in_folder(mean ? "mean.npy" : "last.npy"), 2, (size_t[]){3, N}, axes));
        assert_ok(tw_array_write(in_folder(mean ? "mean_numbers.npy" : "last_numbers.npy"), 1,
                                 (size_t[]){5}, numbers));
    }
    const char *source = getenv("THALWEG_SOURCE");
    char command[2048];
    snprintf(command, sizeof command,
             "LD_PRELOAD= /usr/bin/python3 -B '%s/tests/landscape/pca_reference.py' '%s'",
             source != NULL ? source : ".", folder);
    int status = system(command), code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    free(axes);
    free(t.values);
    if (code == 77 || code == 127)
        skip();
    assert_int_equal(code, 0);
}

/* ---- bad input ---- */

static int stop(void *user, size_t done, size_t total) {
    size_t *calls = user;
    assert_true(done <= total);
    return ++*calls == 5;
}

static int count_rows(void *user, size_t done, size_t total) {
    size_t *last = user;
    assert_int_equal(done, last[0] + 1);
    last[0] = done;
    last[1] = total;
    return 0;
}

static void bad_input(void **state) {
    enum { K = 20, N = 50 };
    table t = random_walk(K, N, 2);
    tw_rows rows = rows_of(&t), none = {0}, one = {1, N, read_table, &t};
    double dx[N], dy[N], center[N] = {0};
    size_t calls = 0, seen[2] = {0};
    assert_fails(TW_ERR_ARGUMENT, "without checkpoints", find_axes(NULL, NULL, NULL, dx, dy, NULL));
    assert_fails(TW_ERR_ARGUMENT, "without checkpoints",
                 find_axes(&none, NULL, NULL, dx, dy, NULL));
    assert_fails(TW_ERR_ARGUMENT, "one checkpoint has no direction",
                 find_axes(&one, NULL, NULL, dx, dy, NULL));
    assert_ok(find_axes(&one, &(tw_pca_options){.center = center}, NULL, dx, NULL, NULL));
    t.reads = 0;
    t.fail_at = 7;
    assert_fails(TW_ERR_IO, "the disk is gone", find_axes(&rows, NULL, NULL, dx, dy, NULL));
    t.fail_at = 0;
    assert_fails(TW_ERR_CANCELLED, "cancelled after 5 of",
                 find_axes(&rows, &(tw_pca_options){.progress = stop, .progress_user = &calls},
                           NULL, dx, dy, NULL));
    assert_ok(find_axes(&rows,
                        &(tw_pca_options){.progress = count_rows,
                                          .progress_user = seen,
                                          .memory = 7 * 64 * sizeof(double)},
                        NULL, dx, dy, NULL));
    assert_int_equal(seen[0], seen[1]);
    assert_true(seen[0] > 2 * K);
    t.values[4 * N + 3] = NAN;
    assert_fails(TW_ERR_ARGUMENT, "checkpoint 4, entry 3 is nan",
                 find_axes(&rows, NULL, NULL, dx, dy, NULL));
    t.values[4 * N + 3] = -INFINITY;
    assert_fails(TW_ERR_ARGUMENT, "checkpoint 4, entry 3 is -inf",
                 find_axes(&rows, NULL, NULL, dx, dy, NULL));
    t.values[4 * N + 3] = 1e200;
    assert_fails(TW_ERR_ARGUMENT, "too far apart for their squares",
                 find_axes(&rows, NULL, NULL, dx, dy, NULL));
    t.values[4 * N + 3] = 1.7e308;
    t.values[(K - 1) * N + 3] = -1.7e308;
    assert_fails(TW_ERR_ARGUMENT, "checkpoint 4, entry 3 is too far away",
                 find_axes(&rows, NULL, NULL, dx, dy, NULL));
    for (size_t i = 0; i < K * N; i++)
        t.values[i] = (double)(i % N);
    assert_fails(TW_ERR_ARGUMENT, "all 20 checkpoints are the same point",
                 find_axes(&rows, NULL, NULL, dx, dy, NULL));
    rows.size = t.size = 1;
    assert_fails(TW_ERR_ARGUMENT, "a plane needs two parameters",
                 find_axes(&rows, NULL, NULL, dx, dy, NULL));
    free(t.values);
}

static void memory_out(void **state) {
    enum { K = 6, N = 20 };
    for (int outer = 0; outer < 2; outer++)
        for (int mean = 0; mean < 2; mean++) {
            table t = random_walk(outer ? 3 * N : K, N, 2);
            tw_rows rows = rows_of(&t);
            double dx[N], dy[N];
            tw_pca_options options = {.mean = mean, .memory = 3 * 32 * sizeof(double)};
            failing_alloc_arm(0);
            assert_ok(find_axes(&rows, &options, NULL, dx, dy, NULL));
            size_t all = failing_alloc_disarm();
            assert_true(all > 5);
            for (size_t k = 1; k <= all; k++) {
                failing_alloc_arm(k);
                tw_status status = find_axes(&rows, &options, NULL, dx, dy, NULL);
                failing_alloc_disarm();
                assert_int_equal(status, TW_ERR_MEMORY);
            }
            free(t.values);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ellipse),          cmocka_unit_test(straight_line),
        cmocka_unit_test(many_checkpoints), cmocka_unit_test(same_bits),
        cmocka_unit_test(singular_vectors), cmocka_unit_test(bad_input),
        cmocka_unit_test(memory_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
