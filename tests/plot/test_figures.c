/* Every kind of figure in every format: written, well-formed, the same bytes again, also from four
 * threads at once. */
#include <cairo.h>
#include <math.h>
#include <pthread.h>
#include <unistd.h>

#include "figure_folder.h"
#include "figure_kinds.h"
#include "plot_samples.h"

/* The path of a kind's figure, which is drawn if no test has done so. */
static const char *drawn(size_t k, const char *ending) {
    const char *path = path_of(figure_kinds[k].name, ending);
    if (access(path, F_OK) != 0)
        assert_ok(figure_kinds[k].draw(path));
    return path;
}

/* ---- well-formed ---- */

static uint32_t big_endian(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t crc_of(const unsigned char *data, size_t size) {
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; i++)
        for (int bit = (int)(crc ^= data[i], 0); bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    return ~crc;
}

/* Signature, chunks whose checksums hold, the size and the resolution. */
static void check_png(const char *path, double dpi, uint32_t *width) {
    bytes b = read_file(path);
    assert_memory_equal(b.data, "\x89PNG\r\n\x1a\n", 8);
    int resolution = 0, end = 0;
    for (size_t at = 8; at < b.size;) {
        const unsigned char *chunk = b.data + at;
        size_t size = big_endian(chunk);
        assert_true(at + 12 + size <= b.size);
        assert_int_equal(big_endian(chunk + 8 + size), crc_of(chunk + 4, size + 4));
        if (memcmp(chunk + 4, "IHDR", 4) == 0)
            *width = big_endian(chunk + 8);
        if (memcmp(chunk + 4, "pHYs", 4) == 0) {
            resolution = 1;
            assert_int_equal(big_endian(chunk + 8), lround(dpi / 0.0254));
            assert_int_equal(chunk[16], 1);
        }
        end = memcmp(chunk + 4, "IEND", 4) == 0;
        at += 12 + size;
    }
    assert_true(resolution && end);
    free(b.data);
}

static void check_with(const char *tool, const char *options, const char *path) {
    char command[1024];
    snprintf(command, sizeof command, "%s %s '%s' > /dev/null 2>&1", tool, options, path);
    if (has_tool(tool) && system(command) != 0)
        fail_msg("%s refuses %s", tool, path);
}

static void test_written(void **state) {
    for (size_t k = 0; k < FIGURE_KINDS; k++) {
        uint32_t width = 0;
        check_png(drawn(k, "png"), 200, &width);
        assert_true(width > 200);
        check_with("xmllint", "--noout", drawn(k, "svg"));
        check_with("rsvg-convert", "", path_of(figure_kinds[k].name, "svg"));
        check_with("qpdf", "--check", drawn(k, "pdf"));
    }
}

/* Text of a PDF is text; title and description are kept in all three formats. */
static void test_text(void **state) {
    assert_ok(draw_figure("contour", path_of("text", "svg")));
    bytes svg = read_file(path_of("text", "svg"));
    assert_non_null(strstr((char *)svg.data, "<title>map &amp; &lt;title&gt;</title>"));
    assert_non_null(strstr((char *)svg.data, "<desc>made by a test</desc>"));
    static const char *const words[] = {
        ">map &amp; &lt;title&gt;</tspan></text>", ">training loss (log)</tspan></text>",
        "not computed</tspan>", ">\u22120.5</tspan></text>", " role=\"img\""};
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        if (strstr((char *)svg.data, words[k]) == NULL)
            fail_msg("no '%s' in the SVG", words[k]);
    assert_null(strstr((char *)svg.data, "<use xlink:href=\"#glyph"));
    assert_null(strstr((char *)svg.data, "0.00423")); /* no mark is left */
    free(svg.data);
    assert_ok(draw_figure("contour", path_of("text", "png")));
    bytes png = read_file(path_of("text", "png"));
    static const char wanted[] = "Description\0\0\0\0\0made by a test";
    assert_non_null(memmem(png.data, png.size, wanted, sizeof wanted - 1));
    free(png.data);
    assert_ok(draw_figure("contour", path_of("text", "pdf")));
    if (!has_tool("pdftotext"))
        skip();
    char command[512];
    snprintf(command, sizeof command, "pdftotext '%s' %s/text.txt", path_of("text", "pdf"),
             figure_folder());
    assert_int_equal(system(command), 0);
    bytes text = read_file(path_of("text", "txt"));
    assert_non_null(strstr((char *)text.data, "training loss"));
    assert_non_null(strstr((char *)text.data, "not computed"));
    assert_non_null(strstr((char *)text.data, "\xe2\x88\x92"
                                              "0.5"));
    free(text.data);
}

static cairo_surface_t *image_of(const char *path) {
    cairo_surface_t *image = cairo_image_surface_create_from_png(path);
    assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
    return image;
}

/* How far two pictures differ: the share of pixels of which one is dark where the other is light.
 */
static double difference(cairo_surface_t *a, cairo_surface_t *b) {
    int width = cairo_image_surface_get_width(a), height = cairo_image_surface_get_height(a);
    size_t differ = 0;
    assert_true(abs(width - cairo_image_surface_get_width(b)) <= 1);
    assert_true(abs(height - cairo_image_surface_get_height(b)) <= 1);
    for (int j = 0; j + 1 < height; j++) {
        const unsigned char *of_a =
            cairo_image_surface_get_data(a) + j * cairo_image_surface_get_stride(a);
        const unsigned char *of_b =
            cairo_image_surface_get_data(b) + j * cairo_image_surface_get_stride(b);
        for (int i = 0; i + 1 < width; i++)
            differ += abs(of_a[4 * i + 1] - of_b[4 * i + 1]) > 120;
    }
    return (double)differ / width / height;
}

/* Drawn by another program the SVG is the PNG, its texts in their places: less than 0.3 % of the
 * pixels differ, where a picture without them differs by more than 1 %. */
static void test_svg_as_png(void **state) {
    if (!has_tool("rsvg-convert"))
        skip();
    assert_ok(draw_figure("contour", path_of("texts", "svg")));
    assert_ok(draw_figure("contour", path_of("texts", "png")));
    char command[1024];
    snprintf(command, sizeof command, "rsvg-convert -d 200 -p 200 '%s' -o %s/drawn.png",
             path_of("texts", "svg"), figure_folder());
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command,
             "sed 's/<text/<desc/g; s/<.text>/<\\/desc>/g' '%s' > %s/bare.svg && "
             "rsvg-convert -d 200 -p 200 %s/bare.svg -o %s/bare.png",
             path_of("texts", "svg"), figure_folder(), figure_folder(), figure_folder());
    assert_int_equal(system(command), 0);
    cairo_surface_t *own = image_of(path_of("texts", "png")),
                    *other = image_of(path_of("drawn", "png"));
    cairo_surface_t *bare = image_of(path_of("bare", "png"));
    double with = difference(own, other), without = difference(own, bare);
    if (with > 0.003 || without < 0.01)
        fail_msg("%.4f of the pixels differ, without texts %.4f", with, without);
    cairo_surface_destroy(own);
    cairo_surface_destroy(other);
    cairo_surface_destroy(bare);
}

/* Ours may be replaced without being asked for, nothing else. */
static void test_made(void **state) {
    char ours[256], theirs[256];
    strcpy(ours, path_of("made", "png"));
    strcpy(theirs, path_of("other", "png"));
    assert_ok(draw_figure("slice", ours));
    assert_int_equal(tw_plot_made(ours), 1);
    bytes png = read_file(ours);
    unsigned char *name = memmem(png.data, png.size, "thalweg", 7);
    assert_non_null(name);
    name[0] = 'T';
    FILE *stream = fopen(theirs, "wb");
    assert_non_null(stream);
    fwrite(png.data, 1, png.size, stream);
    fclose(stream);
    assert_int_equal(tw_plot_made(theirs), 0);
    assert_int_equal(truncate(ours, 40), 0);
    assert_int_equal(tw_plot_made(ours), 0);
    assert_ok(draw_figure("slice", path_of("made", "svg")));
    assert_int_equal(tw_plot_made(path_of("made", "svg")), 0);
    assert_int_equal(tw_plot_made(path_of("nowhere", "png")), 0);
    free(png.data);
}

/* Losses far beyond the enlarged panel must not lead lines astray: no coordinate leaves the page by
 * much, since Cairo's overflow. */
static void test_steep_lines(void **state) {
    double losses[10];
    memcpy(losses, sample_losses, sizeof losses);
    losses[8] = 1e12;
    losses[9] = 1e300;
    assert_ok(tw_plot_steps(path_of("steep", "svg"), NULL, 10, sample_steps, losses, 2.3217));
    bytes svg = read_file(path_of("steep", "svg"));
    for (char *path = (char *)svg.data; (path = strstr(path, " d=\"M ")) != NULL;) {
        for (path += 4; *path != '"';) {
            char *end;
            double number = strtod(path, &end);
            assert_true(fabs(number) < 1000);
            path = end > path ? end : path + 1;
        }
    }
    free(svg.data);
}

static void test_resolution(void **state) {
    tw_surface s;
    sample_line(&s, 21);
    tw_figure figure = {.width = 4, .height = 3, .dpi = 100};
    uint32_t width = 0;
    assert_ok(tw_plot_surface(path_of("dpi", "PNG"), &figure, &s, 0));
    check_png(path_of("dpi", "PNG"), 100, &width);
    assert_int_equal(width, 400);
    sample_free(&s);
}

/* ---- the same bytes ---- */

static void compare(const char *a, const char *b) {
    bytes first = read_file(a), second = read_file(b);
    if (first.size != second.size || memcmp(first.data, second.data, first.size) != 0)
        fail_msg("%s and %s differ", a, b);
    free(first.data);
    free(second.data);
}

static void test_same_bytes(void **state) {
    static const char *const endings[] = {"png", "svg", "pdf"};
    for (size_t k = 0; k < FIGURE_KINDS; k++) {
        for (int e = 0; e < 3; e++) {
            char first[256], again[256];
            strcpy(first, drawn(k, endings[e]));
            strcpy(again, path_of("again", endings[e]));
            assert_ok(figure_kinds[k].draw(again));
            compare(first, again);
        }
    }
}

static void *draw_in_thread(void *arg) {
    int id = *(int *)arg;
    char name[32];
    for (size_t k = 0; k < FIGURE_KINDS - 1; k += 2) {
        static const char *const endings[] = {"png", "pdf"};
        for (int e = 0; e < 2; e++) {
            snprintf(name, sizeof name, "thread%d-%s", id, figure_kinds[k].name);
            if (figure_kinds[k].draw(path_of(name, endings[e])) != TW_OK)
                return arg;
        }
    }
    return NULL;
}

static void test_threads(void **state) {
    pthread_t threads[4];
    int ids[4] = {0, 1, 2, 3};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, draw_in_thread, &ids[i]), 0);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        assert_null(result);
    }
    for (size_t k = 0; k < FIGURE_KINDS - 1; k += 2) {
        char single[256], name[32];
        strcpy(single, drawn(k, "png"));
        for (int i = 0; i < 4; i++) {
            snprintf(name, sizeof name, "thread%d-%s", i, figure_kinds[k].name);
            compare(single, path_of(name, "png"));
        }
        snprintf(name, sizeof name, "thread0-%s", figure_kinds[k].name);
        strcpy(single, path_of(name, "pdf"));
        snprintf(name, sizeof name, "thread3-%s", figure_kinds[k].name);
        compare(single, path_of(name, "pdf"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written),     cmocka_unit_test(test_text),
        cmocka_unit_test(test_svg_as_png),  cmocka_unit_test(test_resolution),
        cmocka_unit_test(test_steep_lines), cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_threads),     cmocka_unit_test(test_made),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
