/* onnx_writer.h: small ONNX models for tests, written part by part. Lists of names are texts with
 * commas: "x,w,". Everything is freed by writer_free. */
#ifndef ONNX_WRITER_H
#define ONNX_WRITER_H

#include "onnx.pb-c.h"
#include "support.h"

typedef struct writer {
    Onnx__ModelProto *model;
    size_t block_count;
    void **blocks;
    uint8_t *bytes; /* after writer_pack */
    size_t size;
} writer;

writer *writer_new(int64_t opset);
void writer_free(writer *w);

/* sizes: -1 for any. type: TensorProto's, 0: the value has none. */
void writer_input(writer *w, const char *name, int type, size_t rank, const int64_t *sizes);
void writer_output(writer *w, const char *name, int type, size_t rank, const int64_t *sizes);
/* An initialiser of float32, filled with 0.5, 1.5, ...; its tensor, to be spoilt. */
Onnx__TensorProto *writer_weight(writer *w, const char *name, size_t rank, const int64_t *dims);
/* A tensor of int64. */
Onnx__TensorProto *writer_integers(writer *w, const char *name, size_t count,
                                   const int64_t *numbers);
Onnx__NodeProto *writer_node(writer *w, const char *op, const char *inputs, const char *outputs);
/* A function of the domain "own", and its nodes. */
Onnx__FunctionProto *writer_function(writer *w, const char *name, const char *inputs,
                                     const char *outputs);
Onnx__NodeProto *writer_function_node(writer *w, Onnx__FunctionProto *function, const char *op,
                                      const char *inputs, const char *outputs);
void writer_number(writer *w, Onnx__NodeProto *node, const char *name, int64_t number);
void writer_numbers(writer *w, Onnx__NodeProto *node, const char *name, size_t count,
                    const int64_t *numbers);
void writer_real(writer *w, Onnx__NodeProto *node, const char *name, float number);
/* An attribute that refers to one of the function's call. */
void writer_reference(writer *w, Onnx__NodeProto *node, const char *name, const char *of);
/* An attribute that is a graph, empty. */
Onnx__GraphProto *writer_body(writer *w, Onnx__NodeProto *node, const char *name);
void *writer_alloc(writer *w, size_t size);

/* Serialises the model into w->bytes. */
void writer_pack(writer *w);

#endif
