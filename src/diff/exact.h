/* exact.h: what the arithmetic of this folder rests on. */
#ifndef TW_DIFF_EXACT_H
#define TW_DIFF_EXACT_H

#ifdef __FAST_MATH__
#error "src/diff divides by steps as stored, (x + h) - x, and tells NaN: build without -ffast-math"
#endif

/* The step from x that moving by h stores: x + h, rounded to double, minus x. */
static inline double tw_stored_step(double x, double h) {
    volatile double moved = x + h;
    return moved - x;
}

#endif
