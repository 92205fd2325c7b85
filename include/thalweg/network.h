/* network.h: a trained network, from a file or by the name of its architecture, as an objective.
 *
 *     tw_network *network = NULL;
 *     tw_objective *f = NULL;
 *     tw_network_open("resnet56", NULL, &network);
 *     tw_weights_read("resnet56.th", tw_network_space(network), x);
 *     tw_network_set_start(network, x);
 *     tw_network_objective(network, data, &options, runner, &f);
 *
 * A network is a graph of operators (docs/networks.md lists them) over blocks of parameters with
 * the names and shapes of its file; running statistics of batch normalisation are blocks of the
 * role buffer. With s_i the outputs for sample i, whose label is y_i, the loss is
 *
 *   L(x) = (1/N) sum_i L_i + reg * (sum of squares of the weights)
 *   L_i  = log sum_c exp(s_ic) - sum_c t_ic s_ic     cross-entropy of logits
 *        = -sum_c t_ic log s_ic                      cross-entropy of probabilities
 *        = (1/K) sum_c (s_ic - t_ic)^2               squared error, K being the number of outputs
 *
 * where t_ic = (1 - e) [c = y_i] + e / K with the label smoothing e; a network of one output has
 * the label itself as its target. Normalisation layers use their running statistics, as in
 * inference, everywhere but in `settle`.
 *
 * Everything is provided but spans and coordinate differences: gradient and sample_gradient by
 * reverse mode through every operator, hessian_products exactly (forward over reverse: Pearlmutter,
 * "Fast exact multiplication by the Hessian", Neural Computation 6, 1994), settle. At a kink of
 * relu the derivative is that of the side where the unit is off; differences of gradients are not
 * the Hessian of such a network, but a smoothed curvature. Products that come one after the other
 * at one point share the passes that do not depend on the vector: what they leave stays in memory,
 * 1 GiB at most and an eighth of the machine's, until the objective is freed.
 *
 * What depends on parameters alone (weights behind a Transpose, a normalisation's scale) is
 * computed in double, the passes over samples in single or double precision, losses and sums over
 * samples in double. Results are the same bits for any number of threads.
 */
#ifndef THALWEG_NETWORK_H
#define THALWEG_NETWORK_H

#include <stdint.h>

#include "dataset.h"
#include "objective.h"

TW_BEGIN_DECLS

typedef struct tw_network tw_network;

/* ---- networks ---- */

/* The architectures that are known by name, NULL past the end: "resnet20", ... */
TW_API const char *tw_network_name(size_t index);

/* Whether `spec` is one of them, or with the ending -b (shortcuts by convolution) or -noshort
 * (none) of those that have shortcuts. */
TW_API int tw_network_known(const char *spec);

/* What the outputs are. */
typedef enum tw_network_outputs {
    TW_NETWORK_LOOK, /* at the outputs of the first batch at the start: rows within [0, 1] that sum
                        to 1 are probabilities; what is found is told */
    TW_NETWORK_LOGITS,
    TW_NETWORK_PROBABILITIES
} tw_network_outputs;

typedef struct tw_network_open_options {
    size_t bytes;       /* sizeof(tw_network_open_options), or 0 (thalweg.h) */
    const char *output; /* of a file's graph: the output that is used; NULL: the one that there
                           is, or that the others are made from */
    size_t classes;     /* of an architecture by name: outputs; 0: 10 */
    size_t channels;    /* of its images; 0: 3 */
    uint64_t seed;      /* of its start */
    tw_network_outputs outputs; /* of a file: what the output that is used is, whatever its last
                                   operators say */
} tw_network_open_options;

/* Opens a file (ONNX), or an architecture by its name, whose start is drawn: weights from N(0, 2 /
 * inputs) (He et al., "Delving deep into rectifiers", 2015), number j of a block being number j of
 * the stream "init NAME" of the seed; biases 0; normalisations the identity. *out is owned by the
 * caller. An operator that is not known is refused by its name (TW_ERR_UNSUPPORTED). */
TW_API tw_status tw_network_open(const char *spec, const tw_network_open_options *options,
                                 tw_network **out);
/* NULL is allowed. */
TW_API void tw_network_free(tw_network *network);

/* The parameters; valid as long as the network. */
TW_API const tw_space *tw_network_space(const tw_network *network);
/* Where it starts: the file's numbers, what was drawn, or what was set (tw_space_size doubles,
 * which are copied). */
TW_API const double *tw_network_start(const tw_network *network);
TW_API tw_status tw_network_set_start(tw_network *network, const double *x);

/* What was assumed when it was read, one line each without a full stop; NULL past the last. */
TW_API const char *tw_network_note(const tw_network *network, size_t index);

/* What is known of it. Texts are valid as long as the network, NULL where not said. */
typedef struct tw_network_facts {
    size_t bytes;
    const char *name;     /* path or architecture */
    const char *producer; /* of the file */
    int64_t ir, opset;    /* of the file; 0: not from one */
    const char *input, *output;
    int input_rank;         /* -1: not declared */
    int64_t input_sizes[8]; /* -1: any; the first is the batch */
    size_t parameters;      /* numbers, buffers not counted */
    size_t buffers;
    const char *prepared; /* how pixels are usually prepared for an architecture: "imagenet",
                             "cifar2471", as in --preprocess */
    size_t nodes;         /* that the output depends on */
    size_t normalizes;    /* 1: the graph normalises its input itself */
} tw_network_facts;
TW_API void tw_network_facts_of(const tw_network *network, tw_network_facts *out);

/* Operators that the output depends on, by name, in the order of their first use, with how often;
 * NULL past the last. */
TW_API const char *tw_network_operator(const tw_network *network, size_t index, size_t *count);

/* Of these, those that are not supported (docs/networks.md), each with its first node ("" where
 * that has no name); NULL past the last. A network that has any can be looked at, not evaluated. */
TW_API const char *tw_network_unsupported(const tw_network *network, size_t index,
                                          const char **node);

/* Multiply-adds of convolutions and matrix products for one sample of the given sizes (channels,
 * height, width; 0, 0, 0: those that the input declares), and the number of outputs. */
TW_API tw_status tw_network_work(const tw_network *network, const size_t sizes[3], double *work,
                                 size_t *outputs);

/* ---- as an objective ---- */

typedef enum tw_network_loss { TW_NETWORK_CROSS_ENTROPY, TW_NETWORK_SQUARED_ERROR } tw_network_loss;
typedef enum tw_network_precision { TW_NETWORK_SINGLE, TW_NETWORK_DOUBLE } tw_network_precision;
typedef enum tw_network_layout {
    TW_NETWORK_BY_SHAPE, /* channels last where the input's last axis, but not its second, is of 1
                            or 3 */
    TW_NETWORK_NCHW,
    TW_NETWORK_NHWC
} tw_network_layout;

/* "cross-entropy", "mse"; "logits", "probabilities"; "single", "double"; "nchw", "nhwc"; NULL past
 * the end. The second and fourth list begin with the value 1. */
TW_API const char *tw_network_loss_name(size_t index);
TW_API const char *tw_network_outputs_name(size_t index);
TW_API const char *tw_network_precision_name(size_t index);
TW_API const char *tw_network_layout_name(size_t index);

typedef struct tw_network_options {
    size_t bytes; /* sizeof(tw_network_options), or 0 (thalweg.h) */
    tw_network_loss loss;
    tw_network_outputs outputs;
    double label_smoothing; /* 0 ... 1 */
    double reg;             /* factor of the squared weights; >= 0 */
    tw_network_precision precision;
    tw_network_layout layout;
    double scale; /* of a pixel x: (x * scale - mean_c) / std_c; 0: 1/255 for bytes, and 1 */
    const double *mean, *std;     /* one for each channel, or for all; copied */
    size_t mean_count, std_count; /* 0: a mean of 0, a std of 1 */
    size_t first, count;          /* first sample to use, and how many; 0: all that follow */
    int errors;                   /* the metric loss_se as well */
    int reestimated; /* 1: before a value, the statistics of batch normalisation are made those of
                        the samples at that point (settle on a copy), whatever x has for them; there
                        are no derivatives then */
    size_t micro_batch; /* samples of a pass; 0: by sizes alone, as many as keep what a step reads
                           and writes within 4 MiB, or more of a network with many parameters, 128
                           at most, evened out over the samples */
    void (*say)(void *user, const char *line); /* told what was found out; NULL: nobody is */
    void *user;
} tw_network_options;

/* Makes the objective. Network, data and runner (NULL: one thread) outlive it. Metrics: loss;
 * data_loss and regularizer where reg > 0; accuracy; top5_accuracy where there are more than 5
 * outputs; loss_se. Its start is the network's, and its noise is measured there: in single
 * precision the difference from double over a few samples, in double that times 2^-29. *out is
 * owned by the caller.
 *
 * TW_ERR_SHAPE where the input is not of the data's shape, or a label not below the number of
 * outputs; TW_ERR_ARGUMENT for options out of range. */
TW_API tw_status tw_network_objective(const tw_network *network, const tw_dataset *data,
                                      const tw_network_options *options, tw_runner *runner,
                                      tw_objective **out);

TW_END_DECLS

#endif
