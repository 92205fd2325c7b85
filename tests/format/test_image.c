/* PNG and JPEG: what is in them, sample by sample; and what is not whole. */
#include <regex.h>

#include "data_scratch.h"
#include "format/image.h"

/* A library that was left out of the build has one test: what is said of its images. */
static int left_out(const char *name, tw_status status) {
    if (status != TW_ERR_UNSUPPORTED || strstr(tw_message(), "was built without") == NULL)
        return 0;
    assert_non_null(strstr(tw_message(), name));
    assert_non_null(strstr(tw_message(), "; build it with lib"));
    return 1;
}

static void every_kind(void **state) {
    scratch_python("make_images.py", scratch(""));
    char *list = read_text(scratch("list.txt")), *at = list, name[64], wanted[32];
    size_t shape[3], count = 0;
    int length;
    for (; sscanf(at, "%63s %zu %zu %zu\n%n", name, &shape[0], &shape[1], &shape[2], &length) == 4;
         at += length) {
        tw_image image, head;
        snprintf(wanted, sizeof wanted, "%zu.bin", count++);
        const tw_status status = tw_image_read(scratch(name), &image);
        if (left_out(name, status))
            continue;
        assert_ok(status);
        assert_ok(tw_image_look(scratch(name), &head));
        assert_null(head.pixels);
        const size_t seen[] = {image.channels, image.height, image.width};
        assert_memory_equal(seen, shape, sizeof seen);
        assert_true(head.channels == shape[0] && head.height == shape[1] && head.width == shape[2]);
        FILE *file = fopen(scratch(wanted), "rb");
        assert_non_null(file);
        for (size_t i = 0; i < shape[0] * shape[1] * shape[2]; i++)
            if (image.pixels[i] != fgetc(file))
                fail_msg("%s: byte %zu is %d", name, i, image.pixels[i]);
        assert_int_equal(fgetc(file), EOF);
        fclose(file);
        tw_image_release(&image);
    }
    assert_true(count >= 92);
    free(list);
}

static void not_whole(void **state) {
    scratch_python("make_images.py", scratch(""));
    char *list = read_text(scratch("refused.txt")), *at = list, name[64], words[128];
    int length, count = 0;
    for (; sscanf(at, "%63s %127[^\n]\n%n", name, words, &length) == 2; at += length, count++) {
        tw_image image;
        regex_t wanted;
        const tw_status status = tw_image_read(scratch(name), &image);
        if (left_out(name, status))
            continue;
        assert_int_equal(regcomp(&wanted, words, REG_EXTENDED), 0);
        if (status == TW_OK || regexec(&wanted, tw_message(), 0, NULL, 0) != 0)
            fail_msg("%s: wanted '%s', got %s", name, words, tw_message());
        regfree(&wanted);
        assert_non_null(strstr(tw_message(), name));
        assert_null(image.pixels);
    }
    assert_true(count >= 12);
    free(list);
}

/* A file that ends early is not whole wherever it ends. */
static void cut_off(void **state) {
    static const char *const names[] = {"png/rgb-8-0-13.png", "png/grey-16-1-13.png",
                                        "jpeg/rgb.jpeg", "jpeg/grey-progressive.jpeg"};
    scratch_python("make_images.py", scratch(""));
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        FILE *file = fopen(scratch(names[k]), "rb");
        if (file == NULL)
            continue; /* no Pillow to make it */
        static uint8_t bytes[1 << 16];
        const size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        tw_image image;
        tw_status status = tw_image_read(scratch(names[k]), &image);
        tw_image_release(&image);
        if (left_out(names[k], status))
            continue;
        assert_ok(status);
        for (size_t cut = 0; cut < size; cut += 1 + size / 100) {
            const char *path = scratch_write("cut.png", bytes, cut);
            assert_true(tw_image_read(path, &image) != TW_OK);
            assert_non_null(strstr(tw_message(), "cut.png' is n"));
            assert_null(image.pixels);
        }
    }
}

static void names_and_paths(void **state) {
    tw_image image;
    assert_true(tw_image_named("a.png") && tw_image_named("b.c.JPG") && tw_image_named("x.Jpeg"));
    assert_true(!tw_image_named("png") && !tw_image_named("a.png.txt") && !tw_image_named(""));
    assert_fails(TW_ERR_IO, "no.png", tw_image_read(scratch("no.png"), &image));
    assert_fails(TW_ERR_IO, scratch(""), tw_image_read(scratch(""), &image));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind),
        cmocka_unit_test(not_whole),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(names_and_paths),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
