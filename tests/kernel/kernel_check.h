/* kernel_check.h: what the checks of single kernels share: the list of rows, arrays between guards,
 * comparison with a value read from the formula, and a clock.
 *
 * A row is one member of tw_kernels. Its check calls the kernel of one level over awkward shapes
 * and numbers, and compares with the formula of kernels.h, written here in long double and in no
 * particular hurry. test_kernels.c fails where a member of tw_kernels has no row.
 */
#ifndef TW_TESTS_KERNEL_CHECK_H
#define TW_TESTS_KERNEL_CHECK_H

#include <float.h>
#include <math.h>

#include "kernel/kernels.h"
#include "support.h"

/* The rows: the kernel, and what one call that is timed works on (an element is what is counted in
 * the last column). */
#define KERNEL_ROWS(X)                                                                             \
    X(scores, "256 images of 3072 bytes, 10 columns", "multiply-add")                              \
    X(scores_of, "256 images of 3072 doubles, 10 columns", "multiply-add")                         \
    X(accumulate, "256 images of bytes, 16 features, 10 columns", "multiply-add")                  \
    X(softmax, "256 images, 10 classes", "score")                                                  \
    X(softmax_panel, "32 images, 10 classes, with probabilities", "score")                         \
    X(softmax_changes, "32 images, 10 classes", "score")                                           \
    X(log_products, "256 images, 10 classes, 16 features, groups of 256", "logarithm")             \
    X(exponentials, "256 images of bytes, 16 features", "exponential")                             \
    X(softmax_points, "9 other classes, 51 x 51 points", "point")                                  \
    X(softmax_flush, "4096 points", "point")                                                       \
    X(hinge_points, "9 other classes, 51 x 51 points", "point")                                    \
    X(dots, "24 x 24 products of 1024 numbers", "multiply-add")                                    \
    X(multiply, "64 rows, 64 deep, 2 panels", "multiply-add")                                      \
    X(add_products, "64 rows, 64 deep, 256 columns", "multiply-add")                               \
    X(add_products_single, "64 rows, 64 deep, 256 columns", "multiply-add")                        \
    X(sample_panel, "32 images, 64 features of bytes", "number")                                   \
    X(feature_panel, "256 images, 32 features of bytes", "number")                                 \
    X(units, "tanh(u + a v), 4096 units", "unit")                                                  \
    X(unit_changes, "tanh, 4096 units", "unit")                                                    \
    X(relu_row, "512 units, 10 classes, 51 points", "unit and point")                              \
    X(winograd_weights, "64 x 64 channels", "weight")                                              \
    X(winograd_weights_adjoint, "64 x 64 channels", "weight")                                      \
    X(winograd_scratch, "sizes", "call")                                                           \
    X(winograd, "16 images of 16 channels, 32 x 32", "multiply-add that is meant")                 \
    X(winograd_adjoint, "16 images of 16 channels, 32 x 32", "multiply-add that is meant")         \
    X(exp, "4096 numbers", "number")                                                               \
    X(log, "4096 numbers", "number")                                                               \
    X(log1p, "4096 numbers", "number")                                                             \
    X(expm1, "4096 numbers", "number")                                                             \
    X(tanh, "4096 numbers", "number")

typedef struct kernel_timer kernel_timer;

#define KERNEL_DECLARE(name, load, element)                                                        \
    void check_##name(const tw_kernels *kernels);                                                  \
    void measure_##name(const tw_kernels *kernels, kernel_timer *timer);
KERNEL_ROWS(KERNEL_DECLARE)
#undef KERNEL_DECLARE

/* ---- where we are, for messages ---- */

void kernel_at(const char *kernel, const char *level);

/* ---- arrays between guards ---- */

/* Arrays that end 0 to 8 doubles before a page that nobody may touch, in turn, with known bytes
 * between and before: so they begin at every alignment that doubles have. Filled with GUARD_NUMBER.
 * They live until guards_release. */
double *guarded_doubles(size_t count);
void *guarded_bytes(size_t size);
/* One that begins at a multiple of 64 bytes. */
double *guarded_aligned(size_t count);
/* The array must not be written to from now on: doing so ends the program with the kernel's name.
 */
const void *guarded_input(const void *array);
/* A copy of `count` numbers, as an input. */
const double *guarded_copy(const double *numbers, size_t count);
/* Fails the test if a byte beside an array has changed. */
void guards_check(void);
void guards_release(void);
/* From now on all arrays of doubles begin at multiples of 64 bytes. */
void guards_for_timing(void);

#define GUARD_NUMBER 0x1.a5a5a5a5a5a5ap+420 /* 5a in all bytes but the first two */

/* Fails the test unless the numbers are what guarded_doubles has left there. */
void expect_untouched(const char *what, const double *numbers, size_t count);

/* ---- numbers ---- */

/* The k-th number of a stream: uniform in (-1, 1). */
double number(uint64_t stream, size_t k);
/* Fills an array with scale times the numbers of a stream. */
void fill_numbers(double *out, size_t count, double scale, uint64_t stream);
/* Infinity, NaN, -0, denormal, huge and the like, in turn. */
enum { SPECIALS = 8 };
extern const double special_numbers[SPECIALS];

/* Samples with means, as inputs between guards. */
tw_samples make_samples(int bytes, size_t count, size_t features, uint64_t stream);
/* x - mean of one feature, without rounding. */
long double centred(const tw_samples *samples, size_t row, size_t feature);
size_t padded_to(size_t count, size_t step);

/* ---- comparison ---- */

/* |got - truth| <= tolerance; where the truth is no finite double, the same of infinity and NaN. */
void expect_near(const char *what, size_t at, double got, long double truth, double tolerance);
/* The same bits; any NaN equals any. */
void expect_bits(const char *what, size_t at, double got, double wanted);
void expect_all_bits(const char *what, const double *got, const double *wanted, size_t count);

/* ---- time ---- */

struct kernel_timer {
    size_t left, batch, batches;
    double start, best; /* seconds; of one call */
    double elements;    /* of one call */
};

void timer_begin(kernel_timer *timer, double elements);
int timer_batch_done(kernel_timer *timer);

/* Whether to call the kernel once more: TIMED(timer, elements) kernels->dots(...); */
static inline int timer_goes_on(kernel_timer *timer) {
    return --timer->left > 0 || timer_batch_done(timer);
}
#define TIMED(timer, elements) for (timer_begin(timer, elements); timer_goes_on(timer);)

#endif
