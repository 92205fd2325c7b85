/* onnx_wire.h: protobuf bytes as messages. They are looked over before protobuf-c takes them apart:
 * lengths, nesting (which it follows by recursion without end), and memory are bounded. */
#ifndef TW_NET_ONNX_ONNX_WIRE_H
#define TW_NET_ONNX_ONNX_WIRE_H

#include <protobuf-c/protobuf-c.h>

#include "thalweg/status.h"

/* The message of that kind, to be freed with protobuf_c_message_free_unpacked(message, NULL). */
tw_status tw_net_onnx_unpack(const char *name, const ProtobufCMessageDescriptor *kind,
                             const void *bytes, size_t size, ProtobufCMessage **out);

#endif
