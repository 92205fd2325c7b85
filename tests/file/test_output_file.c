/* Whole files or none: full disks, folders that are not there or closed, links, pipes, the standard
 * output. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file/output_file.h"
#include "scratch.h"
#include "thalweg/file.h"

static const double numbers[4] = {1, 2, 3, 4};

/* One of every writer, to one path. */
static tw_status write_array(const char *path) {
    return tw_array_write(path, 1, (size_t[]){4}, numbers);
}

static tw_status write_weights(const char *path) {
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &(tw_block){.name = "w", .rank = 1, .shape = {4}}));
    tw_status status = tw_weights_write(path, space, numbers, NULL);
    tw_space_free(space);
    return status;
}

static tw_status write_surface(const char *path) {
    const tw_axis x = {-1, 1, 4};
    const char *name = "train_loss";
    tw_surface surface;
    assert_ok(tw_surface_init(&surface, &x, NULL, 1, &name));
    tw_status status = tw_surface_write(path, &surface, NULL);
    tw_surface_release(&surface);
    return status;
}

static tw_status write_table(const char *path) {
    const char *names[2] = {"step", "loss"};
    tw_table table;
    assert_ok(tw_table_init(&table, "steps", 2, names));
    for (int k = 0; k < 5000; k++) /* more than a buffer */
        assert_ok(tw_table_append(&table, numbers));
    tw_status status = tw_table_write(path, &table, NULL);
    tw_table_release(&table);
    return status;
}

static const struct {
    tw_status (*write)(const char *path);
    const char *ending;
} writers[] = {{write_array, "npy"},  {write_weights, "npy"}, {write_weights, "h5"},
               {write_surface, "h5"}, {write_table, "csv"},   {write_table, "h5"}};
enum { WRITERS = sizeof writers / sizeof writers[0] };

static const char *named(size_t writer, const char *stem) {
    char name[128];
    snprintf(name, sizeof name, "%s.%s", stem, writers[writer].ending);
    return scratch(name);
}

static void a_full_disk_is_found(void **state) {
    for (size_t k = 0; k < WRITERS; k++)
        assert_fails(TW_ERR_IO, "cannot write '/dev/full': No space left",
                     writers[k].write("/dev/full"));
    struct stat info;
    assert_int_equal(stat("/dev/full", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
    assert_int_not_equal(access("/dev/full.part", F_OK), 0);
}

/* The part file itself finds no room: the old file stays as it is. */
static void an_old_file_stays(void **state) {
    struct rlimit before, tight;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t k = 0; k < WRITERS; k++) {
        const char *path = named(k, "old");
        write_bytes(path, "precious", 8);
        tight = (struct rlimit){.rlim_cur = 100, .rlim_max = before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
        tw_status status = writers[k].write(path);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(status, TW_ERR_IO);
        assert_non_null(strstr(tw_message(), "File too large"));
        char *text = read_text(path);
        assert_string_equal(text, "precious");
        free(text);
    }
    assert_no_part();
}

/* Whatever lies where the part file was once made, a link, a folder or somebody's own file, stays
 * as it is. */
static void other_parts_are_left_alone(void **state) {
    struct stat info;
    write_bytes(scratch("victim"), "precious", 8);
    assert_int_equal(symlink("victim", scratch("trap.npy.part")), 0);
    assert_int_equal(symlink("victim", scratch("trap.npy.0123abcd.part")), 0);
    mkdir(scratch("blocked.npy.part"), 0700);
    mkdir(scratch("blocked.npy.0123abcd.part"), 0700);
    write_bytes(scratch("own.npy.part"), "precious", 8);
    write_bytes(scratch("own.npy.0123abcg.part"), "precious", 8);
    assert_ok(write_array(scratch("trap.npy")));
    assert_ok(write_array(scratch("blocked.npy")));
    assert_ok(write_array(scratch("own.npy")));
    assert_int_equal(lstat(scratch("trap.npy.part"), &info), 0);
    assert_int_equal(lstat(scratch("trap.npy.0123abcd.part"), &info), 0);
    for (int k = 0; k < 3; k++) {
        static const char *const names[] = {"victim", "own.npy.part", "own.npy.0123abcg.part"};
        char *text = read_text(scratch(names[k]));
        assert_string_equal(text, "precious");
        free(text);
    }
    unlink(scratch("trap.npy.part"));
    unlink(scratch("trap.npy.0123abcd.part"));
    unlink(scratch("own.npy.part"));
    unlink(scratch("own.npy.0123abcg.part"));
    assert_int_equal(rmdir(scratch("blocked.npy.part")), 0);
    assert_int_equal(rmdir(scratch("blocked.npy.0123abcd.part")), 0);
    assert_no_part();
}

static void folders_are_refused(void **state) {
    for (size_t k = 0; k < WRITERS; k++) {
        const char *path = named(k, "folder");
        mkdir(path, 0700);
        assert_fails(TW_ERR_IO, "it is a directory", writers[k].write(path));
        char inside[1100];
        snprintf(inside, sizeof inside, "%s/none/x.%s", path, writers[k].ending);
        assert_fails(TW_ERR_IO, "No such file or directory", writers[k].write(inside));
    }
    assert_no_part();
}

/* Root may write anywhere; the test then gives its rights up for a moment. */
static void closed_folders_and_files(void **state) {
    uid_t user = geteuid();
    chmod(scratch("."), 0755);
    mkdir(scratch("closed"), 0555);
    mkdir(scratch("open"), 0777);
    chmod(scratch("open"), 0777);
    write_bytes(scratch("open/kept.npy"), "kept", 4);
    chmod(scratch("open/kept.npy"), 0444);
    if (user == 0 && seteuid(65534) != 0)
        skip();
    int open_to_us = access(scratch("closed"), X_OK) == 0 || user == 0;
    tw_status closed = write_array(scratch("closed/x.npy"));
    char closed_text[600], kept_text[600];
    snprintf(closed_text, sizeof closed_text, "%s", tw_message());
    tw_status kept = write_array(scratch("open/kept.npy"));
    snprintf(kept_text, sizeof kept_text, "%s", tw_message());
    if (user == 0)
        assert_int_equal(seteuid(0), 0);
    assert_true(open_to_us);
    assert_int_equal(closed, TW_ERR_IO);
    assert_non_null(strstr(closed_text, "Permission denied"));
    assert_int_equal(kept, user == 0 ? kept : TW_ERR_IO); /* access() asks for the real user */
    if (user != 0)
        assert_non_null(strstr(kept_text, "Permission denied"));
    assert_int_not_equal(access(scratch("closed/x.npy.part"), F_OK), 0);
}

static void replacing_keeps_links_and_modes(void **state) {
    struct stat info;
    write_bytes(scratch("target.npy"), "old", 3);
    chmod(scratch("target.npy"), 0640);
    assert_int_equal(symlink("target.npy", scratch("link.npy")), 0);
    assert_ok(write_array(scratch("link.npy")));
    assert_int_equal(lstat(scratch("link.npy"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(stat(scratch("target.npy"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(info.st_size, 128 + 32);
    assert_no_part();
}

/* Parts of killed runs go with the next writing; one that somebody is at stays, and so do those of
 * other files. */
static void leftovers_are_removed(void **state) {
    char junk[4096] = {0};
    tw_output other = {0}, longer = {0};
    write_bytes(scratch("left.npy.0123abcd.part"), junk, sizeof junk);
    write_bytes(scratch("left.npy.89efffff.part"), junk, sizeof junk);
    chmod(scratch("left.npy.89efffff.part"), 0444);
    assert_ok(tw_output_open(&other, scratch("left.npy")));
    assert_ok(tw_output_open(&longer, scratch("left.npy.more")));
    assert_ok(write_array(scratch("left.npy")));
    assert_int_not_equal(access(scratch("left.npy.0123abcd.part"), F_OK), 0);
    assert_int_not_equal(access(scratch("left.npy.89efffff.part"), F_OK), 0);
    assert_int_equal(access(other.part, F_OK), 0);
    assert_int_equal(access(longer.part, F_OK), 0);
    tw_output_abandon(&longer);
    fputs("the last to end", other.stream);
    assert_ok(tw_output_commit(&other));
    char *text = read_text(scratch("left.npy"));
    assert_string_equal(text, "the last to end");
    free(text);
    assert_no_part();
}

/* Between the rename and its end the lock is on the finished file: readers that lock, as HDF5 does,
 * must get theirs then, while whoever removes parts must not. */
static void readers_may_lock_a_part(void **state) {
    tw_output output = {0};
    assert_ok(tw_output_open(&output, scratch("locked.npy")));
    int part = open(output.part, O_RDWR);
    assert_true(part >= 0);
    assert_int_equal(flock(part, LOCK_SH | LOCK_NB), 0);
    assert_int_equal(flock(part, LOCK_UN), 0);
    assert_int_not_equal(flock(part, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(errno, EWOULDBLOCK);
    close(part);
    tw_output_abandon(&output);
    assert_no_part();
}

/* A killed process leaves its part, unlocked. */
static void a_killed_writer_is_cleaned_up(void **state) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        tw_output output = {0};
        raise(tw_output_open(&output, scratch("killed.npy")) == TW_OK ? SIGKILL : SIGTERM);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WTERMSIG(status), SIGKILL);
    assert_ok(write_array(scratch("killed.npy")));
    assert_no_part();
}

/* One file, replaced by several processes at once: every one succeeds, and what can be read at any
 * time is the whole of one of them. */
static void writers_at_once(void **state) {
    enum { PROCESSES = 8, ROUNDS = 60, COUNT = 3000 };
    const char *path = scratch("race.npy");
    fflush(NULL);
    pid_t children[PROCESSES];
    for (int k = 0; k < PROCESSES; k++)
        if ((children[k] = fork()) == 0) {
            double values[COUNT];
            int failed = 0;
            for (int i = 0; i < COUNT; i++)
                values[i] = k;
            for (int round = 0; round < ROUNDS; round++) {
                tw_array seen = {0};
                failed += tw_array_write(path, 1, (size_t[]){COUNT}, values) != TW_OK;
                failed += tw_array_read(path, NULL, &seen) != TW_OK || seen.count != COUNT;
                for (size_t i = 1; i < seen.count; i++)
                    failed += seen.values[i] != seen.values[0];
                tw_array_release(&seen);
            }
            _exit(failed != 0);
        }
    for (int k = 0; k < PROCESSES; k++) {
        int status;
        assert_int_equal(waitpid(children[k], &status, 0), children[k]);
        assert_int_equal(status, 0);
    }
    assert_no_part();
}

/* As long as a name may be; one byte more is refused before anything is done. */
static void long_names(void **state) {
    char name[300];
    memset(name, 'n', sizeof name);
    memcpy(name + 251, ".npy", 5);
    assert_ok(tw_output_check(scratch(name)));
    assert_ok(write_array(scratch(name)));
    assert_int_equal(access(scratch(name), F_OK), 0);
    for (int k = 0; k + 2 < 252; k += 2) /* letters of two bytes, none of which is cut */
        memcpy(name + k, "\xc3\xa9", 2);
    memcpy(name + 250, ".npy", 5);
    assert_ok(write_array(scratch(name)));
    memcpy(name + 250, "nn.npy", 7);
    assert_fails(TW_ERR_IO, "File name too long", tw_output_check(scratch(name)));
    assert_fails(TW_ERR_IO, "File name too long", write_array(scratch(name)));
    assert_no_part();
}

/* As a shell does it: what the link names is made, and the link stays. */
static void a_link_to_nothing_makes_what_it_names(void **state) {
    struct stat info;
    mkdir(scratch("far"), 0700);
    assert_int_equal(symlink("far/made.npy", scratch("dangling.npy")), 0);
    assert_int_equal(symlink("dangling.npy", scratch("twice.npy")), 0);
    assert_int_equal(symlink("loop.npy", scratch("loop.npy")), 0);
    assert_int_equal(symlink("nowhere/x.npy", scratch("lost.npy")), 0);
    assert_ok(write_array(scratch("twice.npy")));
    assert_int_equal(lstat(scratch("twice.npy"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(lstat(scratch("dangling.npy"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(lstat(scratch("far/made.npy"), &info), 0);
    assert_true(S_ISREG(info.st_mode));
    assert_fails(TW_ERR_IO, "Too many levels of symbolic links", write_array(scratch("loop.npy")));
    assert_fails(TW_ERR_IO, "lost.npy': No such file", write_array(scratch("lost.npy")));
    assert_no_part();
}

/* 8 processes count in one file, 40 times each: without an exclusive claim some counts are lost. */
static void claims_exclude(void **state) {
    enum { PROCESSES = 8, ROUNDS = 40 };
    const char *path = scratch("counter");
    pid_t children[PROCESSES];
    write_bytes(path, "0", 1);
    fflush(NULL);
    for (int k = 0; k < PROCESSES; k++)
        if ((children[k] = fork()) == 0) {
            for (int round = 0; round < ROUNDS;) {
                tw_claim *claim = NULL;
                int count = -1;
                if (tw_claim_take(path, &claim) != TW_OK)
                    _exit(1);
                if (claim == NULL) {
                    usleep(50);
                    continue;
                }
                FILE *file = fopen(path, "r+");
                if (file == NULL || fscanf(file, "%d", &count) != 1)
                    _exit(1);
                rewind(file);
                fprintf(file, "%d", count + 1);
                fclose(file);
                tw_claim_release(claim);
                round++;
            }
            _exit(0);
        }
    for (int k = 0; k < PROCESSES; k++) {
        int status;
        assert_int_equal(waitpid(children[k], &status, 0), children[k]);
        assert_int_equal(status, 0);
    }
    char *text = read_text(path);
    assert_int_equal(atoi(text), PROCESSES * ROUNDS);
    free(text);
    assert_int_not_equal(access(scratch("counter.lock"), F_OK), 0);
}

/* A claim ends with its process; what is somebody's own under the name of a lock stays. */
static void claims_end(void **state) {
    tw_claim *claim = NULL, *second = NULL;
    int ready[2], status;
    assert_int_equal(pipe(ready), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        tw_claim *own = NULL;
        if (tw_claim_take(scratch("mine"), &own) != TW_OK || own == NULL)
            _exit(1); /* the other sees the end of the pipe */
        (void)!write(ready[1], "x", 1);
        for (;;)
            pause();
    }
    char byte;
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_ok(tw_claim_take(scratch("mine"), &claim));
    assert_null(claim);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_ok(tw_claim_take(scratch("mine"), &claim));
    assert_non_null(claim);
    assert_ok(tw_claim_take(scratch("./mine"), &second));
    assert_null(second);
    tw_claim_release(claim);
    assert_int_not_equal(access(scratch("mine.lock"), F_OK), 0);
    write_bytes(scratch("own.lock"), "precious", 8);
    assert_int_equal(symlink("own.lock", scratch("linked.lock")), 0);
    static const char *const names[] = {"own", "linked", "nowhere/x"};
    for (int k = 0; k < 3; k++) {
        assert_ok(tw_claim_take(scratch(names[k]), &claim));
        assert_non_null(claim);
        tw_claim_release(claim);
    }
    char *text = read_text(scratch("own.lock"));
    assert_string_equal(text, "precious");
    free(text);
    assert_int_equal(access(scratch("linked.lock"), F_OK), 0);
    close(ready[0]);
}

static int is_one(const char *a, const char *b) {
    char first[1100];
    snprintf(first, sizeof first, "%s", scratch(a));
    return tw_same_file(first, scratch(b));
}

static void one_file_by_two_names(void **state) {
    mkdir(scratch("sub"), 0700);
    mkdir(scratch("sub/in"), 0700);
    write_bytes(scratch("sub/one"), "1", 1);
    char from[1100];
    snprintf(from, sizeof from, "%s", scratch("sub/one"));
    assert_int_equal(link(from, scratch("hard")), 0);
    assert_int_equal(symlink("sub/one", scratch("soft")), 0);
    assert_int_equal(symlink("sub", scratch("door")), 0);
    assert_int_equal(symlink("sub/new", scratch("new-by-link")), 0);
    static const char *const alike[][2] = {
        {"sub/one", "sub/one"},         {"sub/one", "hard"},           {"soft", "hard"},
        {"door/one", "sub//in/../one"}, {"sub/new", "door/in/../new"}, {"new-by-link", "door/new"}};
    static const char *const apart[][2] = {
        {"sub/one", "sub/two"}, {"sub/two", "two"}, {"sub", "door"}, {"nowhere/a", "nowhere/a"}};
    for (size_t k = 0; k < sizeof alike / sizeof alike[0]; k++)
        assert_true(is_one(alike[k][0], alike[k][1]));
    for (size_t k = 0; k < sizeof apart / sizeof apart[0]; k++)
        assert_false(is_one(apart[k][0], apart[k][1]));
    assert_false(tw_same_file("/dev/null", "/dev/null"));
}

/* What a check finds is what writing would meet, and it leaves nothing behind. */
static void a_check_says_it_before(void **state) {
    mkdir(scratch("a_folder.npy"), 0700);
    write_bytes(scratch("checked.npy"), "old", 3);
    assert_ok(tw_output_check(scratch("checked.npy")));
    assert_ok(tw_output_check(scratch("unchecked.npy")));
    assert_ok(tw_output_check("/dev/null"));
    assert_fails(TW_ERR_IO, "it is a directory", tw_output_check(scratch("a_folder.npy")));
    assert_fails(TW_ERR_IO, "No such file", tw_output_check(scratch("nowhere/x.npy")));
    assert_fails(TW_ERR_IO, "Not a directory", tw_output_check(scratch("checked.npy/x.npy")));
    assert_int_equal(mkfifo(scratch("checked.fifo"), 0600), 0);
    assert_ok(tw_output_check(scratch("checked.fifo"))); /* without a reader, and without waiting */
    char *text = read_text(scratch("checked.npy"));
    assert_string_equal(text, "old");
    free(text);
    assert_int_not_equal(access(scratch("unchecked.npy"), F_OK), 0);
    assert_no_part();
}

static void abandoned_files_are_gone(void **state) {
    tw_output output = {0};
    tw_output_abandon(&output);
    assert_ok(tw_output_open(&output, scratch("never.csv")));
    fprintf(output.stream, "half");
    tw_output_abandon(&output);
    assert_int_not_equal(access(scratch("never.csv"), F_OK), 0);
    assert_no_part();
}

typedef struct drain_job {
    int descriptor;
    const char *to;
} drain_job;

/* Copies a pipe into a file. */
static void *drain(void *argument) {
    drain_job *job = argument;
    FILE *out = fopen(job->to, "wb");
    char buffer[4096];
    for (ssize_t got; (got = read(job->descriptor, buffer, sizeof buffer)) > 0;)
        fwrite(buffer, 1, (size_t)got, out);
    fclose(out);
    close(job->descriptor);
    return NULL;
}

static void pipes_are_written(void **state) {
    for (size_t k = 0; k < WRITERS; k++) {
        const char *fifo = named(k, "fifo"), *path = named(k, "plain");
        assert_int_equal(mkfifo(fifo, 0600), 0);
        drain_job job = {open(fifo, O_RDONLY | O_NONBLOCK), named(k, "drained")};
        assert_true(job.descriptor >= 0);
        pthread_t thread;
        int writer = open(fifo, O_WRONLY); /* so that the reader waits for the writer under test */
        fcntl(job.descriptor, F_SETFL, 0);
        pthread_create(&thread, NULL, drain, &job);
        tw_status status = writers[k].write(fifo);
        close(writer);
        pthread_join(thread, NULL);
        assert_ok(status);
        assert_ok(writers[k].write(path));
        assert_same_bytes(job.to, path);
        struct stat info;
        assert_int_equal(stat(fifo, &info), 0);
        assert_true(S_ISFIFO(info.st_mode));
        unlink(fifo);
    }
    assert_no_part();
}

/* /dev/stdout to a file and to the end of one; the child's status tells. */
static void write_to_stdout(size_t writer, const char *target, int flags) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int descriptor = open(target, O_WRONLY | O_CREAT | flags, 0600);
        int failed = descriptor < 0 || dup2(descriptor, 1) < 0 ||
                     writers[writer].write("/dev/stdout") != TW_OK;
        _exit(failed);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void standard_output_is_written(void **state) {
    static const size_t natural[] = {0, 1, 3, 4}; /* .npy, .npy, .h5, .csv */
    struct stat before, after;
    assert_int_equal(lstat("/dev/stdout", &before), 0);
    for (size_t k = 0; k < 4; k++) {
        size_t writer = natural[k], size, plain_size;
        const char *target = named(writer, "stdout"), *plain = named(writer, "plain");
        assert_ok(writers[writer].write(plain));
        write_to_stdout(writer, target, O_TRUNC);
        assert_same_bytes(target, plain);
        write_to_stdout(writer, target, O_APPEND);
        free(read_bytes(target, &size));
        free(read_bytes(plain, &plain_size));
        assert_int_equal(size, 2 * plain_size);
    }
    assert_int_equal(lstat("/dev/stdout", &after), 0);
    assert_true(before.st_ino == after.st_ino && S_ISLNK(after.st_mode));
    assert_int_not_equal(access("/dev/stdout.part", F_OK), 0);
}

/* A file called as HDF5's scratch name was neither read nor touched. */
static void the_working_folder_is_left_alone(void **state) {
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(scratch(".")), 0);
    write_bytes("thalweg", "the tool", 8);
    tw_status status = write_surface("here.h5");
    char *text = read_text("thalweg");
    assert_int_equal(chdir(before), 0);
    assert_ok(status);
    assert_string_equal(text, "the tool");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_is_found),
        cmocka_unit_test(an_old_file_stays),
        cmocka_unit_test(other_parts_are_left_alone),
        cmocka_unit_test(folders_are_refused),
        cmocka_unit_test(closed_folders_and_files),
        cmocka_unit_test(replacing_keeps_links_and_modes),
        cmocka_unit_test(leftovers_are_removed),
        cmocka_unit_test(readers_may_lock_a_part),
        cmocka_unit_test(a_killed_writer_is_cleaned_up),
        cmocka_unit_test(writers_at_once),
        cmocka_unit_test(claims_exclude),
        cmocka_unit_test(claims_end),
        cmocka_unit_test(long_names),
        cmocka_unit_test(a_link_to_nothing_makes_what_it_names),
        cmocka_unit_test(one_file_by_two_names),
        cmocka_unit_test(a_check_says_it_before),
        cmocka_unit_test(abandoned_files_are_gone),
        cmocka_unit_test(pipes_are_written),
        cmocka_unit_test(standard_output_is_written),
        cmocka_unit_test(the_working_folder_is_left_alone),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
