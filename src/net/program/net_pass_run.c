/* Running steps: values forward, adjoints backward, and both along a direction. */
#include <string.h>

#include "net/program/net_pass_private.h"

/* ---- steps ---- */

static real *at(const tw_net_pass *pass, tw_net_which which, size_t edge) {
    return pass->buffers[which][edge].used;
}

/* The buffers of a step's inputs, in pass->in. */
static const real *const *inputs(tw_net_pass *pass, tw_net_which which, const tw_net_step *step) {
    for (size_t i = 0; i < step->input_count; i++)
        pass->in[which][i] = at(pass, which, step->inputs[i]);
    return pass->in[which];
}

static real *const *written(const real *const *list) {
    return (real *const *)list;
}

static tw_status forward_step(tw_net_pass *pass, size_t s) {
    const tw_net_step *step = &pass->program->steps[s];
    return functions_of(step->kernel)
        ->forward(step->plan, pass->states[s], inputs(pass, TW_NET_VALUE, step),
                  at(pass, TW_NET_VALUE, step->output));
}

/* Which of its inputs' adjoints the step writes, in pass->fresh. What it is to add to, though it
 * comes first, is set to 0. */
static void begin_adjoints(tw_net_pass *pass, tw_net_which which, size_t s, int can_write) {
    const tw_net_step *step = &pass->program->steps[s];
    const unsigned char *does = pass->firsts.contributions + pass->firsts.starts[s];
    for (size_t i = 0; i < step->input_count; i++) {
        pass->fresh[i] = can_write && does[i] == TW_NET_WRITES;
        if (does[i] != TW_NET_ADDS && !pass->fresh[i])
            clear_buffer(&pass->buffers[which][step->inputs[i]]);
    }
}

/* `backward`, by whichever function the kernel has. */
static tw_status go_back(tw_net_pass *pass, size_t s, const real *const *in, const real *out,
                         real *gout, real *const *gin, const unsigned char *fresh) {
    const tw_net_step *step = &pass->program->steps[s];
    const functions *kernel = functions_of(step->kernel);
    return kernel->backward_into != NULL
               ? kernel->backward_into(step->plan, pass->states[s], in, out, gout, gin, fresh)
               : kernel->backward(step->plan, pass->states[s], in, out, gout, gin);
}

static tw_status backward_step(tw_net_pass *pass, size_t s) {
    const tw_net_step *step = &pass->program->steps[s];
    if (!pass->program->edges[step->output].active)
        return TW_OK;
    begin_adjoints(pass, TW_NET_ADJOINT, s, functions_of(step->kernel)->backward_into != NULL);
    return go_back(pass, s, inputs(pass, TW_NET_VALUE, step), at(pass, TW_NET_VALUE, step->output),
                   at(pass, TW_NET_ADJOINT, step->output),
                   written(inputs(pass, TW_NET_ADJOINT, step)), pass->fresh);
}

static tw_status linear_tangent(tw_net_pass *pass, size_t s) {
    const tw_net_step *step = &pass->program->steps[s];
    inputs(pass, TW_NET_TANGENT, step);
    for (size_t i = 0; i < step->input_count; i++)
        if (pass->in[TW_NET_TANGENT][i] == NULL)
            pass->in[TW_NET_TANGENT][i] = pass->zeros;
    return functions_of(step->kernel)
        ->forward(step->plan, pass->states[s], pass->in[TW_NET_TANGENT],
                  at(pass, TW_NET_TANGENT, step->output));
}

/* d k(a, b) = k(da, b) + k(a, db). */
static tw_status bilinear_tangent(tw_net_pass *pass, size_t s) {
    const tw_net_step *step = &pass->program->steps[s];
    const functions *kernel = functions_of(step->kernel);
    const real *const *in = inputs(pass, TW_NET_VALUE, step);
    const real *const *din = inputs(pass, TW_NET_TANGENT, step);
    real *out = at(pass, TW_NET_TANGENT, step->output);
    size_t count = pass->buffers[TW_NET_VALUE][step->output].count, terms = 0;
    tw_status status = TW_OK;
    for (size_t i = 0; i < 2 && status == TW_OK; i++) {
        if (din[i] == NULL)
            continue;
        const real *moved[2] = {i == 0 ? din[0] : in[0], i == 1 ? din[1] : in[1]};
        status =
            kernel->forward(step->plan, pass->states[s], moved, terms++ == 0 ? out : pass->spare);
    }
    for (size_t k = 0; terms == 2 && k < count; k++)
        out[k] += pass->spare[k];
    return status;
}

static tw_status tangent_step(tw_net_pass *pass, size_t s) {
    const tw_net_step *step = &pass->program->steps[s];
    if (!pass->program->edges[step->output].active)
        return TW_OK;
    if (step->kernel->kind == TW_NET_LINEAR)
        return linear_tangent(pass, s);
    if (step->kernel->kind == TW_NET_BILINEAR)
        return bilinear_tangent(pass, s);
    return functions_of(step->kernel)
        ->tangent(step->plan, pass->states[s], inputs(pass, TW_NET_VALUE, step),
                  inputs(pass, TW_NET_TANGENT, step), at(pass, TW_NET_VALUE, step->output),
                  at(pass, TW_NET_TANGENT, step->output));
}

/* ga = B(b, gy), so that d ga = B(b, d gy) + B(db, gy); for gb likewise. */
static tw_status bilinear_backward(tw_net_pass *pass, size_t s) {
    const tw_net_step *step = &pass->program->steps[s];
    const real *const *in = inputs(pass, TW_NET_VALUE, step);
    const real *const *din = inputs(pass, TW_NET_TANGENT, step);
    real *const *dgin = written(inputs(pass, TW_NET_ADJOINT_TANGENT, step));
    real *gout = at(pass, TW_NET_ADJOINT, step->output),
         *dgout = at(pass, TW_NET_ADJOINT_TANGENT, step->output);
    tw_status status = go_back(pass, s, in, NULL, dgout, dgin, pass->fresh);
    memset(pass->fresh, 0, step->input_count);
    for (size_t i = 0; i < 2 && status == TW_OK; i++) {
        size_t other = 1 - i;
        if (din[other] == NULL || dgin[i] == NULL)
            continue;
        const real *moved[2] = {in[0], in[1]};
        real *only[2] = {NULL, NULL};
        moved[other] = din[other];
        only[i] = dgin[i];
        status = go_back(pass, s, moved, NULL, gout, only, pass->fresh);
    }
    return status;
}

static tw_status backward_tangent_step(tw_net_pass *pass, size_t s) {
    const tw_net_step *step = &pass->program->steps[s];
    const functions *kernel = functions_of(step->kernel);
    if (!pass->program->edges[step->output].active)
        return TW_OK;
    begin_adjoints(pass, TW_NET_ADJOINT_TANGENT, s,
                   step->kernel->kind == TW_NET_GENERAL ? kernel->backward_tangent_into != NULL
                                                        : kernel->backward_into != NULL);
    if (step->kernel->kind == TW_NET_BILINEAR)
        return bilinear_backward(pass, s);
    const real *const *in = inputs(pass, TW_NET_VALUE, step), *const *din = inputs(
                                                                  pass, TW_NET_TANGENT, step);
    real *dgout = at(pass, TW_NET_ADJOINT_TANGENT, step->output);
    real *const *dgin = written(inputs(pass, TW_NET_ADJOINT_TANGENT, step));
    if (step->kernel->kind == TW_NET_LINEAR)
        return go_back(pass, s, in, NULL, dgout, dgin, pass->fresh);
    const real *out = at(pass, TW_NET_VALUE, step->output),
               *dout = at(pass, TW_NET_TANGENT, step->output),
               *gout = at(pass, TW_NET_ADJOINT, step->output);
    return kernel->backward_tangent_into != NULL
               ? kernel->backward_tangent_into(step->plan, pass->states[s], in, din, out, dout,
                                               gout, dgout, dgin, pass->fresh)
               : kernel->backward_tangent(step->plan, pass->states[s], in, din, out, dout, gout,
                                          dgout, dgin);
}

/* ---- passes ---- */

typedef tw_status (*step_fn)(tw_net_pass *pass, size_t s);

static tw_status go_forward(tw_net_pass *pass, step_fn run, size_t begin, size_t end) {
    tw_status status = TW_OK;
    for (size_t s = begin; s < pass->program->step_count && s < end && status == TW_OK; s++)
        if (is_mine(pass, &pass->program->steps[s]))
            status = run(pass, s);
    return status;
}

static tw_status go_backward(tw_net_pass *pass, step_fn run) {
    tw_status status = TW_OK;
    for (size_t s = pass->program->step_count; s-- > 0 && status == TW_OK;)
        if (is_mine(pass, &pass->program->steps[s]))
            status = run(pass, s);
    return status;
}

static tw_status point_step(tw_net_pass *pass, size_t s, int tangent) {
    const tw_net_step *step = &pass->program->steps[s];
    if (functions_of(step->kernel)->point == NULL)
        return TW_OK;
    const real *const *in = inputs(pass, tangent ? TW_NET_TANGENT : TW_NET_VALUE, step);
    return functions_of(step->kernel)->point(step->plan, pass->states[s], in, tangent);
}

static tw_status value_point(tw_net_pass *pass, size_t s) {
    return point_step(pass, s, 0);
}

static tw_status tangent_point(tw_net_pass *pass, size_t s) {
    return point_step(pass, s, 1);
}

/* What is done once a point, if it is another. */
static tw_status go_to_point(tw_net_pass *pass, int tangent, step_fn run) {
    if (!pass->changed[tangent])
        return TW_OK;
    tw_status status = go_forward(pass, run, 0, SIZE_MAX);
    if (status == TW_OK)
        pass->changed[tangent] = 0;
    return status;
}

tw_status TW_NET_REAL(tw_net_pass_forward)(tw_net_pass *pass) {
    return TW_NET_REAL(tw_net_pass_forward_between)(pass, 0, SIZE_MAX);
}

tw_status TW_NET_REAL(tw_net_pass_forward_between)(tw_net_pass *pass, size_t begin, size_t end) {
    tw_status status = go_to_point(pass, 0, value_point);
    return status == TW_OK ? go_forward(pass, forward_step, begin, end) : status;
}

tw_status TW_NET_REAL(tw_net_pass_backward)(tw_net_pass *pass) {
    return go_backward(pass, backward_step);
}

tw_status TW_NET_REAL(tw_net_pass_tangents)(tw_net_pass *pass) {
    tw_status status = go_to_point(pass, 1, tangent_point);
    if (status == TW_OK)
        status = go_to_point(pass, 0, value_point); /* as values forward, if there were any */
    return status == TW_OK ? go_forward(pass, tangent_step, 0, SIZE_MAX) : status;
}

tw_status TW_NET_REAL(tw_net_pass_backward_tangents)(tw_net_pass *pass) {
    return go_backward(pass, backward_tangent_step);
}
