/* noise.h: the noise of a function, looked for again at other spacings.
 *
 * What a ladder found out is in its answer: tw_derivative.noise is the error of one value that it
 * reckoned with, measured where the steps gave reason to; TW_DERIVATIVE_SINGLE in the flags says
 * that all values are floats, TW_POINT_NOISE that the noise is far above the rounding that was
 * declared. Whoever takes steps of his own (a check's second looks) must take that noise, not 2 *
 * unit * |f|: the smallest steps see nothing of a part that is rounded coarsely. */
#ifndef TW_DIFF_NOISE_H
#define TW_DIFF_NOISE_H

#include "thalweg/derivative.h"

/* As tw_noise_estimate for variation 0. Spacings of another variation have no simple ratio to the
 * usual ones: a table in twenty sees nothing of a noise that is there, as where the spacing moves
 * the values by whole numbers of what they are rounded to. *rough is the
 * largest second difference at the widest of the four spacings: noise of the values is not much
 * more.
 */
tw_status tw_noise_vary(tw_scalar_fn phi, void *user, const tw_derivative_options *options,
                        int variation, tw_noise *out, double *rough);

#endif
