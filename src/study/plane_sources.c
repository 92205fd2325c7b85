#include "study/plane_sources.h"

#include <string.h>

#include "thalweg/study_plane.h"

/* The first is what there is where nothing is said. */
static const tw_plane_source *const sources[] = {
    &tw_plane_random, &tw_plane_gradient, &tw_plane_to,         &tw_plane_parameter,
    &tw_plane_eigen,  &tw_plane_file,     &tw_plane_directions, &tw_plane_components,
    &tw_plane_points, &tw_plane_given,
};

enum { SOURCES = sizeof sources / sizeof sources[0] };

const char *tw_study_plane_source(size_t index) {
    for (size_t k = 0; k < SOURCES; k++)
        if (sources[k]->shown != NULL && index-- == 0)
            return sources[k]->shown;
    return NULL;
}

static int is_named(const tw_plane_source *source, const char *text, const char **argument) {
    if (source->by != 0 || source->word == NULL)
        return 0;
    size_t length = strlen(source->word);
    *argument = text + length;
    return source->word[length - 1] == ':' ? strncmp(text, source->word, length) == 0
                                           : strcmp(text, source->word) == 0;
}

const tw_plane_source *tw_plane_source_named(const char *text, const char **argument) {
    const char *rest = NULL, **where = argument != NULL ? argument : &rest;
    const tw_plane_source *any = NULL;
    *where = text;
    if (text == NULL)
        return sources[0];
    for (size_t k = 0; k < SOURCES; k++) {
        if (is_named(sources[k], text, where))
            return sources[k];
        if (sources[k]->by == 0 && sources[k]->word == NULL)
            any = sources[k];
    }
    *where = text;
    return any;
}

const tw_plane_source *tw_plane_source_given(const tw_plane_ask *ask) {
    unsigned given = (ask->rows != NULL ? TW_PLANE_BY_ROWS : 0) |
                     (ask->second != NULL ? TW_PLANE_BY_POINTS : 0) |
                     (ask->file != NULL ? TW_PLANE_BY_FILE : 0);
    for (size_t k = 0; k < SOURCES; k++)
        if (sources[k]->by & given)
            return sources[k];
    return NULL;
}
