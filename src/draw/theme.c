#include "draw/theme.h"

#include <math.h>

typedef struct lab {
    double l, a, b; /* Oklab (Ottosson 2020) */
} lab;

static double linear(double c) {
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double encoded(double c) {
    return c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055;
}

static lab lab_of(tw_rgb ink) {
    double r = linear(ink.r), g = linear(ink.g), b = linear(ink.b);
    double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    double m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    double s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return (lab){0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
                 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
                 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

/* In linear light; may lie outside 0 ... 1. */
static tw_rgb light_of(lab c) {
    double l = pow(c.l + 0.3963377774 * c.a + 0.2158037573 * c.b, 3);
    double m = pow(c.l - 0.1055613458 * c.a - 0.0638541728 * c.b, 3);
    double s = pow(c.l - 0.0894841775 * c.a - 1.2914855480 * c.b, 3);
    return (tw_rgb){4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
                    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
                    -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

static int is_light(tw_rgb c) {
    const double least = -1e-4, most = 1 + 1e-4;
    return c.r >= least && c.g >= least && c.b >= least && c.r <= most && c.g <= most &&
           c.b <= most;
}

/* Of that lightness and hue, with as much of the chroma as the screen has. */
static tw_rgb rgb_of(lab c) {
    double low = 0, high = 1;
    tw_rgb light = light_of(c);
    if (!is_light(light)) {
        for (int round = 0; round < 20; round++) {
            double share = (low + high) / 2;
            lab less = {c.l, share * c.a, share * c.b};
            *(is_light(light_of(less)) ? &low : &high) = share;
        }
        light = light_of((lab){c.l, low * c.a, low * c.b});
    }
    return (tw_rgb){encoded(fmin(fmax(light.r, 0), 1)), encoded(fmin(fmax(light.g, 0), 1)),
                    encoded(fmin(fmax(light.b, 0), 1))};
}

/* Lightness of the paper, of white's place; above TURN a tone is a ground or a faint line and sinks
 * towards the paper, below it is an ink. */
static const double PAPER = 0.2, TURN = 0.7, BLACK = 0.93, SLOPE = 0.35, COLOURED = 0.1,
                    LEAST_COLOURED = 0.68;

static double lightness_on_dark(double l, double chroma) {
    double turn = BLACK - SLOPE * TURN;
    double out = l < TURN ? BLACK - SLOPE * l
                          : PAPER + (turn - PAPER) * pow(fmax(1 - l, 0) / (1 - TURN), 1.3);
    double share = fmin(chroma / COLOURED, 1); /* a strong colour is an ink, however light */
    return share < 0.5 ? out : fmax(out, LEAST_COLOURED * (2 * share - 1) + out * (2 - 2 * share));
}

tw_rgb tw_theme_tone(tw_theme theme, tw_rgb ink) {
    if (theme == TW_THEME_LIGHT)
        return ink;
    lab c = lab_of(ink);
    c.l = lightness_on_dark(c.l, hypot(c.a, c.b));
    return rgb_of(c);
}
