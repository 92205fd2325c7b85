/* Without protobuf-c and ONNX's description of its files: they are refused. */
#include "net/onnx/onnx.h"

static tw_status refuse(const char *path) {
    return tw_fail(TW_ERR_UNSUPPORTED,
                   "'%s': this thalweg was built without ONNX files (it takes libprotobuf-c-dev, "
                   "protobuf-c-compiler and libonnx-dev)",
                   path);
}

int tw_net_onnx_supported(void) {
    return 0;
}

tw_status tw_net_onnx_read(const char *path, const tw_net_onnx_options *options,
                           tw_net_graph **out) {
    return refuse(path);
}

tw_status tw_net_onnx_parse(const char *name, const void *bytes, size_t size,
                            const tw_net_onnx_options *options, tw_net_graph **out) {
    return refuse(name);
}

tw_status tw_net_onnx_parse_tensor(const char *file, const void *bytes, size_t size, char **name,
                                   tw_net_tensor *out) {
    return refuse(file);
}
