/* landscape.h: axes, surfaces, and the survey that fills a surface.
 *
 * A surface holds L(w + a dx) over an axis (rank 1) or L(w + a dx + b dy) over a grid (rank 2),
 * for every metric that the objective declares. The axis and the direction are kept apart: an axis
 * is a range of coefficients, a direction is a vector of the parameter space, part of a plane
 * (plane.h).
 */
#ifndef THALWEG_LANDSCAPE_H
#define THALWEG_LANDSCAPE_H

#include <stddef.h>
#include <stdint.h>

#include "metric.h"
#include "objective.h"
#include "plane.h"
#include "run.h"
#include "team.h"

TW_BEGIN_DECLS

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
    tw_metric *metric; /* what the names mean: a list as in metric.h, in that spelling */
    double *values;    /* any double: NaN and infinity are results */
    uint8_t *computed; /* ny * nx: 0 where there are no values, 1 where they were computed, 2 where
                          they were interpolated (tw_survey_adaptive) */
} tw_surface;

/* A surface with nothing computed; y = NULL makes rank 1. The metrics are given by their names in
 * files, so that a surface in memory means what it will mean when it has been written and read.
 * Release with tw_surface_release, which also copes with a zeroed struct. */
TW_API tw_status tw_surface_init(tw_surface *surface, const tw_axis *x, const tw_axis *y,
                                 size_t metrics, const char *const *names);
/* The same with the coefficients given one by one, for files; y may be NULL. */
TW_API tw_status tw_surface_init_coordinates(tw_surface *surface, size_t nx, const double *x,
                                             size_t ny, const double *y, size_t metrics,
                                             const char *const *names);
TW_API void tw_surface_release(tw_surface *surface);
/* Position of a metric, by its name in files or by what it is (tw_metric_same), or -1. */
TW_API int tw_surface_metric(const tw_surface *surface, const char *name);
TW_API int tw_surface_metric_find(const tw_surface *surface, const tw_metric *wanted);
/* The plane of one metric (ny * nx values, row iy first). */
TW_API double *tw_surface_plane(const tw_surface *surface, size_t metric);
/* The metric that is shown where none is named, since files of others have theirs in any order: the
 * first loss of train, of test, of no split; else the first that is a loss; else 0. */
TW_API size_t tw_surface_shown(const tw_surface *surface);
/* What there is of an interrupted survey as a picture: surveys take points coarse to fine. Where
 * points are missing, *out becomes the finest grid of levels that is there in full, if it has 3
 * coefficients an axis at least and shows more than the cells of the whole grid that are complete
 * do; otherwise it is left zeroed. For tw_surface_release. */
TW_API tw_status tw_surface_coarse(const tw_surface *surface, tw_surface *out);

/* ---- surveys ---- */

typedef struct tw_survey_options {
    size_t bytes;            /* sizeof(tw_survey_options), or 0 (thalweg.h) */
    tw_progress_fn progress; /* done and total count points */
    void *progress_user;
    double *center; /* if not NULL: the objective's metrics at the centre, unscaled, evaluated
                       before the points and like them; also where it is not on the grid */
    const size_t *metrics; /* metric m of the surface takes metric metrics[m] of the objective;
                              NULL: metric m, */
    const double *scale;   /* times scale[m] (100 for per cent); NULL: as it is */
    tw_team *team; /* all of whose ranks make the same call and compute; NULL: this process alone */
    const double *center_at; /* where `center` is, a coefficient an axis; NULL: at coefficients 0 */
    double batch_seconds;    /* about how long a batch takes; 0: half a second */
    tw_span *span; /* over the plane, opened with TW_SPAN_ROWS and kept by the caller, so that
                      several surveys open it once; not in a team. NULL: one is opened and closed */
} tw_survey_options;

/* Fills the points of `surface` that are not computed: those of the plane at its coefficients, of
 * one rank. Metric m of the surface takes metric m of the objective, or as the options (NULL: none)
 * say. Values do not depend on the threads nor on which points were computed before. Points are
 * taken coarse to fine (whole rows of an objective that prefers them), in batches of about half a
 * second, or of a point a thread where those take longer, or more where a call has work beside its
 * points; between two of them, in `progress`, the surface may be read and saved. On failure or
 * cancellation the batches done so far stay: a second call goes on from there. With a team, rank
 * 0's surface says what is missing and takes the values; `progress` is called on rank 0 only, now
 * and then without progress. The surfaces of other ranks hold nothing. */
TW_API tw_status tw_survey_run(tw_objective *objective, const tw_plane *plane,
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
    size_t bytes;     /* sizeof(tw_adaptive_options), or 0 (thalweg.h) */
    double tolerance; /* > 0: the largest error of metric 0, as a share of what it spans (max - min,
                         or log(max/min)), but never below the noise of the objective */
    int absolute;     /* 1: in units of the metric instead; differences of values count */
    tw_adaptive_scale scale;
    uint64_t seed;           /* of the held-out points */
    const char *const *also; /* names of other metrics that are held to the same share of what they
                                span, linearly; also_count. With `absolute` they are left out */
    size_t also_count;
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
 * for a tolerance that is not above 0 and for a metric in `also` that there is not. With a team
 * rank 0 decides and has the results; each round is handed out like a survey, and is over when its
 * last point is there. */
TW_API tw_status tw_survey_adaptive(tw_objective *objective, const tw_plane *plane,
                                    const tw_survey_options *options,
                                    const tw_adaptive_options *adaptive, tw_surface *surface,
                                    tw_adaptive_report *report, tw_adaptive_error *errors);

TW_END_DECLS

#endif
