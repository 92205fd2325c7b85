/* ticks.h: which values an axis marks, and how numbers are written in a figure. */
#ifndef TW_DRAW_TICKS_H
#define TW_DRAW_TICKS_H

#include <stddef.h>

/* Text between these two bytes is set as a superscript. */
#define TW_SUPER "\x0e"
#define TW_BASE "\x0f"

enum { TW_TICKS_MAX = 160, TW_TICK_TEXT = 40 };

typedef struct tw_tick {
    double value;
    char text[TW_TICK_TEXT]; /* "" for a minor tick */
} tw_tick;

typedef struct tw_ticks {
    size_t count, major;
    char factor[TW_TICK_TEXT]; /* stands at the end of the axis: "×10⁻⁶", "+2.3217"; or "" */
    int is_offset;             /* 1: the numbers are (value - base) / 10^exponent */
    int exponent;
    double base;
    tw_tick tick[TW_TICKS_MAX];
} tw_ticks;

/* Multiples in [low, high] of the smallest step 1, 2, 2.5 or 5 times a power of ten that gives at
 * most `most` (>= 2) of them. low < high, finite. */
void tw_ticks_linear(double low, double high, int most, tw_ticks *out);

/* Powers of ten in [low, high], every one or every k-th, with minor ticks at 2 ... 9; within less
 * than two decades also 2 and 5, then linear ticks. 0 < low < high. */
void tw_ticks_log(double low, double high, int most, tw_ticks *out);

/* A value on its own: three digits, "0.012", "321", "1.3×10⁵"; a true minus. */
void tw_number_text(double value, char *text, size_t size);
/* The same with more digits. */
void tw_number_digits(double value, int digits, char *text, size_t size);
/* The decimals that equally spaced values need so that all have the same number of them and are
 * told apart: "2.338", "2.339", "2.340"; -1 for other values, and where powers of ten are shorter.
 */
int tw_decimals_of(size_t count, const double *values);
void tw_number_decimals(double value, int decimals, char *text, size_t size);
/* How many digits, 3 ... 8, write each of some rising values so that it is off by a twentieth of
 * the least gap between them at most. */
int tw_digits_of(size_t count, const double *values);
/* The texts of some rising values beside an axis, as levels of a map: relative to its offset where
 * it has one, with as many digits as tell them apart, of one number of decimals where they are
 * equally spaced. axis may be NULL. */
void tw_number_levels(size_t count, const double *values, const tw_ticks *axis,
                      char text[][TW_TICK_TEXT]);

#endif
