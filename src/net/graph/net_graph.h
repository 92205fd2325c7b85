/* net_graph.h: a network as its file, or its description by name, says it: nodes of ONNX's
 * operators between values, before any size is known.
 *
 * Values are numbers from 0; a node's optional input that is not given is TW_NET_NONE. Nodes stand
 * in an order in which every value is computed before it is used: readers see to that, and refuse
 * cycles. A graph owns everything in it.
 */
#ifndef TW_NET_GRAPH_NET_GRAPH_H
#define TW_NET_GRAPH_NET_GRAPH_H

#include "net/graph/net_tensor.h"
#include "thalweg/space.h"

#define TW_NET_NONE SIZE_MAX

typedef enum tw_net_value_kind {
    TW_NET_RESULT,    /* of a node */
    TW_NET_INPUT,     /* the data; labels, where the loss is in the graph */
    TW_NET_PARAMETER, /* a block of the parameter space */
    TW_NET_KNOWN      /* a constant */
} tw_net_value_kind;

typedef struct tw_net_value {
    char *name;
    tw_net_value_kind kind;
    tw_net_tensor tensor;       /* PARAMETER, KNOWN: the numbers in the file */
    tw_role role;               /* PARAMETER: of its block, */
    int filter_axis;            /* and the axis that filters are counted along */
    tw_net_type type;           /* INPUT, and results where the file declares it */
    int rank;                   /* likewise; -1: not declared */
    int64_t sizes[TW_NET_RANK]; /* -1: any */
} tw_net_value;

typedef enum tw_net_attribute_kind {
    TW_NET_ATTRIBUTE_INT,
    TW_NET_ATTRIBUTE_FLOAT,
    TW_NET_ATTRIBUTE_STRING,
    TW_NET_ATTRIBUTE_INTS,
    TW_NET_ATTRIBUTE_FLOATS,
    TW_NET_ATTRIBUTE_STRINGS,
    TW_NET_ATTRIBUTE_TENSOR
} tw_net_attribute_kind;

typedef struct tw_net_attribute {
    char *name;
    tw_net_attribute_kind kind;
    int64_t number; /* INT */
    double real;    /* FLOAT */
    char *text;     /* STRING */
    size_t count;   /* of a list */
    int64_t *numbers;
    double *reals;
    char **texts;
    tw_net_tensor tensor;
} tw_net_attribute;

typedef struct tw_net_node {
    char *name;    /* may be "" */
    char *op;      /* "Conv" */
    char *domain;  /* "" for ONNX's own */
    int64_t opset; /* version of the domain by which it is to be read */
    size_t input_count, output_count, attribute_count;
    size_t *inputs, *outputs; /* values, or TW_NET_NONE */
    tw_net_attribute *attributes;
} tw_net_node;

/* What is known of the output by the operators that it ends with. */
typedef enum tw_net_ending {
    TW_NET_ENDS_IN_LOGITS,   /* nothing speaks against logits; rows of the first batch within [0, 1]
                                that sum to 1 would */
    TW_NET_ENDED_IN_SOFTMAX, /* logits: a Softmax at the end was taken off */
    TW_NET_ENDS_IN_LOG_SOFTMAX, /* its softmax is that of the logits: as good as logits */
    TW_NET_ENDS_IN_SIGMOID,     /* neither: cross-entropy over classes does not fit */
    TW_NET_SAID_LOGITS,         /* said by the user */
    TW_NET_SAID_PROBABILITIES
} tw_net_ending;

typedef struct tw_net_graph {
    char *name;        /* for messages: the file's path, or the architecture's name */
    char *producer;    /* of the file, with its version; NULL: not said */
    int64_t ir, opset; /* of the file; 0: not from one */
    size_t value_count, node_count;
    tw_net_value *values;
    tw_net_node *nodes;
    size_t input;  /* the value that the data go to */
    size_t output; /* the value that the loss is of */
    tw_net_ending ending;
    int normalizes; /* its input, itself */
    size_t note_count;
    char **notes; /* what was assumed: one line each without a full stop */
} tw_net_graph;

/* ---- making one ---- */

tw_status tw_net_graph_new(const char *name, tw_net_graph **out);
void tw_net_graph_free(tw_net_graph *graph);
/* What a node owns. */
void tw_net_node_release(tw_net_node *node);

/* Each adds a value and gives its number. Names are copied; an input's sizes are -1 where any will
 * do. The tensor's numbers are taken over, on failure too. */
tw_status tw_net_graph_input(tw_net_graph *graph, const char *name, tw_net_type type, size_t rank,
                             const int64_t *sizes, size_t *value);
tw_status tw_net_graph_known(tw_net_graph *graph, const char *name, tw_net_tensor *tensor,
                             size_t *value);
tw_status tw_net_graph_parameter(tw_net_graph *graph, const char *name, tw_net_tensor *tensor,
                                 tw_role role, int filter_axis, size_t *value);
tw_status tw_net_graph_result(tw_net_graph *graph, const char *name, size_t *value);

/* Adds a node; `op` and `domain` are copied, as are the values' numbers. The node (good until the
 * next one is added) then gets its attributes. */
tw_status tw_net_graph_node(tw_net_graph *graph, const char *op, const char *domain, int64_t opset,
                            size_t input_count, const size_t *inputs, size_t output_count,
                            const size_t *outputs, tw_net_node **node);
/* A zeroed attribute of that name, to be filled in. */
tw_status tw_net_node_attribute(tw_net_node *node, const char *name, tw_net_attribute_kind kind,
                                tw_net_attribute **out);
tw_status tw_net_node_set_number(tw_net_node *node, const char *name, int64_t number);
tw_status tw_net_node_set_real(tw_net_node *node, const char *name, double real);
tw_status tw_net_node_set_numbers(tw_net_node *node, const char *name, size_t count,
                                  const int64_t *numbers);
tw_status tw_net_node_set_text(tw_net_node *node, const char *name, const char *text);

/* Adds a note, as printf. */
tw_status tw_net_graph_note(tw_net_graph *graph, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- asking it ---- */

/* The value of that name, or TW_NET_NONE. */
size_t tw_net_graph_find(const tw_net_graph *graph, const char *name);
/* The attribute, NULL if the node has none of that name. */
const tw_net_attribute *tw_net_node_find(const tw_net_node *node, const char *name);
/* Its value, or `fallback` where there is none (of that kind). */
int64_t tw_net_node_number(const tw_net_node *node, const char *name, int64_t fallback);
double tw_net_node_real(const tw_net_node *node, const char *name, double fallback);
const char *tw_net_node_text(const tw_net_node *node, const char *name, const char *fallback);
/* The parameters as a space, in the order of the values. Owned by the caller. */
tw_status tw_net_graph_space(const tw_net_graph *graph, tw_space **out);

#endif
