/* plugin.h: what a shared object exports so that its function can be seen, differentiated and
 * walked down: `thalweg gradient ./mine.so`, or tw_plugin_open (shared_object.h).
 *
 * This header is for authors of plug-ins. It needs nothing else of thalweg, a plug-in is not linked
 * with the library, and it may be written without the header in any language that exports functions
 * of C: C++ (extern "C"), Fortran (bind(C)), Rust (#[no_mangle] extern "C"). docs/plugins.md shows
 * each; examples/ has them whole.
 *
 * The short form is two functions, and up to three more where there is something to say:
 *
 *     #include <stddef.h>
 *     size_t thalweg_size(void) { return 2; }
 *     double thalweg_value(size_t n, const double *x) { return x[0] * x[0] + 3 * x[1] * x[1]; }
 *
 *     cc -O2 -shared -fPIC mine.c -o mine.so
 *     thalweg gradient ./mine.so
 *
 * The full form is one function, thalweg_plugin, that answers a table of functions (tw_plugin); of
 * a file that has both it is the one used.
 *
 * Rules for both forms:
 *
 * - x and the other inputs are not written. The plug-in is handed a copy of x; that it wrote there
 *   is told as an error.
 * - Results are written whole: what is left unwritten is told as an error. They are not zeroed
 *   before the call.
 * - The same x gives the same answer, bit for bit.
 * - A value that is not finite is a result like others. A function that returns int returns 0, or
 *   anything else if the evaluation did not happen (no data, no memory, no convergence).
 * - Nothing leaves a function but by return: no longjmp, no exception (C++), no panic (Rust), no
 *   exit, pthread_exit or STOP (Fortran). One that crashes takes the process with it.
 * - It may leave threads and handlers behind (OpenMP does): the code stays loaded. Rounding, traps
 *   and the thread's locale are put back after each call.
 */
#ifndef THALWEG_PLUGIN_H
#define THALWEG_PLUGIN_H

#include <stddef.h>

#if defined(__GNUC__) || defined(__clang__)
#define TW_PLUGIN_API __attribute__((visibility("default")))
#else
#define TW_PLUGIN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the short form: one function, one caller at a time ---- */

/* Required: the number of parameters, > 0; and f(x). */
TW_PLUGIN_API size_t thalweg_size(void);
TW_PLUGIN_API double thalweg_value(size_t n, const double *x);
/* Optional: gradient[i] = df/dx_i; 0, or not 0 if it failed. */
TW_PLUGIN_API int thalweg_gradient(size_t n, const double *x, double *gradient);
/* Optional: value[0] + i value[1] = f(z), f continued to n complex numbers z, each a real and an
 * imaginary part (double complex of C, std::complex, complex(c_double_complex) of Fortran): the
 * same formula, branching on real parts, without modulus and conjugate (objective.h). Gradients by
 * complex steps then have no error but rounding. */
TW_PLUGIN_API int thalweg_complex(size_t n, const double *z, double *value);
/* Optional: where to begin, finite. */
TW_PLUGIN_API void thalweg_start(size_t n, double *x);

/* ---- the full form ---- */

#define TW_PLUGIN_VERSION 1

/* Roles of blocks, the numbers of enum tw_role (space.h). */
enum {
    TW_PLUGIN_WEIGHT = 0, /* matrix or convolution kernel */
    TW_PLUGIN_BIAS = 1,
    TW_PLUGIN_NORM = 2,  /* scale and shift of a normalisation layer */
    TW_PLUGIN_BUFFER = 3 /* running statistics: not trained */
};

/* Who may call at the same time. */
enum {
    TW_PLUGIN_ONE_CALLER = 0, /* one call at a time in the whole process */
    TW_PLUGIN_INSTANCES = 1,  /* different models (`create` is called for each thread) at the same
                                 time, each by one thread at a time; create and destroy too */
    TW_PLUGIN_SHARED = 2      /* one model from several threads */
};

/* A part of the parameter vector: one tensor. Blocks follow each other without gaps. */
typedef struct tw_plugin_block {
    const char *name; /* its own among the blocks: letters, digits, '_', '-', '.', at most 47 */
    int rank;         /* 0 (a scalar) ... 4 */
    size_t shape[4];  /* row-major; the first `rank` lengths, > 0 */
    int role;         /* TW_PLUGIN_WEIGHT ... TW_PLUGIN_BUFFER */
    int filter_axis;  /* axis along which filters or neurons are counted, usually 0 */
} tw_plugin_block;

/* What there is to say about a model. All is zero before `describe` is called; what stays zero is
 * not there. Pointers stay valid until the model is destroyed. */
typedef struct tw_plugin_facts {
    size_t size;                   /* required: number of parameters, > 0 */
    const double *start;           /* size doubles, finite: where to begin */
    const double *lower, *upper;   /* size doubles each: f is defined for lower <= x <= upper,
                                      infinite where there is no bound */
    const tw_plugin_block *blocks; /* block_count of them, of `size` entries in all; none: one
                                      block "x" */
    size_t block_count;
    const char *const *metrics; /* names of what `value` answers beside the loss, made as those of
                                   blocks, none "loss"; at most 15 */
    size_t metric_count;
    double noise;   /* relative rounding error of a value; default 2^-52 */
    size_t samples; /* number of data samples behind the loss */
} tw_plugin_facts;

/* `model` is what `create` answered, NULL without it; n is facts.size. Members that are NULL are
 * not there. Functions that return int return 0 for success. */
typedef struct tw_plugin {
    int version;  /* TW_PLUGIN_VERSION */
    int callers;  /* TW_PLUGIN_ONE_CALLER, TW_PLUGIN_INSTANCES or TW_PLUGIN_SHARED */
    size_t bytes; /* sizeof(tw_plugin) */

    /* ---- required ---- */

    int (*describe)(void *model, tw_plugin_facts *facts);
    /* values[0] = f(x), values[1 + k] = metric k */
    int (*value)(void *model, size_t n, const double *x, double *values);

    /* ---- optional ---- */

    /* A model from the text behind the path, "" if there is none: `--model ./mine.so:TEXT`. Without
     * `create` a text is refused. On failure nothing is left behind; `error` is asked with NULL. */
    int (*create)(const char *argument, void **model);
    void (*destroy)(void *model);
    /* One line about the last failure on this thread, or NULL. Valid until the next call. */
    const char *(*error)(void *model);

    /* gradient[i] = df/dx_i; values as in `value`, never NULL. */
    int (*gradient)(void *model, size_t n, const double *x, double *values, double *gradient);
    /* product = H(x) vector, H the Hessian of f */
    int (*hessian_product)(void *model, size_t n, const double *x, const double *vector,
                           double *product);
    /* `count` points one after the other in x (count x n); values[k * metrics + m] with metrics = 1
     * + metric_count. */
    int (*batch)(void *model, size_t n, size_t count, const double *x, double *values);
    /* differences[j] = f(x + steps[j] e_i) - f(x), i = indices[j], without the cancellation of the
     * subtraction. */
    int (*coordinate_differences)(void *model, size_t n, const double *x, size_t count,
                                  const size_t *indices, const double *steps, double *differences);
    /* As `gradient`, with the data part of the loss averaged over these samples only, each below
     * facts.samples. */
    int (*sample_gradient)(void *model, size_t n, const double *x, size_t count,
                           const size_t *samples, double *values, double *gradient);
    /* value[0] + i value[1] = f(z), as thalweg_complex */
    int (*complex_value)(void *model, size_t n, const double *z, double *value);
} tw_plugin;

/* The table: static, or at least valid until the process ends. */
TW_PLUGIN_API const tw_plugin *thalweg_plugin(void);

#ifdef __cplusplus
}
#endif

#endif
