#include "mlp_by_definition.h"

#include <math.h>

enum { MOST_UNITS = 128, MOST_LAYERS = 8 };

typedef struct network {
    const tw_dataset *data;
    const tw_mlp_options *options;
    const double *x;
    size_t layers, units[MOST_LAYERS + 1], weight[MOST_LAYERS + 1], bias[MOST_LAYERS + 1], n;
    size_t count;
    long double a[MOST_LAYERS + 1][MOST_UNITS]; /* of one sample; the last one the scores */
} network;

static void set_up(network *net, const tw_dataset *data, const tw_mlp_options *options,
                   const double *x) {
    *net = (network){.data = data, .options = options, .x = x};
    net->layers = options->hidden_count + 1;
    net->count = options->count > 0 ? options->count : tw_dataset_samples(data) - options->first;
    net->units[0] = tw_dataset_features(data);
    for (size_t k = 1; k <= net->layers; k++) {
        net->units[k] = k < net->layers ? options->hidden[k - 1] : tw_dataset_classes(data);
        net->weight[k] = net->n;
        net->bias[k] = net->n + net->units[k] * net->units[k - 1];
        net->n = net->bias[k] + net->units[k];
        assert_true(net->units[k] <= MOST_UNITS && k <= MOST_LAYERS);
    }
    assert_true(net->units[0] <= MOST_UNITS);
}

static long double activation(const network *net, long double z) {
    return net->options->activation == TW_MLP_TANH ? tanhl(z) : z > 0 ? z : 0;
}

static void run(network *net, size_t sample) {
    double scale = net->options->scale != 0 ? net->options->scale : 1;
    for (size_t d = 0; d < net->units[0]; d++) {
        size_t at = sample * net->units[0] + d;
        long double x = tw_dataset_bytes(net->data) != NULL ? tw_dataset_bytes(net->data)[at]
                                                            : tw_dataset_doubles(net->data)[at];
        long double mean = net->options->mean != NULL ? net->options->mean[d] : 0;
        net->a[0][d] = (x - mean) * scale;
    }
    for (size_t k = 1; k <= net->layers; k++)
        for (size_t j = 0; j < net->units[k]; j++) {
            long double z = net->x[net->bias[k] + j];
            for (size_t h = 0; h < net->units[k - 1]; h++)
                z += net->x[net->weight[k] + j * net->units[k - 1] + h] * net->a[k - 1][h];
            net->a[k][j] = k < net->layers ? activation(net, z) : z;
        }
}

static long double regularizer(const network *net) {
    long double sum = 0;
    for (size_t k = 1; k <= net->layers; k++)
        for (size_t i = net->weight[k]; i < net->bias[k]; i++)
            sum += (long double)net->x[i] * net->x[i];
    return net->options->reg * sum;
}

/* log(sum exp(s)), and the probabilities. */
static long double softmax(const long double *s, size_t classes, long double *p) {
    long double top = s[0], sum = 0;
    for (size_t c = 1; c < classes; c++)
        top = s[c] > top ? s[c] : top;
    for (size_t c = 0; c < classes; c++)
        sum += p[c] = expl(s[c] - top);
    for (size_t c = 0; c < classes; c++)
        p[c] /= sum;
    return top + logl(sum);
}

long double mlp_loss_by_definition(const tw_dataset *data, const tw_mlp_options *options,
                                   const double *x, double *values) {
    network net;
    set_up(&net, data, options, x);
    long double loss = 0, p[MOST_UNITS];
    size_t correct = 0, classes = net.units[net.layers];
    for (size_t i = 0; i < net.count; i++) {
        run(&net, options->first + i);
        const long double *s = net.a[net.layers];
        size_t label = (size_t)tw_dataset_labels(data)[options->first + i], best = 0;
        for (size_t c = 1; c < classes; c++)
            best = s[c] > s[best] ? c : best;
        correct += best == label;
        loss += softmax(s, classes, p) - s[label];
    }
    loss /= net.count;
    if (values != NULL) {
        values[0] = (double)(loss + regularizer(&net));
        values[1] = (double)loss;
        values[2] = (double)regularizer(&net);
        values[3] = (double)correct / (double)net.count;
    }
    return loss + regularizer(&net);
}

/* Adds one sample's derivatives, by the chain rule from the scores down. */
static void add_sample(network *net, size_t label, long double *gradient) {
    long double r[MOST_UNITS], below[MOST_UNITS];
    softmax(net->a[net->layers], net->units[net->layers], r);
    r[label] -= 1;
    for (size_t k = net->layers; k >= 1; k--) {
        for (size_t h = 0; h < net->units[k - 1]; h++) {
            long double a = net->a[k - 1][h], sum = 0;
            for (size_t j = 0; j < net->units[k]; j++) {
                size_t at = net->weight[k] + j * net->units[k - 1] + h;
                gradient[at] += r[j] * a;
                sum += r[j] * net->x[at];
            }
            below[h] = net->options->activation == TW_MLP_TANH ? (1 - a * a) * sum
                       : a > 0                                 ? sum
                                                               : 0;
        }
        for (size_t j = 0; j < net->units[k]; j++)
            gradient[net->bias[k] + j] += r[j];
        memcpy(r, below, sizeof r);
    }
}

void mlp_gradient_by_definition(const tw_dataset *data, const tw_mlp_options *options,
                                const double *x, double *gradient) {
    network net;
    set_up(&net, data, options, x);
    long double *sums = calloc(net.n, sizeof *sums);
    for (size_t i = 0; i < net.count; i++) {
        run(&net, options->first + i);
        add_sample(&net, (size_t)tw_dataset_labels(data)[options->first + i], sums);
    }
    for (size_t k = 1; k <= net.layers; k++) {
        for (size_t i = net.weight[k]; i < net.bias[k]; i++)
            gradient[i] = (double)(sums[i] / net.count + 2 * (long double)options->reg * x[i]);
        for (size_t i = net.bias[k]; i < net.bias[k] + net.units[k]; i++)
            gradient[i] = (double)(sums[i] / net.count);
    }
    free(sums);
}
