/* Figures in a terminal: what the bytes show when they are read back. */
#include "support.h"

#include <cairo.h>
#include <math.h>

#include "gradcheck_samples.h"
#include "plot_samples.h"
#include "thalweg/study_picture.h"
#include "thalweg/terminal.h"

typedef struct text {
    char *data;
    size_t size;
} text;

static tw_status keep(void *user, const void *bytes, size_t size) {
    text *out = user;
    free(out->data);
    out->data = malloc(size + 1);
    memcpy(out->data, bytes, size);
    out->data[size] = '\0';
    out->size = size;
    return TW_OK;
}

/* A figure for a terminal, whose bytes go to `out`. */
static tw_figure figure_for(const tw_terminal *terminal, text *out) {
    return (tw_figure){
        .bytes = sizeof(tw_figure), .terminal = terminal, .sink = keep, .sink_user = out};
}

/* 0 in the left half, 1 in the right one. */
static void make_step(tw_surface *s) {
    static const char *const names[] = {"value"};
    sample_surface(s, 2, 8, 4, 1, names);
    for (size_t i = 0; i < 8; i++)
        s->x[i] = (double)i;
    for (size_t j = 0; j < 4; j++)
        s->y[j] = (double)j;
    for (size_t p = 0; p < 32; p++)
        s->values[p] = p % 8 >= 4;
}

/* ---- lines of text ---- */

/* The columns of the longest line without its escape codes, of which only those of colours may be;
 * every line that has one ends as the terminal was. */
static int widest(const char *at) {
    int most = 0, columns = 0, ink = 0, ground = 0;
    for (; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if (c == '\n') {
            assert_false(ink || ground);
            most = columns > most ? columns : most;
            columns = 0;
        } else if (c == '\033') {
            size_t length = strspn(at + 2, "0123456789;");
            assert_int_equal(at[1], '[');
            assert_int_equal(at[2 + length], 'm');
            int first = atoi(at + 2);
            ink = first == 38 || (ink && first / 10 == 4);
            ground = first == 48 || (ground && first / 10 == 3);
            at += 2 + length;
        } else if (c >= 0xe3 && c <= 0xed && c != 0xe2) {
            columns += 2; /* the wide ones of these tests: U+3000 to U+DFFF */
        } else if ((c & 0xc0) != 0x80) {
            columns++;
        }
    }
    return most;
}

static size_t lines_of(const char *at) {
    size_t count = 0;
    for (; *at != '\0'; at++)
        count += *at == '\n';
    return count;
}

static void characters(void **state) {
    const tw_terminal t = {.columns = 40, .rows = 16, .ascii = 1};
    text out = {0};
    tw_figure figure = figure_for(&t, &out);
    tw_surface s;
    make_step(&s);
    figure.view = TW_VIEW_HEAT;
    figure.title = "a step \xe2\x88\x92 \xe7\x81\xab";
    assert_ok(tw_plot_surface("any", &figure, &s, 0));
    for (size_t i = 0; i < out.size; i++)
        assert_true(out.data[i] == '\n' || (out.data[i] >= ' ' && out.data[i] <= '~'));
    assert_true(widest(out.data) <= 40);
    assert_true(lines_of(out.data) <= 15);
    assert_non_null(strstr(out.data, "a step - ??\n"));
    /* every row of the box: the low half, the high half, then the bar */
    size_t rows = 0;
    for (char *line = strtok(out.data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *box = strpbrk(line, "|+");
        size_t low = box != NULL ? strspn(box + 1, ".") : 0;
        size_t high = low > 0 ? strspn(box + 1 + low, "@") : 0;
        if (low < 5)
            continue;
        assert_true(high == low || high + 1 == low || high == low + 1);
        rows++;
    }
    assert_true(rows >= 5);
    free(out.data);
    sample_free(&s);
}

static size_t count_of(const char *at, const char *word) {
    size_t count = 0;
    for (; (at = strstr(at, word)) != NULL; at += strlen(word))
        count++;
    return count;
}

static void colors(void **state) {
    tw_terminal t = {
        .kind = TW_TERMINAL_BLOCKS, .colors = TW_COLORS_24_BIT, .columns = 40, .rows = 16};
    text out = {0};
    tw_figure figure = figure_for(&t, &out);
    tw_surface s;
    make_step(&s);
    figure.view = TW_VIEW_HEAT;
    assert_ok(tw_plot_surface("any", &figure, &s, 0));
    /* the ends of viridis: in every row of the box once each */
    assert_true(count_of(out.data, "\033[48;2;68;1;84m") >= 5);
    assert_true(count_of(out.data, "\033[48;2;253;231;37m") >= 5);
    assert_int_equal(count_of(out.data, ";5;"), 0);
    t.colors = TW_COLORS_256;
    assert_ok(tw_plot_surface("any", &figure, &s, 0));
    assert_true(count_of(out.data, "\033[48;5;53m") >= 5); /* 95, 0, 95 */
    assert_true(count_of(out.data, "\033[48;5;220m") + count_of(out.data, "\033[48;5;221m") >= 5);
    assert_int_equal(count_of(out.data, ";2;"), 0);
    free(out.data);
    sample_free(&s);
}

/* A line from corner to corner: every column of cells has dots, that rise from left to right. */
static void line(void **state) {
    const tw_terminal t = {.columns = 60, .rows = 20};
    const double x[2] = {0, 1}, y[2] = {0, 1};
    const tw_curve curve = {.count = 2, .x = x, .y = y};
    text out = {0};
    tw_figure figure = figure_for(&t, &out);
    figure.x_label = "time";
    figure.y_label = "\xe5\x80\xa4 of it";
    assert_ok(tw_plot_curves("any", &figure, 1, &curve, NULL));
    assert_true(widest(out.data) <= 60);
    assert_non_null(strstr(out.data, "time\n"));
    assert_true(strncmp(out.data, "\xe5\x80\xa4 of it\n", 10) == 0);
    assert_non_null(strstr(out.data, "0.5"));
    int last = 1000, dots = 0;
    for (char *row = strtok(out.data, "\n"); row != NULL; row = strtok(NULL, "\n")) {
        char *first = strstr(row, "\xe2\xa0"), *other = strstr(row, "\xe2\xa1");
        char *more = strstr(row, "\xe2\xa2"), *most = strstr(row, "\xe2\xa3");
        for (char *at = row; *at != '\0'; at++)
            dots += (unsigned char)*at == 0xe2 && (unsigned char)at[1] >= 0xa0 &&
                    (unsigned char)at[1] <= 0xa3;
        if (first == NULL && other == NULL && more == NULL && most == NULL)
            continue;
        char *leftmost = NULL;
        for (char *at = row; leftmost == NULL; at++)
            leftmost = at == first || at == other || at == more || at == most ? at : NULL;
        assert_true(leftmost - row < last);
        last = (int)(leftmost - row);
    }
    assert_true(dots >= 45 && dots <= 75);
    free(out.data);
}

typedef tw_status (*draw)(const tw_figure *figure);

static tw_status draw_view(const tw_figure *figure, tw_view view) {
    tw_surface s;
    tw_figure own = *figure;
    sample_holes(&s, 25);
    own.view = view;
    tw_status status = tw_plot_surface("any", &own, &s, 0);
    sample_free(&s);
    return status;
}

static tw_status draw_contour(const tw_figure *figure) {
    return draw_view(figure, TW_VIEW_CONTOUR);
}

static tw_status draw_filled(const tw_figure *figure) {
    return draw_view(figure, TW_VIEW_FILLED);
}

static tw_status draw_space(const tw_figure *figure) {
    return draw_view(figure, TW_VIEW_3D);
}

static tw_status draw_line(const tw_figure *figure) {
    tw_surface s;
    sample_line(&s, 41);
    tw_status status = tw_plot_surface("any", figure, &s, 0);
    sample_free(&s);
    return status;
}

static tw_status draw_steps(const tw_figure *figure) {
    return tw_plot_steps("any", figure, 10, sample_steps, sample_losses, sample_original);
}

static tw_status draw_check(const tw_figure *figure) {
    tw_gradcheck *check = check_of_mlp();
    tw_status status = tw_plot_gradcheck("any", figure, check);
    check_free(check);
    return status;
}

/* Whatever the window, no line is longer and there are not more of them; a window that is too small
 * is refused. */
static void windows(void **state) {
    static const draw kinds[] = {draw_contour, draw_filled, draw_space, draw_line, draw_steps};
    static const size_t sizes[][2] = {{10, 6}, {30, 12}, {47, 20}, {80, 24}, {81, 25}, {200, 60}};
    text out = {0};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
            for (int kind = TW_TERMINAL_CHARACTERS; kind <= TW_TERMINAL_BLOCKS; kind++) {
                const tw_terminal t = {
                    .kind = (tw_terminal_kind)kind, .columns = sizes[s][0], .rows = sizes[s][1]};
                tw_figure figure = figure_for(&t, &out);
                figure.title = "\xe6\x90\x8d\xe5\xa4\xb1\xe3\x81\xae\xe5\x9c\xb0\xe5\xbd\xa2 of a "
                               "network that has a long name";
                if (kinds[k](&figure) != TW_OK) {
                    assert_non_null(strstr(tw_message(), "larger"));
                    assert_true(sizes[s][0] < 80);
                    continue;
                }
                assert_true(sizes[s][0] > 10);
                assert_true(widest(out.data) <= (int)sizes[s][0]);
                assert_true(lines_of(out.data) < sizes[s][1]);
            }
    free(out.data);
}

/* ---- images ---- */

static const tw_terminal images = {
    .columns = 80, .rows = 30, .cell_width = 9, .cell_height = 18, .kind = TW_TERMINAL_KITTY};

/* The same picture as a PNG. */
static void draw_png(text *out, double dpi, double width, double height) {
    tw_figure figure = {.bytes = sizeof figure,
                        .dpi = dpi,
                        .width = width,
                        .height = height,
                        .sink = keep,
                        .sink_user = out};
    tw_surface s;
    sample_bowl(&s, 21);
    figure.view = TW_VIEW_HEAT;
    assert_ok(tw_plot_surface("a.png", &figure, &s, 0));
    sample_free(&s);
}

static void draw_image(text *out, tw_terminal_kind kind, double dpi, double width, double height) {
    tw_terminal t = images;
    t.kind = kind;
    tw_figure figure = figure_for(&t, out);
    figure.dpi = dpi;
    figure.width = width;
    figure.height = height;
    figure.view = TW_VIEW_HEAT;
    tw_surface s;
    sample_bowl(&s, 21);
    assert_ok(tw_plot_surface("any", &figure, &s, 0));
    sample_free(&s);
}

static int digit_of(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strchr(digits, c);
    assert_true(at != NULL && c != '\0');
    return (int)(at - digits);
}

static void kitty(void **state) {
    text png = {0}, out = {0};
    draw_png(&png, 120, 4, 3);
    draw_image(&out, TW_TERMINAL_KITTY, 120, 4, 3);
    unsigned char *found = malloc(out.size);
    size_t size = 0, pieces = 0;
    const char *at = out.data;
    for (int more = 1; more; pieces++) {
        const char *first = "\033_Ga=T,f=100,q=2,m=", *next = "\033_Gq=2,m=";
        const char *head = pieces == 0 ? first : next;
        assert_int_equal(strncmp(at, head, strlen(head)), 0);
        at += strlen(head);
        more = *at == '1';
        assert_int_equal(at[1], ';');
        size_t length = strcspn(at += 2, "\033");
        assert_true(length <= 4096 && length % 4 == 0 && (!more || length == 4096));
        for (size_t i = 0; i < length; i += 4) {
            int pad = at[i + 2] == '=' ? 2 : at[i + 3] == '=';
            unsigned bits = (unsigned)digit_of(at[i]) << 18 | (unsigned)digit_of(at[i + 1]) << 12;
            bits |= pad < 2 ? (unsigned)digit_of(at[i + 2]) << 6 : 0;
            bits |= pad < 1 ? (unsigned)digit_of(at[i + 3]) : 0;
            for (int k = 0; k < 3 - pad; k++)
                found[size++] = (unsigned char)(bits >> (16 - 8 * k));
        }
        at += length;
        assert_int_equal(strncmp(at, "\033\\", 2), 0);
        at += 2;
    }
    assert_string_equal(at, "\n");
    assert_true(pieces > 1);
    assert_int_equal(size, png.size);
    assert_memory_equal(found, png.data, size);
    free(found);
    free(png.data);
    free(out.data);
}

/* A decoder of sixels with colours of RGB: 0xRRGGBB, or -1 where nothing was painted. */
typedef struct picture {
    int width, height;
    int *pixel;
} picture;

static long number(const char **at) {
    char *end;
    long value = strtol(*at, &end, 10);
    assert_true(end > *at);
    *at = end;
    return value;
}

static void paint(picture *p, int *x, int y, int sixel, long count, int color) {
    for (; count > 0; count--, ++*x)
        for (int k = 0; k < 6; k++)
            if (sixel >> k & 1) {
                assert_true(*x < p->width && y + k < p->height);
                p->pixel[(y + k) * p->width + *x] = color;
            }
}

static picture read_sixel(const char *at) {
    picture p;
    int colors[256] = {0}, defined[256] = {0}, x = 0, y = 0, color = -1;
    assert_int_equal(strncmp(at, "\033P0;1q\"1;1;", 11), 0);
    at += 11;
    p.width = (int)number(&at);
    at++;
    p.height = (int)number(&at);
    p.pixel = malloc((size_t)p.width * (size_t)p.height * sizeof *p.pixel);
    for (int k = 0; k < p.width * p.height; k++)
        p.pixel[k] = -1;
    while (*at != '\033') {
        char c = *at++;
        if (c == '#') {
            long index = number(&at);
            assert_in_range(index, 0, 255);
            if (*at == ';') {
                long rgb[4];
                for (int k = 0; k < 4; k++)
                    at++, rgb[k] = number(&at);
                assert_int_equal(rgb[0], 2);
                defined[index] = 1;
                colors[index] = (int)lround((double)rgb[1] * 2.55) << 16 |
                                (int)lround((double)rgb[2] * 2.55) << 8 |
                                (int)lround((double)rgb[3] * 2.55);
            } else {
                assert_true(defined[index]);
                color = colors[index];
            }
        } else if (c == '!') {
            long count = number(&at);
            paint(&p, &x, y, *at++ - '?', count, color);
        } else if (c == '$') {
            x = 0;
        } else if (c == '-') {
            x = 0;
            y += 6;
        } else {
            assert_in_range(c, '?', '~');
            paint(&p, &x, y, c - '?', 1, color);
        }
    }
    assert_string_equal(at, "\033\\\n");
    return p;
}

static cairo_status_t read_bytes(void *closure, unsigned char *data, unsigned length) {
    text *from = closure;
    assert_true(from->size >= length);
    memcpy(data, from->data, length);
    from->data += length;
    from->size -= length;
    return CAIRO_STATUS_SUCCESS;
}

static void sixel(void **state) {
    text png = {0}, out = {0}, again = {0};
    draw_png(&png, 120, 4, 3);
    draw_image(&out, TW_TERMINAL_SIXEL, 120, 4, 3);
    draw_image(&again, TW_TERMINAL_SIXEL, 120, 4, 3);
    assert_string_equal(out.data, again.data);
    picture p = read_sixel(out.data);
    text rest = png;
    cairo_surface_t *image = cairo_image_surface_create_from_png_stream(read_bytes, &rest);
    assert_int_equal(cairo_image_surface_get_width(image), p.width);
    assert_int_equal(cairo_image_surface_get_height(image), p.height);
    double sum = 0;
    int most = 0;
    for (int y = 0; y < p.height; y++) {
        const uint32_t *row =
            (const uint32_t *)(const void *)(cairo_image_surface_get_data(image) +
                                             y * cairo_image_surface_get_stride(image));
        for (int x = 0; x < p.width; x++) {
            int here = p.pixel[y * p.width + x];
            assert_true(here >= 0);
            for (int shift = 0; shift <= 16; shift += 8) {
                int off = abs((here >> shift & 255) - (int)(row[x] >> shift & 255));
                most = off > most ? off : most;
                sum += off;
            }
        }
    }
    assert_true(sum / (3.0 * p.width * p.height) < 2);
    assert_true(most < 40);
    cairo_surface_destroy(image);
    free(p.pixel);
    free(png.data);
    free(out.data);
    free(again.data);
}

/* An image that has no size is as large as the window lets it be, and leaves a row. */
static void fits(void **state) {
    text out = {0};
    static const size_t sizes[][4] = {{80, 24, 10, 20}, {40, 40, 8, 16}, {200, 12, 9, 18}};
    for (size_t k = 0; k < 3; k++) {
        tw_terminal t = {.kind = TW_TERMINAL_SIXEL,
                         .columns = sizes[k][0],
                         .rows = sizes[k][1],
                         .cell_width = sizes[k][2],
                         .cell_height = sizes[k][3]};
        tw_figure figure = figure_for(&t, &out);
        assert_ok(draw_contour(&figure));
        picture p = read_sixel(out.data);
        assert_in_range(p.width, 150, sizes[k][0] * sizes[k][2]);
        assert_in_range(p.height, 150, (sizes[k][1] - 1) * sizes[k][3] + 1);
        free(p.pixel);
    }
    free(out.data);
}

/* ---- what moves, and what is refused ---- */

/* What moves is drawn instead of the paths, and nothing else of the picture changes. */
static void moving(void **state) {
    text still = {0}, same = {0}, first = {0};
    tw_surface s;
    tw_path run = {0}, part;
    sample_bowl(&s, 21);
    assert_ok(tw_path_init(&run, "run", 5));
    for (int k = 0; k < 5; k++) {
        run.x[k] = s.x[0] + (s.x[20] - s.x[0]) * (0.2 + 0.1 * k);
        run.y[k] = s.y[0] + (s.y[20] - s.y[0]) * (0.8 - 0.1 * k);
    }
    tw_figure figure = {.bytes = sizeof figure,
                        .paths = &run,
                        .path_count = 1,
                        .view = TW_VIEW_HEAT,
                        .dpi = 72,
                        .sink = keep,
                        .sink_user = &still};
    assert_ok(tw_plot_surface("a.png", &figure, &s, 0));
    part = run;
    figure.moving = &part;
    figure.sink_user = &same;
    assert_ok(tw_plot_surface("a.png", &figure, &s, 0));
    assert_int_equal(still.size, same.size);
    assert_memory_equal(still.data, same.data, same.size); /* the last frame */
    part.count = 1;
    figure.sink_user = &first;
    assert_ok(tw_plot_surface("a.png", &figure, &s, 0));
    text from[2] = {still, first};
    cairo_surface_t *image[2];
    for (int k = 0; k < 2; k++)
        image[k] = cairo_image_surface_create_from_png_stream(read_bytes, &from[k]);
    int width = cairo_image_surface_get_width(image[0]), low = width, high = 0;
    int height = cairo_image_surface_get_height(image[0]), top = height, bottom = 0;
    assert_int_equal(cairo_image_surface_get_width(image[1]), width);
    assert_int_equal(cairo_image_surface_get_height(image[1]), height);
    int stride = cairo_image_surface_get_stride(image[0]);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            size_t at = (size_t)(y * stride + 4 * x);
            if (memcmp(cairo_image_surface_get_data(image[0]) + at,
                       cairo_image_surface_get_data(image[1]) + at, 3) == 0)
                continue;
            low = x < low ? x : low, high = x > high ? x : high;
            top = y < top ? y : top, bottom = y > bottom ? y : bottom;
        }
    /* the way itself, from its start to the middle of the map, with its marks */
    assert_in_range(high - low, width / 5, width / 2);
    assert_in_range(bottom - top, height / 5, height / 2);
    for (int k = 0; k < 2; k++)
        cairo_surface_destroy(image[k]);
    tw_path_release(&run);
    sample_free(&s);
    free(still.data);
    free(same.data);
    free(first.data);
}

static void refused(void **state) {
    tw_terminal t = {0};
    text out = {0};
    tw_surface s;
    make_step(&s);
    tw_study_picture_options options = tw_study_picture_defaults();
    options.terminal = &t;
    options.font_size = 10;
    assert_fails(TW_ERR_ARGUMENT, "--font-size: a picture in characters",
                 tw_study_picture_surface("any", &options, &s, NULL, NULL));
    options.font_size = NAN;
    tw_figure check = figure_for(&t, &out);
    assert_fails(TW_ERR_UNSUPPORTED, "a gradient check cannot be drawn in characters",
                 draw_check(&check));
    t.kind = TW_TERMINAL_KITTY;
    options.background = TW_PICTURE_TRANSPARENT;
    assert_fails(TW_ERR_ARGUMENT, "--background: a picture in a terminal",
                 tw_study_picture_surface("any", &options, &s, NULL, NULL));
    t.kind = (tw_terminal_kind)7;
    tw_figure figure = figure_for(&t, &out);
    assert_fails(TW_ERR_ARGUMENT, "no terminal of kind 7", tw_plot_surface("any", &figure, &s, 0));
    sample_free(&s);
    free(out.data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters), cmocka_unit_test(colors), cmocka_unit_test(line),
        cmocka_unit_test(windows),    cmocka_unit_test(kitty),  cmocka_unit_test(sixel),
        cmocka_unit_test(fits),       cmocka_unit_test(moving), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
