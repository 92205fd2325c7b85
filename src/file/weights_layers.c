#include "file/weights_layers.h"

#include <ctype.h>
#include <string.h>

#include "core/alloc.h"
#include "file/weights_match.h"

const char *tw_layer_kind_name(tw_layer_kind kind) {
    static const char *const names[] = {"convolutions", "matrices", "normalisations", "others"};
    return names[kind];
}

/* ---- names ---- */

static int is_mark(char c) {
    return c == '.' || c == '/' || c == ':';
}

/* Whether `name` begins with the parts of `stem`, and one ends there. */
static int begins(const char *name, const char *stem, size_t length) {
    for (size_t k = 0; k < length; k++)
        if (is_mark(stem[k]) ? !is_mark(name[k]) : name[k] != stem[k])
            return 0;
    return name[length] == '\0' || is_mark(name[length]);
}

int tw_weights_name_fits(const char *tensor, const char *block) {
    const char *dot = strrchr(tensor, '.');
    size_t length = dot != NULL ? (size_t)(dot - tensor) : 0;
    int letters = 0;
    if (strcmp(tensor, block) == 0)
        return 1;
    for (size_t k = 0; k < length; k++)
        letters |= isalpha((unsigned char)tensor[k]);
    for (const char *at = block; letters && *at != '\0'; at++)
        if ((at == block || is_mark(at[-1])) && begins(at, tensor, length))
            return 1;
    return 0;
}

/* ---- layers ---- */

static tw_layer_kind kind_of(const tw_weights_layer *layer, int weight_rank) {
    return layer->part[TW_PART_WEIGHT] > 0
               ? (weight_rank > 2 ? TW_LAYER_CONVOLUTION : TW_LAYER_MATRIX)
           : layer->part[TW_PART_SCALE] > 0 ? TW_LAYER_NORM
                                            : TW_LAYER_KINDS;
}

tw_status tw_weights_layers_of_space(const tw_space *space, tw_weights_layers *out) {
    size_t blocks = tw_space_blocks(space);
    *out = (tw_weights_layers){.layers = tw_alloc(blocks, sizeof *out->layers), .rest = SIZE_MAX};
    if (out->layers == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu layers", blocks);
    for (size_t k = 0; k < blocks; k++) {
        const tw_block *block = tw_space_block(space, k);
        if (block->use.part == TW_PART_OTHER || block->use.layer >= blocks) {
            out->rest = out->rest == SIZE_MAX ? k : out->rest;
            continue;
        }
        tw_weights_layer *layer = &out->layers[block->use.layer];
        layer->part[block->use.part] = k + 1;
        out->count = block->use.layer >= out->count ? block->use.layer + 1 : out->count;
    }
    for (size_t k = 0; k < out->count; k++) {
        tw_weights_layer *layer = &out->layers[k];
        size_t weight = layer->part[TW_PART_WEIGHT], scale = layer->part[TW_PART_SCALE];
        layer->kind = kind_of(layer, weight > 0 ? tw_space_block(space, weight - 1)->rank : 0);
        layer->first = weight > 0 ? weight - 1 : scale > 0 ? scale - 1 : 0;
    }
    return TW_OK;
}

static tw_part part_of(const tw_checkpoint_tensor *tensor) {
    static const struct {
        const char *word;
        tw_part part, flat; /* of two axes or more, of one */
    } words[] = {{"weight", TW_PART_WEIGHT, TW_PART_SCALE},
                 {"kernel", TW_PART_WEIGHT, TW_PART_OTHER},
                 {"bias", TW_PART_OTHER, TW_PART_BIAS},
                 {"gamma", TW_PART_OTHER, TW_PART_SCALE},
                 {"beta", TW_PART_OTHER, TW_PART_SHIFT},
                 {"running_mean", TW_PART_OTHER, TW_PART_MEAN},
                 {"running_var", TW_PART_OTHER, TW_PART_VARIANCE}};
    const char *dot = strrchr(tensor->name, '.'), *word = dot != NULL ? dot + 1 : tensor->name;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (strcmp(words[k].word, word) == 0)
            return tensor->rank >= 2 ? words[k].part : words[k].flat;
    return TW_PART_OTHER;
}

static int same_stem(const char *a, const char *b) {
    const char *dot = strrchr(a, '.'), *other = strrchr(b, '.');
    size_t length = dot != NULL ? (size_t)(dot - a) : 0;
    return length == (other != NULL ? (size_t)(other - b) : 0) && strncmp(a, b, length) == 0;
}

static void end_layer(const tw_checkpoint *checkpoint, tw_weights_layer *layer) {
    size_t weight = layer->part[TW_PART_WEIGHT], scale = layer->part[TW_PART_SCALE];
    layer->kind =
        kind_of(layer, weight > 0 ? tw_checkpoint_tensor_at(checkpoint, weight - 1)->rank : 0);
    layer->first = weight > 0 ? weight - 1 : scale > 0 ? scale - 1 : 0;
    if (layer->kind == TW_LAYER_NORM && layer->part[TW_PART_BIAS] > 0) {
        layer->part[TW_PART_SHIFT] = layer->part[TW_PART_BIAS];
        layer->part[TW_PART_BIAS] = 0;
    }
}

tw_status tw_weights_layers_of_file(const tw_checkpoint *checkpoint, tw_weights_layers *out) {
    size_t count = tw_checkpoint_count(checkpoint), before = SIZE_MAX;
    *out = (tw_weights_layers){.layers = tw_alloc(count, sizeof *out->layers), .rest = SIZE_MAX};
    if (out->layers == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu layers", count);
    for (size_t k = 0; k < count; k++) {
        const tw_checkpoint_tensor *tensor = tw_checkpoint_tensor_at(checkpoint, k);
        if (tw_weights_passes_over(tensor))
            continue;
        tw_part part = part_of(tensor);
        if (before == SIZE_MAX ||
            !same_stem(tw_checkpoint_tensor_at(checkpoint, before)->name, tensor->name) ||
            out->layers[out->count - 1].part[part] > 0)
            out->count++;
        before = k;
        out->layers[out->count - 1].part[part] = k + 1;
    }
    for (size_t k = 0; k < out->count; k++)
        end_layer(checkpoint, &out->layers[k]);
    for (size_t k = out->count; k-- > 0;) {
        const tw_weights_layer *layer = &out->layers[k];
        for (size_t p = 0; p < TW_PARTS; p++)
            if (layer->part[p] > 0 && (p == TW_PART_OTHER || layer->kind == TW_LAYER_KINDS))
                out->rest = layer->part[p] - 1;
    }
    return TW_OK;
}
