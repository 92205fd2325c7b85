/* Bytes as letters, against the vectors of RFC 4648. */
#include "core/base64.h"
#include "support.h"

/* Section 10. */
static void rfc_vectors(void **state) {
    static const struct {
        const char *bytes, *text;
    } cases[] = {{"", ""},
                 {"f", "Zg=="},
                 {"fo", "Zm8="},
                 {"foo", "Zm9v"},
                 {"foob", "Zm9vYg=="},
                 {"fooba", "Zm9vYmE="},
                 {"foobar", "Zm9vYmFy"}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char text[16];
        size_t count = strlen(cases[k].bytes), room = TW_BASE64_ROOM(count);
        memset(text, '#', sizeof text);
        tw_base64(count, (const unsigned char *)cases[k].bytes, text);
        assert_string_equal(text, cases[k].text);
        assert_int_equal(room, strlen(cases[k].text) + 1);
        assert_int_equal(text[room], '#');
    }
}

/* Every letter, in the order of table 1: bytes whose groups of six bits count from 0 to 63. */
static void every_letter(void **state) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char bytes[48] = {0};
    char text[TW_BASE64_ROOM(sizeof bytes)];
    for (unsigned bit = 0; bit < 8 * sizeof bytes; bit++)
        bytes[bit / 8] |= (unsigned char)((bit / 6 >> (5 - bit % 6) & 1) << (7 - bit % 8));
    tw_base64(sizeof bytes, bytes, text);
    assert_string_equal(text, letters);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_vectors),
        cmocka_unit_test(every_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
