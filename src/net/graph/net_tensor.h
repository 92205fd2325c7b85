/* net_tensor.h: a tensor of known numbers. Whatever the type in the file, the numbers are doubles
 * here: exact for all types but integers beyond 2^53, which are rounded. */
#ifndef TW_NET_GRAPH_NET_TENSOR_H
#define TW_NET_GRAPH_NET_TENSOR_H

#include "net/graph/net_shape.h"

/* Types by ONNX's numbers (TensorProto.DataType). */
typedef enum tw_net_type {
    TW_NET_UNKNOWN = 0,
    TW_NET_F32 = 1,
    TW_NET_U8 = 2,
    TW_NET_I8 = 3,
    TW_NET_U16 = 4,
    TW_NET_I16 = 5,
    TW_NET_I32 = 6,
    TW_NET_I64 = 7,
    TW_NET_STRING = 8, /* never computed with */
    TW_NET_BOOL = 9,   /* 0 or 1 */
    TW_NET_F16 = 10,
    TW_NET_F64 = 11,
    TW_NET_U32 = 12,
    TW_NET_U64 = 13,
    TW_NET_BF16 = 16
} tw_net_type;

/* Whether it is a floating-point type. */
int tw_net_type_real(tw_net_type type);
/* "float32", "int64", "bool", ...; NULL for a number that is no type that is known here. */
const char *tw_net_type_name(tw_net_type type);
/* `number` as the type holds it: rounded to single, half or bfloat16; integers truncated towards 0
 * and wrapped to their width as in C; a bool is 0 or 1. */
double tw_net_type_hold(tw_net_type type, double number);

typedef struct tw_net_tensor {
    tw_net_type type;
    tw_net_shape shape;
    double *numbers; /* owned; row-major */
} tw_net_tensor;

/* A tensor of zeros; TW_ERR_MEMORY says how large it was to be. */
tw_status tw_net_tensor_new(tw_net_type type, const tw_net_shape *shape, tw_net_tensor *out);
tw_status tw_net_tensor_copy(const tw_net_tensor *tensor, tw_net_tensor *out);
void tw_net_tensor_release(tw_net_tensor *tensor);

#endif
