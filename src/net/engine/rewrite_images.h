/* rewrite_images.h: the images of a program that is being rewritten, as planes and as blocks
 * (engine.h), each computed at most once. */
#ifndef TW_NET_ENGINE_REWRITE_IMAGES_H
#define TW_NET_ENGINE_REWRITE_IMAGES_H

#include "net/engine/engine_layout.h"
#include "net/engine/rewrite.h"

const tw_net_edge *tw_rewrite_edge_of(const tw_rewrite *r, size_t edge);

/* Whether it is of images: (N, C, H, W), or (N, C, W). */
int tw_rewrite_is_image(const tw_net_edge *edge);
/* How images of a shape are blocked, and of how many numbers. */
tw_engine_layout tw_rewrite_layout(const tw_net_shape *shape);
size_t tw_engine_blocked_count(const tw_engine_layout *layout);

int tw_rewrite_is_blocked(const tw_rewrite *r, size_t edge);
/* The edge that has the entries of `edge` blocked, yet to be computed. */
tw_status tw_rewrite_new_blocked(tw_rewrite *r, size_t edge, size_t *blocked);
/* The images of an edge as blocks, or as planes, laid out where they are not yet. */
tw_status tw_rewrite_want_blocked(tw_rewrite *r, size_t edge, size_t node, size_t *blocked);
tw_status tw_rewrite_want_planes(tw_rewrite *r, size_t edge, size_t node);

#endif
