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
 * the formulas for blocks of rank >= 2 are those of their published code). j counts the filters of
 * a block along its filter_axis, |.| is the Euclidean norm. A block of rank below 2 (a bias, the
 * scale or shift of a normalisation) counts as one filter. */
typedef enum tw_norm {
    TW_NORM_NONE,    /* as it is */
    TW_NORM_FILTER,  /* d_j *= |w_j| / (|d_j| + 1e-10) in every filter */
    TW_NORM_LAYER,   /* d *= |w| / |d| in every block */
    TW_NORM_WEIGHT,  /* d *= w, entry by entry */
    TW_NORM_DFILTER, /* d_j /= |d_j| + 1e-10 in every filter */
    TW_NORM_DLAYER,  /* d /= |d| in every block */
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

/* Zero means: as it is. */
typedef struct tw_direction_rules {
    tw_norm norm;
    int ignore_biasbn; /* 1: blocks of rank below 2 become zero (the peer's "biasbn"), and MODEL
                          takes |w| over the others only */
    int peer_rules;    /* 1: as the code of Li et al. does it, its defect included: blocks of rank
                          below 2 that are not ignored become w itself, under every norm, so that
                          two axes are not orthogonal. It has no MODEL */
} tw_direction_rules;

/* Brings `direction` to the size of the point w, in place. A filter or block in which w is zero
 * becomes zero under the FILTER, LAYER or WEIGHT that scales it, so that a start at w = 0 gives a
 * flat landscape; MODEL leaves the direction as it is where w = 0. What is zero in the direction
 * stays zero under all of them (but for peer_rules). TW_ERR_ARGUMENT for MODEL under peer_rules;
 * the direction is then as it was. */
TW_API tw_status tw_direction_apply(const tw_space *space, const tw_direction_rules *rules,
                                    const double *w, double *direction);
/* The same with a norm alone; it cannot fail. */
TW_API void tw_direction_normalize(const tw_space *space, tw_norm norm, const double *w,
                                   double *direction);

/* |d|, at any size of its entries: NaN or infinite only if one of them is. */
TW_API double tw_direction_length(size_t count, const double *d);
/* x.y / (|x| |y|), and the angle in degrees, 0 ... 180, exact to rounding near both ends, too
 * (W. Kahan: 2 atan2(|u - v|, |u + v|) of the unit vectors). NaN if one of the two is zero. */
TW_API double tw_direction_cosine(size_t count, const double *x, const double *y);
TW_API double tw_direction_angle(size_t count, const double *x, const double *y);
/* y <- y - (x.y / x.x) x (Gram-Schmidt, twice), brought back to the length that y had. To be done
 * after a normalisation, which would undo it; filter by filter y then is no longer exactly as
 * long as w, by a share of the order of the cosine that was taken away. TW_ERR_ARGUMENT if one of
 * the two is zero or not finite, or if they are parallel (less than 1e-10 of y is left); y is
 * then not defined. */
TW_API tw_status tw_direction_orthogonalize(size_t count, const double *x, double *y);

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

/* Value `index` of the axis, from 0; the last one past the end. */
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
    uint8_t *computed; /* ny * nx: 0 where there are no values, 1 where they were computed, 2 where
                          they were interpolated (tw_survey_adaptive) */
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
/* The metric that is shown where none is named, since files of others have theirs in any order: the
 * first of train_loss, test_loss, loss; else the first whose name ends in "_loss"; else 0. */
TW_API size_t tw_surface_shown(const tw_surface *surface);
/* What there is of an interrupted survey as a picture: surveys take points coarse to fine. Where
 * points are missing, *out becomes the finest grid of levels that is there in full, if it has 3
 * coefficients an axis at least and shows more than the cells of the whole grid that are complete
 * do; otherwise it is left zeroed. For tw_surface_release. */
TW_API tw_status tw_surface_coarse(const tw_surface *surface, tw_surface *out);

/* ---- surveys ---- */

typedef struct tw_survey_options {
    tw_progress_fn progress; /* done and total count points */
    void *progress_user;
    double *center; /* if not NULL: the objective's metrics at the centre, unscaled, evaluated
                       before the points and like them; also where it is not on the grid */
    const size_t *metrics; /* metric m of the surface takes metric metrics[m] of the objective;
                              NULL: metric m */
    tw_team *team; /* all of whose ranks make the same call and compute; NULL: this process alone */
    const double *center_at; /* where `center` is, a coefficient an axis; NULL: at coefficients 0 */
} tw_survey_options;

/* Fills the points of `surface` that are not computed: origin + x dx (+ y dy), with dy = NULL for
 * rank 1. Metric m of the surface takes metric m of the objective, or as the options say, times
 * scale[m] where `scale` is not NULL (100 for per cent). Values do not
 * depend on the threads nor on which points were computed before. Points are taken coarse to fine
 * (whole rows of an objective with TW_CAN_ROWS), in batches of about half a second, or of a point a
 * thread where those take longer, or more where a call has work beside its points; between two
 * of them, in `progress`, the surface may be read and saved. On failure or cancellation the batches
 * done so far stay: a second call goes on from there.
 * With a team, rank 0's surface says what is missing and takes the values; `progress` is called on
 * rank 0 only, now and then without progress. The surfaces of other ranks hold nothing. */
TW_API tw_status tw_survey_run(tw_objective *objective, const double *origin, const double *dx,
                               const double *dy, const double *scale,
                               const tw_survey_options *options, tw_surface *surface);

/* ---- adaptive surveys ---- */

/* How errors of the loss count: as differences of values, or of their logarithms. AUTO is log where
 * a figure would be: no value negative, at most one in a hundred 0, and max/min > 30 (rank 1:
 * 1000). Values <= 0 count as the least positive one there. */
typedef enum tw_adaptive_scale {
    TW_ADAPTIVE_AUTO,
    TW_ADAPTIVE_LINEAR,
    TW_ADAPTIVE_LOG
} tw_adaptive_scale;

typedef struct tw_adaptive_options {
    double tolerance; /* > 0: the largest error of metric 0, as a share of what it spans (max - min,
                         or log(max/min)), but never below the noise of the objective */
    int absolute;     /* 1: in units of the metric instead; differences of values count */
    tw_adaptive_scale scale;
    uint64_t seed; /* of the held-out points */
} tw_adaptive_options;

/* The error of a metric where it was interpolated, in its own units, or as a difference of natural
 * logarithms where `log`. */
typedef struct tw_adaptive_error {
    int log;
    double range;    /* what 100 % is: max - min, or log(max/min), of the evaluated values */
    double estimate; /* from the surpluses, with a factor of 2; not a proof */
    double measured; /* the largest at the held-out points */
} tw_adaptive_error;

typedef struct tw_adaptive_report {
    size_t evaluated;    /* points that were asked for, the held-out ones among them */
    size_t interpolated; /* the others; 0: the errors are 0 */
    size_t held_out;     /* points of the last check */
    size_t rounds;       /* batches of points, one needing the values of the one before */
} tw_adaptive_report;

/* Fills `surface` as tw_survey_run does with `options` (NULL: the defaults), but evaluates only
 * where metric 0 needs it and interpolates the rest: computed is 1 or 2 afterwards, and the largest
 * error of metric 0 is at most the tolerance, as far as the estimate and a check at held-out points
 * can tell.
 *
 * The grid is taken in dyadic levels, by the numbers of its points, not by their coefficients.
 * First every point of a level of at least 9 x 9 points, none of them more than 8 steps apart, is
 * evaluated: a feature narrower than that may be missed. A point of the next level is predicted
 * from the one before by four-point cubic interpolation along its row or column (Deslauriers and
 * Dubuc, Constructive Approximation 5, 1989), in the middle of a cell by the Boolean sum of both
 * (Gordon, SIAM J. Numer. Anal. 8, 1971). What prediction and value differ by, the surplus (Harten,
 * J. Comput. Phys. 115, 1994), tells the error one level on; where that exceeds half of the
 * tolerance the points are evaluated, too, and all around a surplus above the tolerance. So are
 * points between values of which one is finite and the other not, until such borders run between
 * evaluated points, and extrema that interpolation invents. At last points drawn at random, one in
 * 64, at least 16, are evaluated and compared; if one is off by more than the tolerance, the
 * surface is refined around it and checked anew.
 *
 * Which points are evaluated depends on `seed` and on the values alone, not on threads nor on which
 * points were computed before (1); those are not evaluated again. A call that failed or was
 * cancelled leaves the evaluated points at 1 and the others at 0: a second call goes on from there
 * to the same bits. options->progress counts the points asked for so far, so that the total grows.
 * `errors` (surface->metrics of them) and `report` may be NULL. TW_ERR_ARGUMENT as tw_survey_run,
 * and for a tolerance that is not above 0. With a team rank 0 decides and has the results; each
 * round is handed out like a survey, and is over when its last point is there. */
TW_API tw_status tw_survey_adaptive(tw_objective *objective, const double *origin, const double *dx,
                                    const double *dy, const double *scale,
                                    const tw_survey_options *options,
                                    const tw_adaptive_options *adaptive, tw_surface *surface,
                                    tw_adaptive_report *report, tw_adaptive_error *errors);

TW_END_DECLS

#endif
