/* gradcheck_select.c: which coordinates are looked at one by one. All of a small vector; of a large
 * one some in every block, since biases would hardly be met by drawing from the whole: drawn ones,
 * and those with the largest and the smallest entries of the gradient. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "gradcheck/gradcheck_private.h"
#include "thalweg/rng.h"

/* Marks the `most` entries of the block that stand first by size. */
static void mark_extremes(const tw_check *check, const tw_gradcheck_block *block, size_t most,
                          int largest, size_t *best, unsigned char *marks) {
    size_t count = 0;
    for (size_t i = block->offset; i < block->offset + block->count; i++) {
        double size = fabs(check->gradient[i]);
        if (isnan(size))
            continue;
        size_t at = count;
        while (at > 0 && (largest ? size > fabs(check->gradient[best[at - 1]])
                                  : size < fabs(check->gradient[best[at - 1]])))
            at--;
        if (at == most)
            continue;
        count = count < most ? count + 1 : most;
        memmove(best + at + 1, best + at, (count - at - 1) * sizeof *best);
        best[at] = i;
    }
    for (size_t k = 0; k < count; k++)
        marks[best[k]] = 1;
}

static void mark_drawn(const tw_check *check, const tw_gradcheck_block *block,
                       unsigned char *marks) {
    const tw_gradcheck_options *o = &check->options;
    if (block->count <= o->sample) {
        memset(marks + block->offset, 1, block->count);
        return;
    }
    uint64_t stream = tw_rng_stream("gradcheck entries") + block->offset;
    for (size_t k = 0; k < o->sample; k++)
        marks[block->offset + tw_rng_below(o->seed, stream, k, block->count)] = 1;
}

/* What is not finite or was never written need not be drawn to be seen. */
static void mark_broken(const tw_check *check, const tw_gradcheck_block *block,
                        unsigned char *marks) {
    size_t found = 0;
    for (size_t i = block->offset; i < block->offset + block->count && found < 8; i++)
        if (!isfinite(check->gradient[i])) {
            marks[i] = 1;
            found++;
        }
}

static tw_status mark_blocks(const tw_check *check, unsigned char *marks) {
    const tw_gradcheck_options *o = &check->options;
    size_t *best = tw_alloc_raw(o->extremes + 1, sizeof *best);
    if (best == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu entries", o->extremes);
    for (size_t k = 0; k < check->report->block_count; k++) {
        const tw_gradcheck_block *block = &check->report->blocks[k];
        if (!tw_block_moves(tw_space_block(check->report->space, k)))
            continue; /* not trained: its gradient means nothing */
        if (check->n <= o->every) {
            memset(marks + block->offset, 1, block->count);
            continue;
        }
        mark_broken(check, block, marks);
        if (o->only_probes)
            continue;
        mark_drawn(check, block, marks);
        mark_extremes(check, block, o->extremes, 1, best, marks);
        mark_extremes(check, block, o->extremes, 0, best, marks);
    }
    free(best);
    return TW_OK;
}

tw_status tw_check_select(const tw_check *check, size_t **indices, size_t *count) {
    const tw_gradcheck_options *o = &check->options;
    unsigned char *marks = tw_alloc(check->n, 1);
    tw_status status = TW_OK;
    *indices = NULL;
    *count = 0;
    if (marks == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to choose among %zu entries", check->n);
    if (o->indices == NULL)
        status = mark_blocks(check, marks);
    for (size_t k = 0; o->indices != NULL && k < o->index_count; k++)
        marks[o->indices[k]] = 1;
    for (size_t i = 0; i < check->n; i++)
        *count += marks[i];
    if (status == TW_OK && (*indices = tw_alloc_raw(*count, sizeof **indices)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu entries", *count);
    size_t put = 0;
    for (size_t i = 0; i < check->n && status == TW_OK; i++)
        if (marks[i])
            (*indices)[put++] = i;
    free(marks);
    return status;
}
