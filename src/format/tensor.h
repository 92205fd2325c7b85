/* tensor.h: an array of numbers in a file, open at its first number. */
#ifndef TW_FORMAT_TENSOR_H
#define TW_FORMAT_TENSOR_H

#include "format/input.h"
#include "format/npy_header.h"

enum { TW_TENSOR_RANK = TW_NPY_RANK };

typedef struct tw_tensor {
    tw_input input;
    char *path, *name; /* owned; the name is for messages: the path, or "PATH:MEMBER" */
    char *member;      /* owned: the name of the array that tw_tensor_next came to; else NULL */
    tw_number number;
    int fortran;
    int rank;
    size_t shape[TW_TENSOR_RANK];
    size_t count; /* product of the shape; no more bytes are declared than can be there */
} tw_tensor;

/* A tensor that was not opened yet: closing it does nothing. */
#define TW_TENSOR_CLOSED ((tw_tensor){.input = {.descriptor = -1}})

/* Opens a .npy file, or `member` of an .npz archive; TW_DECLINED, without text, if the archive has
 * no such member. */
tw_status tw_tensor_open_npy(tw_tensor *tensor, const char *path, const char *member);
/* The same, where the array may hold text (number.kind 'U' or 'S'). */
tw_status tw_tensor_open_npy_labels(tw_tensor *tensor, const char *path, const char *member);
/* All arrays of an .npz archive one after the other, in one pass: opens it before the first; `next`
 * goes to the one behind that is a member "NAME.npy", of which *name is NAME (good until the next
 * call), or TW_DECLINED, without text. The numbers of an array may be left unread. */
tw_status tw_tensor_open_npz(tw_tensor *tensor, const char *path);
tw_status tw_tensor_next(tw_tensor *tensor, const char **name);
/* Reads the header of the array that `next` came to, before its numbers. */
tw_status tw_tensor_begin(tw_tensor *tensor);
/* Opens an IDX file (the format of MNIST), gzip or not. */
tw_status tw_tensor_open_idx(tw_tensor *tensor, const char *path);
void tw_tensor_close(tw_tensor *tensor);

#endif
