#include "net/engine/rewrite_images.h"

#include <stdlib.h>

#include "net/engine/engine.h"

const tw_net_edge *tw_rewrite_edge_of(const tw_rewrite *r, size_t edge) {
    return &r->program->edges[edge];
}

/* Whether it is of images: (N, C, H, W), or (N, C, W). */
int tw_rewrite_is_image(const tw_net_edge *edge) {
    return edge->time == TW_NET_AT_BATCH && (edge->shape.rank == 4 || edge->shape.rank == 3) &&
           tw_net_shape_count(&edge->shape) > 0;
}

tw_engine_layout tw_rewrite_layout(const tw_net_shape *shape) {
    return (tw_engine_layout){.batch = shape->size[0],
                              .channels = shape->size[1],
                              .pixels = tw_net_shape_span(shape, 2, shape->rank),
                              .block = tw_engine_block()};
}

size_t tw_engine_blocked_count(const tw_engine_layout *layout) {
    return layout->batch * tw_engine_blocks(layout->channels, layout->block) * layout->block *
           layout->pixels;
}

int tw_rewrite_is_blocked(const tw_rewrite *r, size_t edge) {
    return r->blocked[edge] != TW_NET_NONE;
}

/* The edge that has the entries of `edge` blocked, yet to be computed. */
tw_status tw_rewrite_new_blocked(tw_rewrite *r, size_t edge, size_t *blocked) {
    const tw_net_shape shape = tw_rewrite_edge_of(r, edge)->shape;
    tw_engine_layout layout = tw_rewrite_layout(&shape);
    tw_status status = tw_rewrite_edge(r, edge, tw_engine_blocked_count(&layout), blocked);
    if (status == TW_OK)
        r->blocked[edge] = *blocked;
    return status;
}

static tw_status add_relayout(tw_rewrite *r, size_t edge, int to_blocks, size_t node) {
    tw_engine_layout *plan = malloc(sizeof *plan);
    size_t blocked = r->blocked[edge], planes = edge;
    if (plan == NULL)
        return tw_rewrite_no_memory(r);
    *plan = tw_rewrite_layout(&tw_rewrite_edge_of(r, edge)->shape);
    plan->to_blocks = to_blocks;
    return tw_rewrite_step(r, &tw_engine_relayout, plan, 1, to_blocks ? &planes : &blocked,
                           to_blocks ? blocked : planes, node);
}

/* The images of an edge as blocks, or as planes, computed at most once each. */
tw_status tw_rewrite_want_blocked(tw_rewrite *r, size_t edge, size_t node, size_t *blocked) {
    tw_status status = TW_OK;
    if (!tw_rewrite_is_blocked(r, edge)) {
        status = tw_rewrite_new_blocked(r, edge, blocked);
        if (status == TW_OK)
            status = add_relayout(r, edge, 1, node);
    }
    *blocked = r->blocked[edge];
    return status;
}

tw_status tw_rewrite_want_planes(tw_rewrite *r, size_t edge, size_t node) {
    if (r->planes[edge])
        return TW_OK;
    r->planes[edge] = 1;
    return add_relayout(r, edge, 0, node);
}
