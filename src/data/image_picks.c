#include "data/image_picks.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "format/image.h"
#include "thalweg/run.h"

enum {
    MOST_THREADS = 4, /* each holds one image, which may be large */
    FEW = 32          /* images for which no thread is started */
};

/* ---- which ---- */

tw_status tw_image_picks_choose(const tw_image_listing *listing, const tw_collector *collector,
                                tw_image_picks *out) {
    const size_t limit = collector->options->limit;
    size_t wanted = 0, longest = 0, reached = 0;
    *out = (tw_image_picks){0};
    for (size_t i = 0; i < listing->count; i++) {
        const tw_image_class *from = &listing->classes[i];
        if (from->count == 0 || tw_collector_number(collector, (int32_t)i) < 0)
            continue;
        wanted += from->count;
        longest = from->count > longest ? from->count : longest;
        reached++;
    }
    const size_t count = limit > 0 && limit < wanted ? limit : wanted;
    out->left_out = reached > count ? reached - count : 0;
    out->items = tw_alloc(count, sizeof *out->items);
    if (out->items == NULL)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for a list of %zu images",
                       collector->path, count);
    for (size_t turn = 0; turn < longest && out->count < count; turn++)
        for (size_t i = 0; i < listing->count && out->count < count; i++)
            if (turn < listing->classes[i].count && tw_collector_number(collector, (int32_t)i) >= 0)
                out->items[out->count++] =
                    (tw_image_pick){.path = listing->classes[i].files[turn], .label = (int32_t)i};
    return TW_OK;
}

void tw_image_picks_release(tw_image_picks *picks) {
    free(picks->items);
    *picks = (tw_image_picks){0};
}

/* All picks through `function`, whose results are in their order whatever thread had which. */
static tw_status map(const tw_image_picks *picks, tw_piece_fn function, void *argument) {
    tw_runner *runner = NULL;
    const int processors = tw_processor_count();
    tw_status status = TW_OK;
    if (picks->count > FEW && processors > 1)
        status = tw_runner_new(processors < MOST_THREADS ? processors : MOST_THREADS, &runner);
    if (status == TW_OK)
        status = tw_runner_map(runner, picks->count, function, argument);
    tw_runner_free(runner);
    return status;
}

/* ---- their shape ---- */

static tw_status look(void *argument, size_t piece, int worker) {
    tw_image_pick *pick = ((tw_image_picks *)argument)->items + piece;
    tw_image image;
    (void)worker;
    tw_status status = tw_image_look(pick->path, &image);
    pick->shape = (tw_image_shape){image.channels, image.height, image.width};
    return status;
}

static tw_status fail_sizes(const tw_collector *collector, const tw_image_pick *one,
                            const tw_image_pick *two) {
    return tw_fail(TW_ERR_SHAPE,
                   "'%s' holds images of several sizes: '%s' is %zu x %zu, '%s' %zu x %zu; give "
                   "the size that they are to have (--size HxW)",
                   collector->path, one->path, one->shape.height, one->shape.width, two->path,
                   two->shape.height, two->shape.width);
}

tw_status tw_image_picks_shape(tw_image_picks *picks, const tw_collector *collector,
                               tw_image_shape *out, size_t *grey) {
    const tw_dataset_options *options = collector->options;
    *out =
        (tw_image_shape){options->color == TW_COLOR_RGB ? 3 : 1, options->height, options->width};
    *grey = 0;
    if (options->height != 0 && options->color != TW_COLOR_AS_IS)
        return TW_OK;
    tw_status status = map(picks, look, picks);
    if (status != TW_OK)
        return status;
    for (size_t i = 0; i < picks->count; i++) {
        const tw_image_shape *shape = &picks->items[i].shape, *first = &picks->items[0].shape;
        *grey += shape->channels == 1;
        if (options->height == 0 &&
            (shape->height != first->height || shape->width != first->width))
            return fail_sizes(collector, &picks->items[0], &picks->items[i]);
    }
    if (options->height == 0) {
        out->height = picks->items[0].shape.height;
        out->width = picks->items[0].shape.width;
    }
    if (options->color == TW_COLOR_AS_IS)
        out->channels = *grey < picks->count ? 3 : 1;
    if (options->color != TW_COLOR_AS_IS || *grey == picks->count)
        *grey = 0;
    return TW_OK;
}

/* ---- reading ---- */

typedef struct reading {
    const tw_image_picks *picks;
    const tw_collector *collector;
    tw_image_shape shape;
} reading;

static tw_status fit(const reading *r, const tw_image_pick *pick, const tw_image *image,
                     uint8_t *out) {
    const tw_dataset_options *options = r->collector->options;
    const tw_image_shape in = {image->channels, image->height, image->width};
    tw_image_fit *fit;
    if (options->height == 0 && (in.height != r->shape.height || in.width != r->shape.width))
        return tw_fail(TW_ERR_FORMAT, "'%s' has changed while it was read", pick->path);
    tw_status status = tw_image_fit_new(&in, &r->shape, options->resize, 1, 1, &fit);
    if (status == TW_OK)
        tw_image_fit_apply(fit, image->pixels, out);
    tw_image_fit_free(fit);
    return status;
}

static tw_status read_one(void *argument, size_t piece, int worker) {
    const reading *r = argument;
    const tw_image_pick *pick = &r->picks->items[piece];
    tw_image image;
    (void)worker;
    tw_status status = tw_image_read(pick->path, &image);
    if (status == TW_OK)
        status = fit(r, pick, &image, tw_collector_bytes_ahead(r->collector, piece));
    tw_image_release(&image);
    return status;
}

tw_status tw_image_picks_read(const tw_image_picks *picks, tw_collector *collector) {
    const tw_dataset *dataset = collector->dataset;
    reading r = {picks, collector, {dataset->channels, dataset->height, dataset->width}};
    tw_status status = map(picks, read_one, &r);
    for (size_t i = 0; status == TW_OK && i < picks->count; i++) {
        int32_t number;
        status = tw_collector_want(collector, picks->items[i].label, &number);
        if (status == TW_OK)
            tw_collector_keep(collector, number);
    }
    return status;
}
