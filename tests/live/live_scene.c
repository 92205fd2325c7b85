#include "live_scene.h"

double live_scene_value(double x, double y) {
    return (x - 0.25) * (x - 0.25) + 3 * y * y;
}

static double value(size_t n, const double *x, void *user) {
    return live_scene_value(x[0], x[1]);
}

static void gradient(size_t n, const double *x, double *g, void *user) {
    g[0] = 2 * (x[0] - 0.25);
    g[1] = 6 * x[1];
}

void live_scene_open(live_scene *s) {
    static const char *const names[] = {"train_loss"};
    static double origin[2], dx[2] = {1, 0}, dy[2] = {0, 1};
    assert_ok(tw_objective_from_functions(value, gradient, NULL, 2, &s->objective));
    s->plane = tw_plane_of(2, origin, dx, dy);
    s->scene = (tw_live_scene){.bytes = sizeof s->scene,
                               .objective = s->objective,
                               .plane = &s->plane,
                               .count = 1,
                               .names = names};
}

void live_scene_close(live_scene *s) {
    tw_objective_free(s->objective);
}
