/* live_scene.h: a plane to ask about: f(x, y) = (x - 0.25)^2 + 3 y^2 over its own axes. */
#ifndef TW_TESTS_LIVE_SCENE_H
#define TW_TESTS_LIVE_SCENE_H

#include "support.h"

typedef struct live_scene {
    tw_objective *objective;
    tw_plane plane;
    tw_live_scene scene;
} live_scene;

/* The scene stays where it is until it is closed. */
void live_scene_open(live_scene *s);
void live_scene_close(live_scene *s);
double live_scene_value(double x, double y);

#endif
