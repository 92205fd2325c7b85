/* study_landscape.h: the loss along a line or over a plane: what 'thalweg slice' and 'thalweg
 * plane' do.
 *
 * Options say what is wanted, as a command line does. A plan is what follows from them: a model at
 * a point, a plane with its origin, the ranges of its coefficients, the metrics, and the provenance
 * by which a file is known again. It does not change. Running it gives a result. With `output` the
 * surface is saved while it is computed, and a file that holds a part of the same surface is
 * continued, so that a program that is ended and called again goes on where it was:
 *
 *     #include <stdio.h>
 *     #include <thalweg/thalweg.h>
 *
 *     int main(int argc, char **argv) {
 *         tw_study study = tw_study_defaults();
 *         tw_study_landscape_options options = tw_study_landscape_defaults(2);
 *         tw_study_landscape_plan *plan = NULL;
 *         tw_study_landscape_result result = {0};
 *         options.model.model = "mlp:64";
 *         options.model.data.source = argv[1];
 *         options.plane.trajectory = argv[2];
 *         options.adaptive = "1%";
 *         options.output = argv[3];
 *         tw_status status = tw_runner_new(0, &study.runner);
 *         if (status == TW_OK)
 *             status = tw_study_landscape_plan_new(&study, &options, &plan);
 *         if (status == TW_OK)
 *             status = tw_study_landscape_run(plan, &result);
 *         for (size_t k = 0; k < result.notes.count; k++)
 *             printf("note: %s\n", result.notes.note[k].text);
 *         if (status != TW_OK)
 *             fprintf(stderr, "%s\n", tw_message());
 *         tw_study_landscape_release(&result);
 *         tw_study_landscape_plan_free(plan);
 *         tw_runner_free(study.runner);
 *         return status == TW_OK ? 0 : 1;
 *     }
 *
 * does what 'thalweg plane mlp:64 --data DIR --trajectory a.h5 --adaptive 1% -o plane.h5' does
 * (examples/landscape.c).
 */
#ifndef THALWEG_STUDY_LANDSCAPE_H
#define THALWEG_STUDY_LANDSCAPE_H

#include "landscape.h"
#include "notes.h"
#include "study.h"
#include "study_model.h"
#include "study_plane.h"

TW_BEGIN_DECLS

/* ---- what is wanted ---- */

typedef struct tw_study_landscape_options {
    size_t bytes;
    int rank;                     /* 1: a line; 2: a plane */
    tw_study_model_options model; /* whose point the plane goes through; with a trajectory that is
                                     its last checkpoint unless the point is given */
    tw_study_plane_options plane; /* where nothing is said, of a model that has as many parameters
                                     as the plane axes, these are the axes */
    tw_axis x, y;          /* coefficients; count = 0: -1 ... 1 in 51 points, -0.5 ... 1.5 in 101
                              between points, around paths and points, of a parameter its domain.
                              first and last NaN: such a range, with about so many points */
    double border;         /* around paths or points where the range is not given, as a share of
                              their extent; NaN: 0.15, of points 0.2 */
    int test;              /* 1: the test split as well, in the same pass */
    size_t repeats;        /* of a line: along so many random directions, of seeds SEED, SEED + 1,
                              ...: their mean and the band that they fill; 1 */
    int errors;            /* 1: the standard error of every loss as well */
    const char *tolerance; /* errors, with as few samples, the same for every point, as bring each
                              standard error below this share of its loss on a coarse grid of at
                              most 9 x 9 points: "1%" or "0.01"; NULL: all samples */
    const char *adaptive;  /* points where the surface needs them, the others interpolated, with an
                              error of so much (tw_survey_adaptive): "1%" of what the loss spans, or
                              "0.01" in its units; NULL: all points */
    tw_adaptive_scale adaptive_scale;
    const char *output;     /* the surface: .h5, .npz or .csv; NULL: nowhere */
    int restart;            /* 1: whatever the file holds; 0: it is continued */
    double save_every;      /* seconds between two saves to the output; NaN: 2 */
    const char *directions; /* where the directions are written: .h5, .npz; NULL: nowhere */
    const char *projection; /* where the coordinates of the one trajectory are written, for
                               loss-landscape: .h5, .csv; NULL: nowhere */
    int curvature;          /* 1: the extreme eigenvalues of the Hessian at every point as well
                               (curvature_map.h): "min_eig", "max_eig", with errors;
                               `adaptive` goes by the loss. The rest is about these: */
    int product;            /* tw_product_source; -1: exact */
    double eig_tolerance;   /* residuals, as a share of the larger |eigenvalue|; NaN: 1e-3 */
    size_t peer_scale;      /* as loss-landscape has them: times the number of batches of so many
                               samples, and blocks of fewer than two axes stay where they are; the
                               mean over samples without it: TW_UNSET */
    int matrix;             /* tw_curvature_matrix; -1: the Hessian */
    int eig_ignore;         /* 1: blocks of fewer than two axes stay where they are ("biasbn"); 0 or
                               -1 */
    int eig_confirmed;      /* 1: nothing beyond the eigenvalues by more than their errors
                               (curvature_map.h) */
} tw_study_landscape_options;

TW_API tw_study_landscape_options tw_study_landscape_defaults(int rank);

/* Whether they agree with each other, as far as that can be told before a model is opened; plans
 * check it, too. */
TW_API tw_status tw_study_landscape_check(const tw_study_landscape_options *options);

/* ---- what follows from it ---- */

typedef struct tw_study_landscape_plan tw_study_landscape_plan;

/* Opens the model and what else the options name, and decides everything; nothing is evaluated but
 * what directions and the tolerance need. The options may go when it has returned, the study must
 * stay. In a team all ranks make the same call: it fails on all of them where it fails on one, or
 * where they are not at the same landscape of the same data. *out is owned by the caller, NULL
 * after a failure. */
TW_API tw_status tw_study_landscape_plan_new(const tw_study *study,
                                             const tw_study_landscape_options *options,
                                             tw_study_landscape_plan **out);
/* The same with a model that is open already, whatever options->model says; the plan owns it,
 * whether the call succeeds or not. */
TW_API tw_status tw_study_landscape_plan_on(const tw_study *study, tw_study_model *model,
                                            const tw_study_landscape_options *options,
                                            tw_study_landscape_plan **out);
/* NULL is allowed. */
TW_API void tw_study_landscape_plan_free(tw_study_landscape_plan *plan);

/* What was decided; valid as long as the plan. */
TW_API const tw_study_model *tw_study_landscape_plan_model(const tw_study_landscape_plan *plan);
TW_API const tw_plane *tw_study_landscape_plan_plane(const tw_study_landscape_plan *plan);
/* Axis 0 or 1. */
TW_API tw_axis tw_study_landscape_plan_axis(const tw_study_landscape_plan *plan, int axis);
/* What files of the result carry: the keys of the model, then x, y, dx, dy and what else the
 * options decide, and hashes of the vectors that came of them. */
TW_API const tw_provenance *tw_study_landscape_plan_provenance(const tw_study_landscape_plan *plan);

/* ---- what comes out ---- */

typedef struct tw_study_landscape_summary {
    double center;     /* the loss at the model's point, evaluated like the points of the grid */
    int center_is_off; /* farther from the model's own loss than rounding takes it */
    double model_loss; /* the model's own, */
    double test_loss;  /* and on the test split; NaN without */
    double minimum, maximum; /* of the evaluated points; NaN where none is finite */
    double minimum_x, minimum_y;
    double error;   /* the largest standard error over its loss; NaN without errors */
    size_t samples; /* of the data, behind every point */
    size_t points;
    size_t continued;  /* of them, taken from the file */
    size_t not_finite; /* of them */
    double seconds;
} tw_study_landscape_summary;

/* Of the points that were evaluated. */
typedef struct tw_study_landscape_curvature {
    int used;
    double least, greatest; /* the least min_eig, the greatest max_eig; NaN where none is finite */
    double error;           /* the largest error of the points over the larger |eigenvalue| there */
    double ratio[2];        /* tw_curvature_ratio, the least and the greatest */
    size_t negative;        /* points with a min_eig below 0 by more than its error */
    size_t not_finite;      /* points where a product is not */
    size_t points;          /* that were evaluated */
    double products;        /* matrix-vector products behind them */
    double factor;          /* that eigenvalues are multiplied by: 1 but for peer_scale */
    char note[256];         /* on what the Hessian does not see; "": nothing to say */

    /* At the point of the grid nearest to the model's point (tw_curvature_of_plane): */
    size_t directions; /* random ones; 0: it could not be had, and nothing of it is here */
    double at[2];      /* the coefficients of that point */
    double plane[2];   /* second derivatives along unit vectors in the plane, least and greatest; */
    double random, random_error; /* of random directions like the axes: mean, standard error; */
    double point_least;          /* and the min_eig there */
    char hidden[400];            /* on negative curvature that the plane hides; "": none */
    char missed[200];            /* on a tolerance that errors stayed above; "": none */
} tw_study_landscape_curvature;

typedef struct tw_study_landscape_adaptive {
    int used;
    double tolerance; /* as given: a share, or in units of the loss where absolute */
    int absolute;
    tw_adaptive_report report;
    tw_adaptive_error *errors; /* one a metric of the surface */
} tw_study_landscape_adaptive;

typedef struct tw_study_landscape_notes {
    size_t count;
    tw_note note[TW_NOTES_MOST];
    char bounds[400];     /* on points that leave the model's bounds, or where running variances
                             would fall below 0; "": nothing to say */
    char other_data[256]; /* on a trajectory that was made on other data; likewise */
    size_t barriers;      /* of lines between two points: of the training loss and, where there is
                             one, the test loss */
    struct {
        const char *metric; /* a name of the surface */
        tw_barrier barrier;
    } barrier[2];
} tw_study_landscape_notes;

/* Zero it, run, release; release copes with a zeroed one. */
typedef struct tw_study_landscape_result {
    tw_surface surface;
    tw_study_landscape_summary summary;
    tw_study_landscape_adaptive adaptive;
    tw_paths paths;      /* the trajectories, or the two or three points, in the plane */
    size_t trajectories; /* how many of the paths are trajectories: all or none */
    double share;        /* of the trajectories that the plane holds; NaN without */
    tw_study_landscape_notes notes;
    tw_study_landscape_curvature curvature;
} tw_study_landscape_result;

/* Computes it, and writes what the options name. While another process writes to the same output it
 * waits. TW_ERR_CANCELLED where the study is interrupted: what there is is saved then, and the same
 * plan goes on from there. In a team all ranks make the same call; rank 0 has the result and the
 * files, the others' surfaces hold nothing. */
TW_API tw_status tw_study_landscape_run(const tw_study_landscape_plan *plan,
                                        tw_study_landscape_result *out);
TW_API void tw_study_landscape_release(tw_study_landscape_result *result);

TW_END_DECLS

#endif
