/* Fetching from a server on the loopback address that was started by the test: whole, continued,
 * refused, damaged, and archives that must not be unpacked. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data_scratch.h"
#include "fetch/fetch_set.h"

static pid_t server;
static char base[64];

static int start(void **state) {
    if (scratch_begin(state) != 0)
        return -1;
    setenv("no_proxy", "127.0.0.1", 1);
    return 0;
}

static int stop(void **state) {
    if (server > 0) {
        kill(server, SIGTERM);
        waitpid(server, NULL, 0);
    }
    return scratch_end(state);
}

/* The server with its files, on the first use. */
static const char *site(const char *manner) {
    static char url[128];
    if (server == 0) {
        scratch_python("make_archives.py", scratch("www"));
        char program[4096];
        snprintf(program, sizeof program, "%s/tests/fetch/serve.py", getenv("THALWEG_SOURCE"));
        server = fork();
        assert_true(server >= 0);
        if (server == 0) {
            execl("/usr/bin/python3", "python3", program, scratch("www"), scratch("port"), NULL);
            _exit(127);
        }
        for (int i = 0; i < 1200 && access(scratch("port"), R_OK) != 0; i++)
            usleep(50000);
        char *port = read_text(scratch("port"));
        snprintf(base, sizeof base, "http://127.0.0.1:%s", port);
        free(port);
    }
    snprintf(url, sizeof url, "%s%s", base, manner);
    return url;
}

static const char *digest_of(const char *name) {
    static char digest[33];
    char line[256];
    FILE *file = fopen(scratch("www/digests.txt"), "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ' ')
            snprintf(digest, sizeof digest, "%s", line + strlen(name) + 1);
    fclose(file);
    return digest;
}

static tw_fetch_set archive_set(const char *name) {
    return (tw_fetch_set){
        .name = "test", .folder = "set", .archive = 1, .files = {{name, digest_of(name)}}};
}

static tw_status run(const tw_fetch_set *set, const char *to, const char *from) {
    return tw_fetch_set_run(set, scratch(to), &(tw_fetch_options){.base_url = from});
}

static int there(const char *name) {
    return access(scratch(name), F_OK) == 0;
}

/* The part of requests.log since the last call. */
static const char *requests(void) {
    static char *log;
    static size_t seen;
    free(log);
    log = read_text(scratch("www/requests.log"));
    const char *fresh = log + seen;
    seen = strlen(log);
    return fresh;
}

static void put(const char *name, const char *from, size_t size) {
    char *bytes = read_text(scratch(from));
    scratch_write(name, bytes, size);
    free(bytes);
}

static void whole_and_again(void **state) {
    const char *from = site("");
    tw_fetch_set set = archive_set("good.tar.gz");
    assert_ok(run(&set, "whole", from));
    tw_dataset *dataset = open_split(scratch("whole/set"), TW_SPLIT_TRAIN);
    assert_int_equal(tw_dataset_samples(dataset), 100);
    tw_dataset_free(dataset);
    assert_false(there("whole/good.tar.gz") || there("whole/good.tar.gz.part"));
    assert_string_equal(requests(), "/good.tar.gz -\n");
    assert_ok(run(&set, "whole", from));
    assert_string_equal(requests(), "");
    assert_ok(run(&set, "moved", site("/moved")));
    assert_string_equal(requests(), "/moved/good.tar.gz -\n/good.tar.gz -\n");
    set = archive_set("dots.tar.gz");
    assert_ok(run(&set, "dots", site("")));
    assert_true(there("dots/set/data_batch_5.bin"));
    requests();
}

static void cut_and_continued(void **state) {
    tw_fetch_set set = archive_set("good.tar.gz");
    struct stat whole, part;
    assert_int_equal(stat(scratch("www/good.tar.gz"), &whole), 0);
    assert_fails(TW_ERR_IO, "run the same command again to continue",
                 run(&set, "cut", site("/cut")));
    assert_int_equal(stat(scratch("cut/good.tar.gz.part"), &part), 0);
    assert_int_equal(part.st_size, whole.st_size / 2);
    assert_false(there("cut/set"));
    assert_ok(run(&set, "cut", site("")));
    assert_true(there("cut/set/test_batch.bin"));
    char expected[128];
    snprintf(expected, sizeof expected, "/cut/good.tar.gz -\n/good.tar.gz bytes=%lld-\n",
             (long long)part.st_size);
    assert_string_equal(requests(), expected);
}

/* Parts that are of no use: longer than the file, of another file, on a server without Range. */
static void useless_parts(void **state) {
    tw_fetch_set set = archive_set("good.tar.gz");
    site("");
    put("long/good.tar.gz.part", "www/a.gz", 100);
    assert_ok(run(&set, "long", site("")));
    assert_non_null(strstr(requests(), "bytes=100-\n/good.tar.gz -\n"));
    char *big = calloc(1, 200000);
    scratch_write("longer/good.tar.gz.part", big, 200000);
    free(big);
    assert_ok(run(&set, "longer", site("")));
    assert_string_equal(requests(), "/good.tar.gz bytes=200000-\n/good.tar.gz -\n");
    put("norange/good.tar.gz.part", "www/good.tar.gz", 100);
    assert_ok(run(&set, "norange", site("/norange")));
    assert_true(there("norange/set/test_batch.bin"));
    requests();
    /* all there, but not yet renamed when the last run was killed */
    struct stat whole;
    assert_int_equal(stat(scratch("www/a.gz"), &whole), 0);
    tw_fetch_set files = {.name = "files", .folder = "set", .files = {{"a.gz", digest_of("a.gz")}}};
    char *bytes = malloc(100000);
    FILE *file = fopen(scratch("www/a.gz"), "rb");
    assert_int_equal(fread(bytes, 1, 100000, file), 100000);
    fclose(file);
    scratch_write("done/set/a.gz.part", bytes, 100000);
    free(bytes);
    assert_ok(run(&files, "done", site("")));
    assert_string_equal(requests(), "");
    assert_true(there("done/set/a.gz"));
}

/* Links in the place of parts lead nowhere: what they point to is neither emptied nor written. */
static void part_links_are_not_followed(void **state) {
    tw_fetch_set set = archive_set("good.tar.gz");
    site("");
    char text[200], path[1100];
    for (int k = 0; k < 3; k++) {
        char to[32], part[64], unpacked[64], victim[64];
        snprintf(to, sizeof to, "links%d", k);
        snprintf(part, sizeof part, "%s/good.tar.gz.part", to);
        snprintf(unpacked, sizeof unpacked, "%s/set.part", to);
        snprintf(victim, sizeof victim, "victim%d/precious", k);
        scratch_write(victim, "precious", 8);
        snprintf(path, sizeof path, "%s/x", to);
        scratch_write(path, "", 0); /* makes the folder */
        snprintf(path, sizeof path, "%s", scratch(victim));
        snprintf(text, sizeof text, "../%s", k < 2 ? victim : "nowhere");
        assert_int_equal(k == 1 ? link(path, scratch(part)) : symlink(text, scratch(part)), 0);
        snprintf(text, sizeof text, "../victim%d", k);
        assert_int_equal(symlink(text, scratch(unpacked)), 0);
        assert_ok(run(&set, to, site("")));
        snprintf(text, sizeof text, "%s/set/test_batch.bin", to);
        assert_true(there(text));
        char *left = read_text(scratch(victim));
        assert_string_equal(left, "precious");
        free(left);
        assert_false(there("nowhere"));
        struct stat info;
        assert_int_not_equal(lstat(scratch(unpacked), &info), 0);
    }
    requests();
}

/* Several fetch one set: it comes once, and all of them have it. */
static void fetched_at_once(void **state) {
    enum { PROCESSES = 4, ROUNDS = 3 };
    tw_fetch_set set = archive_set("good.tar.gz");
    char from[128];
    snprintf(from, sizeof from, "%s", site(""));
    for (int round = 0; round < ROUNDS; round++) {
        char to[32], inside[64];
        pid_t children[PROCESSES];
        snprintf(to, sizeof to, "race%d", round);
        snprintf(inside, sizeof inside, "%s/set/test_batch.bin", to);
        fflush(NULL);
        for (int k = 0; k < PROCESSES; k++)
            if ((children[k] = fork()) == 0)
                _exit(run(&set, to, from) != TW_OK || !there(inside));
        for (int k = 0; k < PROCESSES; k++) {
            int status;
            assert_int_equal(waitpid(children[k], &status, 0), children[k]);
            assert_int_equal(status, 0);
        }
        assert_string_equal(requests(), "/good.tar.gz -\n");
        snprintf(inside, sizeof inside, "%s/set.lock", to);
        assert_false(there(inside));
    }
}

static void several_files(void **state) {
    site("");
    char digest[33];
    snprintf(digest, sizeof digest, "%s", digest_of("a.gz"));
    tw_fetch_set set = {
        .name = "files", .folder = "set", .files = {{"a.gz", digest}, {"b.gz", digest_of("b.gz")}}};
    assert_ok(run(&set, "files", site("")));
    assert_true(there("files/set/a.gz") && there("files/set/b.gz"));
    assert_string_equal(requests(), "/a.gz -\n/b.gz -\n");
    put("files/set/b.gz", "www/a.gz", 3);
    assert_ok(run(&set, "files", site("")));
    assert_string_equal(requests(), "/b.gz -\n");
}

static void refusals(void **state) {
    tw_fetch_set set = archive_set("good.tar.gz");
    site("");
    set.files[0].md5 = "00000000000000000000000000000000";
    assert_fails(TW_ERR_FORMAT, "but 00000000000000000000000000000000 is published",
                 run(&set, "digest", site("")));
    assert_false(there("digest/set") || there("digest/good.tar.gz") ||
                 there("digest/good.tar.gz.part"));
    set.files[0].name = "absent.tar.gz";
    assert_fails(TW_ERR_IO, "404", run(&set, "absent", site("")));
    assert_false(there("absent/absent.tar.gz.part"));
    assert_fails(TW_ERR_IO, "403", run(&set, "absent", site("/refuse")));
    assert_fails(TW_ERR_IO, "cannot download", run(&set, "absent", "http://127.0.0.1:1"));
    assert_fails(TW_ERR_IO, "rotocol", run(&set, "absent", "ftp://127.0.0.1"));
    put("plain", "www/b.gz", 3);
    assert_fails(TW_ERR_IO, "Not a directory", run(&set, "plain", site("")));
    requests();
}

/* The second site is asked where the first fails. */
static void second_site(void **state) {
    char first[128], second[128];
    snprintf(first, sizeof first, "%s", site("/refuse"));
    snprintf(second, sizeof second, "%s", site(""));
    tw_fetch_set set = archive_set("good.tar.gz");
    set.sites[0] = first;
    set.sites[1] = second;
    assert_ok(run(&set, "sites", NULL));
    assert_string_equal(requests(), "/refuse/good.tar.gz -\n/good.tar.gz -\n");
}

static int cancel(void *user, size_t done, size_t total) {
    ++*(int *)user;
    return 1;
}

static int count(void *user, size_t done, size_t total) {
    size_t *last = user;
    if (total > 0 && done == total)
        *last = done;
    return 0;
}

static void progress(void **state) {
    tw_fetch_set set = archive_set("good.tar.gz");
    int calls = 0;
    assert_fails(TW_ERR_CANCELLED, "stopped",
                 tw_fetch_set_run(&set, scratch("cancel"),
                                  &(tw_fetch_options){.base_url = site(""),
                                                      .progress = cancel,
                                                      .progress_user = &calls}));
    assert_int_equal(calls, 1);
    size_t last = 0;
    assert_ok(tw_fetch_set_run(
        &set, scratch("cancel"),
        &(tw_fetch_options){.base_url = site(""), .progress = count, .progress_user = &last}));
    struct stat whole;
    assert_int_equal(stat(scratch("www/good.tar.gz"), &whole), 0);
    assert_int_equal(last, whole.st_size);
    requests();
}

static void wicked_archives(void **state) {
    static const struct {
        const char *name, *words;
    } cases[] = {
        {"up.tar.gz", "entry '../escaped' refused"},
        {"up2.tar.gz", "entry 'set/../../escaped' refused"},
        {"absolute.tar.gz", "entry '/tmp/thalweg-escaped' refused"},
        {"symlink.tar.gz", "entry 'set/link' refused"},
        {"hardlink.tar.gz", "entry 'set/link' refused"},
        {"device.tar.gz", "entry 'set/null' refused"},
        {"fifo.tar.gz", "entry 'set/pipe' refused"},
        {"other.tar.gz", "entry 'elsewhere/a' refused"},
        {"none.tar.gz", "holds no files"},
        {"short.tar.gz", "short.tar.gz"},
        {"nonsense.tar.gz", "nonsense.tar.gz"},
    };
    site("");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tw_fetch_set set = archive_set(cases[i].name);
        assert_fails(TW_ERR_FORMAT, cases[i].words, run(&set, "wicked", site("")));
        assert_false(there("wicked/set") || there("wicked/set.part"));
    }
    tw_fetch_set set = archive_set("twice.tar.gz");
    assert_fails(TW_ERR_IO, "File exists", run(&set, "wicked", site("")));
    assert_false(there("escaped") || there("wicked/escaped") ||
                 access("/tmp/thalweg-escaped", F_OK) == 0);
    requests();
}

static void names(void **state) {
    assert_string_equal(tw_fetch_name(0), "cifar10");
    size_t sets = 0;
    while (tw_fetch_name(sets) != NULL)
        assert_non_null(tw_fetch_folder(tw_fetch_name(sets++)));
    assert_int_equal(sets, 6);
    assert_string_equal(tw_fetch_folder("cifar-10"), "cifar-10-batches-bin");
    assert_null(tw_fetch_folder("cifar-1"));
    assert_null(tw_fetch_folder("cifar100x"));
    assert_fails(TW_ERR_ARGUMENT, "known are cifar10, ", tw_fetch("cifar", scratch(""), NULL));
    assert_fails(TW_ERR_ARGUMENT, "NULL", tw_fetch(NULL, scratch(""), NULL));
}

int main(void) {
    if (!tw_fetch_available())
        return 77;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(whole_and_again),
        cmocka_unit_test(cut_and_continued),
        cmocka_unit_test(useless_parts),
        cmocka_unit_test(part_links_are_not_followed),
        cmocka_unit_test(fetched_at_once),
        cmocka_unit_test(several_files),
        cmocka_unit_test(refusals),
        cmocka_unit_test(second_site),
        cmocka_unit_test(progress),
        cmocka_unit_test(wicked_archives),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
