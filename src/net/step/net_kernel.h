/* net_kernel.h: what a step of a program computes, and its derivatives.
 *
 * A step takes some tensors to one. Sizes and settings are in its plan, which is made when the
 * program is built and never written afterwards; what a thread writes while it computes is in a
 * state of its own. With y = k(a, b, ...), ga for the derivative of the loss by a, and da for how a
 * moves along a direction:
 *
 *   forward           y = k(a, b, ...)
 *   backward          ga += (dk/da)' gy, for every input whose place in `gin` is not NULL
 *   tangent           dy = sum (dk/da) da, over the inputs whose place in `din` is not NULL
 *   backward_tangent  dga += (dk/da)' dgy + (d/dt of dk/da)' gy, the derivative of `backward` when
 *                     a, b, ... move along din (NULL: does not move) and gy along dgy
 *
 * The last two give the Hessian's product with a vector, exactly (Pearlmutter, "Fast exact
 * multiplication by the Hessian", Neural Computation 6, 1994). A kernel may give fewer:
 *
 *   FLAT      no derivative ever passes (comparisons, signs): forward alone
 *   LINEAR    of one input, or linear in all of them together: y = sum A_i a_i. forward and
 *             backward; the others follow.
 *   BILINEAR  of two inputs, linear in each: forward and backward; the others follow
 *   GENERAL   all four
 *
 * A step that is the first to contribute to an adjoint may write it rather than add to it, which
 * saves that it is set to 0 and read. A kernel that can gives `backward_into` in place of
 * `backward` (and `backward_tangent_into`): where fresh[i], gin[i] is not NULL, is no other
 * input's, has what nobody wants, and is wholly written. Such a pair of a GENERAL kernel may leave
 * in `gout` and in `dgout`, the adjoints of its own result, what it wants to find there when it
 * goes back along another direction.
 *
 * `point`, where a kernel has it, is called before `forward` (or before the tangents, tangent = 1)
 * whenever the numbers of inputs that do not depend on the samples have changed: what can be done
 * once a point, such as laying weights out, is done there, into the state.
 *
 * Pieces of one batch are computed on one thread each, so that a kernel starts none. Sums go in
 * one order, whatever the machine.
 */
#ifndef TW_NET_STEP_NET_KERNEL_H
#define TW_NET_STEP_NET_KERNEL_H

#include <stddef.h>

#include "net/step/net_real.h"
#include "thalweg/status.h"

typedef enum tw_net_kernel_kind {
    TW_NET_GENERAL,
    TW_NET_LINEAR,
    TW_NET_BILINEAR,
    TW_NET_FLAT
} tw_net_kernel_kind;

/* The functions for one number type: tw_net_functions_f32 and _f64. `state` is NULL for kernels
 * without one. Arrays of an input and of an output never overlap. */
#define TW_NET_FUNCTIONS(number, suffix)                                                           \
    typedef struct tw_net_functions_##suffix {                                                     \
        tw_status (*forward)(const void *plan, void *state, const number *const *in, number *out); \
        tw_status (*backward)(const void *plan, void *state, const number *const *in,              \
                              const number *out, const number *gout, number *const *gin);          \
        tw_status (*tangent)(const void *plan, void *state, const number *const *in,               \
                             const number *const *din, const number *out, number *dout);           \
        tw_status (*backward_tangent)(const void *plan, void *state, const number *const *in,      \
                                      const number *const *din, const number *out,                 \
                                      const number *dout, const number *gout, const number *dgout, \
                                      number *const *dgin);                                        \
        tw_status (*point)(const void *plan, void *state, const number *const *in, int tangent);   \
        tw_status (*backward_into)(const void *plan, void *state, const number *const *in,         \
                                   const number *out, number *gout, number *const *gin,            \
                                   const unsigned char *fresh);                                    \
        tw_status (*backward_tangent_into)(const void *plan, void *state, const number *const *in, \
                                           const number *const *din, const number *out,            \
                                           const number *dout, const number *gout, number *dgout,  \
                                           number *const *dgin, const unsigned char *fresh);       \
    } tw_net_functions_##suffix;
TW_NET_FUNCTIONS(float, f32)
TW_NET_FUNCTIONS(double, f64)

typedef struct tw_net_kernel {
    const char *name; /* "convolution": for reports */
    tw_net_kernel_kind kind;
    const tw_net_functions_f32 *f32; /* NULL where a kernel is for the other type alone */
    const tw_net_functions_f64 *f64;

    /* The rest may be NULL. */

    /* Multiply-adds of one forward pass; without it they are not counted. */
    double (*work)(const void *plan);
    /* What a thread needs of its own to compute the step. */
    tw_status (*state_new)(const void *plan, void **state);
    void (*state_free)(void *state);
    /* Bytes that a call needs and leaves: the states of a thread are lent the same ones, aligned to
     * 64. */
    size_t (*scratch)(const void *plan);
    void (*lend)(void *state, void *scratch);
    /* The input, of as many entries as the result, that `forward` may be given as the place of its
     * result; SIZE_MAX: none. */
    size_t (*over)(const void *plan);
    /* Frees a plan; without it, plans are freed with free(). */
    void (*plan_free)(void *plan);
} tw_net_kernel;

/* A kernel `name` has its functions, and where it has one its state, in a file that is compiled
 * twice, and what is said of it once is compiled with the double ones:
 *
 *     const TW_NET_REAL(tw_net_functions) TW_NET_REAL(tw_net_same_functions) = {forward, backward};
 *
 *     #ifndef TW_NET_SINGLE
 *     const tw_net_kernel tw_net_same = {"copy", TW_NET_LINEAR, TW_NET_BOTH(tw_net_same)};
 *     #endif
 */
#define TW_NET_KERNEL_DECLARED(name)                                                               \
    extern const tw_net_functions_f32 name##_functions_f32;                                        \
    extern const tw_net_functions_f64 name##_functions_f64;                                        \
    extern const tw_net_kernel name;
#define TW_NET_BOTH(name) .f32 = &name##_functions_f32, .f64 = &name##_functions_f64

#endif
