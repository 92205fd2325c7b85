/* The samples of a call, cut into micro-batches, and what is kept of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/objective/net_objective.h"

tw_net_work tw_net_work_all(tw_net_objective *objective) {
    return (tw_net_work){.objective = objective,
                         .engine = &objective->engine,
                         .first = objective->first,
                         .count = objective->count};
}

tw_status tw_net_work_batch(tw_net_objective *objective, const tw_batch *batch, tw_net_work *out) {
    *out = tw_net_work_all(objective);
    if (batch->count > objective->chosen_room) {
        size_t *larger = reallocarray(objective->chosen, batch->count, sizeof *larger);
        if (larger == NULL)
            return tw_fail(TW_ERR_MEMORY,
                           "%s: not enough memory for a batch of %zu; a smaller --batch needs less",
                           objective->graph->name, batch->count);
        objective->chosen = larger;
        objective->chosen_room = batch->count;
    }
    for (size_t k = 0; k < batch->count; k++)
        objective->chosen[k] = objective->first + batch->samples[k];
    out->samples = objective->chosen;
    out->count = batch->count;
    return TW_OK;
}

size_t tw_net_work_pieces(const tw_net_work *work) {
    size_t batch = work->engine->program->batch;
    return (work->count + batch - 1) / batch;
}

tw_net_span_of_samples tw_net_work_piece(const tw_net_work *work, size_t piece) {
    size_t batch = work->engine->program->batch, at = piece * batch, left = work->count - at;
    return (tw_net_span_of_samples){.samples = work->samples != NULL ? work->samples + at : NULL,
                                    .first = work->first + at,
                                    .count = left < batch ? left : batch};
}

size_t tw_net_work_label(const tw_net_work *work, size_t sample) {
    size_t number = work->samples != NULL ? work->samples[sample] : work->first + sample;
    return (size_t)work->objective->labels[number];
}

double *tw_net_scratch(const tw_net_objective *objective, int worker, size_t which) {
    size_t size = objective->engine.program->batch * objective->head.outputs;
    return objective->scratch + ((size_t)worker * 3 + which) * size;
}

void tw_net_read_outputs(const tw_net_work *work, size_t piece, int worker) {
    const tw_net_engine *engine = work->engine;
    engine->kind->read(engine->crew, (size_t)worker, TW_NET_VALUE, engine->program->output,
                       tw_net_work_piece(work, piece).count * work->objective->head.outputs,
                       tw_net_scratch(work->objective, worker, 0));
}

tw_status tw_net_run_piece(const tw_net_work *work, size_t piece, int worker) {
    tw_net_objective *o = work->objective;
    tw_net_engine *engine = work->engine;
    const tw_net_span_of_samples samples = tw_net_work_piece(work, piece);
    double *outputs = tw_net_scratch(o, worker, 0);
    tw_status status = engine->kind->load(engine->crew, (size_t)worker, &samples);
    if (status == TW_OK)
        status = engine->kind->forward(engine->crew, (size_t)worker, 0, SIZE_MAX);
    if (status != TW_OK)
        return status;
    tw_net_read_outputs(work, piece, worker);
    for (size_t k = 0; k < samples.count; k++) {
        size_t sample = piece * engine->program->batch + k;
        size_t label = tw_net_work_label(work, sample);
        const double *s = outputs + k * o->head.outputs;
        o->answers.losses[sample] = tw_net_head_loss(&o->head, s, label);
        o->answers.ranks[sample] = tw_net_head_rank(&o->head, s, label);
    }
    return TW_OK;
}

tw_status tw_net_answers_room(tw_net_objective *objective, size_t count) {
    tw_net_answers *answers = &objective->answers;
    if (count <= answers->room)
        return TW_OK;
    free(answers->losses);
    free(answers->ranks);
    *answers = (tw_net_answers){.room = count,
                                .losses = tw_alloc_raw(count, sizeof *answers->losses),
                                .ranks = tw_alloc_raw(count, sizeof *answers->ranks)};
    if (answers->losses != NULL && answers->ranks != NULL)
        return TW_OK;
    answers->room = 0;
    return tw_fail(TW_ERR_MEMORY,
                   "%s: not enough memory for the losses of %zu samples; a smaller --limit needs "
                   "less",
                   objective->graph->name, count);
}

/* ---- metrics ---- */

static double regularizer(const tw_net_objective *o, const double *x) {
    double sum = 0;
    for (size_t k = 0; k < tw_space_blocks(o->space); k++) {
        const tw_block *block = tw_space_block(o->space, k);
        for (size_t i = 0; block->role == TW_ROLE_WEIGHT && i < block->count; i++)
            sum += x[block->offset + i] * x[block->offset + i];
    }
    return o->reg * sum;
}

/* The variance of a sum of N terms is N times that of one, estimated about the mean: about
 * `typical` it is larger by the square of the distance. */
static double standard_error(const tw_net_work *work) {
    const double *losses = work->objective->answers.losses;
    double count = (double)work->count, squares = 0, sum = 0;
    for (size_t i = 0; i < work->count; i++) {
        double off = losses[i] - work->objective->typical;
        sum += off;
        squares += off * off;
    }
    double variance = (squares - sum * sum / count) / (count - 1);
    return sqrt((variance < 0 ? 0 : variance) / count); /* NaN comes through */
}

void tw_net_add_regularizer(const tw_net_objective *o, const double *v, double *gradient) {
    for (size_t k = 0; o->reg > 0 && k < tw_space_blocks(o->space); k++) {
        const tw_block *block = tw_space_block(o->space, k);
        for (size_t i = 0; block->role == TW_ROLE_WEIGHT && i < block->count; i++)
            gradient[block->offset + i] += 2 * o->reg * v[block->offset + i];
    }
}

void tw_net_values(const tw_net_work *work, const double *x, double *values) {
    const tw_net_objective *o = work->objective;
    const tw_net_places *places = &o->places;
    double count = (double)work->count, loss = 0;
    size_t first = 0, fifth = 0;
    for (size_t i = 0; i < work->count; i++) {
        loss += o->answers.losses[i];
        first += o->answers.ranks[i] == 0;
        fifth += o->answers.ranks[i] < 5;
    }
    values[0] = loss / count;
    if (places->data_loss != SIZE_MAX) {
        values[places->data_loss] = values[0];
        values[places->regularizer] = regularizer(o, x);
        values[0] += values[places->regularizer];
    }
    values[places->accuracy] = (double)first / count;
    if (places->top5 != SIZE_MAX)
        values[places->top5] = (double)fifth / count;
    if (isnan(values[0])) /* outputs that are not numbers answer nothing */
        values[places->accuracy] = NAN;
    if (isnan(values[0]) && places->top5 != SIZE_MAX)
        values[places->top5] = NAN;
    if (places->error != SIZE_MAX)
        values[places->error] = standard_error(work);
}
