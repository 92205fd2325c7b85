/* landscape.h: directions, axes, surfaces, and the survey that fills a surface.
 *
 * A surface holds L(w + a dx) over an axis (rank 1) or L(w + a dx + b dy) over a grid (rank 2),
 * for every metric that the objective declares. The axis and the direction are kept apart: an axis
 * is a range of coefficients, a direction is a vector of the parameter space.
 */
#ifndef THALWEG_LANDSCAPE_H
#define THALWEG_LANDSCAPE_H

#include <stddef.h>
#include <stdint.h>

#include "objective.h"
#include "run.h"
#include "space.h"
#include "team.h"

TW_BEGIN_DECLS

/* ---- directions ---- */

/* How a direction d is brought to the size of the point w (Li et al., arXiv:1712.09913, section 4;
 * the formulas are those of their published code). j counts the filters of a block along its
 * filter_axis, |.| is the Euclidean norm. Blocks of rank below 2 (biases, normalisation scales)
 * have no filters: FILTER and DFILTER leave them as they are. */
typedef enum tw_norm {
    TW_NORM_NONE,    /* as it is */
    TW_NORM_FILTER,  /* d_j *= |w_j| / (|d_j| + 1e-10) in every block of rank >= 2 */
    TW_NORM_LAYER,   /* d *= |w| / |d| in every block, whatever its rank */
    TW_NORM_WEIGHT,  /* d *= w, entry by entry, in every block */
    TW_NORM_DFILTER, /* d_j /= |d_j| + 1e-10 in every block of rank >= 2 */
    TW_NORM_DLAYER,  /* d /= |d| in every block, whatever its rank */
    TW_NORM_MODEL    /* d *= |w| / |d| over the whole vector: a step of 1 is as long as w */
} tw_norm;

/* "none", "filter", ...; and back (-1 if unknown). */
TW_API const char *tw_norm_name(tw_norm norm);
TW_API int tw_norm_find(const char *name);

/* direction[k] ~ N(0, 1), block by block: entry e of the block named B is number e of the stream
 * "direction NAME/B" of `seed`, so that it does not depend on the other blocks. `name` tells the
 * axes apart ("x", "y"). direction has tw_space_size(space) entries. */
TW_API void tw_direction_random(const tw_space *space, uint64_t seed, const char *name,
                                double *direction);

/* Normalises `direction` in place against the point w. A filter or block in which w is zero becomes
 * zero under the FILTER, LAYER or WEIGHT that scales it, so that a start at w = 0 gives a flat
 * landscape; MODEL leaves the direction as it is where w = 0. What is zero in the direction stays
 * zero under all of them. */
TW_API void tw_direction_normalize(const tw_space *space, tw_norm norm, const double *w,
                                   double *direction);

/* ---- axes ---- */

/* `count` coefficients from `first` to `last`, both ends included and exact:
 * value(i) = first + i (last - first) / (count - 1), to rounding. Axes with last = -first mirror
 * their values bit for bit, and with an odd count the one in the middle is exactly 0.
 * A value between the ends that misses 0 by no more than their rounding, as in -0.3:0.6:10, is
 * exactly 0, so that the surface has the point itself. */
typedef struct tw_axis {
    double first, last;
    size_t count;
} tw_axis;

TW_API double tw_axis_value(const tw_axis *axis, size_t index);

/* Reads "first:last:count", such as "-1:1:51"; first may be above last, one point needs
 * first = last, and a count is at most 1,000,000. TW_ERR_ARGUMENT says what is wrong with it and
 * leaves *out as it was. */
TW_API tw_status tw_axis_parse(const char *text, tw_axis *out);

/* ---- surfaces ---- */

/* Caller-owned; fields may be read freely. Value of metric m at (x[ix], y[iy]):
 * values[m * nx * ny + iy * nx + ix]. */
typedef struct tw_surface {
    int rank;          /* 1 (then ny = 1 and y is NULL) or 2 */
    size_t nx, ny;     /* number of coefficients */
    double *x, *y;     /* coefficients */
    size_t metrics;    /* number of metrics */
    char **names;      /* their names, as in files: "train_loss", "train_acc" (per cent), ... */
    double *values;    /* any double: NaN and infinity are results */
    uint8_t *computed; /* ny * nx: 1 where the values have been computed */
} tw_surface;

/* A surface with nothing computed; y = NULL makes rank 1. Release with tw_surface_release, which
 * also copes with a zeroed struct. */
TW_API tw_status tw_surface_init(tw_surface *surface, const tw_axis *x, const tw_axis *y,
                                 size_t metrics, const char *const *names);
/* The same with the coefficients given one by one, for files; y may be NULL. */
TW_API tw_status tw_surface_init_coordinates(tw_surface *surface, size_t nx, const double *x,
                                             size_t ny, const double *y, size_t metrics,
                                             const char *const *names);
TW_API void tw_surface_release(tw_surface *surface);
/* Position of a metric, or -1. */
TW_API int tw_surface_metric(const tw_surface *surface, const char *name);
/* The plane of one metric (ny * nx values, row iy first). */
TW_API double *tw_surface_plane(const tw_surface *surface, size_t metric);

/* ---- surveys ---- */

typedef struct tw_survey_options {
    tw_progress_fn progress; /* done and total count points */
    void *progress_user;
    double *center; /* if not NULL: the objective's metrics at coefficients 0, unscaled, evaluated
                       before the points and like them; also where 0 is not on the grid */
    const size_t *metrics; /* metric m of the surface takes metric metrics[m] of the objective;
                              NULL: metric m */
    tw_team *team; /* all of whose ranks make the same call and compute; NULL: this process alone */
} tw_survey_options;

/* Fills the points of `surface` that are not computed: origin + x dx (+ y dy), with dy = NULL for
 * rank 1. Metric m of the surface takes metric m of the objective, or as the options say, times
 * scale[m] where `scale` is not NULL (100 for per cent). Values do not
 * depend on the threads nor on which points were computed before. Points are taken coarse to fine,
 * in batches of about half a second, or of a point a thread where those take longer; between two
 * of them, in `progress`, the surface may be read and saved. On failure or cancellation the batches
 * done so far stay: a second call goes on from there.
 * With a team, rank 0's surface says what is missing and takes the values; `progress` is called on
 * rank 0 only, now and then without progress. The surfaces of other ranks hold nothing. */
TW_API tw_status tw_survey_run(tw_objective *objective, const double *origin, const double *dx,
                               const double *dy, const double *scale,
                               const tw_survey_options *options, tw_surface *surface);

TW_END_DECLS

#endif
