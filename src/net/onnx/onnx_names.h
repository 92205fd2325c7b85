/* onnx_names.h: which value a name of a file stands for. Filled, sorted once, then asked: in time
 * that no choice of names makes long. */
#ifndef TW_NET_ONNX_ONNX_NAMES_H
#define TW_NET_ONNX_ONNX_NAMES_H

#include <stddef.h>

#include "thalweg/status.h"

typedef struct tw_net_onnx_name {
    const char *text; /* not owned */
    size_t value;
} tw_net_onnx_name;

typedef struct tw_net_onnx_names {
    size_t count;
    tw_net_onnx_name *names;
} tw_net_onnx_names;

tw_status tw_net_onnx_names_add(tw_net_onnx_names *names, const char *text, size_t value);
/* Sorts them; gives a name that is there twice, or NULL. */
const char *tw_net_onnx_names_sort(tw_net_onnx_names *names);
/* The entry of that name, or NULL. */
const tw_net_onnx_name *tw_net_onnx_names_find(const tw_net_onnx_names *names, const char *text);
void tw_net_onnx_names_release(tw_net_onnx_names *names);

#endif
