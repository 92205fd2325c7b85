/* objective.h: the loss function as the rest of the library sees it.
 *
 * An objective maps a parameter vector x (n doubles) to a loss f(x) and any further metrics that it
 * declares. It is a small table of operations; `value` is all that a user must write, the other
 * operations answer whole families of questions faster where the structure of the loss is known.
 * Landscapes, numerical derivatives and optimisers call only the front door below
 * (tw_objective_...), which supplies the slow general answer wherever an operation is missing or
 * declines. A missing gradient is never replaced by finite differences silently; see diff.h.
 *
 * The shortest use:
 *
 *     static double bowl(size_t n, const double *x, void *user) {
 *         double sum = 0;
 *         for (size_t i = 0; i < n; i++)
 *             sum += x[i] * x[i];
 *         return sum;
 *     }
 *     tw_objective *f;
 *     tw_objective_from_function(bowl, NULL, 3, &f);
 *     tw_diff_gradient(f, x, NULL, g, NULL);
 *     tw_objective_free(f);
 *
 * Rules for the callbacks: the caller's x is never written (but by `settle`, in buffers); the
 * status is returned and results go through pointers; a value that is not finite is data, an error
 * status means that the evaluation did not happen. Any operation but `value` may answer
 * TW_DECLINED: it is then not there for this question.
 */
#ifndef THALWEG_OBJECTIVE_H
#define THALWEG_OBJECTIVE_H

#include <stddef.h>
#include <stdint.h>

#include "metric.h"
#include "run.h"
#include "space.h"
#include "status.h"

TW_BEGIN_DECLS

typedef struct tw_objective tw_objective;

/* What an objective can do by itself. */
enum {
    TW_CAN_BATCH = 1,
    TW_CAN_SPAN = 2,
    TW_CAN_COORDINATES = 4,
    TW_CAN_GRADIENT = 8,
    TW_CAN_HESSIAN_PRODUCT = 16,
    TW_CAN_SAMPLE_GRADIENT = 32,
    TW_CAN_CONCURRENT = 64, /* value may be called from several threads, or clone is given */
    TW_CAN_COMPLEX = 128,
    TW_CAN_SETTLE = 512,
    TW_CAN_GAUSS_NEWTON = 1024,
    TW_CAN_CURVATURE_DIAGONAL = 2048 /* it may still decline, for one matrix or for both */
};

/* Matrices of second derivatives. For a loss f(x) = mean_i l_i(s_i(x)) + r(x) of outputs s_i, with
 * J_i = ds_i/dx and H_i the Hessian of l_i in the outputs,
 *
 *   Hessian       H = mean_i (J_i' H_i J_i + sum_c dl_i/ds_ic  d2s_ic/dx2) + r''
 *   Gauss-Newton  G = mean_i  J_i' H_i J_i + r''
 *
 * (Schraudolph, Neural Computation 14, 2002). G has no negative eigenvalue where losses are convex
 * in the outputs, and is H where these are linear in x. */
typedef enum tw_curvature_matrix { TW_MATRIX_HESSIAN, TW_MATRIX_GAUSS_NEWTON } tw_curvature_matrix;

/* How the points of a span will be asked for: row by row, those of a row sharing their
 * last coefficient, or scattered over many rows. It is a matter of speed; values may differ by
 * rounding between the two. */
typedef enum tw_span_how { TW_SPAN_ROWS, TW_SPAN_SCATTERED } tw_span_how;

/* Samples behind one estimate of a gradient. */
typedef struct tw_batch {
    const size_t *samples; /* each below the objective's `samples` */
    size_t count;
    uint64_t draw; /* names what is drawn for this batch (augmentation, dropout), by counter
                      (rng.h): the same draw of the same samples is the same, bit for bit */
} tw_batch;

/* The operations. Zero the struct and fill in what there is: `static const tw_objective_ops ops =
 * { .value = f, ... }`. `ctx` is yours. */
typedef struct tw_objective_ops {
    size_t bytes; /* sizeof(tw_objective_ops), or 0 (thalweg.h) */
    /* ---- required ---- */

    /* values[0] = f(x); values[k] = the further metrics, in the order of `metrics`. */
    tw_status (*value)(void *ctx, size_t n, const double *x, double *values);

    /* ---- optional, with a default: only speed is at stake ---- */

    /* values[k * metrics + m] for `count` points laid one after the other in `x` (count x n).
     * Those of a point depend on it alone, not on the others asked for with it. Default: a loop
     * over `value`, over threads where that is allowed. */
    tw_status (*batch)(void *ctx, size_t n, size_t count, const double *x, double *values);

    /* A span is the affine set origin + sum_k c_k directions[k]. Open does the work that all its
     * points share; values answers any number of coefficient vectors (count x rank, row-major) in
     * any order and any number of times: values[j * metrics + m] depends on coefficient vector j
     * alone, bit for bit, not on the others asked for with it. Vectors passed to open must stay
     * until close. Buffers that would leave their range beyond the points origin + directions[k]
     * may stop there. Default: the points are formed and go to `batch`, if it is given, or `value`.
     */
    tw_status (*span_open)(void *ctx, size_t n, const double *origin, size_t rank,
                           const double *const *directions, tw_span_how how, void **span);
    tw_status (*span_values)(void *ctx, void *span, size_t count, const double *coefficients,
                             double *values);
    void (*span_close)(void *ctx, void *span);

    /* differences[j] = f(x + steps[j] e_{indices[j]}) - f(x), without the cancellation of the
     * subtraction where the structure allows it. Default: f at the moved points, by `batch` or
     * `value`, minus f(x). */
    tw_status (*coordinate_differences)(void *ctx, size_t n, const double *x, size_t count,
                                        const size_t *indices, const double *steps,
                                        double *differences);

    /* ---- optional, without a default: the front door answers TW_ERR_UNSUPPORTED ---- */

    /* gradient[i] = df/dx_i (a subgradient where f has a kink); values as in `value` where not
     * NULL. What is written into buffers, here and by the operations below, is not looked at: the
     * front door answers 0 there, and hands out vectors that are 0 there. */
    tw_status (*gradient)(void *ctx, size_t n, const double *x, double *values, double *gradient);

    /* products[k] = H(x) vectors[k] for k < count, H the Hessian of f; both are count x n,
     * row-major. A product depends on its own vector alone. */
    tw_status (*hessian_products)(void *ctx, size_t n, const double *x, size_t count,
                                  const double *vectors, double *products);

    /* As `gradient`, with the data part of the loss averaged over the samples of the batch only. */
    tw_status (*sample_gradient)(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                 double *values, double *gradient);

    /* value[0] + i value[1] = f(x + i y), the loss continued to complex parameters: i is the
     * imaginary unit, x and y are n doubles each. Im f(x + i h e_k) / h is df/dx_k for any tiny h,
     * with no difference taken and no digit lost (Squire and Trapp, SIAM Review 40 (1998)).
     * It must be the same formula as `value`, in analytic functions only. What is not analytic has
     * to branch on the real part (Martins, Sturdza and Alonso, ACM TOMS 29 (2003)): |z| is z or -z
     * by the sign of Re z, max(a, b) the one of larger real part; never the modulus or the
     * conjugate. A real-valued square is z * z, not z times its conjugate. Called like `value`:
     * from several threads where that is. */
    tw_status (*complex_value)(void *ctx, size_t n, const double *x, const double *y,
                               double *value);

    /* Brings the buffers in x (blocks of TW_ROLE_BUFFER: running statistics) to what they are after
     * a step taken with this batch, or, where batch is NULL, to what all samples give at x. The one
     * operation that writes x, and only there: the loss is a function of all of x, buffers
     * included, and no other operation moves them. */
    tw_status (*settle)(void *ctx, size_t n, double *x, const tw_batch *batch);

    /* ---- lifecycle ---- */

    /* A second context for another thread. Without it, and unless `concurrent` is set, only one
     * thread at a time calls this objective. */
    tw_status (*clone)(void *ctx, void **copy);
    /* Frees a context; if set, the objective owns `ctx` from a successful tw_objective_new on. */
    void (*destroy)(void *ctx);

    /* Several threads may call the operations on one ctx at the same time. */
    int concurrent;

    /* ---- optional, without a default; added later: give `bytes` ---- */

    /* products[k] = G(x) vectors[k], G the Gauss-Newton matrix; as hessian_products. */
    tw_status (*gauss_newton_products)(void *ctx, size_t n, const double *x, size_t count,
                                       const double *vectors, double *products);

    /* diagonal[i] = H_ii, or G_ii, exactly, without any random vector: where the structure gives
     * it. The trace and those of blocks are its sums. */
    tw_status (*curvature_diagonal)(void *ctx, size_t n, const double *x,
                                    tw_curvature_matrix matrix, double *diagonal);
} tw_objective_ops;

/* What there is to say about an objective beside its operations; zero or NULL means the default. */
typedef struct tw_objective_traits {
    size_t bytes;             /* sizeof(tw_objective_traits), or 0 (thalweg.h) */
    const char *name;         /* default "objective"; copied */
    const tw_metric *metrics; /* the first being the loss, ended by one without a name (metric.h);
                                 default {"loss"} alone; copied */
    tw_space *space;          /* taken over on success; default: one block "x" */
    double noise;             /* relative rounding error of a value; default 2^-52 */
    size_t samples;           /* number of data samples behind the loss; 0: none */
    const double *start;      /* n doubles: where to begin; NULL: anywhere; copied */
    const double *lower;      /* n doubles each: f is defined for lower <= x <= upper (infinite */
    const double *upper;      /* where there is no bound); NULL: no bounds; copied */
    double precision;  /* unit roundoff of what the operations compute in: 2^-53 (the default) for
                          double, 2^-24 for single precision; what answers may differ by that ought
                          to be the same goes by it */
    int prefers_rows;  /* points of a span that share their last coefficient cost little more
                          together than one of them: surveys go by whole rows then */
    int train_differs; /* sample_gradient is not that of `value`, even over all samples: statistics
                          of the batch, augmentation, dropout */
    size_t chain; /* a point of a span is computed from the one before it on the grid, along rows
                     that are cut after every `chain` points: surveys go by rows then, and give
                     each piece to one worker, in order. Values are what they are in any order.
                     0: no */
} tw_objective_traits;

/* Makes an objective of n > 0 parameters. `ops` is copied; `traits` may be NULL. On success the
 * objective owns ctx if ops->destroy is set, and traits->space; on failure the caller still does.
 * *out is owned by the caller. TW_ERR_ARGUMENT if the start is not finite or not within the bounds,
 * or a lower bound is not below or at the upper one. */
TW_API tw_status tw_objective_new(const tw_objective_ops *ops, void *ctx, size_t n,
                                  const tw_objective_traits *traits, tw_objective **out);

/* A function of n numbers in the shortest form. `user` is passed on and not owned. The function
 * must be callable from several threads at once; if yours is not, use tw_objective_new. */
typedef double (*tw_function)(size_t n, const double *x, void *user);
TW_API tw_status tw_objective_from_function(tw_function function, void *user, size_t n,
                                            tw_objective **out);

/* The same with its gradient: `gradient` writes n numbers, df/dx_i. For gradcheck.h, among others.
 */
typedef void (*tw_gradient_function)(size_t n, const double *x, double *gradient, void *user);
TW_API tw_status tw_objective_from_functions(tw_function function, tw_gradient_function gradient,
                                             void *user, size_t n, tw_objective **out);

/* Destroys the objective and, if it owns it, the context. NULL is allowed. */
TW_API void tw_objective_free(tw_objective *objective);

/* The runner on which defaults (batch, span, coordinate differences) spread over threads; NULL (the
 * state after tw_objective_new) keeps them on the calling thread. Not owned; must outlive its use.
 */
TW_API void tw_objective_set_runner(tw_objective *objective, tw_runner *runner);
TW_API tw_runner *tw_objective_runner(const tw_objective *objective);

/* What tw_objective_new was given: the name, the number of parameters, their blocks, samples,
 * noise. Valid as long as the objective. */
TW_API const char *tw_objective_name(const tw_objective *objective);
TW_API size_t tw_objective_size(const tw_objective *objective);
TW_API const tw_space *tw_objective_space(const tw_objective *objective);
TW_API size_t tw_objective_samples(const tw_objective *objective);
TW_API double tw_objective_noise(const tw_objective *objective);
TW_API double tw_objective_precision(const tw_objective *objective);
TW_API int tw_objective_prefers_rows(const tw_objective *objective);
TW_API int tw_objective_train_differs(const tw_objective *objective);
TW_API size_t tw_objective_chain(const tw_objective *objective);
/* tw_objective_size doubles each, valid as long as the objective, or NULL where it names none. */
TW_API const double *tw_objective_start(const tw_objective *objective);
TW_API const double *tw_objective_lower(const tw_objective *objective);
TW_API const double *tw_objective_upper(const tw_objective *objective);
/* TW_CAN_... bits. */
TW_API unsigned tw_objective_capabilities(const tw_objective *objective);
/* Number of metrics (at least 1); metric `index`, and its name in full (NULL past the end). From
 * index 0 on they are a list as in metric.h. Valid as long as the objective. */
TW_API size_t tw_objective_metrics(const tw_objective *objective);
TW_API const tw_metric *tw_objective_metric(const tw_objective *objective, size_t index);
TW_API const char *tw_objective_metric_name(const tw_objective *objective, size_t index);
/* Position of a metric (tw_metric_same), or -1. */
TW_API int tw_objective_metric_find(const tw_objective *objective, const tw_metric *wanted);
/* Number of points at which the loss has been evaluated in full so far through the front door; a
 * structured answer counts the points or coordinates that it answered. */
TW_API unsigned long long tw_objective_evaluations(const tw_objective *objective);

/* The front door. Arguments as in tw_objective_ops. */
TW_API tw_status tw_objective_value(tw_objective *objective, const double *x, double *values);
TW_API tw_status tw_objective_batch(tw_objective *objective, size_t count, const double *x,
                                    double *values);
TW_API tw_status tw_objective_gradient(tw_objective *objective, const double *x, double *values,
                                       double *gradient);
TW_API tw_status tw_objective_sample_gradient(tw_objective *objective, const double *x,
                                              const tw_batch *batch, double *values,
                                              double *gradient);
TW_API tw_status tw_objective_hessian_products(tw_objective *objective, const double *x,
                                               size_t count, const double *vectors,
                                               double *products);
/* Of one vector. */
TW_API tw_status tw_objective_hessian_product(tw_objective *objective, const double *x,
                                              const double *vector, double *product);
TW_API tw_status tw_objective_gauss_newton_products(tw_objective *objective, const double *x,
                                                    size_t count, const double *vectors,
                                                    double *products);
TW_API tw_status tw_objective_curvature_diagonal(tw_objective *objective, const double *x,
                                                 tw_curvature_matrix matrix, double *diagonal);
TW_API tw_status tw_objective_complex_value(tw_objective *objective, const double *x,
                                            const double *y, double *value);
TW_API tw_status tw_objective_coordinate_differences(tw_objective *objective, const double *x,
                                                     size_t count, const size_t *indices,
                                                     const double *steps, double *differences);
/* Only buffers are written: where the operation has written anything else, or fails, x is put back
 * as it was (TW_ERR_CALLBACK). */
TW_API tw_status tw_objective_settle(tw_objective *objective, double *x, const tw_batch *batch);

typedef struct tw_span tw_span;

/* Opens origin + sum_k c_k directions[k] (rank >= 1). The vectors must stay until close. On success
 * *out is owned by the caller; on failure nothing is left behind. */
TW_API tw_status tw_span_open(tw_objective *objective, const double *origin, size_t rank,
                              const double *const *directions, tw_span_how how, tw_span **out);
/* values[j * metrics + m] at coefficient vector j (count x rank, row-major). */
TW_API tw_status tw_span_values(tw_span *span, size_t count, const double *coefficients,
                                double *values);
TW_API void tw_span_close(tw_span *span);

/* The same objective with its optional operations hidden but those in `keep` (TW_CAN_... bits): the
 * slow general way, against which fast ones are tested and measured. The inner objective is not
 * owned and must outlive the wrapper. */
TW_API tw_status tw_objective_plain(tw_objective *inner, unsigned keep, tw_objective **out);

/* Two objectives of one parameter space as one, such as a model on its training and on its test
 * data: value and span answer the metrics of the first and, after them, those of the second, which
 * become metrics of `split` ("test"). The loss, and what else there is to say, is the first's.
 * Neither is owned; both must outlive the join. TW_ERR_SHAPE if they differ in size. */
TW_API tw_status tw_objective_join(tw_objective *first, tw_objective *second, const char *split,
                                   tw_objective **out);

/* A band of lines: an objective whose spans of rank 1 go along `count` directions at once (count x
 * the size of `inner`), whatever direction they are opened with. For every metric of `inner` it has
 * three: the mean over the directions, the least and the greatest (tw_metric_band). One that is not
 * a number in any direction is none in all three. At single points all three are the
 * metric. What else there is to say is what `inner` says. Nothing is owned; `inner` and
 * `directions` must outlive it. */
TW_API tw_status tw_objective_repeat(tw_objective *inner, size_t count, const double *directions,
                                     tw_objective **out);

TW_END_DECLS

#endif
