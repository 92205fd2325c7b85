#include "net/known/known_like.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/known/known.h"

enum { MOST_NAMED = 4 };

static int by_shape(const void *a, const void *b) {
    const tw_net_shape *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    for (size_t k = 0; k < x->rank; k++)
        if (x->size[k] != y->size[k])
            return x->size[k] < y->size[k] ? -1 : 1;
    return 0;
}

/* The shapes of the parameters of a graph, sorted; *out is owned by the caller. */
static tw_status shapes_of(const tw_net_graph *graph, size_t *count, tw_net_shape **out) {
    *count = 0;
    *out = tw_alloc(graph->value_count, sizeof **out);
    if (*out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu shapes", graph->value_count);
    for (size_t k = 0; k < graph->value_count; k++)
        if (graph->values[k].kind == TW_NET_PARAMETER)
            (*out)[(*count)++] = graph->values[k].tensor.shape;
    qsort(*out, *count, sizeof **out, by_shape);
    return TW_OK;
}

static tw_status is_like(const char *spec, const tw_net_known_options *options, size_t count,
                         const tw_net_shape *shapes, int *like) {
    tw_net_graph *graph = NULL;
    tw_net_shape *own = NULL;
    size_t blocks = 0;
    *like = 0;
    tw_status status = tw_net_known_graph(spec, options, &graph);
    if (status == TW_OK)
        status = shapes_of(graph, &blocks, &own);
    if (status == TW_OK && blocks == count) {
        size_t same = 0;
        while (same < count && by_shape(&own[same], &shapes[same]) == 0)
            same++;
        *like = same == count;
    }
    free(own);
    tw_net_graph_free(graph);
    return status;
}

tw_status tw_net_known_like(size_t count, tw_net_shape *shapes, size_t size, char *text) {
    tw_net_known_options options = {.bare = 1};
    char spec[TW_NET_KNOWN_SPEC];
    size_t named = 0, length = 0;
    tw_status status = TW_OK;
    text[0] = '\0';
    for (size_t k = 0; k < count; k++) {
        if (shapes[k].rank == 4 && (options.channels == 0 || shapes[k].size[1] < options.channels))
            options.channels = shapes[k].size[1];
        if (shapes[k].rank == 2)
            options.classes = shapes[k].size[0];
    }
    if (options.channels == 0 || options.classes == 0)
        return TW_OK;
    qsort(shapes, count, sizeof *shapes, by_shape);
    for (size_t k = 0; status == TW_OK && tw_net_known_spec(k, spec); k++) {
        int like;
        status = is_like(spec, &options, count, shapes, &like);
        if (like && named++ < MOST_NAMED && length < size)
            length += (size_t)snprintf(text + length, size - length, "%s%s",
                                       named > 1 ? " or " : "", spec);
    }
    if (named > 0 && length < size)
        snprintf(text + length, size - length, ", for %zu channel%s and %zu classes",
                 options.channels, options.channels == 1 ? "" : "s", options.classes);
    return status;
}
