/* A convolution with what is fused to it, y = act(z), z = conv(x, w) + b + r, and its derivatives,
 * whoever computes the convolutions:
 *
 *   gz = gy where y > 0 (relu)       gx = conv'(gz, w)      gw = conv'(x, gz)    gb = sums  gr = gz
 *   dy = dz where y > 0              dz = conv(dx, w) + conv(x, dw) + db + dr
 *   dgx = conv'(dgz, w) + conv'(gz, dw)                     dgw = conv'(x, dgz) + conv'(dx, gz)
 *
 * backward leaves gz in the place of gy, where backward_tangent finds it. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/engine/convolver.h"

typedef struct plan {
    tw_engine_convolution_spec spec;
    const tw_convolver *by;
    void *own; /* the convolver's plan */
    size_t target_count, weight_count;
} plan;

typedef struct state {
    const plan *plan;
    void *own;
} state;

/* In the order in which they are asked: the quickest first. */
static const tw_convolver *const convolvers[] = {&tw_convolver_winograd, &tw_convolver_dnnl};

static tw_status try_convolver(const tw_engine_convolution_spec *spec, const tw_convolver *by,
                               void **out) {
    void *own = NULL;
    tw_status status = by->plan(spec, &own);
    if (status != TW_OK)
        return status;
    plan *made = tw_alloc(1, sizeof *made);
    if (made == NULL) {
        by->plan_free(own);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a convolution");
    }
    size_t block = tw_engine_block();
    size_t channels = tw_engine_blocks(spec->out_channels, block) * block;
    *made = (plan){.spec = *spec,
                   .by = by,
                   .own = own,
                   .target_count = spec->batch * channels * spec->out[0] * spec->out[1],
                   .weight_count = spec->out_channels * (spec->in_channels / spec->groups) *
                                   spec->kernel[0] * spec->kernel[1]};
    *out = made;
    return TW_OK;
}

tw_status tw_engine_convolution_plan(const tw_engine_convolution_spec *spec, void **out) {
    tw_status status = TW_DECLINED;
    if (tw_engine_block() == 0)
        return TW_DECLINED;
    for (size_t k = 0; k < sizeof convolvers / sizeof *convolvers && status == TW_DECLINED; k++)
        status = try_convolver(spec, convolvers[k], out);
    return status;
}

static void free_plan(void *freed) {
    plan *p = freed;
    p->by->plan_free(p->own);
    free(p);
}

/* ---- state ---- */

static tw_status new_state(const void *of, void **out) {
    state *made = tw_alloc(1, sizeof *made);
    if (made == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a convolution");
    made->plan = of;
    tw_status status = made->plan->by->state_new(made->plan->own, &made->own);
    if (status == TW_OK)
        *out = made;
    else
        free(made);
    return status;
}

static void free_state(void *freed) {
    state *s = freed;
    s->plan->by->state_free(s->own);
    free(s);
}

static size_t scratch_bytes(const void *of) {
    const plan *p = of;
    return p->by->scratch(p->own);
}

static void lend(void *lent, void *scratch) {
    state *s = lent;
    s->plan->by->lend(s->own, scratch);
}

/* ---- inputs: x, w, and b and r where there are such ---- */

static const float *bias_of(const plan *p, const float *const *in) {
    return p->spec.has_bias ? in[2] : NULL;
}

static size_t addend_at(const plan *p) {
    return p->spec.has_bias ? 3 : 2;
}

static const float *addend_of(const plan *p, const float *const *in) {
    return p->spec.has_addend ? in[addend_at(p)] : NULL;
}

/* ---- the step ---- */

static tw_status lay_weights(const void *of, void *state_, const float *const *in, int tangent) {
    const plan *p = of;
    state *s = state_;
    return in[1] == NULL
               ? TW_OK
               : p->by->lay(s->own, in[1], tangent ? TW_ENGINE_TANGENTS : TW_ENGINE_VALUES);
}

static tw_status forward(const void *of, void *state_, const float *const *in, float *out) {
    const plan *p = of;
    state *s = state_;
    return p->by->forward(s->own, in[0], bias_of(p, in), addend_of(p, in), out);
}

static tw_status tangent(const void *of, void *state_, const float *const *in,
                         const float *const *din, const float *out, float *dout) {
    const plan *p = of;
    state *s = state_;
    tw_engine_term terms[2];
    size_t count = 0;
    if (din[0] != NULL)
        terms[count++] = (tw_engine_term){din[0], TW_ENGINE_VALUES};
    if (din[1] != NULL)
        terms[count++] = (tw_engine_term){in[0], TW_ENGINE_TANGENTS};
    return p->by->tangent(s->own, terms, count, bias_of(p, din), addend_of(p, din),
                          p->spec.relu ? out : NULL, dout);
}

/* What passes where the unit is on, in place. */
static void mask(const plan *p, const float *out, float *passing) {
    if (p->spec.relu)
        for (size_t i = 0; i < p->target_count; i++)
            passing[i] = out[i] > 0 ? passing[i] : 0;
}

/* The adjoints of what is no image of a convolution: 0 to add to, or the addend's, which is gz. */
static void begin_adjoints(const plan *p, const float *gz, float *const *gin,
                           const unsigned char *fresh) {
    size_t addend = addend_at(p);
    if (fresh[1])
        memset(gin[1], 0, p->weight_count * sizeof **gin);
    if (p->spec.has_bias && fresh[2])
        memset(gin[2], 0, p->spec.out_channels * sizeof **gin);
    if (!p->spec.has_addend || gin[addend] == NULL)
        return;
    if (fresh[addend])
        memcpy(gin[addend], gz, p->target_count * sizeof *gz);
    for (size_t i = 0; !fresh[addend] && i < p->target_count; i++)
        gin[addend][i] += gz[i];
}

static tw_status add_weights(const state *s, const float *x, const float *gz, float *gw,
                             float *gb) {
    return gw == NULL && gb == NULL ? TW_OK : s->plan->by->weights(s->own, x, gz, gw, gb);
}

static tw_status backward(const void *of, void *state_, const float *const *in, const float *out,
                          float *gout, float *const *gin, const unsigned char *fresh) {
    const plan *p = of;
    state *s = state_;
    tw_status status = TW_OK;
    mask(p, out, gout);
    begin_adjoints(p, gout, gin, fresh);
    if (gin[0] != NULL)
        status =
            p->by->data(s->own, &(tw_engine_term){gout, TW_ENGINE_VALUES}, 1, fresh[0], gin[0]);
    return status == TW_OK ? add_weights(s, in[0], gout, gin[1], p->spec.has_bias ? gin[2] : NULL)
                           : status;
}

static tw_status backward_tangent(const void *of, void *state_, const float *const *in,
                                  const float *const *din, const float *out, const float *dout,
                                  const float *gz, float *dgout, float *const *dgin,
                                  const unsigned char *fresh) {
    const plan *p = of;
    state *s = state_;
    tw_status status = TW_OK;
    tw_engine_term terms[2] = {{dgout, TW_ENGINE_VALUES}, {gz, TW_ENGINE_TANGENTS}};
    mask(p, out, dgout);
    begin_adjoints(p, dgout, dgin, fresh);
    if (dgin[0] != NULL)
        status = p->by->data(s->own, terms, din[1] != NULL ? 2 : 1, fresh[0], dgin[0]);
    if (status == TW_OK)
        status = add_weights(s, in[0], dgout, dgin[1], p->spec.has_bias ? dgin[2] : NULL);
    if (status == TW_OK && din[0] != NULL)
        status = add_weights(s, din[0], gz, dgin[1], NULL);
    return status;
}

static size_t over_addend(const void *of) {
    const plan *p = of;
    return p->spec.has_addend ? addend_at(p) : SIZE_MAX;
}

static double work(const void *of) {
    const tw_engine_convolution_spec *s = &((const plan *)of)->spec;
    return (double)s->batch * (double)s->out_channels * (double)(s->out[0] * s->out[1]) *
           (double)(s->in_channels / s->groups) * (double)(s->kernel[0] * s->kernel[1]);
}

static const tw_net_functions_f32 functions = {.forward = forward,
                                               .backward_into = backward,
                                               .tangent = tangent,
                                               .backward_tangent_into = backward_tangent,
                                               .point = lay_weights};
const tw_net_kernel tw_engine_convolution = {.name = "convolution",
                                             .kind = TW_NET_GENERAL,
                                             .f32 = &functions,
                                             .work = work,
                                             .state_new = new_state,
                                             .state_free = free_state,
                                             .scratch = scratch_bytes,
                                             .lend = lend,
                                             .over = over_addend,
                                             .plan_free = free_plan};
