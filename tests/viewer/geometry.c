/* geometry: what figures make of some numbers, as JSON, for the page to be held against. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/colormap.h"
#include "draw/ticks.h"
#include "plot/contour.h"
#include "plot/levels.h"
#include "plot/pits.h"
#include "thalweg/curvature_map.h"
#include "thalweg/json.h"
#include "thalweg/rng.h"

enum { SPANS = 400, SIDE = 40 };

/* Text without the marks of superscripts. */
static void put_text(tw_json *out, const char *key, const char *text) {
    char plain[2 * TW_TICK_TEXT];
    size_t at = 0;
    for (; *text != '\0'; text++)
        if (*text == *TW_SUPER)
            plain[at++] = '^';
        else if (*text != *TW_BASE)
            plain[at++] = *text;
    plain[at] = '\0';
    tw_json_text(out, key, plain);
}

static void put_ticks(tw_json *out, const char *key, const tw_ticks *ticks) {
    tw_json_object(out, key);
    put_text(out, "factor", ticks->factor);
    tw_json_array(out, "ticks");
    for (size_t k = 0; k < ticks->count; k++) {
        tw_json_array(out, NULL);
        tw_json_number(out, NULL, ticks->tick[k].value);
        put_text(out, NULL, ticks->tick[k].text);
        tw_json_end(out);
    }
    tw_json_end(out);
    tw_json_end(out);
}

/* The numbers at equally spaced levels and at others, and those on an axis with an offset. */
static void put_level_texts(tw_json *out, const char *key, size_t count, const double *levels,
                            const tw_ticks *axis) {
    static char text[TW_LEVELS_MAX][TW_TICK_TEXT];
    tw_number_levels(count, levels, axis, text);
    tw_json_array(out, key);
    for (size_t k = 0; k < count; k++)
        put_text(out, NULL, text[k]);
    tw_json_end(out);
}

static void put_span(tw_json *out, size_t k) {
    double u = tw_rng_uniform(1, 1, 3 * k), v = tw_rng_uniform(1, 1, 3 * k + 1);
    double low = pow(10, 12 * u - 6), high = low * (1 + pow(10, 7 * v - 3));
    int most = 3 + (int)(6 * tw_rng_uniform(1, 1, 3 * k + 2));
    double levels[TW_LEVELS_MAX];
    static tw_ticks ticks;
    char text[TW_TICK_TEXT];
    tw_json_object(out, NULL);
    tw_json_number(out, "low", low);
    tw_json_number(out, "high", high);
    tw_json_count(out, "most", (unsigned)most);
    tw_ticks_linear(low, high, most, &ticks);
    size_t count = tw_levels_linear(low, high, 11, levels);
    tw_json_numbers(out, "linear_levels", count, levels);
    put_level_texts(out, "linear_texts", count, levels, &ticks);
    count = tw_levels_log(low, high, 11, levels);
    tw_json_numbers(out, "log_levels", count, levels);
    put_level_texts(out, "log_texts", count, levels, NULL);
    put_ticks(out, "linear", &ticks);
    tw_ticks_log(low, high, most, &ticks);
    put_ticks(out, "log", &ticks);
    tw_number_text(k % 2 ? low : -high, text, sizeof text);
    put_text(out, "text", text);
    tw_json_end(out);
}

static void put_contours(tw_json *out) {
    double x[SIDE], z[SIDE * SIDE], levels[] = {-0.5, 0, 0.1, 0.7};
    tw_contours c = {0};
    for (size_t i = 0; i < SIDE; i++)
        x[i] = pow((double)i / SIDE, 1.5);
    for (size_t k = 0; k < SIDE * SIDE; k++)
        z[k] = sin(9 * x[k % SIDE]) * cos(7 * x[k / SIDE]) + 0.3 * tw_rng_uniform(2, 1, k);
    z[SIDE * 7 + 9] = NAN;
    tw_json_numbers(out, "x", SIDE, x);
    tw_json_numbers(out, "z", SIDE * SIDE, z);
    tw_json_numbers(out, "levels", 4, levels);
    tw_json_array(out, "lines");
    if (tw_contours_trace(SIDE, SIDE, x, x, z, 4, levels, &c) != TW_OK)
        exit(1);
    for (size_t l = 0; l < c.lines; l++) {
        const tw_line *line = &c.line[l];
        double length = 0;
        for (size_t k = 1; k < line->count + (size_t)line->closed; k++) {
            size_t a = line->first + k - 1, b = line->first + k % line->count;
            length += hypot(c.x[b] - c.x[a], c.y[b] - c.y[a]);
        }
        double row[] = {(double)line->level, (double)line->count, line->closed, length};
        tw_json_numbers(out, NULL, 4, row);
    }
    tw_json_end(out);
    tw_contours_release(&c);
}

/* Eigenvalues around 0, with errors and without, some that are no numbers; what is made of them. */
static void put_curvature(tw_json *out) {
    static const double odd[] = {NAN, INFINITY, -INFINITY, 0};
    tw_json_array(out, "curvature");
    for (size_t k = 0; k < SPANS; k++) {
        double v[4];
        for (size_t j = 0; j < 4; j++)
            v[j] = tw_rng_uniform(3, j, k) - (j < 2 ? 0.5 : 0.7);
        if (k % 10 == 0)
            v[k / 10 % 4] = odd[k / 40 % 4];
        tw_json_array(out, NULL);
        tw_json_numbers(out, NULL, 4, v);
        tw_json_number(out, NULL, tw_curvature_ratio(v[0], v[1], v[2]));
        tw_json_number(out, NULL, tw_curvature_class(v[0], v[1], v[2], v[3]));
        tw_json_count(out, NULL, k % 10 == 0 ? 1 + k / 10 % 4 : 0);
        tw_json_count(out, NULL, k / 40 % 4);
        tw_json_end(out);
    }
    tw_json_end(out);
}

/* Heights with pits in them, before and after; few in the second, a hole in each. */
static void put_pits(tw_json *out) {
    tw_json_array(out, "pits");
    for (size_t few = 0; few < 2; few++) {
        double z[SIDE * SIDE];
        for (size_t k = 0; k < SIDE * SIDE; k++)
            z[k] = tw_rng_uniform(4, few, k) - (k % 7 == 0 && k < (few ? 50 : 1500) ? 100 : 0);
        z[SIDE + 1] = NAN;
        tw_json_array(out, NULL);
        tw_json_numbers(out, NULL, SIDE * SIDE, z);
        tw_json_count(out, NULL, (unsigned)tw_pits_raise(SIDE, SIDE, z));
        tw_json_numbers(out, NULL, SIDE * SIDE, z);
        tw_json_end(out);
    }
    tw_json_end(out);
}

int main(void) {
    tw_json out = {.out = stdout};
    tw_json_object(&out, NULL);
    tw_json_array(&out, "spans");
    for (size_t k = 0; k < SPANS; k++)
        put_span(&out, k);
    tw_json_end(&out);
    put_contours(&out);
    put_curvature(&out);
    put_pits(&out);
    tw_json_end(&out);
    return 0;
}
