/* Texts of figures, read from their SVG: inside the page, none over another, at every size. */
#include "support.h"

#include <math.h>
#include <unistd.h>

#include "draw/caption.h"
#include "draw/text.h"
#include "plot_samples.h"
#include "thalweg/plot.h"

static const char *const PATH = "texts-test.svg";
enum { TEXTS = 200 };

/* Two corners at each end of a text, along it and above it. */
typedef struct text {
    double x[4], y[4];
    char words[80];
} text;

static double after(const char *at, const char *name) {
    const char *found = strstr(at, name);
    assert_non_null(found);
    return strtod(found + strlen(name), NULL);
}

/* The pieces of one text: how far they reach, and the words of the first. */
static void read_pieces(const char *at, const char *end, const double *m, text *t) {
    double wide = 0, high = 0;
    const char *words = strchr(strstr(at, "<tspan"), '>') + 1;
    snprintf(t->words, sizeof t->words, "%.*s", (int)strcspn(words, "<"), words);
    while ((at = strstr(at, "<tspan")) != NULL && at < end) {
        wide = fmax(wide, after(at, " x=\"") + after(at, "textLength=\""));
        high = fmax(high, 0.72 * after(at, "font-size=\""));
        at++;
    }
    for (int corner = 0; corner < 4; corner++) {
        double x = corner == 1 || corner == 2 ? wide : 0, y = corner >= 2 ? -high : 0;
        t->x[corner] = m[0] * x + m[2] * y + m[4];
        t->y[corner] = m[1] * x + m[3] * y + m[5];
    }
}

static size_t read_texts(const char *svg, text *texts) {
    size_t count = 0;
    for (const char *at = svg; (at = strstr(at, "<text ")) != NULL; at++) {
        double m[6];
        const char *matrix = strstr(at, "matrix("), *end = strstr(at, "</text>");
        assert_true(matrix != NULL && end != NULL && count < TEXTS);
        assert_int_equal(
            sscanf(matrix, "matrix(%lf %lf %lf %lf %lf %lf)", m, m + 1, m + 2, m + 3, m + 4, m + 5),
            6);
        read_pieces(at, end, m, &texts[count++]);
    }
    return count;
}

static void shadow(const text *t, double nx, double ny, double *low, double *high) {
    *low = HUGE_VAL, *high = -HUGE_VAL;
    for (int corner = 0; corner < 4; corner++) {
        double at = t->x[corner] * nx + t->y[corner] * ny;
        *low = fmin(*low, at);
        *high = fmax(*high, at);
    }
}

static int apart(const text *a, const text *b) {
    for (int side = 0; side < 4; side++) {
        const text *t = side < 2 ? a : b;
        int next = side % 2 == 0 ? 1 : 3;
        double nx = t->x[next] - t->x[0], ny = t->y[next] - t->y[0], length = hypot(nx, ny);
        double low_a, high_a, low_b, high_b;
        shadow(a, nx / length, ny / length, &low_a, &high_a);
        shadow(b, nx / length, ny / length, &low_b, &high_b);
        if (high_a < low_b + 0.3 || high_b < low_a + 0.3)
            return 1;
    }
    return 0;
}

static void check_texts(const char *which, size_t least) {
    static text texts[TEXTS];
    char *svg = read_text(PATH);
    double wide = after(svg, "viewBox=\"0 0 "), high = 0;
    sscanf(strstr(svg, "viewBox"), "viewBox=\"0 0 %*f %lf", &high);
    size_t count = read_texts(svg, texts);
    assert_true(count >= least);
    for (size_t i = 0; i < count; i++) {
        for (int c = 0; c < 4; c++)
            if (!(texts[i].x[c] > -0.5 && texts[i].x[c] < wide + 0.5 && texts[i].y[c] > -0.5 &&
                  texts[i].y[c] < high + 0.5))
                fail_msg("%s: '%s' leaves the page", which, texts[i].words);
        for (size_t k = 0; k < i; k++)
            if (!apart(&texts[i], &texts[k]))
                fail_msg("%s: '%s' lies over '%s'", which, texts[i].words, texts[k].words);
    }
    free(svg);
    unlink(PATH);
}

typedef struct size {
    const char *name;
    double width, height, font;
} size;

static const size sizes[] = {
    {"column", 0, 0, 0}, {"slide", 10, 5.625, 16}, {"narrow", 2, 0, 0}, {"large", 3.5, 0, 14}};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

static tw_figure figure_of(const size *s) {
    return (tw_figure){.bytes = sizeof(tw_figure),
                       .width = s->width,
                       .height = s->height,
                       .font_size = s->font,
                       .title = "a title"};
}

/* Planes 2.6 times as high as wide, with two runs whose names stand above them; of values that
 * agree in their first digits, over coordinates with a power of ten. */
static void fill(tw_surface *s, double unit, double base) {
    sample_bowl(s, 21);
    for (size_t k = 0; k < s->nx; k++) {
        s->x[k] *= unit;
        s->y[k] *= 2.6 * unit;
    }
    for (size_t k = 0; base != 0 && k < s->nx * s->ny; k++)
        s->values[k] = base + 1e-6 * s->values[k];
}

static void test_planes(void **state) {
    static const tw_view views[] = {TW_VIEW_CONTOUR, TW_VIEW_FILLED, TW_VIEW_HEAT, TW_VIEW_3D};
    for (int k = 0; k < SIZES * 4 * 2; k++) {
        const size *wanted = &sizes[k % SIZES];
        int offset = k >= SIZES * 4;
        if (offset && views[k / SIZES % 4] == TW_VIEW_3D &&
            (wanted->width == 2 || wanted->font == 14))
            continue; /* names with powers of ten are longer than the edges of such a box */
        tw_surface s;
        tw_path runs[2] = {{0}};
        tw_figure figure = figure_of(wanted);
        fill(&s, offset ? 1e-6 : 1, offset ? 169.9999 : 0);
        figure.view = views[k / SIZES % 4];
        for (int run = 0; run < 2; run++) {
            assert_int_equal(tw_path_init(&runs[run], run ? "adam" : "sgd", 5), TW_OK);
            for (int i = 0; i < 5; i++) {
                runs[run].x[i] = s.x[s.nx - 1] * (run ? -0.2 : 0.2) * i;
                runs[run].y[i] = s.y[s.ny - 1] * 0.2 * i;
            }
        }
        figure.paths = runs;
        figure.path_count = 2;
        if (tw_plot_surface(PATH, &figure, &s, 0) != TW_OK)
            fail_msg("%s", tw_message());
        char which[80];
        snprintf(which, sizeof which, "%s, view %d, offset %d", wanted->name, (int)figure.view,
                 offset);
        check_texts(which, 8);
        tw_path_release(&runs[0]);
        tw_path_release(&runs[1]);
        sample_free(&s);
    }
}

/* From above and from the side, where an axis is seen from its end. */
static void test_from_the_end(void **state) {
    static const double eyes[][2] = {{-60, 90}, {1, 0.1}, {-60, 80}, {91, 3}};
    for (int k = 0; k < 4; k++) {
        tw_surface s;
        tw_figure figure = figure_of(&sizes[0]);
        figure.view = TW_VIEW_3D;
        figure.azimuth = eyes[k][0];
        figure.elevation = eyes[k][1];
        sample_bowl(&s, 21);
        assert_int_equal(tw_plot_surface(PATH, &figure, &s, 0), TW_OK);
        check_texts("from the end", 8);
        sample_free(&s);
    }
}

static void test_steps(void **state) {
    for (int k = 0; k < SIZES; k++) {
        tw_figure figure = figure_of(&sizes[k]);
        assert_int_equal(
            tw_plot_steps(PATH, &figure, 10, sample_steps, sample_losses, sample_original), TW_OK);
        check_texts(sizes[k].name, 8);
    }
}

/* The small print tells values that are too large from those that are none, and what differs by
 * less than an axis can show. */
static void test_extremes(void **state) {
    static const struct {
        double factor;
        const char *said, *unsaid;
    } cases[] = {{1e308, "441 values too large", "not finite"},
                 {1e-310, "the same to within", NULL},
                 {0, "values are the same", "within"}};
    for (int k = 0; k < 3; k++) {
        tw_surface s;
        tw_figure figure = {.bytes = sizeof figure, .view = TW_VIEW_HEAT};
        sample_bowl(&s, 22);
        for (size_t i = 0; i < 22 * 22; i++)
            s.values[i] = cases[k].factor * (i < 441 ? 1 + (double)i / 1000 : 0);
        assert_int_equal(tw_plot_surface(PATH, &figure, &s, 0), TW_OK);
        char *svg = read_text(PATH);
        assert_non_null(strstr(svg, cases[k].said));
        if (cases[k].unsaid != NULL)
            assert_null(strstr(svg, cases[k].unsaid));
        free(svg);
        unlink(PATH);
        sample_free(&s);
    }
}

/* A path that begins with an arc begins there, not at the end of the text before: PDF viewers show
 * such a line. */
static void test_no_path_is_left(void **state) {
    tw_font font;
    const tw_text_style style = {.size = 8};
    cairo_surface_t *page = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 40, 20);
    cairo_t *cr = cairo_create(page);
    assert_ok(tw_font_open(&font));
    tw_text_draw(cr, &font, 3, 10, "loss", &style);
    assert_false(cairo_has_current_point(cr));
    cairo_destroy(cr);
    cairo_surface_destroy(page);
    tw_font_close(&font);
}

/* A line that is far too long becomes several, none of which is drawn small; others stay. */
static void test_small_print_is_folded(void **state) {
    static const char *const words =
        "standard errors: 0.00469 to 0.00864; dotted where one is wider";
    const double width = 90;
    tw_font font;
    tw_caption caption = {0};
    char joined[2 * TW_CAPTION_TEXT] = "";
    assert_ok(tw_font_open(&font));
    tw_caption_add(&caption, TW_HATCH_NONE, "short");
    tw_caption_add(&caption, TW_HATCH_NOT_FINITE, "%s", words);
    tw_caption_add(&caption, TW_HATCH_NONE, "last");
    for (int twice = 0; twice < 2; twice++)
        tw_caption_fold(&caption, &font, width);
    assert_in_range(caption.count, 4, 5);
    for (int k = 1; k + 1 < caption.count; k++) {
        assert_true(0.65 * tw_text_width(&font, caption.line[k].text, 6.2) <= width);
        assert_int_equal(caption.line[k].hatch, k == 1 ? TW_HATCH_NOT_FINITE : TW_HATCH_NONE);
        snprintf(joined + strlen(joined), TW_CAPTION_TEXT, "%s%s", k > 1 ? " " : "",
                 caption.line[k].text);
    }
    assert_string_equal(joined, words);
    assert_string_equal(caption.line[0].text, "short");
    assert_string_equal(caption.line[caption.count - 1].text, "last");
    tw_font_close(&font);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planes),          cmocka_unit_test(test_from_the_end),
        cmocka_unit_test(test_steps),           cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_no_path_is_left), cmocka_unit_test(test_small_print_is_folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
