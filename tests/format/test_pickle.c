/* The unpickler: what it refuses, by name and place, and its bounds. */
#include "data_scratch.h"
#include "format/pickle_array.h"
#include "format/pickle_machine.h"

#define PICKLE(text) (const uint8_t *)(text), sizeof(text) - 1

static void refuses(const uint8_t *data, size_t size, const char *words) {
    tw_pickle pickle;
    assert_fails(TW_ERR_FORMAT, words,
                 tw_pickle_read(data, size, tw_pickle_array_globals, &pickle));
    assert_null(pickle.values);
}

static void code_is_refused_by_name(void **state) {
    refuses(PICKLE("\x80\2cposix\nsystem\nX\2\0\0\0ls\x85R."), "'posix.system' at byte 2 refused");
    refuses(PICKLE("\x80\4\x8c\10builtins\x8c\4eval\x93."), "'builtins.eval' at byte 18 refused");
    refuses(PICKLE("\x80\2cnumpy\nload\n)R."), "'numpy.load' at byte 2 refused");
    refuses(PICKLE("\x80\2c\x1b[2J'\nx\n."), "'?[2J?.x'");
    refuses(PICKLE("(S'ls'\nios\nsystem\n."), "STRING (0x53) at byte 1 refused");
    refuses(PICKLE("(ios\nsystem\n."), "INST (0x69) at byte 1 refused");
    refuses(PICKLE("\x80\2cnumpy\nndarray\n)\x81."), "NEWOBJ (0x81) at byte 18 refused");
    refuses(PICKLE("\x80\2X\1\0\0\0aQ."), "BINPERSID (0x51) at byte 8 refused");
    refuses(PICKLE("\x80\2\xff."), "unknown (0xff) at byte 2 refused");
    refuses(PICKLE("\x80\6."), "protocol above 5");
}

static void broken_machines(void **state) {
    refuses(PICKLE(""), "without STOP");
    refuses(PICKLE("\x80\2N"), "ends at byte 3 without STOP");
    refuses(PICKLE("."), "STOP at byte 0: nothing on the stack");
    refuses(PICKLE("(."), "nothing on the stack");
    refuses(PICKLE("0."), "nothing on the stack");
    refuses(PICKLE("2."), "nothing on the stack");
    refuses(PICKLE("1."), "no mark");
    refuses(PICKLE("Nt."), "no mark");
    refuses(PICKLE("NNa."), "no list");
    refuses(PICKLE("N(Ne."), "no list");
    refuses(PICKLE("(Nb."), "no object");
    refuses(PICKLE("NNb."), "no object");
    refuses(PICKLE("}(Nu."), "a key without a value");
    refuses(PICKLE("(Nd."), "a key without a value");
    refuses(PICKLE("]NNs."), "no dictionary");
    refuses(PICKLE("](NNs."), "no dictionary");
}

static void runs_past_the_end(void **state) {
    refuses(PICKLE("X\xff\xff\xff\xff"), "BINUNICODE at byte 0: runs past the end");
    refuses(PICKLE("\x8e\xff\xff\xff\xff\xff\xff\xff\xff."), "runs past the end");
    refuses(PICKLE("T\5\0\0\0abc."), "runs past the end");
    refuses(PICKLE("U"), "runs past the end");
    refuses(PICKLE("J\1"), "runs past the end");
    refuses(PICKLE("cnumpy"), "runs past the end");
    refuses(PICKLE("\x8a\x09"
                   "123456789."),
            "more than 64 bits");
}

static void memo(void **state) {
    refuses(PICKLE("h\0."), "BINGET at byte 0: nothing was stored");
    refuses(PICKLE("Nr\xff\xff\xff\xff."), "the memo is too large");
    refuses(PICKLE("q\0."), "nothing on the stack");
    tw_pickle pickle;
    /* MEMOIZE counts entries; a list in itself is no trouble */
    assert_ok(tw_pickle_read(PICKLE("\x80\4]\x94K\7\x94"
                                    "ah\1ah\0a."),
                             tw_pickle_array_globals, &pickle));
    assert_int_equal(tw_pickle_item(&pickle, pickle.root, 3, 0),
                     tw_pickle_item(&pickle, pickle.root, 3, 1));
    assert_int_equal(tw_pickle_item(&pickle, pickle.root, 3, 2), pickle.root);
    tw_pickle_release(&pickle);
}

/* Doubling by memo, and as many values and marks as the bounds allow: an error, soon. */
static void bombs(void **state) {
    size_t size = (size_t)TW_PICKLE_MAX_VALUES + 100;
    uint8_t *bytes = malloc(size);
    memset(bytes, 'N', size);
    refuses(bytes, size, "too many values");
    memset(bytes, '(', size);
    refuses(bytes, size, "too deep");
    memset(bytes, ']', size);
    refuses(bytes, size, "too many values");
    /* ((] put 0) then (get 0 x 100, e) again and again */
    size_t at = 0;
    bytes[at++] = ']';
    bytes[at++] = 'q';
    bytes[at++] = 0;
    while (at + 220 < size) {
        bytes[at++] = '(';
        for (int k = 0; k < 100; k++) {
            bytes[at++] = 'h';
            bytes[at++] = 0;
        }
        bytes[at++] = 'e';
    }
    bytes[at++] = '.';
    tw_pickle pickle;
    assert_ok(tw_pickle_read(bytes, at, tw_pickle_array_globals, &pickle));
    tw_pickle_release(&pickle);
    free(bytes);
}

static void values(void **state) {
    tw_pickle pickle;
    assert_ok(tw_pickle_read(
        PICKLE("\x80\2(J\xfe\xff\xff\xffM\1\2K\xff\x8a\2\0\x80\x8a\0\x88G\x3f\xf8\0\0\0\0\0\0Nl."),
        tw_pickle_array_globals, &pickle));
    static const int64_t expected[] = {-2, 513, 255, -32768, 0, 1};
    for (uint32_t i = 0; i < 6; i++) {
        int64_t value;
        assert_ok(tw_pickle_integer(&pickle, tw_pickle_item(&pickle, pickle.root, 8, i), &value));
        assert_int_equal(value, expected[i]);
    }
    const tw_pickle_value *real = tw_pickle_at(&pickle, tw_pickle_item(&pickle, pickle.root, 8, 6));
    assert_true(real->kind == TW_PICKLE_REAL && real->as.real == 1.5);
    assert_int_equal(tw_pickle_item(&pickle, pickle.root, 7, 0), TW_PICKLE_MISSING);
    tw_pickle_release(&pickle);
}

/* A file that is a pickle, but not a batch. */
static void not_a_batch(void **state) {
    static const struct {
        const char *text;
        size_t size;
        const char *words;
    } cases[] = {
#define CASE(text, words) {text, sizeof(text) - 1, words}
        CASE("\x80\2}.", "has no entry 'data'"),
        CASE("\x80\2N.", "has no entry 'data'"),
        CASE("\x80\2}U\4dataNs.", "'data': a pickled array: another object stands in its place"),
        CASE("\x80\2}U\4datacnumpy\nndarray\ns.",
             "a pickled array: another object stands in its place"),
        CASE("\x80\2}U\4datacnumpy.core.multiarray\n_reconstruct\n)Rs.", "no dtype"),
        CASE("\x80\2cos\nsystem\n.", "'os.system' at byte 2 refused"),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = scratch_write("data_batch_1", cases[i].text, cases[i].size);
        tw_dataset *none = NULL;
        assert_fails(TW_ERR_FORMAT, cases[i].words, tw_dataset_open(path, NULL, &none));
        assert_non_null(strstr(tw_message(), "data_batch_1'"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_is_refused_by_name),
        cmocka_unit_test(broken_machines),
        cmocka_unit_test(runs_past_the_end),
        cmocka_unit_test(memo),
        cmocka_unit_test(bombs),
        cmocka_unit_test(values),
        cmocka_unit_test(not_a_batch),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
