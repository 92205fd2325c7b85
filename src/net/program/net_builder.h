/* net_builder.h: what operators say themselves with: a program under construction (net_build.h).
 * Sizes are all known here, so that shape arithmetic is just arithmetic: a step whose inputs are
 * all known is computed at once, in double, and held in the type of its edge. */
#ifndef TW_NET_PROGRAM_NET_BUILDER_H
#define TW_NET_PROGRAM_NET_BUILDER_H

#include "net/program/net_program.h"

typedef struct tw_net_builder tw_net_builder;

#define TW_NET_ENTRIES ((size_t)1 << 40)
#define TW_NET_KNOWN_BYTES ((size_t)1 << 31)

/* A node that is being built. */
typedef struct tw_net_call {
    tw_net_builder *builder;
    const tw_net_node *node;
    size_t input_count;
    const size_t *inputs; /* edges, or TW_NET_NONE: an optional one that is not given */
    size_t output_count;
    size_t *outputs; /* to be set to edges; those that are TW_NET_NONE are not wanted by anybody and
                        may stay so */
} tw_net_call;

/* An operator: its name, how many inputs it takes, and how it is said in steps. */
typedef struct tw_net_operator {
    const char *name;
    size_t least, most; /* inputs; most: SIZE_MAX for any number */
    tw_status (*build)(tw_net_call *call);
    const char *formula; /* for the documentation: "y = max(0, x)" */
    const char *domain;  /* NULL: ONNX's own */
} tw_net_operator;

/* ---- for operators ---- */

/* Input `index` of the call, or TW_NET_NONE where it has fewer. */
size_t tw_net_input(const tw_net_call *call, size_t index);
/* An edge; good until the next one is added. Shapes are to be copied before. */
const tw_net_edge *tw_net_edge_at(const tw_net_call *call, size_t edge);
/* The size of the batch that is built. */
size_t tw_net_batch(const tw_net_call *call);
/* What its input declares it to be, 0: anything. Where that is another size than what is built, the
 * graph was built for the declared one too, a node ahead, so that operators can tell which axis is
 * the batch, and whether a size that the file holds is one: */
size_t tw_net_declared_batch(const tw_net_call *call);
/* Input or output `index` of the node as it is there; NULL where the sizes are the same, and
 * inside of compositions. */
const tw_net_edge *tw_net_declared_input(const tw_net_call *call, size_t index);
const tw_net_edge *tw_net_declared_output(const tw_net_call *call, size_t index);
/* Whether `value` of the graph is wanted: output `index` of the node. */
int tw_net_wanted(const tw_net_call *call, size_t index);

/* Adds a step. `plan` is taken over, on failure too (NULL: it has none). Where all inputs are
 * known, it is computed and the edge is known as well. `type` is that of the result. Fails where
 * the result would have more than TW_NET_ENTRIES entries, or all that is known would need more than
 * TW_NET_KNOWN_BYTES: files can ask for anything. */
tw_status tw_net_emit(tw_net_call *call, const tw_net_kernel *kernel, void *plan,
                      size_t input_count, const size_t *inputs, tw_net_type type,
                      const tw_net_shape *shape, size_t *edge);
/* Adds a constant; the numbers are copied (NULL: zeros) and held in the type. */
tw_status tw_net_constant(tw_net_call *call, tw_net_type type, const tw_net_shape *shape,
                          const double *numbers, size_t *edge);
tw_status tw_net_scalar(tw_net_call *call, tw_net_type type, double number, size_t *edge);
/* The same numbers in another shape of as many entries. */
tw_status tw_net_reshaped(tw_net_call *call, size_t edge, const tw_net_shape *shape,
                          size_t *reshaped);
/* Builds a node of another operator in its place, as an operator that is a composition of others
 * does: op("Mul", a, b). `node` gives its attributes; NULL: it has none. */
tw_status tw_net_compose(tw_net_call *call, const char *op, const tw_net_node *attributes,
                         size_t input_count, const size_t *inputs, size_t *edge);
/* The same for operators of two inputs and one. */
tw_status tw_net_two(tw_net_call *call, const char *op, size_t a, size_t b, size_t *edge);
tw_status tw_net_one(tw_net_call *call, const char *op, size_t a, size_t *edge);

/* The numbers of an input that must be known (a shape, axes, pads), `most` of them at most, as
 * integers; TW_ERR_UNSUPPORTED, which names it, where it depends on data. *count = 0 where the
 * input is not given. */
tw_status tw_net_known_integers(const tw_net_call *call, size_t index, size_t most,
                                int64_t *numbers, size_t *count);

/* Says that the node is a batch normalisation. */
tw_status tw_net_add_norm(tw_net_call *call, const tw_net_norm *norm);

/* Fails with the graph's name, the node's and its operator before the text. */
tw_status tw_net_call_fail(const tw_net_call *call, tw_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- for who builds ---- */

/* What the batch of the graph's input is to be. */
typedef struct tw_net_build_options {
    size_t batch;        /* > 0 */
    tw_net_shape sample; /* the sizes of one sample, without the batch, where the graph's input
                            leaves them open; rank 0: it says all of them */
    const double *input; /* NULL; or the numbers of the input, so that it is known */
} tw_net_build_options;

typedef const tw_net_operator *(*tw_net_find_fn)(const char *domain, const char *name);

/* A program of the graph's inputs, parameters and constants, without a step yet. */
tw_status tw_net_builder_new(const tw_net_graph *graph, const tw_net_build_options *options,
                             tw_net_find_fn find, tw_net_builder **out);
/* Adds the graph's node `index`: the operators of all nodes that are wanted are known by then. */
tw_status tw_net_builder_node(tw_net_builder *builder, size_t index);
/* The program, which is the caller's from then on; the builder is freed, on failure too. */
tw_status tw_net_builder_finish(tw_net_builder *builder, tw_net_program **out);
void tw_net_builder_free(tw_net_builder *builder);

#endif
