/* live_answer.h: questions answered over a plane, into a hub. */
#ifndef TW_LIVE_ANSWER_H
#define TW_LIVE_ANSWER_H

#include "live/live_hub.h"
#include "thalweg/live.h"

/* As tw_live_answer. */
tw_status tw_live_hub_serve(tw_live_hub *hub, const tw_live_scene *scene, double seconds);

#endif
