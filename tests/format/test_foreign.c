/* What is said of a file that is none of the kinds that were looked for. */
#include <sys/stat.h>

#include "data_scratch.h"
#include "format/foreign.h"

static tw_status looked_for(void) {
    return tw_fail(TW_ERR_FORMAT, "'f': no such kind");
}

#define BYTES(text) text, sizeof text - 1

static void by_its_bytes(void **state) {
    static const struct {
        const char *bytes;
        size_t size;
        const char *said, *known; /* NULL: nothing is added */
    } cases[] = {
        {BYTES("<!DOCTYPE html><html>"), "it is a web page", "it is a web page"},
        {BYTES("<HTML>"), "it is a web page", "it is a web page"},
        {BYTES("version https://git-lfs.github.com/spec/v1\n"), "'git lfs pull' fetches that",
         "it is a pointer of Git LFS"},
        {BYTES("\x1f\x8b\x08"), "it is packed by gzip: unpack it", "packed by gzip"},
        {BYTES("(\xb5/\xfd\0\0"), "it is packed by zstd", "packed by zstd"},
        {BYTES("\xfd"
               "7zXZ\0"),
         "it is packed by xz", "packed by xz"},
        {BYTES("PK\3\4rest"), "it is a zip archive", "a zip archive"},
        {BYTES("\x89HDF\r\n\x1a\n"), "it is an HDF5 file", "an HDF5 file"},
        {BYTES("\x93NUMPY\1\0"), "it is a .npy array", "a .npy array"},
        {BYTES("\x89PNG\r\n\x1a\n"), "it is a PNG image", "a PNG image"},
        {BYTES("{\"model\": 1}"), "it is JSON, which is not read", "it is JSON"},
        {BYTES("{\"verdict\": \"pass\"}"), "it is a report of 'thalweg gradcheck'",
         "which draws it with --plot"},
        {BYTES("\x93NUMP"), "it begins with the bytes 93 4e 55 4d 50", NULL},
        {BYTES("\1\2\3\4\5\6\7\x08\x09"), "it begins with the bytes 01 02 03 04 05 06 07 08", NULL},
        {BYTES("\0"), "it begins with the bytes 00", NULL},
        {BYTES("hello\nworld"), "it begins with the text 'hello'", NULL},
        {BYTES("\n  \n{\"a\": 1}\n"), "it begins with the text '{\"a\": 1}'", NULL},
        {BYTES("abcdefghijklmnopqrstuvwxyz"), "it begins with the text 'abcdefghijklmnopqrstuvwx'",
         NULL},
        {BYTES("\n                   abcd\x1b[2J"), "it begins with the text 'abcd'", NULL},
        {BYTES("                        \x1b[2J"), "it begins with the bytes 20 20 20", NULL},
        {BYTES("caf\xc3\xa9"), "it begins with the bytes 63 61 66 c3 a9", NULL},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char whole[256];
        const char *path = scratch_write("f", cases[k].bytes, cases[k].size);
        assert_fails(TW_ERR_FORMAT, cases[k].said, tw_foreign(path, looked_for()));
        snprintf(whole, sizeof whole, "'f': no such kind; %s", cases[k].said);
        if (strncmp(cases[k].said, "it ", 3) == 0)
            assert_int_equal(strncmp(tw_message(), whole, strlen(whole)), 0);
        tw_status status = tw_foreign_known(path, looked_for());
        assert_int_equal(status, TW_ERR_FORMAT);
        if (cases[k].known != NULL)
            assert_non_null(strstr(tw_message(), cases[k].known));
        else
            assert_string_equal(tw_message(), "'f': no such kind");
    }
    scratch_write("f", BYTES("\1\2\3\4\5\6\7\x08\x09"));
    tw_foreign(scratch("f"), looked_for());
    assert_null(strstr(tw_message(), "08 09")); /* eight of them */
}

static void without_bytes(void **state) {
    assert_fails(TW_ERR_FORMAT, "the file is empty",
                 tw_foreign(scratch_write("e", "", 0), looked_for()));
    assert_null(strstr(tw_message(), "no such kind"));
    assert_fails(TW_ERR_FORMAT, "the file is empty", tw_foreign_known(scratch("e"), looked_for()));
    assert_fails(TW_ERR_IO, "it is a directory; name a file in it",
                 tw_foreign(scratch(""), looked_for()));
    assert_int_equal(mkfifo(scratch("pipe"), 0600), 0); /* nobody is at its other end */
    assert_fails(TW_ERR_IO, "it is a pipe", tw_foreign(scratch("pipe"), looked_for()));
    assert_fails(TW_ERR_IO, "No such file", tw_foreign(scratch("nothing"), looked_for()));
}

/* Text that is no table is not taken for a data set. */
static void text_in_the_place_of_data(void **state) {
    static const struct {
        const char *text, *said;
    } cases[] = {{"<!DOCTYPE html><html><body>404</body></html>\n", "it is a web page"},
                 {"version https://git-lfs.github.com/spec/v1\noid 1\n", "a pointer of Git LFS"},
                 {"{\"a\": 1, \"label\": 2}\n", "it is JSON"},
                 {"block,index,row,column,x,analytic\nw,0,0,0,1,2\n", "'thalweg gradcheck'"}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tw_dataset *data = NULL;
        const char *path = scratch_write("d.csv", cases[k].text, strlen(cases[k].text));
        assert_fails(TW_ERR_FORMAT, cases[k].said, tw_dataset_open(path, NULL, &data));
    }
}

/* Nothing is added to other failures. */
static void other_failures(void **state) {
    scratch_write("e", "", 0);
    assert_int_equal(tw_foreign(scratch("e"), tw_fail(TW_ERR_SHAPE, "too long")), TW_ERR_SHAPE);
    assert_string_equal(tw_message(), "too long");
    tw_message_clear();
    assert_int_equal(tw_foreign(scratch("e"), TW_OK), TW_OK);
    assert_int_equal(tw_foreign(scratch("e"), TW_DECLINED), TW_DECLINED);
    assert_string_equal(tw_message(), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_its_bytes),
        cmocka_unit_test(without_bytes),
        cmocka_unit_test(text_in_the_place_of_data),
        cmocka_unit_test(other_failures),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
