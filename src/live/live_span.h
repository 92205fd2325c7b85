/* live_span.h: the span over a scene's plane that is kept from question to question. */
#ifndef TW_LIVE_SPAN_H
#define TW_LIVE_SPAN_H

#include "thalweg/live.h"

/* The scene's, opened by the first that asks; *out is NULL where it keeps none: it has no place for
 * one, or its objective is a chain of points, which goes on from the last one of a span, so that
 * values would depend on what was asked before. */
tw_status tw_live_span(const tw_live_scene *scene, tw_span **out);

#endif
