#include "live/live_span.h"

tw_status tw_live_span(const tw_live_scene *scene, tw_span **out) {
    const double *const directions[2] = {scene->plane->x, scene->plane->y};
    *out = scene->span != NULL ? *scene->span : NULL;
    if (scene->span == NULL || *out != NULL || tw_objective_chain(scene->objective) > 0)
        return TW_OK;
    tw_status status = tw_span_open(scene->objective, scene->plane->origin,
                                    (size_t)scene->plane->rank, directions, TW_SPAN_ROWS, out);
    if (status == TW_OK)
        *scene->span = *out;
    return status;
}
