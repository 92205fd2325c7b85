#include "net/known/known.h"

#include <stdio.h>
#include <string.h>

#include "thalweg/words.h"

#define AKAMASTER "Y. Idelbayev's pytorch_resnet_cifar10"
#define LANDSCAPE "tomgoldstein/loss-landscape"
#define RESNET(n)                                                                                  \
    { "resnet" #n, tw_net_draw_resnet, n, 1, TW_NET_SHORTCUT_PAD, 1, .source = AKAMASTER }
#define WIDER(n, k)                                                                                \
    { "wrn" #n "-" #k, tw_net_draw_resnet, n, k, TW_NET_SHORTCUT_CONV, 1, .source = LANDSCAPE }
#define WIDE(n, k)                                                                                 \
    { "wrn" #n "-" #k, tw_net_draw_wide, n, k, .source = "xternalz/WideResNet-pytorch" }
#define VGG(n)                                                                                     \
    { "vgg" #n, tw_net_draw_vgg, n, .size = 32, .source = LANDSCAPE }

static const tw_net_architecture architectures[] = {
    RESNET(20),
    RESNET(32),
    RESNET(44),
    RESNET(56),
    RESNET(110),
    WIDER(56, 2),
    WIDER(56, 4),
    WIDER(56, 8),
    WIDER(110, 2),
    WIDER(110, 4),
    WIDE(16, 8),
    WIDE(28, 10),
    WIDE(40, 4),
    VGG(9),
    VGG(16),
    VGG(19),
    {"densenet121", tw_net_draw_densenet, .source = LANDSCAPE},
};

enum { COUNT = sizeof architectures / sizeof architectures[0] };

static const struct {
    const char *text;
    tw_net_shortcut shortcut;
} endings[] = {
    {"", TW_NET_SHORTCUT_PAD}, {"-b", TW_NET_SHORTCUT_CONV}, {"-noshort", TW_NET_SHORTCUT_NONE}};

const char *tw_net_known_name(size_t index) {
    return index < COUNT ? architectures[index].name : NULL;
}

/* The architecture with its ending applied; 0 if there is none. */
static int find(const char *spec, tw_net_architecture *out) {
    for (size_t k = 0; k < COUNT; k++) {
        size_t length = strlen(architectures[k].name);
        if (strncmp(spec, architectures[k].name, length) != 0)
            continue;
        for (size_t e = 0; e < sizeof endings / sizeof endings[0]; e++) {
            if (strcmp(spec + length, endings[e].text) != 0 || (e > 0 && !architectures[k].endings))
                continue;
            *out = architectures[k];
            if (e > 0)
                out->shortcut = endings[e].shortcut;
            if (e > 0 && out->shortcut != architectures[k].shortcut)
                out->source = LANDSCAPE;
            return 1;
        }
    }
    return 0;
}

int tw_net_known_spec(size_t index, char spec[TW_NET_KNOWN_SPEC]) {
    for (size_t k = 0; k < COUNT; k++)
        for (size_t e = 0; e < sizeof endings / sizeof endings[0]; e++) {
            const tw_net_architecture *of = &architectures[k];
            if (e > 0 && (!of->endings || endings[e].shortcut == of->shortcut))
                continue;
            if (index-- > 0)
                continue;
            snprintf(spec, TW_NET_KNOWN_SPEC, "%s%s", of->name, endings[e].text);
            return 1;
        }
    return 0;
}

int tw_net_known_takes(const char *spec) {
    tw_net_architecture found;
    return find(spec, &found);
}

const char *tw_net_known_prepared(const char *spec) {
    tw_net_architecture found;
    if (!find(spec, &found))
        return NULL;
    return strcmp(found.source, AKAMASTER) == 0 ? "imagenet" : "cifar2471";
}

static tw_status draw(const tw_net_architecture *of, const tw_net_known_options *options,
                      tw_net_graph *graph) {
    const int64_t side = of->size > 0 ? (int64_t)of->size : -1;
    size_t channels = options->channels > 0 ? options->channels : 3;
    size_t classes = options->classes > 0 ? options->classes : 10;
    const int64_t sizes[4] = {-1, (int64_t)channels, side, side};
    tw_net_sketch sketch = {
        .graph = graph, .seed = options->seed, .bare = options->bare, .channels = channels};
    sketch.status = tw_net_graph_input(graph, "input", TW_NET_F32, 4, sizes, &graph->input);
    graph->output = of->draw(&sketch, of, classes);
    if (sketch.status == TW_OK)
        sketch.status = tw_net_graph_note(graph, "blocks are named as in %s", of->source);
    return sketch.status;
}

tw_status tw_net_known_graph(const char *spec, const tw_net_known_options *options,
                             tw_net_graph **out) {
    tw_net_architecture of;
    tw_net_graph *graph = NULL;
    if (!find(spec, &of))
        return tw_text_unknown("architecture", spec, tw_net_known_name);
    tw_status status = tw_net_graph_new(spec, &graph);
    if (status == TW_OK)
        status = draw(&of, options, graph);
    if (status != TW_OK) {
        tw_net_graph_free(graph);
        return status;
    }
    *out = graph;
    return TW_OK;
}
