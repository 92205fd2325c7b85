/* onnx.h: an ONNX file as a network.
 *
 * What is kept is what one output depends on; the rest of the file (labels, ArgMax, ZipMap) falls
 * away. Initialisers and constants that are trained become parameters, named as in the file; a
 * Softmax at the end is taken off, so that the output are logits (net_graph.h: `ending`). What was
 * assumed stands in the graph's notes.
 *
 *     thalweg info FILE.onnx   prints all of it
 */
#ifndef TW_NET_ONNX_ONNX_H
#define TW_NET_ONNX_ONNX_H

#include "net/graph/net_graph.h"

typedef enum tw_net_onnx_scores {
    TW_NET_ONNX_FOUND,        /* as the last operators tell */
    TW_NET_ONNX_LOGITS,       /* the output are logits, whatever the last operators are */
    TW_NET_ONNX_PROBABILITIES /* or probabilities */
} tw_net_onnx_scores;

typedef struct tw_net_onnx_options {
    const char *output; /* name of an output, or of any value; NULL: the one of class scores */
    tw_net_onnx_scores scores; /* what it is */
    int plain; /* the graph as it stands, for tests: any number of inputs, all constants known,
                  types and ending as they are */
} tw_net_onnx_options;

/* Whether this build reads ONNX files. */
int tw_net_onnx_supported(void);

/* Reads a file; NULL for options: the defaults. External data are looked for in the file's folder
 * alone. The graph is the caller's. Errors name the file, and the node or value. */
tw_status tw_net_onnx_read(const char *path, const tw_net_onnx_options *options,
                           tw_net_graph **out);
/* The same of bytes in memory; `name` stands in messages. External data are refused. */
tw_status tw_net_onnx_parse(const char *name, const void *bytes, size_t size,
                            const tw_net_onnx_options *options, tw_net_graph **out);

/* A TensorProto alone (the files of test cases) with its name, which the caller frees. */
tw_status tw_net_onnx_parse_tensor(const char *file, const void *bytes, size_t size, char **name,
                                   tw_net_tensor *out);

#endif
