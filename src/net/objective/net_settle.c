/* Statistics of batch normalisation from samples. The layers are taken in order, each normalised by
 * what the samples give there when the next one is looked at: for all samples that is exact, and
 * for a batch what a training step of PyTorch does. The variance that normalises is that of the
 * samples, divided by their number m; what a step keeps is m / (m - 1) of it, as there.
 *
 * From one layer to the next every micro-batch goes on where it was left: what later steps read is
 * kept of each (net_frontier.h), so that all layers together are one pass. Where that would be more
 * than MOST_KEPT bytes, each layer begins with the samples again. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/objective/net_frontier.h"
#include "net/objective/net_objective.h"

/* Mean and sum of squares about it, of a channel in one micro-batch. */
typedef struct moments {
    double count, mean, squares;
} moments;

enum { MOST_KEPT = 1 << 30 };

typedef struct settle_job {
    tw_net_work *work;
    tw_net_frontier *frontier;
    size_t edge;                   /* the one to look at */
    size_t channels, each, images; /* entries a channel, and a sample */
    moments *moments;              /* channels of each micro-batch */
    double *numbers;               /* of the edge in one micro-batch, of each worker */
} settle_job;

static moments moments_of(const double *numbers, size_t samples, size_t stride, size_t each) {
    double count = (double)(samples * each), mean = 0, squares = 0;
    for (size_t s = 0; s < samples; s++)
        for (size_t i = 0; i < each; i++)
            mean += numbers[s * stride + i];
    mean /= count;
    for (size_t s = 0; s < samples; s++)
        for (size_t i = 0; i < each; i++) {
            double off = numbers[s * stride + i] - mean;
            squares += off * off;
        }
    return (moments){count, mean, squares};
}

static tw_status settle_piece(void *argument, size_t piece, int worker) {
    const settle_job *job = argument;
    const tw_net_engine *engine = job->work->engine;
    tw_net_frontier *frontier = job->frontier;
    const tw_net_span_of_samples samples = tw_net_work_piece(job->work, piece);
    double *numbers = job->numbers + (size_t)worker * job->images * engine->program->batch;
    tw_status status = engine->kind->load(engine->crew, (size_t)worker, &samples);
    if (status == TW_OK && frontier->kept != NULL)
        tw_net_frontier_restore(frontier, engine, (size_t)worker, piece);
    if (status == TW_OK)
        status =
            engine->kind->forward(engine->crew, (size_t)worker, frontier->begin, frontier->end);
    if (status != TW_OK)
        return status;
    if (frontier->kept != NULL)
        tw_net_frontier_save(frontier, engine, (size_t)worker, piece);
    engine->kind->read(engine->crew, (size_t)worker, TW_NET_VALUE, job->edge,
                       samples.count * job->images, numbers);
    for (size_t c = 0; c < job->channels; c++)
        job->moments[piece * job->channels + c] =
            moments_of(numbers + c * job->each, samples.count, job->images, job->each);
    return TW_OK;
}

/* Chan, Golub and LeVeque's rule for the moments of two sets together. */
static moments together(moments a, moments b) {
    double count = a.count + b.count, apart = b.mean - a.mean;
    return (moments){count, a.mean + apart * b.count / count,
                     a.squares + b.squares + apart * apart * a.count * b.count / count};
}

/* Puts a layer's statistics into x; *size is how many numbers a channel's are of. */
static tw_status settle_layer(tw_net_work *work, tw_net_frontier *frontier, const tw_net_norm *norm,
                              double *x, double *size) {
    const tw_net_program *program = work->engine->program;
    const tw_net_edge *edge = &program->edges[norm->input];
    size_t pieces = tw_net_work_pieces(work), channels = edge->shape.size[1];
    settle_job job = {.work = work,
                      .frontier = frontier,
                      .edge = norm->input,
                      .channels = channels,
                      .each = tw_net_shape_span(&edge->shape, 2, edge->shape.rank),
                      .images = tw_net_shape_span(&edge->shape, 1, edge->shape.rank)};
    size_t end = edge->step == TW_NET_NONE ? 0 : edge->step + 1;
    tw_net_frontier_aim(frontier, end > frontier->begin ? end : frontier->begin);
    job.moments = tw_alloc(pieces, channels * sizeof(moments));
    job.numbers = tw_alloc_raw(work->engine->workers, job.images * program->batch * sizeof(double));
    tw_status status = job.moments == NULL || job.numbers == NULL
                           ? tw_fail(TW_ERR_MEMORY, "not enough memory for a layer's statistics")
                           : tw_net_engine_set(work->engine, x);
    if (status == TW_OK)
        status = tw_runner_map(work->objective->runner, pieces, settle_piece, &job);
    for (size_t c = 0; c < channels && status == TW_OK; c++) {
        moments sum = job.moments[c];
        for (size_t b = 1; b < pieces; b++)
            sum = together(sum, job.moments[b * channels + c]);
        x[program->edges[norm->mean].offset + c] = sum.mean;
        x[program->edges[norm->variance].offset + c] = sum.squares / sum.count;
        *size = sum.count;
    }
    tw_net_frontier_arrive(frontier);
    free(job.moments);
    free(job.numbers);
    return status;
}

static int settles(const tw_net_program *program, const tw_net_norm *norm) {
    return program->edges[norm->input].time == TW_NET_AT_BATCH &&
           program->edges[norm->mean].value != TW_NET_NONE &&
           program->edges[norm->variance].value != TW_NET_NONE;
}

/* What a step keeps: `momentum` of what was there (ONNX's: 1 - PyTorch's), and the rest of what the
 * batch gives. */
static void blend(const tw_net_program *program, const tw_net_norm *norm, double size,
                  const double *before, double *x) {
    const tw_net_edge *mean = &program->edges[norm->mean];
    size_t variance = program->edges[norm->variance].offset;
    double m = norm->momentum, unbiased = size > 1 ? size / (size - 1) : 1;
    for (size_t c = 0; c < tw_net_shape_count(&mean->shape); c++) {
        size_t at = mean->offset + c, of = variance + c;
        x[at] = m * before[at] + (1 - m) * x[at];
        x[of] = m * before[of] + (1 - m) * unbiased * x[of];
    }
}

/* The program as it was built. */
static tw_status plain_engine(tw_net_objective *o, tw_net_engine **out) {
    tw_net_engine_options plain = o->made;
    plain.fast = 0;
    *out = &o->plain;
    tw_status status = TW_OK;
    if (o->plain.program == NULL)
        status = tw_net_engine_open(o->graph, o->preparation, &plain, &o->plain);
    return status == TW_OK ? tw_net_engine_order(&o->plain, TW_NET_VALUES) : status;
}

tw_status tw_net_settle(void *ctx, size_t n, double *x, const tw_batch *batch) {
    tw_net_objective *o = ctx;
    tw_net_work work = tw_net_work_all(o);
    tw_status status = batch != NULL ? tw_net_work_batch(o, batch, &work) : TW_OK;
    if (status == TW_OK)
        status = plain_engine(o, &work.engine);
    if (status != TW_OK)
        return status;
    const tw_net_program *program = work.engine->program;
    tw_net_frontier frontier = {0};
    double *before = tw_alloc_raw(n, sizeof *before),
           *sizes = tw_alloc(program->norm_count, sizeof *sizes);
    if (before == NULL || sizes == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", n);
    else
        status = tw_net_frontier_open(work.engine, tw_net_work_pieces(&work), MOST_KEPT, &frontier);
    if (status == TW_OK)
        memcpy(before, x, n * sizeof *x);
    for (size_t k = 0; k < program->norm_count && status == TW_OK; k++)
        if (settles(program, &program->norms[k]))
            status = settle_layer(&work, &frontier, &program->norms[k], x, &sizes[k]);
    for (size_t k = 0; k < program->norm_count && status == TW_OK && batch != NULL; k++)
        if (settles(program, &program->norms[k]))
            blend(program, &program->norms[k], sizes[k], before, x);
    tw_net_frontier_release(&frontier);
    free(before);
    free(sizes);
    return status;
}
