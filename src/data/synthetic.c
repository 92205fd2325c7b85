/* synthetic.c: the built-in data set: ten kinds of shapes and textures, 3 x 32 x 32 bytes.
 *
 * Class information is of two sorts. Each class has a hue of its own, but hues vary so much that
 * neighbours overlap: that is all a linear classifier can use, for position, size, rotation and
 * phase are drawn anew for every image. The form itself is certain, and needs local features.
 *
 * All arithmetic is on integers, so that the bytes are the same on every machine. Lengths are in
 * sixteenths of a pixel, angles in 64ths of a turn, sines in 4096ths, hues in 1536ths of the wheel.
 */
#include "data/synthetic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "thalweg/rng.h"

enum {
    CLASSES = 10,
    SIDE = 32,
    PLANE = SIDE * SIDE,
    PIXELS = 3 * PLANE,
    UNIT = 16, /* of length, in a pixel */
    SINE = 4096,
    HUES = 1536,
    DRAWS = 1024, /* random numbers set aside for an image */
    DEFAULT_COUNT = 10000
};

static const char *const class_names[CLASSES] = {"disc", "ring",    "square", "triangle", "cross",
                                                 "bars", "columns", "slants", "checks",   "dots"};

/* ---- random numbers of one image ---- */

typedef struct draw {
    uint64_t seed, stream, next;
} draw;

static uint64_t draw_bits(draw *d) {
    return tw_rng_bits(d->seed, d->stream, d->next++);
}

/* Uniform in first ... last. */
static int draw_range(draw *d, int first, int last) {
    return first + (int)tw_rng_below(d->seed, d->stream, d->next++, (uint64_t)(last - first + 1));
}

/* The sum of three uniform numbers: a hill over -3 reach ... 3 reach. */
static int draw_hill(draw *d, int reach) {
    return draw_range(d, -reach, reach) + draw_range(d, -reach, reach) +
           draw_range(d, -reach, reach);
}

/* ---- forms ---- */

static int sine(int angle) {
    static const int quarter[17] = {0,    401,  799,  1189, 1567, 1931, 2276, 2598, 2896,
                                    3166, 3406, 3612, 3784, 3920, 4017, 4076, 4096};
    int a = angle & 63;
    int folded = a & 31;
    int value = folded <= 16 ? quarter[folded] : quarter[32 - folded];
    return a < 32 ? value : -value;
}

/* The form of one image: for shapes a centre and a radius, for textures an origin and a period. */
typedef struct form {
    int x, y, sine, cosine, size;
} form;

static int inside_disc(int u, int v, int r) {
    return u * u + v * v < r * r;
}

static int inside_ring(int u, int v, int r) {
    int square = u * u + v * v;
    return square < r * r && 25 * square > 9 * r * r;
}

static int inside_square(int u, int v, int r) {
    return 8 * abs(u) < 7 * r && 8 * abs(v) < 7 * r;
}

static int inside_triangle(int u, int v, int r) {
    return 2 * v < r && 1773 * abs(u) < 1024 * (v + r); /* 1773/1024 ~ sqrt 3 */
}

static int inside_cross(int u, int v, int r) {
    int a = abs(u), b = abs(v);
    return (3 * a < r && b < r) || (3 * b < r && a < r);
}

/* The place within a period; lengths stay far above -64 periods. */
static int wrap(int length, int period) {
    return (length + 64 * period) % period;
}

static int inside_bars(int u, int v, int period) {
    return 2 * wrap(v, period) < period;
}

static int inside_checks(int u, int v, int period) {
    return (2 * wrap(u, period) < period) ^ (2 * wrap(v, period) < period);
}

static int inside_dots(int u, int v, int period) {
    int a = 2 * wrap(u, period) - period, b = 2 * wrap(v, period) - period;
    return 9 * (a * a + b * b) < 4 * period * period;
}

/* Each form with its sizes in pixels and its rotation: turn +- sway, in 64ths. */
static const struct kind {
    int (*inside)(int u, int v, int size);
    int smallest, largest;
    int texture; /* 1: fills the image, size is a period */
    int turn, sway;
} kinds[CLASSES] = {
    {inside_disc, 6, 11, 0, 0, 0},   {inside_ring, 6, 12, 0, 0, 0},
    {inside_square, 6, 10, 0, 0, 5}, {inside_triangle, 8, 13, 0, 0, 6},
    {inside_cross, 7, 12, 0, 0, 6},  {inside_bars, 5, 10, 1, 0, 2},
    {inside_bars, 5, 10, 1, 16, 2},  {inside_bars, 5, 10, 1, 8, 3},
    {inside_checks, 8, 14, 1, 0, 3}, {inside_dots, 6, 10, 1, 0, 3},
};

static form draw_form(draw *d, const struct kind *kind) {
    form f;
    f.size = draw_range(d, kind->smallest * UNIT, kind->largest * UNIT);
    int margin = kind->texture ? 0 : f.size * 3 / 4;
    f.x = draw_range(d, margin, SIDE * UNIT - margin);
    f.y = draw_range(d, margin, SIDE * UNIT - margin);
    int angle = kind->turn + draw_range(d, -kind->sway, kind->sway);
    f.sine = sine(angle);
    f.cosine = sine(angle + 16);
    return f;
}

/* How many of the four quarters of a pixel lie inside. */
static int coverage(const form *f, int (*inside)(int, int, int), int row, int column) {
    int covered = 0;
    for (int quarter = 0; quarter < 4; quarter++) {
        int x = column * UNIT + UNIT / 4 + (quarter & 1) * UNIT / 2 - f->x;
        int y = row * UNIT + UNIT / 4 + (quarter >> 1) * UNIT / 2 - f->y;
        covered += inside((x * f->cosine + y * f->sine) / SINE,
                          (y * f->cosine - x * f->sine) / SINE, f->size) != 0;
    }
    return covered;
}

/* ---- colours ---- */

typedef struct colour {
    int channel[3];
} colour;

/* Hue, saturation (0 ... 256) and value (0 ... 255) to red, green, blue. */
static colour colour_of(int hue, int saturation, int value) {
    hue = ((hue % HUES) + HUES) % HUES;
    int sector = hue / 256, place = hue % 256;
    int low = value * (256 - saturation) / 256;
    int rising = low + (value - low) * place / 256, falling = low + value - low - (rising - low);
    const int table[6][3] = {{value, rising, low},  {falling, value, low}, {low, value, rising},
                             {low, falling, value}, {rising, low, value},  {value, low, falling}};
    colour c = {{table[sector][0], table[sector][1], table[sector][2]}};
    return c;
}

/* What an image is painted with. Half of the images are bright on dark, half dark on bright. */
typedef struct paint {
    colour back, front;
    int slope_x, slope_y; /* of the background's brightness, in 16ths a pixel */
} paint;

/* One draw a statement: the order in which arguments are evaluated is the compiler's. */
static colour draw_colour(draw *d, int hue, const int values[2], const int saturations[2]) {
    int value = draw_range(d, values[0], values[1]);
    int saturation = draw_range(d, saturations[0], saturations[1]);
    return colour_of(hue, saturation, value);
}

static paint draw_paint(draw *d, int label) {
    /* ranges of value and saturation, on a bright and on a dark ground */
    static const int front[2][2][2] = {{{70, 140}, {130, 230}}, {{165, 250}, {90, 210}}};
    static const int back[2][2][2] = {{{165, 235}, {10, 80}}, {{35, 100}, {20, 150}}};
    paint p;
    int dark_ground = draw_range(d, 0, 1);
    int hue = label * HUES / CLASSES + draw_hill(d, 100);
    p.front = draw_colour(d, hue, front[dark_ground][0], front[dark_ground][1]);
    hue = draw_range(d, 0, HUES - 1);
    p.back = draw_colour(d, hue, back[dark_ground][0], back[dark_ground][1]);
    p.slope_x = draw_range(d, -20, 20);
    p.slope_y = draw_range(d, -20, 20);
    return p;
}

/* ---- images ---- */

static uint8_t clamp(int value) {
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* Grain: every byte gets the sum of two random nibbles, -15 ... 15. */
static void add_grain(draw *d, uint8_t *image) {
    for (int i = 0; i < PIXELS; i += 8) {
        uint64_t bits = draw_bits(d);
        for (int k = 0; k < 8; k++, bits >>= 8)
            image[i + k] = clamp(image[i + k] + (int)(bits & 15) + (int)(bits >> 4 & 15) - 15);
    }
}

/* Image `index` of the split: 3 x 32 x 32 bytes, a function of these numbers alone; its class is
 * index % 10. */
static void draw_image(uint64_t seed, tw_split split, uint64_t index, uint8_t *out) {
    draw d = {.seed = seed,
              .stream =
                  tw_rng_stream(split == TW_SPLIT_TRAIN ? "synthetic train" : "synthetic test"),
              .next = index * DRAWS};
    int label = (int)(index % CLASSES);
    const struct kind *kind = &kinds[label];
    const form f = draw_form(&d, kind);
    const paint p = draw_paint(&d, label);
    for (int i = 0; i < PLANE; i++) {
        int row = i / SIDE, column = i % SIDE;
        int covered = coverage(&f, kind->inside, row, column);
        int slope = (p.slope_x * (column - SIDE / 2) + p.slope_y * (row - SIDE / 2)) / 16;
        for (int c = 0; c < 3; c++)
            out[c * PLANE + i] = clamp(
                ((4 - covered) * (p.back.channel[c] + slope) + covered * p.front.channel[c]) / 4);
    }
    add_grain(&d, out);
}

/* ---- the data set ---- */

int tw_synthetic_named(const char *source) {
    return strncmp(source, "synthetic", 9) == 0 && (source[9] == '\0' || source[9] == ':');
}

static tw_status parse_count(const char *source, uint64_t *count) {
    *count = DEFAULT_COUNT;
    if (source[9] == '\0')
        return TW_OK;
    const char *digits = source + 10;
    errno = 0;
    char *end;
    *count = strtoull(digits, &end, 10);
    if (*digits < '0' || *digits > '9' || *end != '\0' || errno != 0 || *count == 0 ||
        *count > SIZE_MAX / PIXELS / 2)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s': write synthetic:N with the number of training images, such as "
                       "synthetic:10000",
                       source);
    return TW_OK;
}

static tw_status set_names(tw_collector *collector) {
    char **names = tw_alloc(CLASSES, sizeof *names);
    tw_status status = TW_OK;
    for (size_t i = 0; names != NULL && i < CLASSES; i++)
        if ((names[i] = tw_strdup(class_names[i])) == NULL)
            status = TW_ERR_MEMORY;
    if (names == NULL || status != TW_OK)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the synthetic set");
    if (names != NULL)
        tw_collector_names(collector, names, CLASSES);
    return status;
}

tw_status tw_synthetic_read(const char *source, tw_collector *collector) {
    uint64_t count;
    tw_status status = parse_count(source, &count);
    if (status != TW_OK)
        return status;
    const tw_dataset_options *options = collector->options;
    if (options->split == TW_SPLIT_TEST)
        count = count < 5 ? 1 : count / 5;
    const tw_collector_shape shape = {.kind = "synthetic",
                                      .features = PIXELS,
                                      .channels = 3,
                                      .height = SIDE,
                                      .width = SIDE,
                                      .classes = CLASSES,
                                      .expected = (size_t)count,
                                      .bytes = 1};
    status = tw_collector_shape_set(collector, &shape);
    for (uint64_t i = 0; status == TW_OK && i < count && !tw_collector_full(collector); i++) {
        int32_t label;
        status = tw_collector_want(collector, (int32_t)(i % CLASSES), &label);
        if (status != TW_OK || label < 0)
            continue;
        draw_image(options->seed, options->split, i, tw_collector_bytes(collector));
        tw_collector_keep(collector, label);
    }
    return status == TW_OK ? set_names(collector) : status;
}
