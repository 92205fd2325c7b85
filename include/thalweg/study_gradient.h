/* study_gradient.h: the gradient of a model at its point, by a method with a name, and what is read
 * off it: the step-size study, and the sweep of one coordinate.
 *
 *     tw_study_gradient *gradient = NULL;
 *     tw_study_gradient_options options = tw_study_gradient_defaults();
 *     options.bars = 1;
 *     if (tw_study_gradient_run(model, &options, &gradient) == TW_OK)
 *         tw_study_gradient_write(gradient, "g.npy", NULL);
 *     tw_study_gradient_free(gradient);
 */
#ifndef THALWEG_STUDY_GRADIENT_H
#define THALWEG_STUDY_GRADIENT_H

#include "file.h"
#include "study_model.h"

TW_BEGIN_DECLS

/* The methods of differences by their numbers (diff.h), then "analytic", the model's own formula;
 * NULL past the end. */
TW_API const char *tw_study_gradient_method(size_t index);

typedef struct tw_study_gradient_options {
    size_t bytes;
    int method;  /* position in tw_study_gradient_method; forward differences for a model that has a
                    difference_step; else the ladder, or central differences where a step is given
                    or parameters are more than 1,000 */
    double step; /* h of forward and central differences, 0: one for each coordinate, from the noise
                    of the loss; the model's difference_step */
    int bars;    /* an error bar for every entry; TW_ERR_ARGUMENT with the model's own formula */
} tw_study_gradient_options;

TW_API tw_study_gradient_options tw_study_gradient_defaults(void);

typedef struct tw_study_gradient {
    size_t bytes;
    const tw_study_model *model; /* which must outlive this */
    const char *method;
    double loss;
    double norm, max;              /* Euclidean; the largest absolute entry */
    double step;                   /* h; NaN for analytic */
    double bar;                    /* the largest error bar; NaN if none was taken */
    size_t unknown, first_unknown; /* entries that are not finite, without those that bounds hold */
    unsigned long long evaluations;
    double seconds;
    double *gradient; /* model->size numbers, */
    double *bars;     /* and their error bars; NULL: not wanted */
} tw_study_gradient;

/* Takes the gradient at model->x; *out is owned by the caller, NULL after a failure. Entries that
 * are not finite are not a failure (tw_study_gradient_finite). */
TW_API tw_status tw_study_gradient_run(const tw_study_model *model,
                                       const tw_study_gradient_options *options,
                                       tw_study_gradient **out);
/* NULL is allowed. */
TW_API void tw_study_gradient_free(tw_study_gradient *gradient);

/* TW_ERR_CALLBACK where entries are not finite, with the first of them and a remedy. */
TW_API tw_status tw_study_gradient_finite(const tw_study_gradient *gradient);

/* Where the error bars of a gradient in `path` go: g.bars.npy beside g.npy. *out is to be freed.
 * TW_ERR_ARGUMENT for a path that ends neither in .npy nor in .h5. */
TW_API tw_status tw_study_gradient_bars_path(const char *path, char **out);

/* Writes the gradient in the shape of the parameters to `path` (.npy, .npz or .h5), its bars beside
 * it where there are some, and the sweep of its largest entry to `sweep` (tw_study_sweep). Either
 * may be NULL. Each is tried, whatever becomes of those before; the first failure is told. */
TW_API tw_status tw_study_gradient_write(const tw_study_gradient *gradient, const char *path,
                                         const char *sweep);

/* ---- the step-size study ---- */

typedef struct tw_study_steps_options {
    size_t bytes;
    tw_study_gradient_options gradient; /* how the gradient is taken */
    tw_numbers steps;                   /* the sizes to try; 1e-10, 1e-9, ..., 1e-1 */
} tw_study_steps_options;

TW_API tw_study_steps_options tw_study_steps_defaults(void);

typedef struct tw_study_steps {
    size_t bytes;
    tw_study_gradient *gradient;
    size_t count;
    double *steps, *losses; /* losses[k] is that of x - steps[k] gradient */
    size_t best;            /* position of the lowest finite loss; `count`: none is finite */
    tw_table table;         /* of the kind "steps": step and loss, the first row the point itself */
} tw_study_steps;

/* The loss along the gradient, all steps as one span. TW_ERR_CALLBACK if the gradient is not
 * finite. *out is owned by the caller, NULL after a failure. */
TW_API tw_status tw_study_steps_run(const tw_study_model *model,
                                    const tw_study_steps_options *options, tw_study_steps **out);
TW_API void tw_study_steps_free(tw_study_steps *steps);

/* Writes the table to `path` (.csv or .h5) and its picture to `picture`; either may be NULL. */
TW_API tw_status tw_study_steps_write(const tw_study_steps *steps, const char *path,
                                      const char *picture);

/* ---- the sweep of a coordinate ---- */

/* Sweeps the step of differences along coordinate `index` at model->x (sweep.h) and writes it to
 * `path`: a picture, or a table of h and both errors (.csv). The reader is told the derivative, the
 * best steps, and what is unusual. */
TW_API tw_status tw_study_sweep(const tw_study_model *model, size_t index, const char *path);

TW_END_DECLS

#endif
