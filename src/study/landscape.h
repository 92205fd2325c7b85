/* landscape.h: a plan of a landscape, and the steps by which it is made. Each step reads what the
 * steps before it decided and writes its own members:
 *
 *     landscape_points.c     points: trajectories and points opened; may move the model
 *     landscape_axes.c       plane, its names, origin and ranges; by landscape_paths.c the paths
 *     landscape_tolerance.c  may put the model on fewer samples
 *     landscape_objective.c  objective and what it is made of, metrics; by landscape_curvature.c
 *                            the curvature beside them
 *     landscape_plan.c       the order of them; provenance
 *
 * From then on nothing changes it: landscape_run.c only reads.
 */
#ifndef TW_STUDY_LANDSCAPE_PRIVATE_H
#define TW_STUDY_LANDSCAPE_PRIVATE_H

#include "study/plane_make.h"
#include "study/study_private.h"
#include "thalweg/metric_plan.h"
#include "thalweg/study_landscape.h"
#include "thalweg/trajectory.h"

/* Trajectories and points that a plane is chosen by, or that lie in it. */
typedef struct tw_landscape_points {
    tw_paths paths; /* placed in the plane, without losses */
    double share;   /* of the trajectories that the plane holds; NaN: there are none */
    size_t sources; /* open files: one a path, where there are trajectories */
    tw_trajectory **source;
    double *to, *third;
    char other_data[256]; /* what is to be said where a trajectory was made on other data */
} tw_landscape_points;

struct tw_study_landscape_plan {
    const tw_study *study;
    tw_study_landscape_options
        options; /* as given; the texts are copies (but those of the model) */
    tw_study_model *model;
    tw_landscape_points points;

    tw_plane plane; /* its origin is the point, but 0 in parameters that are axes, so that their */
    double at[2];   /* coefficients are their values; those of the point */
    int whole;      /* every parameter is an axis: the picture is the function, not about a point */
    char *names[2]; /* "axis:ENTRY" in its one form, of axes that are parameters; NULL: others */
    char labels[2][TW_PLANE_LABEL]; /* of axes whose source says more than its word; or "" */
    double eigenvalues[2];          /* of axes that are eigenvectors; 0: not known */
    int orthogonal;                 /* the axes were made so */
    double corners[6]; /* x and y of the point and the two others, where it goes through three */
    tw_axis x, y;      /* y.count = 0: a line */

    tw_adaptive_options adaptive;
    tw_dataset *test_data; /* NULL without `test` */
    tw_objective *test, *joined;
    tw_objective *losses; /* without curvature: the model's, joined with the test split's */
    tw_objective *curved, *curved_joined; /* with it; NULL without `curvature` */
    tw_objective *repeated;               /* NULL without `repeats` */
    double *lines;                        /* the directions of it */
    tw_objective *objective;              /* the one of the surface */
    tw_metric_plan metrics;
    tw_provenance provenance;
    double pace; /* seconds between two looks at a survey; 0: as surveys have it */
};

/* ---- landscape_options.c ---- */

/* Copies the options into the plan. */
tw_status tw_landscape_options_take(const tw_study_landscape_options *options,
                                    tw_study_landscape_plan *plan);
void tw_landscape_options_release(tw_study_landscape_options *options);
/* Whether they agree with each other, as far as can be told without a model; *adaptive is filled in
 * where that is asked for. Then the same of what is said of the axes. */
tw_status tw_landscape_options_check(const tw_study_landscape_options *options,
                                     tw_adaptive_options *adaptive);
tw_status tw_landscape_options_check_axes(const tw_study_landscape_options *options);
/* Whether paths or points are asked for; several directions; an option of those that bring
 * directions to their size, which is given, or NULL. */
int tw_landscape_has_points(const tw_study_landscape_options *options);
/* Whether `repeats` is given, which 1 is as well; and whether they are several. */
int tw_landscape_draws_repeats(const tw_study_landscape_options *options);
int tw_landscape_is_repeated(const tw_study_landscape_options *options);
const char *tw_landscape_size_option(const tw_study_plane_options *plane);
/* What decided which points are evaluated, in words. */
tw_status tw_landscape_adaptive_provenance(const tw_study_landscape_options *options,
                                           tw_provenance *provenance);

/* ---- landscape_points.c ---- */

/* Opens what the options name; the point of the model becomes the last checkpoint of the first
 * trajectory unless it is given. */
tw_status tw_landscape_points_open(tw_study_landscape_plan *plan);
void tw_landscape_points_release(tw_landscape_points *points);
/* The rows of path `k`; of all of them, one after the other. */
tw_rows tw_landscape_rows(const tw_landscape_points *points, size_t k, size_t size);
tw_rows tw_landscape_all_rows(const tw_landscape_points *points, size_t size);

/* ---- landscape_paths.c ---- */

/* Places paths and points in the plane that is made. */
tw_status tw_landscape_paths_place(tw_study_landscape_plan *plan);
/* The range of axis 0 or 1 that holds the paths and coefficient 0; or `wanted`, the values of a
 * parameter, made as wide as the paths need, of which `border` is the whole range. */
tw_status tw_landscape_paths_range(const tw_study_landscape_plan *plan, int axis,
                                   const tw_axis *wanted, tw_axis *out);
/* The paths, with the losses of the checkpoints, their own and the plane's. */
tw_status tw_landscape_paths_losses(const tw_study_landscape_plan *plan, tw_paths *out);
tw_status tw_landscape_paths_provenance(const tw_study_plane_options *options,
                                        tw_provenance *provenance);
/* Adds "paths_hash": of where the paths lie, which the axes need not tell. */
tw_status tw_landscape_paths_hash(const tw_landscape_points *points, tw_provenance *provenance);

/* ---- landscape_axes.c ---- */

/* What directions are made from. */
tw_plane_ask tw_landscape_ask(const tw_study_landscape_plan *plan);
/* The plane, its paths, the ranges. */
tw_status tw_landscape_axes(tw_study_landscape_plan *plan);

/* ---- landscape_tolerance.c, landscape_objective.c ---- */

/* Puts the model on as few samples as `tolerance` asks for, if it is given. */
tw_status tw_landscape_tolerance(tw_study_landscape_plan *plan);
/* What points are evaluated with, and what becomes of it in the surface. */
tw_status tw_landscape_objective(tw_study_landscape_plan *plan);
void tw_landscape_objective_release(tw_study_landscape_plan *plan);

/* ---- landscape_curvature.c ---- */

/* With `curvature` the objective has it beside the losses of the model; and what of it the bits of
 * a file depend on. */
tw_status tw_landscape_curvature(tw_study_landscape_plan *plan);
tw_status tw_landscape_curvature_provenance(tw_study_landscape_plan *plan);
/* What the result says of it. */
void tw_landscape_curvature_sum_up(const tw_study_landscape_plan *plan,
                                   tw_study_landscape_result *result);
/* The curvature within the plane at its centre, beside that of random directions, and a note on
 * negative curvature that it hides. */
tw_status tw_landscape_curvature_plane(const tw_study_landscape_plan *plan,
                                       tw_study_landscape_result *result);

/* ---- landscape_summary.c, landscape_notes.c ---- */

/* The loss at the coefficients `at` of the point where they are on the grid, or NULL. */
const double *tw_landscape_center(const tw_surface *surface, const double at[2]);
/* What the summary says of the values; tells if the centre is off. */
void tw_landscape_sum_up(const tw_study_landscape_plan *plan, tw_study_landscape_result *result);
tw_status tw_landscape_notes_make(const tw_study_landscape_plan *plan,
                                  tw_study_landscape_result *result);

#endif
