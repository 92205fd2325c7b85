#include "net/step/step_where.h"

/* y = a or b by c; one that is NULL is 0. */
static tw_status choose(const tw_net_broadcast *way, const real *c, const real *a, const real *b,
                        real *y) {
    tw_net_walk walk = {0};
    for (size_t r = 0; r < way->runs; r++, tw_net_walk_next(way, &walk))
        for (size_t i = 0; i < way->run; i++) {
            int first = c[walk.at[0] + i * way->step[0]] != 0;
            size_t input = first ? 1 : 2;
            const real *from = first ? a : b;
            y[r * way->run + i] = from != NULL ? from[walk.at[input] + i * way->step[input]] : 0;
        }
    return TW_OK;
}

static tw_status forward(const void *plan, void *state, const real *const *in, real *out) {
    return choose(plan, in[0], in[1], in[2], out);
}

static tw_status tangent(const void *plan, void *state, const real *const *in,
                         const real *const *din, const real *out, real *dout) {
    return choose(plan, in[0], din[1], din[2], dout);
}

static tw_status backward(const void *plan, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    const tw_net_broadcast *way = plan;
    tw_net_walk walk = {0};
    for (size_t r = 0; r < way->runs; r++, tw_net_walk_next(way, &walk))
        for (size_t i = 0; i < way->run; i++) {
            size_t input = in[0][walk.at[0] + i * way->step[0]] != 0 ? 1 : 2;
            if (gin[input] != NULL)
                gin[input][walk.at[input] + i * way->step[input]] += gout[r * way->run + i];
        }
    return TW_OK;
}

static tw_status backward_tangent(const void *plan, void *state, const real *const *in,
                                  const real *const *din, const real *out, const real *dout,
                                  const real *gout, const real *dgout, real *const *dgin) {
    return backward(plan, state, in, out, dgout, dgin);
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_where_functions) = {forward, backward, tangent, backward_tangent};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_where = {"where", TW_NET_GENERAL, TW_NET_BOTH(tw_net_where)};
#endif
