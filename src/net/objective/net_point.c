#include "net/objective/net_point.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static int is_parameter(const tw_net_edge *edge) {
    return edge->time == TW_NET_AT_POINT && edge->step == TW_NET_NONE;
}

tw_status tw_net_point_make(const tw_net_program *program, const tw_net_early *early,
                            tw_net_order order, tw_net_point *out) {
    *out = (tw_net_point){.program = program,
                          .early = early,
                          .numbers = tw_alloc(early->size, sizeof(double)),
                          .moves = tw_alloc(early->active_size, sizeof(double))};
    if (out->numbers == NULL || out->moves == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for its %zu parameters",
                       program->graph->name, program->size);
    if (order == TW_NET_OUTPUT) /* its output is all that batches read */
        order = TW_NET_VALUES;
    return tw_net_pass_new_f64(program, TW_NET_AT_POINT, order, &out->pass);
}

void tw_net_point_release(tw_net_point *point) {
    tw_net_pass_free_f64(point->pass);
    free(point->numbers);
    free(point->moves);
    *point = (tw_net_point){0};
}

static void bind(tw_net_point *point, tw_net_which which, const double *x) {
    const tw_net_program *program = point->program;
    for (size_t e = 0; e < program->edge_count; e++)
        if (is_parameter(&program->edges[e]) && (which == TW_NET_VALUE || program->edges[e].active))
            tw_net_pass_bind_f64(point->pass, which, e, x + program->edges[e].offset);
}

tw_status tw_net_point_set(tw_net_point *point, const double *x) {
    bind(point, TW_NET_VALUE, x);
    tw_status status = tw_net_pass_forward_f64(point->pass);
    for (size_t e = 0; e < point->early->count && status == TW_OK; e++) {
        const tw_net_early_edge *edge = &point->early->edges[e];
        memcpy(point->numbers + edge->at, tw_net_pass_at_f64(point->pass, TW_NET_VALUE, edge->edge),
               edge->count * sizeof(double));
    }
    return status;
}

tw_status tw_net_point_move(tw_net_point *point, const double *v) {
    bind(point, TW_NET_TANGENT, v);
    tw_status status = tw_net_pass_tangents_f64(point->pass);
    for (size_t e = 0; e < point->early->count && status == TW_OK; e++) {
        const tw_net_early_edge *edge = &point->early->edges[e];
        if (edge->active_at != TW_NET_NONE)
            memcpy(point->moves + edge->active_at,
                   tw_net_pass_at_f64(point->pass, TW_NET_TANGENT, edge->edge),
                   edge->count * sizeof(double));
    }
    return status;
}

static void begin(tw_net_point *point) {
    tw_net_pass_zero_f64(point->pass);
    tw_net_pass_clear_f64(point->pass, TW_NET_ADJOINT);
    tw_net_pass_clear_f64(point->pass, TW_NET_ADJOINT_TANGENT);
}

/* Where the pass has a place for them, the numbers go there; parameters that it does not read have
 * theirs at once. */
static void seed(tw_net_point *point, tw_net_which which, const double *block, double *out) {
    for (size_t e = 0; e < point->early->count; e++) {
        const tw_net_early_edge *edge = &point->early->edges[e];
        if (edge->active_at == TW_NET_NONE)
            continue;
        double *to = tw_net_pass_at_f64(point->pass, which, edge->edge);
        if (to == NULL && out != NULL)
            to = out + point->program->edges[edge->edge].offset;
        if (to != NULL)
            memcpy(to, block + edge->active_at, edge->count * sizeof *to);
    }
}

static void collect(tw_net_point *point, tw_net_which which, double *out) {
    const tw_net_program *program = point->program;
    for (size_t e = 0; e < program->edge_count; e++) {
        const double *from = tw_net_pass_at_f64(point->pass, which, e);
        if (is_parameter(&program->edges[e]) && from != NULL)
            memcpy(out + program->edges[e].offset, from,
                   tw_net_shape_count(&program->edges[e].shape) * sizeof *out);
    }
}

tw_status tw_net_point_gradient(tw_net_point *point, const double *adjoints, double *gradient) {
    memset(gradient, 0, point->program->size * sizeof *gradient);
    begin(point);
    seed(point, TW_NET_ADJOINT, adjoints, gradient);
    tw_status status = tw_net_pass_backward_f64(point->pass);
    if (status == TW_OK)
        collect(point, TW_NET_ADJOINT, gradient);
    return status;
}

tw_status tw_net_point_product(tw_net_point *point, const double *v, const double *adjoints,
                               const double *tangents, double *product) {
    memset(product, 0, point->program->size * sizeof *product);
    bind(point, TW_NET_TANGENT, v);
    begin(point);
    seed(point, TW_NET_ADJOINT, adjoints, NULL);
    seed(point, TW_NET_ADJOINT_TANGENT, tangents, product);
    tw_status status = tw_net_pass_tangents_f64(point->pass);
    if (status == TW_OK)
        status = tw_net_pass_backward_f64(point->pass);
    if (status == TW_OK)
        status = tw_net_pass_backward_tangents_f64(point->pass);
    if (status == TW_OK)
        collect(point, TW_NET_ADJOINT_TANGENT, product);
    return status;
}
