/* Trajectories: written, read back, and broken off at every instant. The test stands between the
 * library and the system's pwrite. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"

enum { SIZE = 10, COLUMNS = 3 };
static const char *const columns[COLUMNS] = {"iteration", "train_loss", "nothing"};

/* ---- what stands between ---- */

static struct {
    size_t calls, fail_at; /* 0: never */
    int in_parts;          /* writes at most 16 bytes at once */
    const char *copy_from; /* before every call the file is copied to snapshot-K.h5 */
} between;

static void copy_file(const char *from, const char *to) {
    size_t size;
    uint8_t *bytes = read_bytes(from, &size);
    write_bytes(to, bytes, size);
    free(bytes);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t at) {
    between.calls++;
    if (between.copy_from != NULL) {
        char name[64];
        snprintf(name, sizeof name, "snapshot-%zu.h5", between.calls);
        copy_file(between.copy_from, scratch(name));
    }
    if (between.fail_at > 0 && between.calls >= between.fail_at) {
        errno = ENOSPC;
        return -1;
    }
    if (between.in_parts && count > 16)
        count = 16;
    return syscall(SYS_pwrite64, descriptor, bytes, count, at);
}

/* ---- the trajectory ---- */

static tw_space *three_blocks(void) {
    tw_space *space = NULL;
    const tw_block blocks[] = {{.name = "W", .rank = 2, .shape = {2, 3}, .filter_axis = 1},
                               {.name = "b", .rank = 1, .shape = {3}, .role = TW_ROLE_BIAS},
                               {.name = "deep/scale", .rank = 0, .role = TW_ROLE_NORM}};
    assert_ok(tw_space_new(&space));
    for (size_t k = 0; k < 3; k++)
        assert_ok(tw_space_add(space, &blocks[k]));
    return space;
}

static void fill(size_t row, double *x, double *values) {
    for (size_t i = 0; i < SIZE; i++)
        x[i] = 100.0 * (double)row + (double)i + 0.25;
    values[0] = 7.0 * (double)row;
    values[1] = 1 / (1.0 + (double)row);
    values[2] = NAN;
}

static tw_trajectory_writer *begin(const char *path, size_t capacity) {
    tw_space *space = three_blocks();
    tw_provenance provenance = {0};
    tw_trajectory_writer *writer = NULL;
    assert_ok(tw_provenance_add(&provenance, "command", "thalweg train \u00e9"));
    assert_ok(tw_trajectory_create(path, space, capacity, COLUMNS, columns, &provenance, &writer));
    tw_provenance_release(&provenance);
    tw_space_free(space);
    return writer;
}

static tw_status append(tw_trajectory_writer *writer) {
    double x[SIZE], values[COLUMNS];
    fill(tw_trajectory_appended(writer), x, values);
    return tw_trajectory_append(writer, x, values);
}

static void check_rows(tw_trajectory *t) {
    assert_int_equal(tw_trajectory_columns(t), COLUMNS);
    for (size_t row = 0; row < tw_trajectory_rows(t); row++) {
        double x[SIZE], expected[SIZE], values[COLUMNS];
        fill(row, expected, values);
        assert_ok(tw_trajectory_read(t, row, x));
        assert_memory_equal(x, expected, sizeof x);
        for (size_t k = 0; k < COLUMNS; k++)
            assert_true(same(tw_trajectory_column(t, columns[k])[row], values[k]));
    }
}

/* Opens it and checks all rows; their number. */
static size_t rows_of(const char *path) {
    tw_trajectory *t = NULL;
    assert_ok(tw_trajectory_open(path, &t));
    check_rows(t);
    size_t rows = tw_trajectory_rows(t);
    tw_trajectory_close(t);
    return rows;
}

/* ---- whole runs ---- */

static void what_is_written_is_read(void **state) {
    char path[1024];
    snprintf(path, sizeof path, "%s", scratch("whole.h5"));
    between.in_parts = 1;
    tw_trajectory_writer *writer = begin(path, 8);
    outside("check_empty_trajectory", path);
    for (size_t row = 0; row < 5; row++) {
        assert_int_equal(rows_of(path), row); /* while it is written */
        assert_ok(append(writer));
        assert_int_equal(tw_trajectory_appended(writer), row + 1);
    }
    between.in_parts = 0;
    assert_ok(tw_trajectory_finish(writer));
    assert_int_equal(rows_of(path), 5);
    assert_no_part();

    tw_trajectory *t = NULL;
    tw_result_kind kind;
    tw_space *blocks = three_blocks();
    assert_ok(tw_trajectory_open(path, &t));
    for (size_t k = 0; k < 3; k++) {
        const tw_block *block = tw_space_block(tw_trajectory_space(t), k);
        const tw_block *original = tw_space_block(blocks, k);
        assert_string_equal(block->name, original->name);
        assert_int_equal(block->role, original->role);
        assert_int_equal(block->rank, original->rank);
        assert_int_equal(block->offset, original->offset);
        assert_int_equal(block->filter_axis, original->filter_axis);
        assert_memory_equal(block->shape, original->shape, sizeof block->shape);
    }
    for (size_t k = 0; k < COLUMNS; k++)
        assert_string_equal(tw_trajectory_column_name(t, k), columns[k]);
    assert_null(tw_trajectory_column_name(t, COLUMNS));
    assert_null(tw_trajectory_column(t, "x"));
    assert_string_equal(tw_provenance_get(tw_trajectory_provenance(t), "command"),
                        "thalweg train \u00e9");
    double x[SIZE];
    assert_fails(TW_ERR_ARGUMENT, "row 5 of a trajectory of 5", tw_trajectory_read(t, 5, x));
    tw_trajectory_close(t);
    tw_space_free(blocks);
    assert_ok(tw_result_kind_of(path, &kind));
    assert_int_equal(kind, TW_RESULT_TRAJECTORY);
    outside("check_trajectory", path);
}

/* A reader that is open sees the rows that there were; the next one sees more. */
static void readers_of_a_growing_file(void **state) {
    char path[1024];
    snprintf(path, sizeof path, "%s", scratch("growing.h5"));
    tw_trajectory_writer *writer = begin(path, 3);
    tw_trajectory *early = NULL;
    assert_ok(append(writer));
    assert_ok(tw_trajectory_open(path, &early));
    assert_ok(append(writer));
    assert_int_equal(tw_trajectory_rows(early), 1);
    check_rows(early);
    tw_trajectory_close(early);
    assert_int_equal(rows_of(path), 2);
    assert_ok(append(writer));
    assert_fails(TW_ERR_ARGUMENT, "growing.h5' has room for only 3 rows", append(writer));
    assert_ok(tw_trajectory_finish(writer));
    assert_int_equal(rows_of(path), 3);
    assert_ok(tw_trajectory_finish(begin(path, 1))); /* another takes its place */
    assert_int_equal(rows_of(path), 0);
    assert_ok(tw_trajectory_finish(NULL));
}

static void without_columns(void **state) {
    tw_space *space = NULL;
    tw_trajectory_writer *writer = NULL;
    tw_trajectory *t = NULL;
    double x = 3, read = 0;
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &(tw_block){.name = "x", .rank = 1, .shape = {1}}));
    assert_ok(tw_trajectory_create(scratch("plain.h5"), space, 2, 0, NULL, NULL, &writer));
    assert_ok(tw_trajectory_append(writer, &x, NULL));
    assert_ok(tw_trajectory_finish(writer));
    assert_ok(tw_trajectory_open(scratch("plain.h5"), &t));
    assert_int_equal(tw_trajectory_rows(t), 1);
    assert_ok(tw_trajectory_read(t, 0, &read));
    assert_true(read == 3);
    tw_trajectory_close(t);
    tw_space_free(space);
}

/* ---- broken off ---- */

/* The file before every single write: never less than the rows appended, never more than one
 * beyond. */
static void every_state_between_is_a_file(void **state) {
    char path[1024];
    snprintf(path, sizeof path, "%s", scratch("cut.h5"));
    size_t appended[1024] = {0};
    tw_trajectory_writer *writer = begin(path, 4);
    between.calls = 0;
    between.in_parts = 1;
    between.copy_from = path;
    for (size_t row = 0; row < 4; row++) {
        size_t before = between.calls;
        assert_ok(append(writer));
        for (size_t k = before + 1; k <= between.calls; k++)
            appended[k] = row;
    }
    between.copy_from = NULL;
    between.in_parts = 0;
    assert_ok(tw_trajectory_finish(writer));
    assert_true(between.calls > 40 && between.calls < 1024);
    for (size_t k = 1; k <= between.calls; k++) {
        char name[64];
        snprintf(name, sizeof name, "snapshot-%zu.h5", k);
        assert_int_equal(rows_of(scratch(name)), appended[k]);
    }
    outside("check_snapshots", scratch(""));
}

/* The disk is full from each of the writes on: one line, the rows before, and no way back. */
static void full_disks(void **state) {
    char path[1024];
    snprintf(path, sizeof path, "%s", scratch("full.h5"));
    for (size_t at = 1; at <= 28; at++) {
        tw_trajectory_writer *writer = begin(path, 5);
        tw_status status = TW_OK;
        between.calls = 0;
        between.fail_at = at;
        for (int row = 0; row < 5 && status == TW_OK; row++)
            status = append(writer);
        size_t rows = tw_trajectory_appended(writer);
        char words[64];
        snprintf(words, sizeof words, "No space left on device; the %zu rows before are kept",
                 rows);
        assert_int_equal(rows, (at - 1) / 14); /* writes a row */
        assert_fails(TW_ERR_IO, words, status);
        assert_fails(TW_ERR_IO, words, append(writer)); /* also when there is room again */
        between.fail_at = 0;
        assert_fails(TW_ERR_IO, words, append(writer));
        assert_ok(tw_trajectory_finish(writer));
        assert_int_equal(rows_of(path), rows);
    }
}

static void a_limit_of_the_system(void **state) {
    char path[1024];
    snprintf(path, sizeof path, "%s", scratch("limit.h5"));
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        tw_trajectory_writer *writer = begin(path, 10000);
        struct rlimit limit = {300000, 300000}; /* columns take 240,000 bytes */
        tw_status status = setrlimit(RLIMIT_FSIZE, &limit) == 0 ? TW_OK : TW_ERR_SYSTEM;
        while (status == TW_OK)
            status = append(writer);
        int told = status == TW_ERR_IO && strstr(tw_message(), "File too large") != NULL;
        _exit(told && tw_trajectory_finish(writer) == TW_OK ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_in_range(rows_of(path), 500, 900);
}

/* A child appends as fast as it can and tells each row through a pipe once it is in; it is killed
 * at a random instant. All that it told, and at most one more, is there. */
static void append_for_ever(const char *path, int pipe) {
    tw_trajectory_writer *writer = begin(path, 1000000);
    for (;;) {
        if (append(writer) != TW_OK || write(pipe, "r", 1) != 1)
            _exit(1);
    }
}

static size_t count_bytes(int pipe) {
    char buffer[4096];
    size_t count = 0;
    for (ssize_t got; (got = read(pipe, buffer, sizeof buffer)) > 0;)
        count += (size_t)got;
    return count;
}

static void random_kills(void **state) {
    enum { KILLS = 40 };
    char path[1024];
    snprintf(path, sizeof path, "%s", scratch("killed.h5"));
    size_t most = 0;
    for (int k = 0; k < KILLS; k++) {
        int ends[2];
        unlink(path);
        assert_int_equal(pipe(ends), 0);
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            append_for_ever(path, ends[1]);
        }
        close(ends[1]);
        char first;
        assert_int_equal(read(ends[0], &first, 1), 1);
        usleep((useconds_t)(20000 * tw_rng_uniform(1, 1, (uint64_t)k)));
        kill(child, SIGKILL);
        size_t told = 1 + count_bytes(ends[0]);
        close(ends[0]);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        size_t rows = rows_of(path);
        assert_true(rows == told || rows == told + 1);
        most = rows > most ? rows : most;
    }
    assert_true(most > 10);
}

/* Read while it grows, as fast as it can: whole rows, and never "is it cut short?". */
static void read_while_it_grows(void **state) {
    enum { READINGS = 400 };
    char path[1024];
    int ends[2], status;
    snprintf(path, sizeof path, "%s", scratch("grows.h5"));
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        tw_trajectory_writer *writer = begin(path, 1000000);
        for (int told = 0; append(writer) == TW_OK && (told || write(ends[1], "r", 1) == 1);)
            told = 1;
        _exit(1);
    }
    char first;
    close(ends[1]);
    assert_int_equal(read(ends[0], &first, 1), 1);
    close(ends[0]);
    size_t failed = 0, rows = 0;
    for (int k = 0; k < READINGS; k++) {
        tw_trajectory *t;
        failed += tw_trajectory_open(path, &t) != TW_OK;
        rows = t != NULL ? tw_trajectory_rows(t) : rows;
        tw_trajectory_close(t);
    }
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    if (failed > 0)
        fail_msg("%zu of %d readings failed: %s", failed, READINGS, tw_message());
    assert_true(rows > 1);
    unlink(path);
}

/* ---- what is refused ---- */

static void places_that_cannot_be(void **state) {
    tw_space *space = three_blocks();
    static const char *const twice[] = {"loss", "loss"};
    static const struct {
        const char *path;
        size_t capacity, columns;
        const char *names[1];
        tw_status status;
        const char *words;
    } table[] = {
        {"t.csv", 1, 0, {NULL}, TW_ERR_ARGUMENT, "trajectories go to .h5 files"},
        {"t", 1, 0, {NULL}, TW_ERR_ARGUMENT, "trajectories go to .h5 files"},
        {"t.h5", 0, 0, {NULL}, TW_ERR_ARGUMENT, "room for 0 rows; 1 to 10000000"},
        {"t.h5", 10000001, 0, {NULL}, TW_ERR_ARGUMENT, "room for 10000001 rows"},
        {"t.h5", 1, 1, {"x"}, TW_ERR_ARGUMENT, "two columns are called 'x'"},
        {"t.h5", 1, 1, {"blocks"}, TW_ERR_ARGUMENT, "'blocks' cannot be the name"},
        {"t.h5", 1, 1, {""}, TW_ERR_ARGUMENT, "'' cannot be the name"},
        {"t.h5", 1, 1, {"a/b"}, TW_ERR_ARGUMENT, "'a/b' cannot be the name"},
        {"missing/t.h5", 1, 0, {NULL}, TW_ERR_IO, "missing/t.h5"},
        {"folder.h5", 1, 0, {NULL}, TW_ERR_IO, "it is a directory"},
    };
    char command[1200];
    snprintf(command, sizeof command, "mkdir -p '%s'", scratch("folder.h5"));
    assert_int_equal(system(command), 0);
    write_bytes(scratch("t.h5"), "precious", 8);
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        tw_trajectory_writer *writer = NULL;
        assert_fails(table[k].status, table[k].words,
                     tw_trajectory_create(scratch(table[k].path), space, table[k].capacity,
                                          table[k].columns, table[k].names, NULL, &writer));
        assert_null(writer);
    }
    tw_trajectory_writer *writer = NULL;
    assert_fails(TW_ERR_ARGUMENT, "two columns are called 'loss'",
                 tw_trajectory_create(scratch("t.h5"), space, 1, 2, twice, NULL, &writer));
    assert_int_equal(symlink("/dev/null", scratch("null.h5")), 0);
    assert_fails(TW_ERR_IO, "a trajectory goes to a plain file",
                 tw_trajectory_create(scratch("null.h5"), space, 1, 0, NULL, NULL, &writer));
    write_bytes(scratch("u.h5"), "precious", 8);
    assert_same_bytes(scratch("t.h5"), scratch("u.h5"));
    assert_no_part();
    tw_space_free(space);
}

static void through_a_link(void **state) {
    write_bytes(scratch("real.h5"), "old", 3);
    assert_int_equal(symlink("real.h5", scratch("link.h5")), 0);
    tw_trajectory_writer *writer = begin(scratch("link.h5"), 2);
    assert_ok(append(writer));
    assert_ok(tw_trajectory_finish(writer));
    assert_int_equal(rows_of(scratch("real.h5")), 1);
}

static void files_of_others(void **state) {
    outside("make_trajectories", scratch(""));
    static const struct {
        const char *name;
        size_t rows;
    } good[] = {{"bare.h5", 6}, {"packed.h5", 6}, {"short_column.h5", 4}, {"blocks_right.h5", 6}};
    for (size_t k = 0; k < sizeof good / sizeof good[0]; k++) {
        tw_trajectory *t = NULL;
        assert_ok(tw_trajectory_open(scratch(good[k].name), &t));
        assert_int_equal(tw_trajectory_rows(t), good[k].rows);
        assert_int_equal(tw_space_size(tw_trajectory_space(t)), SIZE);
        for (size_t row = 0; row < good[k].rows; row++) {
            double x[SIZE];
            assert_ok(tw_trajectory_read(t, row, x));
            for (size_t i = 0; i < SIZE; i++)
                assert_true(x[i] == 100.0 * (double)row + (double)i + 0.25);
        }
        tw_trajectory_close(t);
    }
    static const struct {
        const char *name;
        tw_status status;
        const char *words;
    } bad[] = {
        {"flat.h5", TW_ERR_SHAPE, "/trajectory/x has 1 axes"},
        {"text.h5", TW_ERR_FORMAT, "'trajectory/x' holds text"},
        {"none.h5", TW_ERR_FORMAT, "there is no dataset /trajectory/x"},
        {"set.h5", TW_ERR_FORMAT, "there is no dataset /trajectory/x"},
        {"matrix_column.h5", TW_ERR_FORMAT, "'trajectory/loss' is not a column of numbers"},
        {"elsewhere.h5", TW_ERR_FORMAT, "there is no dataset /trajectory/x"},
        {"blocks_role.h5", TW_ERR_FORMAT, "block 'W' has a role or shape"},
        {"blocks_sum.h5", TW_ERR_FORMAT, "rows of 10 numbers, but blocks of 8"},
        {"blocks_gap.h5", TW_ERR_FORMAT, "block 'W' has a role or shape"},
        {"blocks_negative.h5", TW_ERR_FORMAT, "block 'W' has a role or shape"},
        {"blocks_huge.h5", TW_ERR_FORMAT, "axis 1 has a length that cannot be used"},
        {"blocks_axis.h5", TW_ERR_FORMAT, "block 'W' has a role or shape"},
        {"blocks_columns.h5", TW_ERR_FORMAT, "differ in length"},
        {"blocks_count.h5", TW_ERR_FORMAT, "differ in length"},
        {"blocks_number.h5", TW_ERR_FORMAT, "is not a list of names"},
        {"blocks_twice.h5", TW_ERR_FORMAT, "there is already a block 'W'"},
        {"absent.h5", TW_ERR_IO, "No such file"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        tw_trajectory *t = NULL;
        assert_fails(bad[k].status, bad[k].words, tw_trajectory_open(scratch(bad[k].name), &t));
        assert_true(strstr(tw_message(), bad[k].name) != NULL);
        assert_null(t);
    }
    tw_trajectory *t = NULL;
    double x[SIZE];
    assert_ok(tw_trajectory_open(scratch("nan.h5"), &t));
    assert_ok(tw_trajectory_read(t, 2, x));
    assert_fails(TW_ERR_FORMAT, "x[3, 7] is nan; every number must be finite",
                 tw_trajectory_read(t, 3, x));
    tw_trajectory_close(t);
}

/* A file from which others have cut the end says so at any length. */
static void cut_files(void **state) {
    char path[1024], broken[1024];
    snprintf(path, sizeof path, "%s", scratch("sound.h5"));
    snprintf(broken, sizeof broken, "%s", scratch("broken.h5"));
    tw_trajectory_writer *writer = begin(path, 4);
    for (int row = 0; row < 4; row++)
        assert_ok(append(writer));
    assert_ok(tw_trajectory_finish(writer));
    size_t size;
    uint8_t *bytes = read_bytes(path, &size);
    for (size_t length = 0; length < size; length += 1 + length / 40) {
        tw_trajectory *t = NULL;
        write_bytes(broken, bytes, length);
        assert_true(tw_trajectory_open(broken, &t) == TW_ERR_FORMAT);
    }
    free(bytes);
}

static void a_list_of_files(void **state) {
    tw_space *space = three_blocks();
    const char *const names[] = {"a.npy", "b.h5", "c.npy"};
    const char *paths[3];
    char kept[3][1024];
    for (size_t k = 0; k < 3; k++) {
        double x[SIZE], values[COLUMNS];
        fill(k, x, values);
        snprintf(kept[k], sizeof kept[k], "%s", scratch(names[k]));
        paths[k] = kept[k];
        assert_ok(tw_weights_write(paths[k], space, x, NULL));
    }
    tw_trajectory *t = NULL;
    assert_ok(tw_trajectory_open_list(3, paths, space, &t));
    assert_int_equal(tw_trajectory_rows(t), 3);
    assert_int_equal(tw_trajectory_columns(t), 0);
    assert_null(tw_trajectory_column(t, "iteration"));
    assert_int_equal(tw_trajectory_provenance(t)->count, 0);
    for (size_t k = 3; k-- > 0;) {
        double x[SIZE], expected[SIZE], values[COLUMNS];
        fill(k, expected, values);
        assert_ok(tw_trajectory_read(t, k, x));
        assert_memory_equal(x, expected, sizeof x);
    }
    unlink(paths[1]);
    double x[SIZE];
    assert_fails(TW_ERR_IO, "b.h5", tw_trajectory_read(t, 1, x));
    tw_trajectory_close(t);
    assert_ok(tw_trajectory_open_list(0, NULL, space, &t));
    assert_int_equal(tw_trajectory_rows(t), 0);
    assert_fails(TW_ERR_ARGUMENT, "row 0 of a trajectory of 0", tw_trajectory_read(t, 0, x));
    tw_trajectory_close(t);
    tw_space_free(space);
}

/* ---- taken up by another process ---- */

static tw_status take_up(const char *path, size_t capacity, size_t rows,
                         tw_trajectory_writer **out) {
    tw_space *space = three_blocks();
    tw_status status = tw_trajectory_continue(path, space, capacity, rows, COLUMNS, columns, out);
    tw_space_free(space);
    return status;
}

static void write_rows(const char *path, size_t capacity, size_t rows) {
    tw_trajectory_writer *writer = begin(path, capacity);
    for (size_t k = 0; k < rows; k++)
        assert_ok(append(writer));
    assert_ok(tw_trajectory_finish(writer));
}

/* Cut back to any row, at any instant of which the file can be read, it ends with the same bytes.
 */
static void taken_up_it_ends_the_same(void **state) {
    enum { ROWS = 3 };
    char left[1024], whole[1024];
    snprintf(left, sizeof left, "%s", scratch("left.h5"));
    snprintf(whole, sizeof whole, "%s", scratch("whole.h5"));
    write_rows(whole, ROWS + 1, ROWS);
    for (size_t rows = 0; rows <= ROWS; rows++) {
        tw_trajectory_writer *writer = NULL;
        write_rows(left, ROWS + 1, ROWS);
        between.copy_from = left;
        between.calls = 0;
        assert_ok(take_up(left, ROWS + 1, rows, &writer));
        between.copy_from = NULL;
        assert_int_equal(tw_trajectory_appended(writer), rows);
        for (size_t call = 1; call <= between.calls; call++) {
            char name[64];
            snprintf(name, sizeof name, "snapshot-%zu.h5", call);
            size_t seen = rows_of(scratch(name));
            assert_true(seen >= rows && seen <= ROWS);
            remove(scratch(name));
        }
        assert_int_equal(rows_of(left), rows);
        assert_ok(tw_trajectory_sync(writer));
        while (tw_trajectory_appended(writer) < ROWS)
            assert_ok(append(writer));
        assert_ok(tw_trajectory_finish(writer));
        assert_same_bytes(left, whole);
    }
}

static void what_is_not_taken_up(void **state) {
    tw_trajectory_writer *writer = NULL;
    write_rows(scratch("left.h5"), 4, 2);
    assert_fails(TW_ERR_FORMAT, "it has 2 rows, and 3 were written",
                 take_up(scratch("left.h5"), 4, 3, &writer));
    assert_fails(TW_ERR_FORMAT, "room for a different number of rows",
                 take_up(scratch("left.h5"), 5, 2, &writer));
    assert_fails(TW_ERR_IO, "none.h5", take_up(scratch("none.h5"), 4, 0, &writer));
    tw_space *other = NULL;
    assert_ok(tw_space_new(&other));
    assert_ok(tw_space_add(other, &(tw_block){.name = "x", .rank = 1, .shape = {SIZE}}));
    assert_fails(
        TW_ERR_FORMAT, "parameters differ",
        tw_trajectory_continue(scratch("left.h5"), other, 4, 2, COLUMNS, columns, &writer));
    tw_space_free(other);
    tw_space *space = three_blocks();
    assert_fails(TW_ERR_FORMAT, "other columns",
                 tw_trajectory_continue(scratch("left.h5"), space, 4, 2, 2, columns, &writer));
    static const char *const others[] = {"iteration", "train_loss", "something"};
    assert_fails(TW_ERR_FORMAT, "a column is missing",
                 tw_trajectory_continue(scratch("left.h5"), space, 4, 2, 3, others, &writer));
    tw_space_free(space);
    assert_null(writer);
    write_rows(scratch("same.h5"), 4, 2);
    assert_same_bytes(scratch("left.h5"), scratch("same.h5"));
    /* one that is being written */
    writer = begin(scratch("busy.h5"), 4);
    tw_trajectory_writer *second = NULL;
    assert_fails(TW_ERR_IO, "another process", take_up(scratch("busy.h5"), 4, 0, &second));
    assert_ok(tw_trajectory_finish(writer));
}

/* ---- the state of a descent ---- */

static void states_come_back(void **state) {
    const double numbers[] = {1, -0.0, NAN, INFINITY, 0x1p-1074};
    const tw_descent_part parts[] = {
        {"counters", 5, numbers}, {"a.b c", 1, numbers}, {"adam", 0, numbers}};
    tw_provenance made = {0}, read = {0};
    tw_descent_part *back = NULL;
    size_t count;
    assert_ok(tw_provenance_add(&made, "method", "adam"));
    assert_ok(tw_descent_write(scratch("w.npy.unfinished"), 3, parts, &made));
    assert_ok(tw_descent_read(scratch("w.npy.unfinished"), &count, &back, &read));
    assert_int_equal(count, 3);
    for (size_t k = 0; k < count; k++) {
        size_t own = 0;
        while (strcmp(parts[own].name, back[k].name) != 0)
            assert_true(++own < 3);
        assert_int_equal(back[k].count, parts[own].count);
        assert_memory_equal(back[k].values, parts[own].values, back[k].count * sizeof(double));
    }
    assert_string_equal(tw_provenance_get(&read, "method"), "adam");
    tw_result_kind kind;
    assert_ok(tw_result_kind_of(scratch("w.npy.unfinished"), &kind));
    assert_int_equal(kind, TW_RESULT_UNFINISHED);
    tw_descent_parts_free(count, back);
    tw_provenance_release(&made);
    tw_provenance_release(&read);
    write_rows(scratch("left.h5"), 4, 2);
    assert_fails(TW_ERR_FORMAT, "not the state of a descent",
                 tw_descent_read(scratch("left.h5"), &count, &back, NULL));
    assert_fails(TW_ERR_IO, "none", tw_descent_read(scratch("none"), &count, &back, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken_up_it_ends_the_same),
        cmocka_unit_test(what_is_not_taken_up),
        cmocka_unit_test(states_come_back),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(readers_of_a_growing_file),
        cmocka_unit_test(without_columns),
        cmocka_unit_test(every_state_between_is_a_file),
        cmocka_unit_test(full_disks),
        cmocka_unit_test(a_limit_of_the_system),
        cmocka_unit_test(random_kills),
        cmocka_unit_test(read_while_it_grows),
        cmocka_unit_test(places_that_cannot_be),
        cmocka_unit_test(through_a_link),
        cmocka_unit_test(files_of_others),
        cmocka_unit_test(cut_files),
        cmocka_unit_test(a_list_of_files),
    };
    return cmocka_run_group_tests_name("trajectory", tests, scratch_setup, scratch_teardown);
}
