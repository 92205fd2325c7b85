/* A network on data as an objective: what is checked, found out and made when it is opened. */
#include "net/objective/net_objective.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "net/objective/net_first_losses.h"
#include "net/objective/net_micro_batch.h"
#include "net/objective/net_noise.h"
#include "net/objective/network_private.h"
#include "net/operator/net_build.h"

static void say(const tw_network_options *options, const char *format, ...) TW_PRINTF(2, 3);

static void say(const tw_network_options *options, const char *format, ...) {
    char line[512];
    va_list arguments;
    if (options->say == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    options->say(options->user, line);
}

static void destroy(void *ctx) {
    tw_net_objective *o = ctx;
    tw_net_kept_release(&o->kept);
    tw_net_engine_release(&o->engine);
    tw_net_engine_release(&o->plain);
    tw_net_engine_release(&o->single);
    tw_preparation_free(o->preparation);
    free(o->answers.losses);
    free(o->answers.ranks);
    free(o->scratch);
    free(o->sums);
    free(o->settled);
    free(o->chosen);
    free(o);
}

static const tw_objective_ops with_derivatives = {
    .bytes = sizeof(tw_objective_ops),
    .value = tw_net_loss,
    .span_open = tw_net_line_open,
    .span_values = tw_net_line_values,
    .span_close = tw_net_line_close,
    .gradient = tw_net_gradient,
    .hessian_products = tw_net_hessian_products,
    .sample_gradient = tw_net_sample_gradient,
    .settle = tw_net_settle,
    .destroy = destroy,
    .gauss_newton_products = tw_net_gauss_newton_products,
    .curvature_diagonal = tw_net_curvature_diagonal,
};

/* The statistics move with the parameters: what they add to a derivative is not known here. */
static const tw_objective_ops values_only = {
    .bytes = sizeof(tw_objective_ops),
    .value = tw_net_loss,
    .settle = tw_net_settle,
    .destroy = destroy,
};

/* ---- checks ---- */

static tw_status check_options(const tw_dataset *data, const tw_network_options *options) {
    size_t samples = tw_dataset_samples(data);
    if (!(options->reg >= 0) || isinf(options->reg))
        return tw_fail(TW_ERR_ARGUMENT, "regularisation %g: give a finite number, 0 or more",
                       options->reg);
    if (!(options->label_smoothing >= 0 && options->label_smoothing <= 1))
        return tw_fail(TW_ERR_ARGUMENT, "label smoothing %g: give a number from 0 to 1",
                       options->label_smoothing);
    if ((unsigned)options->loss > TW_NETWORK_SQUARED_ERROR ||
        (unsigned)options->outputs > TW_NETWORK_PROBABILITIES ||
        (unsigned)options->precision > TW_NETWORK_DOUBLE ||
        (unsigned)options->layout > TW_NETWORK_NHWC)
        return tw_fail(TW_ERR_ARGUMENT,
                       "a network's loss, outputs, precision or layout is a number "
                       "that names none");
    if (samples == 0)
        return tw_fail(TW_ERR_ARGUMENT, "the data set is empty");
    if (options->first >= samples || options->count > samples - options->first)
        return tw_fail(TW_ERR_ARGUMENT, "samples %zu ... %zu: the data have 0 ... %zu",
                       options->first,
                       options->first + (options->count > 0 ? options->count - 1 : 0), samples - 1);
    return TW_OK;
}

/* What a file says of its own parameters, which are a point like any other but for this. */
static tw_status check_start(const tw_network *network) {
    const double *start = network->start;
    char place[128];
    for (size_t k = 0; k < tw_space_blocks(network->space); k++) {
        const tw_block *block = tw_space_block(network->space, k);
        for (size_t i = 0; i < block->count; i++)
            if (!isfinite(start[block->offset + i]))
                return tw_fail(TW_ERR_FORMAT,
                               "%s: entry %s of its block '%s' is %g; the file is of a training "
                               "that diverged, or damaged",
                               network->graph->name, tw_block_place(block, i, place, sizeof place),
                               block->name, start[block->offset + i]);
    }
    return TW_OK;
}

/* Cross-entropy takes one number for each class: one axis besides the samples', and others of 1. */
static tw_status check_scores(const tw_network *network, const tw_network_options *options,
                              const tw_net_shape *output) {
    size_t longer = 0;
    for (size_t axis = 1; axis < output->rank; axis++)
        longer += output->size[axis] > 1;
    if (longer <= 1 || options->loss != TW_NETWORK_CROSS_ENTROPY)
        return TW_OK;
    return tw_fail(TW_ERR_SHAPE,
                   "%s: its output has %zu axes for each sample, and cross-entropy takes one, of "
                   "classes; --output-name names another",
                   network->graph->name, longer);
}

/* Every label is the number of an output; of one output it is what the output is to be. */
static tw_status check_labels(const tw_net_objective *o) {
    size_t outputs = o->head.outputs;
    if (outputs == 1 && o->head.loss == TW_NETWORK_CROSS_ENTROPY)
        return tw_fail(TW_ERR_SHAPE,
                       "%s: it has one output, and cross-entropy needs one for each class; --loss "
                       "mse takes the label as its target",
                       o->graph->name);
    for (size_t i = o->first; outputs > 1 && i < o->first + o->count; i++)
        if ((size_t)o->labels[i] >= outputs)
            return tw_fail(TW_ERR_SHAPE,
                           "%s: it has %zu outputs, and sample %zu the label %" PRId32
                           "; --classes chooses classes, and numbers them from 0",
                           o->graph->name, outputs, i, o->labels[i]);
    return TW_OK;
}

/* Classes by name, as those of a folder are, have numbers that no network was trained with. */
static void say_classes(const tw_dataset *data, const tw_network_options *options,
                        const tw_net_objective *o) {
    size_t classes = tw_dataset_classes(data);
    if (o->head.outputs <= classes || classes < 2 || tw_dataset_class_name(data, 0) == NULL)
        return;
    say(options,
        "the data have %zu classes, the network %zu outputs: labels are numbered as the classes "
        "stand, 0 for '%.40s' to %zu for '%.40s', and must be the numbers of the outputs; "
        "--classes "
        "puts them in another order, a folder for each output (it may be empty) fills the gaps",
        classes, o->head.outputs, tw_dataset_class_name(data, 0), classes - 1,
        tw_dataset_class_name(data, classes - 1));
}

/* ---- the engine ---- */

/* The program for a batch of one says how large a micro-batch is. */
static tw_status choose_batch(const tw_network *network, const tw_network_options *options,
                              tw_net_objective *o, tw_net_engine_options *engine) {
    tw_net_engine one;
    tw_net_engine_options single = *engine;
    single.batch = 1;
    tw_status status = tw_net_engine_open(network->graph, o->preparation, &single, &one);
    if (status == TW_OK) {
        const tw_net_program *program = one.program;
        o->head.outputs = tw_net_shape_count(&program->edges[program->output].shape);
        engine->batch = options->micro_batch > 0
                            ? options->micro_batch
                            : tw_net_even_batch(
                                  tw_net_micro_batch(program, engine->is_double ? 8 : 4), o->count);
        if (program->edges[program->output].time != TW_NET_AT_BATCH)
            status = tw_fail(TW_ERR_UNSUPPORTED, "%s: its output does not depend on its input",
                             network->graph->name);
        if (status == TW_OK)
            status = check_scores(network, options, &program->edges[program->output].shape);
    }
    if (engine->batch > o->count)
        engine->batch = o->count;
    tw_net_engine_release(&one);
    return status;
}

static int is_widened(const tw_net_objective *o) {
    const tw_net_program *program = o->engine.program;
    const tw_net_shape *shape = &program->edges[program->output].shape;
    return shape->rank > 0 && shape->size[0] == program->batch &&
           tw_net_shape_count(shape) == program->batch * o->head.outputs;
}

static tw_status one_by_one(const tw_network *network, const tw_network_options *options,
                            tw_net_objective *o, tw_net_engine_options *engine, const char *why) {
    tw_net_engine_release(&o->engine);
    say(options, "%s takes one sample at a time: %s", network->graph->name, why);
    engine->batch = 1;
    return tw_net_engine_open(network->graph, o->preparation, engine, &o->engine);
}

/* A graph that has a batch of 1 written into it may not take more. */
static tw_status open_engine(const tw_network *network, const tw_network_options *options,
                             tw_net_objective *o, tw_net_engine_options *engine) {
    tw_status status = choose_batch(network, options, o, engine);
    if (status != TW_OK)
        return status;
    status = tw_net_engine_open(network->graph, o->preparation, engine, &o->engine);
    if (engine->batch == 1 || (status == TW_OK && is_widened(o)))
        return status;
    return one_by_one(network, options, o, engine, "a size of its batch is written into it");
}

/* What a sample gets must not depend on those that happen to go with it. */
static tw_status keep_apart(const tw_network *network, const tw_network_options *options,
                            tw_net_objective *o, tw_net_engine_options *engine) {
    int mixes = 0;
    if (engine->batch == 1)
        return TW_OK;
    tw_status status = tw_net_mixes_samples(o, engine, network->start, &mixes);
    return status == TW_OK && mixes
               ? one_by_one(network, options, o, engine,
                            "beside others the first one has another loss than alone")
               : status;
}

/* An order of axes that was asked for, in which the channels are not the data's, where in the other
 * they are. */
static tw_status check_layout(const tw_network *network, const tw_dataset *data,
                              tw_network_layout layout, const tw_network_input *input) {
    size_t sizes[3];
    tw_network_input other;
    tw_network_layout instead = layout == TW_NETWORK_NHWC ? TW_NETWORK_NCHW : TW_NETWORK_NHWC;
    tw_dataset_image_shape(data, &sizes[0], &sizes[1], &sizes[2]);
    if (layout == TW_NETWORK_BY_SHAPE || input->channels == sizes[0] || input->channels == 0)
        return TW_OK;
    if (tw_network_find_input(network, instead, sizes, tw_dataset_features(data), &other) != TW_OK)
        tw_message_clear();
    else if (other.channels == sizes[0])
        return tw_fail(TW_ERR_SHAPE,
                       "%s: with --layout %s its input is of %zu channels and the data's images "
                       "are of %zu; --layout %s fits, or leave it out",
                       network->graph->name, tw_network_layout_name((size_t)layout - 1),
                       input->channels, sizes[0], tw_network_layout_name((size_t)instead - 1));
    return TW_OK;
}

static tw_status open_data(const tw_network *network, const tw_dataset *data,
                           const tw_network_options *options, tw_net_objective *o,
                           tw_net_engine_options *engine) {
    size_t sizes[3];
    tw_network_input input;
    tw_dataset_image_shape(data, &sizes[0], &sizes[1], &sizes[2]);
    tw_status status =
        tw_network_find_input(network, options->layout, sizes, tw_dataset_features(data), &input);
    if (status == TW_OK)
        status = check_layout(network, data, options->layout, &input);
    if (status != TW_OK)
        return status;
    engine->sample = input.sample;
    const tw_preparation_options prepared = {.channels = input.channels,
                                             .height = input.height,
                                             .width = input.width,
                                             .channels_last = input.channels_last,
                                             .scale = options->scale,
                                             .mean = options->mean,
                                             .std = options->std,
                                             .mean_count = options->mean_count,
                                             .std_count = options->std_count};
    status = tw_preparation_new(data, &prepared, &o->preparation);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "%s", network->graph->name);
}

/* ---- what is found out ---- */

/* Whether the outputs of the first micro-batch are probabilities. */
static tw_status look(tw_net_objective *o, const double *x, int *probabilities) {
    tw_net_engine *engine = &o->engine;
    const tw_net_span_of_samples samples = {
        .first = o->first,
        .count = engine->program->batch < o->count ? engine->program->batch : o->count};
    double *outputs = tw_net_scratch(o, 0, 0);
    tw_status status = tw_net_engine_order(engine, TW_NET_OUTPUT);
    if (status == TW_OK)
        status = tw_net_engine_set(engine, x);
    if (status == TW_OK)
        status = engine->kind->load(engine->crew, 0, &samples);
    if (status == TW_OK)
        status = engine->kind->forward(engine->crew, 0, 0, SIZE_MAX);
    if (status != TW_OK)
        return status;
    engine->kind->read(engine->crew, 0, TW_NET_VALUE, engine->program->output,
                       samples.count * o->head.outputs, outputs);
    *probabilities = 1;
    for (size_t k = 0; k < samples.count; k++)
        *probabilities &=
            tw_net_head_is_distribution(o->head.outputs, outputs + k * o->head.outputs);
    return TW_OK;
}

/* That they are probabilities, as was said, unless they cannot be. */
static tw_status believe(const tw_network *network, tw_net_objective *o) {
    int are = 0;
    tw_status status = look(o, network->start, &are);
    return status != TW_OK || are
               ? status
               : tw_fail(TW_ERR_ARGUMENT,
                         "%s: outputs of the first samples are no probabilities (within [0, 1], "
                         "with a sum of 1): --output-is logits takes them as scores",
                         network->graph->name);
}

/* By what is said, by how the graph ends, or by looking. */
static tw_status find_outputs(const tw_network *network, const tw_network_options *options,
                              tw_net_objective *o) {
    tw_net_ending ending = network->graph->ending;
    o->head.probabilities =
        options->outputs == TW_NETWORK_PROBABILITIES ||
        (options->outputs == TW_NETWORK_LOOK && ending == TW_NET_SAID_PROBABILITIES);
    if (options->outputs == TW_NETWORK_PROBABILITIES)
        return believe(network, o);
    if (options->outputs != TW_NETWORK_LOOK || ending == TW_NET_SAID_LOGITS ||
        o->head.probabilities)
        return TW_OK;
    if (ending == TW_NET_ENDS_IN_SIGMOID)
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "%s: it ends in a Sigmoid, whose outputs are neither logits nor the "
                       "probabilities of classes: --loss mse fits, --output-name takes another "
                       "value, --output-is says otherwise",
                       network->graph->name);
    if (ending != TW_NET_ENDS_IN_LOGITS)
        return TW_OK;
    tw_status status = look(o, network->start, &o->head.probabilities);
    if (status == TW_OK && o->head.probabilities)
        say(options, "the outputs of the first samples are within [0, 1] and sum to 1: taken as "
                     "probabilities, the loss is -log p; --output-is logits says otherwise");
    return status;
}

static tw_status find_out(const tw_network *network, const tw_network_options *options,
                          const tw_net_engine_options *engine, tw_net_objective *o, double *noise) {
    tw_status status = TW_OK;
    if (options->loss == TW_NETWORK_CROSS_ENTROPY)
        status = find_outputs(network, options, o);
    if (status == TW_OK)
        status = tw_net_noise(o, engine, network->start, noise);
    if (options->precision == TW_NETWORK_DOUBLE)
        *noise = fmax(*noise * 0x1p-29, 0x1p-53);
    return status;
}

/* ---- making ---- */

static void place_metrics(tw_net_objective *o, int errors, tw_metric *metrics) {
    tw_net_places *places = &o->places;
    *places = (tw_net_places){1, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    metrics[0] = (tw_metric){"loss"};
    if (o->reg > 0) {
        metrics[places->data_loss = places->count++] = (tw_metric){"data_loss"};
        metrics[places->regularizer = places->count++] =
            (tw_metric){"regularizer", .of_parameters = 1};
    }
    metrics[places->accuracy = places->count++] = (tw_metric){"accuracy", TW_METRIC_PERCENT};
    if (o->head.outputs > 5)
        metrics[places->top5 = places->count++] = (tw_metric){"top5_accuracy", TW_METRIC_PERCENT};
    if (errors)
        metrics[places->error = places->count++] = (tw_metric){"loss", .is_error = 1};
    metrics[places->count] = (tw_metric){NULL};
}

static tw_status open_all(const tw_network *network, const tw_dataset *data,
                          const tw_network_options *options, tw_net_objective *o, double *noise) {
    tw_net_engine_options engine = {.workers = (size_t)tw_runner_threads(o->runner),
                                    .is_double = options->precision == TW_NETWORK_DOUBLE,
                                    .fast = 1};
    tw_status status = open_data(network, data, options, o, &engine);
    if (status == TW_OK)
        status = open_engine(network, options, o, &engine);
    if (status == TW_OK)
        status = check_labels(o);
    if (status == TW_OK)
        say_classes(data, options, o);
    if (status == TW_OK)
        status = keep_apart(network, options, o, &engine);
    if (status != TW_OK)
        return status;
    o->made = engine;
    o->typical = log((double)o->head.outputs);
    o->scratch = tw_alloc(engine.workers * 3, engine.batch * o->head.outputs * sizeof(double));
    if (o->scratch == NULL)
        return tw_net_engine_memory(&o->engine);
    return find_out(network, options, &engine, o, noise);
}

/* Before anything of it is matched with the data. */
static tw_status check_operators(const tw_network *network) {
    tw_status status = TW_OK;
    for (size_t k = 0; k < network->operator_count && status == TW_OK; k++)
        status = tw_net_check_operator(network->graph, network->firsts[k]);
    return status;
}

tw_status tw_network_objective(const tw_network *network, const tw_dataset *data,
                               const tw_network_options *options, tw_runner *runner,
                               tw_objective **out) {
    tw_network_options taken;
    tw_metric metrics[8];
    tw_status status = TW_TAKE(tw_network_options, user, &taken, options);
    if (status == TW_OK)
        status = check_options(data, &taken);
    if (status == TW_OK)
        status = check_operators(network);
    if (status == TW_OK)
        status = check_start(network);
    if (status != TW_OK)
        return status;
    tw_net_objective *o = tw_alloc(1, sizeof *o);
    if (o == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a model");
    *o = (tw_net_objective){.graph = network->graph,
                            .space = network->space,
                            .labels = tw_dataset_labels(data),
                            .first = taken.first,
                            .count = taken.count > 0 ? taken.count
                                                     : tw_dataset_samples(data) - taken.first,
                            .runner = runner,
                            .head = {.loss = taken.loss, .smoothing = taken.label_smoothing},
                            .reg = taken.reg,
                            .reestimated = taken.reestimated};
    tw_objective_traits traits = {.bytes = sizeof traits,
                                  .name = network->graph->name,
                                  .metrics = metrics,
                                  .samples = o->count,
                                  .start = network->start};
    status = open_all(network, data, &taken, o, &traits.noise);
    if (status == TW_OK)
        status = tw_space_copy(network->space, &traits.space);
    if (status == TW_OK) {
        place_metrics(o, taken.errors, metrics);
        traits.precision = o->engine.kind->precision;
        status = tw_objective_new(taken.reestimated ? &values_only : &with_derivatives, o,
                                  tw_space_size(network->space), &traits, out);
    }
    if (status != TW_OK) {
        tw_space_free(traits.space);
        destroy(o);
        return status;
    }
    tw_objective_set_runner(*out, runner);
    return TW_OK;
}
