#include "file/weights_fit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/block_file.h"
#include "file/weights_layers.h"

enum { MOST_NAMED = 2000 }; /* layers: names are compared one by one */

typedef struct job {
    const char *path;
    const tw_checkpoint *checkpoint;
    const tw_space *from, *space;
    tw_weights_layers graph, file;
    size_t *to;    /* by layer of the graph: that of the file */
    size_t *named; /* likewise by names, SIZE_MAX: they do not tell */
    tw_weights_fit *fit;
    int raw; /* a weight of the file has to stay as it is */
} job;

int tw_weights_can_fit(const tw_space *space) {
    for (size_t k = 0; k < tw_space_blocks(space); k++)
        if (tw_space_block(space, k)->use.part != TW_PART_OTHER)
            return 1;
    return 0;
}

static const char *block_name(const job *j, size_t layer) {
    return tw_space_block(j->space, j->graph.layers[layer].first)->name;
}

static const char *tensor_name(const job *j, size_t layer) {
    return tw_checkpoint_tensor_at(j->checkpoint, j->file.layers[layer].first)->name;
}

/* ---- layers ---- */

/* The one layer of the file whose name is in the block's; the longest of several. */
static size_t find_named(const job *j, size_t layer) {
    size_t best = SIZE_MAX, longest = 0;
    for (size_t k = 0; k < j->file.count; k++) {
        size_t length = strlen(tensor_name(j, k));
        if (j->file.layers[k].kind != j->graph.layers[layer].kind || length < longest ||
            !tw_weights_name_fits(tensor_name(j, k), block_name(j, layer)))
            continue;
        best = length == longest ? SIZE_MAX : k;
        longest = length;
    }
    return best;
}

/* What two layers of the graph claim is neither's. */
static tw_status find_names(job *j) {
    size_t *owners = tw_alloc(j->file.count, sizeof *owners);
    int compare = j->file.count <= MOST_NAMED && j->graph.count <= MOST_NAMED;
    if (owners == NULL)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", j->path);
    for (size_t k = 0; k < j->graph.count; k++) {
        j->named[k] = compare ? find_named(j, k) : SIZE_MAX;
        if (j->named[k] != SIZE_MAX)
            owners[j->named[k]]++;
    }
    for (size_t k = 0; k < j->graph.count; k++)
        if (j->named[k] != SIZE_MAX && owners[j->named[k]] > 1)
            j->named[k] = SIZE_MAX;
    free(owners);
    return TW_OK;
}

static tw_status fail_count(const job *j, tw_layer_kind kind, size_t graph, size_t file) {
    int folded = kind == TW_LAYER_NORM && graph < file;
    return tw_fail(TW_ERR_SHAPE, "'%s': a %s of another model: it has %zu %s, the network %zu%s",
                   j->path, tw_checkpoint_kind(j->checkpoint), file, tw_layer_kind_name(kind),
                   graph,
                   folded ? " (were they folded into convolutions when it was exported? "
                            "docs/networks.md says how to keep them)"
                          : "");
}

/* The kth of the graph is the kth of the file. */
static tw_status order_kind(job *j, tw_layer_kind kind) {
    size_t graph = 0, file = 0, at = 0;
    for (size_t k = 0; k < j->graph.count; k++)
        graph += j->graph.layers[k].kind == kind;
    for (size_t k = 0; k < j->file.count; k++)
        file += j->file.layers[k].kind == kind;
    if (graph != file)
        return fail_count(j, kind, graph, file);
    for (size_t k = 0; k < j->graph.count; k++) {
        if (j->graph.layers[k].kind != kind)
            continue;
        while (j->file.layers[at].kind != kind)
            at++;
        j->to[k] = at++;
    }
    return TW_OK;
}

/* Names that tell all layers of a kind hold; others must agree with the order. */
static tw_status agree(job *j, tw_layer_kind kind) {
    size_t unnamed = 0, against = SIZE_MAX;
    for (size_t k = 0; k < j->graph.count; k++) {
        if (j->graph.layers[k].kind != kind)
            continue;
        unnamed += j->named[k] == SIZE_MAX;
        if (j->named[k] != SIZE_MAX && j->named[k] != j->to[k] && against == SIZE_MAX)
            against = k;
    }
    if (against != SIZE_MAX && unnamed > 0)
        return tw_fail(TW_ERR_SHAPE,
                       "'%s': '%s' is '%s' by its name, but '%s' by the order of layers; rename "
                       "the tensors as the blocks are ('thalweg info' lists both)",
                       j->path, block_name(j, against), tensor_name(j, j->named[against]),
                       tensor_name(j, j->to[against]));
    for (size_t k = 0; k < j->graph.count && against != SIZE_MAX; k++)
        if (j->graph.layers[k].kind == kind)
            j->to[k] = j->named[k];
    return TW_OK;
}

/* ---- shapes ---- */

static int has_shape(const tw_checkpoint_tensor *tensor, const tw_block *block, int turned) {
    if (tensor->rank != block->rank)
        return 0;
    for (int k = 0; k < block->rank; k++)
        if (tensor->shape[k] != block->shape[turned ? block->use.axes[k] : k])
            return 0;
    return 1;
}

/* One long axis, whatever axes of length 1 are beside it. */
static int is_flat(const tw_checkpoint_tensor *tensor, const tw_block *block) {
    size_t longest = 1;
    for (int k = 0; k < block->rank; k++)
        longest = block->shape[k] > longest ? block->shape[k] : longest;
    return tensor->rank == 1 && tensor->count == block->count && longest == block->count;
}

static int is_turning(const tw_block *block) {
    for (int k = 0; k < block->rank; k++)
        if (block->use.axes[k] != k)
            return 1;
    return 0;
}

static tw_status fit_part(job *j, size_t block_index, size_t tensor_index) {
    const tw_block *block = tw_space_block(j->space, block_index);
    const tw_checkpoint_tensor *tensor = tw_checkpoint_tensor_at(j->checkpoint, tensor_index);
    int turns = block->use.part == TW_PART_WEIGHT && is_turning(block);
    int as_it_is = has_shape(tensor, block, 0);
    char have[80], want[80];
    j->fit->tensors[block_index] = tensor;
    if (turns && has_shape(tensor, block, 1)) {
        j->fit->turned[block_index] = as_it_is ? 2 : 1;
        j->fit->squares |= as_it_is;
        j->fit->turns++;
        return TW_OK;
    }
    j->raw |= turns && as_it_is;
    if (as_it_is || (block->use.part != TW_PART_WEIGHT && is_flat(tensor, block)))
        return TW_OK;
    tw_shape_text(have, sizeof have, tensor->rank, tensor->shape);
    tw_shape_text(want, sizeof want, block->rank, block->shape);
    return tw_fail(TW_ERR_SHAPE,
                   "'%s': a %s of another model: '%s' is %s, and '%s' in its place %s", j->path,
                   tw_checkpoint_kind(j->checkpoint), block->name, want, tensor->name, have);
}

static tw_status fit_layer(job *j, size_t k) {
    const tw_weights_layer *graph = &j->graph.layers[k], *file = &j->file.layers[j->to[k]];
    const tw_block *first = tw_space_block(j->space, graph->first);
    int is_named = j->named[k] == j->to[k];
    if (first->use.beside && !is_named)
        return tw_fail(TW_ERR_SHAPE,
                       "'%s': its names are others than the network's, and '%s' stands beside a "
                       "layer of its shape, so that the order does not tell them apart",
                       j->path, first->name);
    for (size_t p = 0; p < TW_PARTS; p++) {
        if ((graph->part[p] > 0) != (file->part[p] > 0))
            return tw_fail(TW_ERR_SHAPE,
                           "'%s': a %s of another model: '%s' and '%s' in its place do not have "
                           "the same parts (weight, bias, statistics)",
                           j->path, tw_checkpoint_kind(j->checkpoint), first->name,
                           tensor_name(j, j->to[k]));
        if (graph->part[p] == 0)
            continue;
        tw_status status = fit_part(j, graph->part[p] - 1, file->part[p] - 1);
        if (status != TW_OK)
            return status;
        *(is_named ? &j->fit->by_name : &j->fit->by_order) += 1;
    }
    return TW_OK;
}

/* Matrices that are square fit both ways: then as the others do. */
static tw_status settle_squares(job *j) {
    size_t sure = 0;
    for (size_t k = 0; k < tw_space_blocks(j->space); k++)
        sure += j->fit->turned[k] == 1;
    if (!j->raw)
        return TW_OK;
    if (sure > 0 && j->fit->squares)
        return tw_fail(TW_ERR_SHAPE,
                       "'%s': some matrices are (in, out), some (out, in), and square "
                       "ones do not tell what they are",
                       j->path);
    for (size_t k = 0; k < tw_space_blocks(j->space); k++)
        if (j->fit->turned[k] == 2) {
            j->fit->turned[k] = 0;
            j->fit->turns--;
        }
    j->fit->squares = 0;
    return TW_OK;
}

static tw_status check_rest(const job *j) {
    if (j->graph.rest != SIZE_MAX)
        return tw_fail(TW_ERR_SHAPE,
                       "'%s': a %s without '%s', which is part of no layer, so that only its name "
                       "would tell",
                       j->path, tw_checkpoint_kind(j->checkpoint),
                       tw_space_block(j->space, j->graph.rest)->name);
    if (j->file.rest != SIZE_MAX)
        return tw_fail(TW_ERR_SHAPE, "'%s': a %s of another model: '%s' is left over", j->path,
                       tw_checkpoint_kind(j->checkpoint),
                       tw_checkpoint_tensor_at(j->checkpoint, j->file.rest)->name);
    return TW_OK;
}

static tw_status find(job *j) {
    tw_status status = tw_weights_layers_of_space(j->space, &j->graph);
    if (status == TW_OK)
        status = j->from != NULL ? tw_weights_layers_of_space(j->from, &j->file)
                                 : tw_weights_layers_of_file(j->checkpoint, &j->file);
    if (status == TW_OK)
        status = check_rest(j);
    j->to = tw_alloc(j->graph.count, sizeof *j->to);
    j->named = tw_alloc(j->graph.count, sizeof *j->named);
    if (status == TW_OK && (j->to == NULL || j->named == NULL))
        status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", j->path);
    if (status == TW_OK)
        status = find_names(j);
    for (tw_layer_kind kind = 0; kind < TW_LAYER_KINDS && status == TW_OK; kind++) {
        status = order_kind(j, kind);
        if (status == TW_OK)
            status = agree(j, kind);
    }
    for (size_t k = 0; k < j->graph.count && status == TW_OK; k++)
        status = fit_layer(j, k);
    return status == TW_OK ? settle_squares(j) : status;
}

tw_status tw_weights_fit_find(const char *path, const tw_checkpoint *checkpoint,
                              const tw_space *from, const tw_space *space, tw_weights_fit *out) {
    size_t blocks = tw_space_blocks(space);
    *out = (tw_weights_fit){.tensors = tw_alloc(blocks, sizeof *out->tensors),
                            .turned = tw_alloc(blocks, 1)};
    job j = {.path = path, .checkpoint = checkpoint, .from = from, .space = space, .fit = out};
    if (out->tensors == NULL || out->turned == NULL)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    tw_status status = find(&j);
    free(j.graph.layers);
    free(j.file.layers);
    free(j.to);
    free(j.named);
    return status;
}

void tw_weights_fit_release(tw_weights_fit *fit) {
    free(fit->tensors);
    free(fit->turned);
    *fit = (tw_weights_fit){0};
}
