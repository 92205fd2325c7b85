/* Every kind of figure in every format: written, well-formed, the same bytes again, also from four
 * threads at once. */
#include "support.h"

#include <cairo.h>
#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "curvature_samples.h"
#include "gradcheck_samples.h"
#include "plot_samples.h"
#include "study/picture.h"

typedef struct bytes {
    unsigned char *data;
    size_t size;
} bytes;

static char folder[64];

static bytes read_file(const char *path) {
    bytes b = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    b.size = (size_t)ftell(file);
    rewind(file);
    b.data = malloc(b.size + 1);
    assert_int_equal(fread(b.data, 1, b.size, file), b.size);
    b.data[b.size] = '\0';
    fclose(file);
    return b;
}

/* ---- the kinds ---- */

static tw_status draw_map(const char *path, tw_view view) {
    tw_surface s;
    sample_holes(&s, 25);
    tw_figure figure = {.view = view, .title = "map & <title>", .description = "made by a test"};
    tw_status status = tw_plot_surface(path, &figure, &s, 0);
    sample_free(&s);
    return status;
}

static tw_status draw_contour(const char *path) {
    return draw_map(path, TW_VIEW_CONTOUR);
}

static tw_status draw_filled(const char *path) {
    return draw_map(path, TW_VIEW_FILLED);
}

static tw_status draw_heat(const char *path) {
    return draw_map(path, TW_VIEW_HEAT);
}

static tw_status draw_3d(const char *path) {
    return draw_map(path, TW_VIEW_3D);
}

/* Two runs and a named point over a surface with holes. */
static tw_status draw_paths(const char *path, tw_view view) {
    enum { N = 30 };
    static const char *const names[] = {"sgd", "adam", "B"};
    tw_surface s;
    tw_path runs[3] = {{0}};
    tw_status status = TW_OK;
    for (int p = 0; p < 3 && status == TW_OK; p++)
        status = tw_path_init(&runs[p], names[p], p < 2 ? N : 1);
    for (int k = 0; k < N && status == TW_OK; k++) {
        double t = 1 - k / (N - 1.0);
        for (int p = 0; p < 2; p++) {
            runs[p].x[k] = t * cos(2 * t + p);
            runs[p].y[k] = t * sin(2 * t + p);
            runs[p].length[k] = 1.1 * t;
            runs[p].distance[k] = 0.4 * t;
        }
    }
    sample_holes(&s, 25);
    tw_figure figure = {.view = view, .paths = runs, .path_count = 3, .x_label = "PC1, 87.3 %"};
    if (status == TW_OK)
        status = tw_plot_surface(path, &figure, &s, 0);
    sample_free(&s);
    for (int p = 0; p < 3; p++)
        tw_path_release(&runs[p]);
    return status;
}

static tw_status draw_paths_contour(const char *path) {
    return draw_paths(path, TW_VIEW_CONTOUR);
}

static tw_status draw_paths_3d(const char *path) {
    return draw_paths(path, TW_VIEW_3D);
}

/* Two runs without a surface. */
static tw_status draw_paths_alone(const char *path) {
    static const char *const names[] = {"sgd", NULL};
    tw_path runs[2] = {{0}};
    tw_status status = TW_OK;
    for (int p = 0; p < 2 && status == TW_OK; p++)
        status = tw_path_init(&runs[p], names[p], 9);
    for (int k = 0; k < 9 && status == TW_OK; k++)
        for (int p = 0; p < 2; p++) {
            runs[p].x[k] = 8 - k;
            runs[p].y[k] = (p + 1) * (8 - k) * (8 - k) / 16.0;
        }
    const tw_figure figure = {.paths = runs, .path_count = 2, .y_label = "second"};
    if (status == TW_OK)
        status = tw_plot_paths(path, &figure);
    for (int p = 0; p < 2; p++)
        tw_path_release(&runs[p]);
    return status;
}

/* A run that leaves the plane and a point outside. */
static tw_status draw_outside(const char *path, tw_view view) {
    tw_path paths[2] = {{0}};
    tw_surface s;
    sample_bowl(&s, 9); /* -1 ... 1 */
    tw_status status = tw_path_init(&paths[0], "run", 3);
    if (status == TW_OK)
        status = tw_path_init(&paths[1], "C", 1);
    if (status == TW_OK) {
        paths[0].x[1] = 0.5;
        paths[0].x[2] = 1.5;
        paths[1].x[0] = 3;
        paths[1].y[0] = -2;
        const tw_figure figure = {.view = view, .paths = paths, .path_count = 2};
        status = tw_plot_surface(path, &figure, &s, 0);
    }
    tw_path_release(&paths[0]);
    tw_path_release(&paths[1]);
    sample_free(&s);
    return status;
}

static tw_status draw_outside_map(const char *path) {
    return draw_outside(path, TW_VIEW_CONTOUR);
}

static tw_status draw_slice(const char *path) {
    tw_surface s;
    sample_line(&s, 61);
    tw_status status = tw_plot_surface(path, NULL, &s, 0);
    sample_free(&s);
    return status;
}

/* The shape of a surface over it, with the way between its two real minima; or as a barcode. */
static tw_status draw_shape_as(const char *path, int barcode, int rank) {
    tw_surface s;
    tw_topology shape = {0};
    tw_pass pass = {0};
    sample_valleys(&s, 41);
    if (rank == 1) {
        s.rank = 1;
        s.ny = 1;
        for (size_t k = 0; k < s.nx; k++) {
            s.values[k] = sin(7 * s.x[k]) + s.x[k];
            s.values[s.nx + k] = 0.1;
        }
    }
    tw_status status = tw_topology_find(&s, 0, NULL, &shape);
    if (status == TW_OK)
        status = tw_pass_find(&s, 0, shape.minimum[0].place.at, shape.minimum[1].place.at, &pass);
    tw_figure figure = {.bytes = sizeof figure, .topology = &shape, .pass = &pass};
    if (status == TW_OK)
        status = barcode ? tw_plot_barcode(path, NULL, &shape, &s.metric[0])
                         : tw_plot_surface(path, &figure, &s, 0);
    tw_pass_release(&pass);
    tw_topology_release(&shape);
    sample_free(&s);
    return status;
}

static tw_status draw_shape(const char *path) {
    return draw_shape_as(path, 0, 2);
}

static tw_status draw_shape_line(const char *path) {
    return draw_shape_as(path, 0, 1);
}

static tw_status draw_barcode(const char *path) {
    return draw_shape_as(path, 1, 2);
}

static tw_status draw_spectrum_of(const char *path, void (*sample)(tw_curvature_report *)) {
    tw_curvature_report r;
    sample(&r);
    tw_status status = tw_plot_spectrum(path, NULL, &r);
    tw_curvature_report_release(&r);
    return status;
}

static tw_status draw_spectrum(const char *path) {
    return draw_spectrum_of(path, sample_network_spectrum);
}

static tw_status draw_exact(const char *path) {
    return draw_spectrum_of(path, sample_exact_spectrum);
}

static tw_status draw_pairs(const char *path) {
    return draw_spectrum_of(path, sample_pairs);
}

static tw_status draw_curved(const char *path, tw_curvature_picture map) {
    tw_surface s;
    sample_curved(&s, 21, 21);
    tw_status status = sample_draw_curved(path, &s, map);
    sample_free(&s);
    return status;
}

static tw_status draw_ratio(const char *path) {
    return draw_curved(path, TW_PICTURE_RATIO);
}

static tw_status draw_signs(const char *path) {
    return draw_curved(path, TW_PICTURE_SIGNS);
}

static tw_status draw_curved_line(const char *path) {
    tw_surface s;
    sample_curved(&s, 41, 1);
    tw_status status = tw_plot_surface(path, NULL, &s, 0);
    sample_free(&s);
    return status;
}

static tw_status draw_curves(const char *path) {
    double x[] = {1, 2, 3, 4}, y[] = {1, 0.1, NAN, 0.001}, z[] = {10, 40, 80, 90};
    tw_curve curves[] = {{"loss", 4, x, y, 0, 0, 1}, {"accuracy", 4, x, z, 1, 1, 0}};
    tw_figure figure = {.x_scale = TW_SCALE_LOG, .x_label = "iteration", .y_label = "loss"};
    return tw_plot_curves(path, &figure, 2, curves, "accuracy (%)");
}

static tw_status draw_steps(const char *path) {
    return tw_plot_steps(path, NULL, 10, sample_steps, sample_losses, sample_original);
}

static double exponential(size_t n, const double *x, void *user) {
    return exp(x[0]);
}

static tw_status draw_sweep(const char *path) {
    tw_objective *f = NULL;
    tw_sweep sweep = {0};
    double x = 1;
    tw_status status = tw_objective_from_function(exponential, NULL, 1, &f);
    if (status == TW_OK)
        status = tw_diff_sweep(f, &x, NULL, 0, NULL, &sweep);
    if (status == TW_OK)
        status = tw_plot_sweep(path, NULL, &sweep);
    tw_sweep_release(&sweep);
    tw_objective_free(f);
    return status;
}

static tw_status draw_check(const char *path) {
    tw_gradcheck *check = check_of_mlp();
    tw_status status = tw_plot_gradcheck(path, NULL, check);
    check_free(check);
    return status;
}

static tw_status draw_sheet(const char *path) {
    enum { SIDE = 8, SAMPLES = 20, FEATURES = 3 * SIDE * SIDE };
    static uint8_t pixels[SAMPLES * FEATURES];
    static int32_t labels[SAMPLES];
    for (int i = 0; i < SAMPLES * FEATURES; i++)
        pixels[i] = (uint8_t)(i * 37 + i / FEATURES * 11);
    for (int i = 0; i < SAMPLES; i++)
        labels[i] = i % 3;
    tw_dataset_memory memory = {.bytes = pixels,
                                .labels = labels,
                                .samples = SAMPLES,
                                .features = FEATURES,
                                .classes = 4,
                                .channels = 3,
                                .height = SIDE,
                                .width = SIDE};
    tw_dataset *dataset = NULL;
    tw_status status = tw_dataset_from_memory(&memory, &dataset);
    if (status == TW_OK)
        status = tw_plot_contact_sheet(path, NULL, dataset, 6);
    tw_dataset_free(dataset);
    return status;
}

static const struct {
    const char *name;
    tw_status (*draw)(const char *path);
} kinds[] = {
    {"contour", draw_contour},
    {"filled", draw_filled},
    {"heat", draw_heat},
    {"3d", draw_3d},
    {"slice", draw_slice},
    {"curves", draw_curves},
    {"steps", draw_steps},
    {"sheet", draw_sheet},
    {"gradcheck", draw_check},
    {"sweep", draw_sweep},
    {"paths", draw_paths_contour},
    {"paths3d", draw_paths_3d},
    {"pathsalone", draw_paths_alone},
    {"outside", draw_outside_map},
    {"shape", draw_shape},
    {"shapeline", draw_shape_line},
    {"barcode", draw_barcode},
    {"spectrum", draw_spectrum},
    {"spectrumexact", draw_exact},
    {"spectrumpairs", draw_pairs},
    {"ratio", draw_ratio},
    {"signs", draw_signs},
    {"curvedline", draw_curved_line},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static char *path_of(const char *name, const char *ending) {
    static _Thread_local char path[256];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    return path;
}

/* The path of a kind's figure, which is drawn if no test has done so. */
static const char *drawn(size_t k, const char *ending) {
    const char *path = path_of(kinds[k].name, ending);
    if (access(path, F_OK) != 0)
        assert_ok(kinds[k].draw(path));
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

static int has_tool(const char *name) {
    char command[128];
    snprintf(command, sizeof command, "command -v %s > /dev/null 2>&1", name);
    return system(command) == 0;
}

static void check_with(const char *tool, const char *options, const char *path) {
    char command[1024];
    snprintf(command, sizeof command, "%s %s '%s' > /dev/null 2>&1", tool, options, path);
    if (has_tool(tool) && system(command) != 0)
        fail_msg("%s refuses %s", tool, path);
}

static void test_written(void **state) {
    for (size_t k = 0; k < KINDS; k++) {
        uint32_t width = 0;
        check_png(drawn(k, "png"), 200, &width);
        assert_true(width > 200);
        check_with("xmllint", "--noout", drawn(k, "svg"));
        check_with("rsvg-convert", "", path_of(kinds[k].name, "svg"));
        check_with("qpdf", "--check", drawn(k, "pdf"));
    }
}

/* Text of a PDF is text; title and description are kept in all three formats. */
static void test_text(void **state) {
    assert_ok(draw_contour(path_of("text", "svg")));
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
    assert_ok(draw_contour(path_of("text", "png")));
    bytes png = read_file(path_of("text", "png"));
    static const char wanted[] = "Description\0\0\0\0\0made by a test";
    assert_non_null(memmem(png.data, png.size, wanted, sizeof wanted - 1));
    free(png.data);
    assert_ok(draw_contour(path_of("text", "pdf")));
    if (!has_tool("pdftotext"))
        skip();
    char command[512];
    snprintf(command, sizeof command, "pdftotext '%s' %s/text.txt", path_of("text", "pdf"), folder);
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
    assert_ok(draw_contour(path_of("texts", "svg")));
    assert_ok(draw_contour(path_of("texts", "png")));
    char command[1024];
    snprintf(command, sizeof command, "rsvg-convert -d 200 -p 200 '%s' -o %s/drawn.png",
             path_of("texts", "svg"), folder);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command,
             "sed 's/<text/<desc/g; s/<.text>/<\\/desc>/g' '%s' > %s/bare.svg && "
             "rsvg-convert -d 200 -p 200 %s/bare.svg -o %s/bare.png",
             path_of("texts", "svg"), folder, folder, folder);
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

/* What a picture says, by the text of its PDF. */
static void assert_says(const char *path, const char *const *words) {
    char command[512];
    snprintf(command, sizeof command, "pdftotext -layout '%s' %s/said.txt", path, folder);
    assert_int_equal(system(command), 0);
    bytes text = read_file(path_of("said", "txt"));
    for (; *words != NULL; words++)
        if (strstr((char *)text.data, *words) == NULL)
            fail_msg("%s does not say '%s':\n%s", path, *words, (char *)text.data);
    free(text.data);
}

/* A path from corner to corner of a plane that is no square, by the numbers of the SVG. */
static void test_path_places(void **state) {
    tw_surface s;
    tw_path line;
    sample_bowl(&s, 9);
    for (int i = 0; i < 9; i++)
        s.y[i] = 3 - 0.5 * s.y[i]; /* 3.5 ... 2.5, falling */
    assert_ok(tw_path_init(&line, "run", 3));
    static const double x[] = {-1, 0.5, 1}, y[] = {2.5, 3.5, 2.75};
    memcpy(line.x, x, sizeof x);
    memcpy(line.y, y, sizeof y);
    tw_figure figure = {.paths = &line, .path_count = 1};
    assert_ok(tw_plot_surface(path_of("places", "svg"), &figure, &s, 0));
    bytes svg = read_file(path_of("places", "svg"));
    const char *own = strstr((char *)svg.data, "stroke-width:1.1;"), *box = own;
    assert_non_null(own);
    double p[6], left, top, right, low;
    own = strstr(own, "d=\"M ");
    assert_int_equal(
        sscanf(own, "d=\"M %lf %lf L %lf %lf L %lf %lf", &p[0], &p[1], &p[2], &p[3], &p[4], &p[5]),
        6);
    do { /* the frame comes after it: the first closed path of four corners with a stroke of 0.6 */
        box = strstr(box + 1, "stroke-width:0.6;");
        assert_non_null(box);
    } while (sscanf(strstr(box, "d=\"M "), "d=\"M %lf %lf L %lf %*f L %*f %lf", &left, &top, &right,
                    &low) != 4 ||
             right - left < 100);
    assert_close(p[0], left, 0, 0.01);
    assert_close(p[1], low, 0, 0.01);
    assert_close(p[2], left + 0.75 * (right - left), 0, 0.01);
    assert_close(p[3], top, 0, 0.01);
    assert_close(p[4], right, 0, 0.01);
    assert_close(p[5], low - 0.25 * (low - top), 0, 0.01);
    free(svg.data);
    tw_path_release(&line);
    sample_free(&s);
}

/* What an arrow's tip is to the edge of the box: it points there, at what lies to the right and
 * below, and no square stands inside for a point that is not there. */
static void test_arrow(void **state) {
    assert_ok(draw_outside_map(path_of("arrow", "svg")));
    bytes svg = read_file(path_of("arrow", "svg"));
    /* the only closed outline of three corners */
    size_t found = 0;
    double a[6];
    for (const char *at = (char *)svg.data; (at = strstr(at, "d=\"M ")) != NULL; at++) {
        char end;
        if (sscanf(at, "d=\"M %lf %lf L %lf %lf L %lf %lf Z %c", &a[0], &a[1], &a[2], &a[3], &a[4],
                   &a[5], &end) == 7 &&
            (end == '"' || end == 'M')) {
            found++;
            assert_true(a[0] > a[2] && a[0] > a[4]); /* to the right, and down */
            assert_true(a[1] > (a[3] + a[5]) / 2);
        }
    }
    assert_true(found >= 1);
    free(svg.data);
}

/* Ours may be replaced without being asked for, nothing else. */
static void test_made(void **state) {
    char ours[256], theirs[256];
    strcpy(ours, path_of("made", "png"));
    strcpy(theirs, path_of("other", "png"));
    assert_ok(draw_slice(ours));
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
    assert_ok(draw_slice(path_of("made", "svg")));
    assert_int_equal(tw_plot_made(path_of("made", "svg")), 0);
    assert_int_equal(tw_plot_made(path_of("nowhere", "png")), 0);
    free(png.data);
}

static void test_said(void **state) {
    static const char *const sweep[] = {
        "forward",        "central", "fitted", "best step",  "SciPy 2-point",  "SciPy 3-point",
        "CS231n forward", "Ipopt",   "JAX",    "TensorFlow", "PyTorch, Ceres", "Stan",
        "CS231n central", "ladder",  "step h", "known to",   "noise",          NULL};
    static const char *const check[] = {"layer2.weight",
                                        "fail 48 of 48: factor 2",
                                        "inconclusive 12 of 48: noise",
                                        "fail 1 of 10: one entry [6]",
                                        "pass, 48 tested, 5 kinks",
                                        "uneasy",
                                        "tolerance",
                                        "of 8 blocks 2 wrong, 1 inconclusive",
                                        "another x would avoid them",
                                        NULL};
    if (!has_tool("pdftotext"))
        skip();
    assert_ok(draw_sweep(path_of("sweep", "pdf")));
    assert_says(path_of("sweep", "pdf"), sweep);
    assert_ok(draw_check(path_of("gradcheck", "pdf")));
    assert_says(path_of("gradcheck", "pdf"), check);
    static const char *const left_out[] = {"not moved", "not tested", "1 block not moved",
                                           "1 block not tested", NULL};
    tw_gradcheck *part = check_of(3);
    part->blocks[1].verdict = TW_VERDICT_NOT_MOVED;
    part->blocks[2].verdict = TW_VERDICT_NOT_TESTED;
    assert_ok(tw_plot_gradcheck(path_of("part", "pdf"), NULL, part));
    assert_says(path_of("part", "pdf"), left_out);
    check_free(part);
    static const char *const paths[] = {"sgd",
                                        "adam",
                                        "PC1, 87.3 %",
                                        "circle: start, diamond: end; the plane holds 87 % of the "
                                        "trajectories",
                                        "the fainter a dot",
                                        "up to 36 % of the path's extent",
                                        NULL};
    assert_ok(draw_paths_contour(path_of("paths", "pdf")));
    assert_says(path_of("paths", "pdf"), paths);
    static const char *const alone[] = {"sgd", "second", "direction", "circle: start", NULL};
    assert_ok(draw_paths_alone(path_of("pathsalone", "pdf")));
    assert_says(path_of("pathsalone", "pdf"), alone);
    static const char *const outside[] = {
        "1 checkpoint lies outside the picture",
        "1 point lies outside the picture, where the arrow points", "C", NULL};
    assert_ok(draw_outside(path_of("outside", "pdf"), TW_VIEW_CONTOUR));
    assert_says(path_of("outside", "pdf"), outside);
    static const char *const hidden[] = {"1 point lies outside the picture\n", NULL};
    assert_ok(draw_outside(path_of("outside", "pdf"), TW_VIEW_3D));
    assert_says(path_of("outside", "pdf"), hidden);
    static const char *const shape[] = {"  m1",
                                        "m2: 0.791",
                                        "minimum, with its persistence",
                                        "32 minima within the errors: noise",
                                        "is 1.2 above its start",
                                        "0.791 above its end",
                                        NULL};
    assert_ok(draw_shape(path_of("shape", "pdf")));
    assert_says(path_of("shape", "pdf"), shape);
    static const char *const barcode[] = {"m10\n",
                                          "as long as its persistence",
                                          "grey: within 2 standard errors of the difference: noise "
                                          "(32)",
                                          "24 shallower minima not shown",
                                          "training loss",
                                          NULL};
    assert_ok(draw_barcode(path_of("barcode", "pdf")));
    assert_says(path_of("barcode", "pdf"), barcode);
    static const struct {
        tw_status (*draw)(const char *path);
        const char *words[10];
    } curved[] = {
        {draw_spectrum,
         {"5 largest: 98.18 ± 0.003", "3 smallest: −5.19", "eigenvalue of the Hessian",
          "share of eigenvalues per decade", "by 4 random probes of 60 nodes",
          "trace 856 ± 21; of this density 871 ± 42", "Frobenius norm 206 ± 7.7",
          "cut at the extreme eigenvalues"}},
        {draw_exact,
         {"all 12 eigenvalues", "density of eigenvalues", "trace of this density 21.2"}},
        {draw_pairs,
         {"from the largest down", "from the smallest up", "rank", "eigenvalue of the Hessian",
          "residuals, as bars where they can be seen: at most 0.003"}},
        {draw_ratio, {"|λmin / λmax|, 0 where convex", "direction δ", "1 value not finite"}},
        {draw_signs,
         {"λmin and λmax of the Hessian", "convex", "saddle", "concave", "direction η",
          "points: convex: "}},
        {draw_curved_line,
         {"λmax", "λmin", "eigenvalues of the Hessian", "training loss",
          "1 point without eigenvalues"}},
    };
    for (size_t k = 0; k < sizeof curved / sizeof curved[0]; k++) {
        assert_ok(curved[k].draw(path_of("curved", "pdf")));
        assert_says(path_of("curved", "pdf"), curved[k].words);
    }
    /* of 200 blocks the eight that are wrong are among the 80 rows */
    static const char *const many[] = {"120 further blocks are not shown", "factor 1.001", NULL};
    tw_gradcheck *large = check_of(200);
    assert_ok(tw_plot_gradcheck(path_of("many", "pdf"), NULL, large));
    assert_says(path_of("many", "pdf"), many);
    check_free(large);
    char command[512];
    snprintf(command, sizeof command, "test $(grep -c 'fail 24 of 24' %s/said.txt) = 8", folder);
    assert_int_equal(system(command), 0);
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
    for (size_t k = 0; k < KINDS; k++) {
        for (int e = 0; e < 3; e++) {
            char first[256], again[256];
            strcpy(first, drawn(k, endings[e]));
            strcpy(again, path_of("again", endings[e]));
            assert_ok(kinds[k].draw(again));
            compare(first, again);
        }
    }
}

static void *draw_in_thread(void *arg) {
    int id = *(int *)arg;
    char name[32];
    for (size_t k = 0; k < KINDS - 1; k += 2) {
        static const char *const endings[] = {"png", "pdf"};
        for (int e = 0; e < 2; e++) {
            snprintf(name, sizeof name, "thread%d-%s", id, kinds[k].name);
            if (kinds[k].draw(path_of(name, endings[e])) != TW_OK)
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
    for (size_t k = 0; k < KINDS - 1; k += 2) {
        char single[256], name[32];
        strcpy(single, drawn(k, "png"));
        for (int i = 0; i < 4; i++) {
            snprintf(name, sizeof name, "thread%d-%s", i, kinds[k].name);
            compare(single, path_of(name, "png"));
        }
        snprintf(name, sizeof name, "thread0-%s", kinds[k].name);
        strcpy(single, path_of(name, "pdf"));
        snprintf(name, sizeof name, "thread3-%s", kinds[k].name);
        compare(single, path_of(name, "pdf"));
    }
}

/* Point 7 with these eigenvalues, found to 1e-3, as a map shows it. */
static double curved_point(double least, double greatest, tw_curvature_picture map,
                           const tw_study_picture_options *options, tw_figure *figure) {
    tw_surface s, shown = {0};
    *figure = (tw_figure){.bytes = sizeof *figure};
    sample_curved(&s, 5, 5);
    s.values[25 + 7] = least;
    s.values[50 + 7] = greatest;
    assert_ok(tw_picture_curvature(&s, map, options, figure, &shown));
    double value = shown.values[7];
    tw_surface_release(&shown);
    sample_free(&s);
    return value;
}

/* A ratio is that of the paper where the least eigenvalue is negative by more than its error, and 0
 * where the loss is convex. */
static void test_curvature_maps(void **state) {
    static const struct {
        double least, greatest, ratio, class;
    } points[] = {
        {-1, 4, 0.25, 1}, {-1, 1e-3, 1000, 2}, {-1, 0, HUGE_VAL, 2}, {-3, -2, 1.5, 2}, {2, 3, 0, 0},
        {-9e-4, 3, 0, 0}, {-9e-4, 9e-4, 0, 0}, {-2e-3, 1, 2e-3, 1},  {0, 0, 0, 0},
    };
    const tw_study_picture_options plain = tw_study_picture_defaults();
    tw_figure figure;
    for (size_t k = 0; k < sizeof points / sizeof points[0]; k++) {
        double least = points[k].least, greatest = points[k].greatest;
        double ratio = curved_point(least, greatest, TW_PICTURE_RATIO, &plain, &figure);
        assert_true(ratio == points[k].ratio || fabs(ratio - points[k].ratio) < 1e-12);
        double class = curved_point(least, greatest, TW_PICTURE_SIGNS, &plain, &figure);
        assert_close(class, points[k].class, 0, 0);
    }
    assert_true(isnan(curved_point(NAN, 1, TW_PICTURE_RATIO, &plain, &figure)));
    assert_true(isnan(curved_point(1, NAN, TW_PICTURE_SIGNS, &plain, &figure)));
    assert_int_equal(figure.class_count, 3);
}

/* Where lambda_max goes through 0 one point is as large as one likes: the scale ends at 2, unless
 * another was asked for. */
static void test_ratio_scale(void **state) {
    static const char *const beyond[] = {"1 value above 2 drawn at 2, up to 1000", NULL};
    tw_surface s;
    sample_curved(&s, 5, 5);
    s.values[25 + 7] = -1;
    s.values[50 + 7] = 1e-3;
    assert_ok(sample_draw_curved(path_of("beyond", "pdf"), &s, TW_PICTURE_RATIO));
    assert_says(path_of("beyond", "pdf"), beyond);
    sample_free(&s);
    tw_study_picture_options options = tw_study_picture_defaults();
    tw_figure figure;
    curved_point(-1, 1e-3, TW_PICTURE_RATIO, &options, &figure);
    assert_int_equal(figure.scale, TW_SCALE_LINEAR);
    assert_close(figure.most, 2, 0, 0);
    options.linear = 1;
    curved_point(-1, 1e-3, TW_PICTURE_RATIO, &options, &figure);
    assert_close(figure.most, 0, 0, 0);
    options = tw_study_picture_defaults();
    options.log = 1;
    curved_point(-1, 1e-3, TW_PICTURE_RATIO, &options, &figure);
    assert_close(figure.most, 0, 0, 0);
}

static int make_folder(void **state) {
    /* in memory where there is such a place: every figure is flushed to its disk */
    snprintf(folder, sizeof folder, "%s/thalweg-figures-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
    DIR *dir = opendir(folder);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    closedir(dir);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written),        cmocka_unit_test(test_text),
        cmocka_unit_test(test_svg_as_png),     cmocka_unit_test(test_resolution),
        cmocka_unit_test(test_steep_lines),    cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_threads),        cmocka_unit_test(test_arrow),
        cmocka_unit_test(test_made),           cmocka_unit_test(test_said),
        cmocka_unit_test(test_path_places),    cmocka_unit_test(test_ratio_scale),
        cmocka_unit_test(test_curvature_maps),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
