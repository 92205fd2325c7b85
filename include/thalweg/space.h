/* space.h: the parameter space, a vector of doubles cut into named blocks.
 *
 * A block is one tensor of a model: its name, its shape (row-major, first axis = filter or
 * neuron, except where `filter_axis` says otherwise) and its role. Filter normalisation, reports
 * per block and direction files need it. An objective without blocks has one block named "x".
 */
#ifndef THALWEG_SPACE_H
#define THALWEG_SPACE_H

#include <stddef.h>

#include "status.h"

TW_BEGIN_DECLS

enum { TW_MAX_RANK = 4 };

typedef enum tw_role {
    TW_ROLE_WEIGHT, /* matrix or convolution kernel */
    TW_ROLE_BIAS,
    TW_ROLE_NORM,  /* scale and shift of a normalisation layer */
    TW_ROLE_BUFFER /* running statistics: not trained */
} tw_role;

/* What a block is to its layer. */
typedef enum tw_part {
    TW_PART_OTHER, /* not told */
    TW_PART_WEIGHT,
    TW_PART_BIAS,
    TW_PART_SCALE,
    TW_PART_SHIFT,
    TW_PART_MEAN,
    TW_PART_VARIANCE
} tw_part;

/* What a network does with a block: so that weights of other programs find their place where the
 * names are others (tw_weights_read). Zero: it is not told. */
typedef struct tw_block_use {
    tw_part part;
    size_t layer;          /* layers are counted in the order in which they are computed */
    int axes[TW_MAX_RANK]; /* of a weight: which of the block's axes are outputs, inputs, height and
                              width, in this order */
    int beside; /* 1: the layer before it of the same shape does not lead to this one, so that
                   nothing but its name tells which it is */
} tw_block_use;

typedef struct tw_block {
    const char *name;          /* owned by the space once added */
    size_t offset;             /* first entry in the parameter vector; set by tw_space_add */
    size_t count;              /* number of entries, the product of the shape; likewise */
    int rank;                  /* 0 (a scalar) ... TW_MAX_RANK */
    size_t shape[TW_MAX_RANK]; /* entries in use are > 0 */
    tw_role role;
    int filter_axis; /* axis along which filters are counted: 0, or 1 for a (inputs, outputs) matrix
                      */
    tw_block_use use;
} tw_block;

typedef struct tw_space tw_space;

/* An empty space. Owned by the caller. */
TW_API tw_status tw_space_new(tw_space **out);
TW_API void tw_space_free(tw_space *space);
/* A copy, owned by the caller. */
TW_API tw_status tw_space_copy(const tw_space *space, tw_space **out);

/* Appends a copy of `block`; its offset and count are computed. Names must be unique. */
TW_API tw_status tw_space_add(tw_space *space, const tw_block *block);

/* How many blocks there are. */
TW_API size_t tw_space_blocks(const tw_space *space);
/* Block `index`, or NULL past the end. Valid as long as the space. */
TW_API const tw_block *tw_space_block(const tw_space *space, size_t index);
/* The block of that name, or NULL. */
TW_API const tw_block *tw_space_find(const tw_space *space, const char *name);
/* The block that holds entry `entry` of the vector, or NULL. */
TW_API const tw_block *tw_space_at(const tw_space *space, size_t entry);
/* Length of the parameter vector: the sum of the counts. */
TW_API size_t tw_space_size(const tw_space *space);

/* The indices of entry `place` of the block, "[3, 0, 2, 1]", one for each of its axes and none of a
 * scalar, into `text` of `size` bytes, which is returned. */
TW_API const char *tw_block_place(const tw_block *block, size_t place, char *text, size_t size);

/* 1 if the block is one that optimisers, random directions, differences and gradients move; 0 for
 * buffers, which only an objective's `settle` writes. */
TW_API int tw_block_moves(const tw_block *block);
/* How many entries do not move. */
TW_API size_t tw_space_still(const tw_space *space);
/* Whether entry `entry` of the vector does; 0 past the end. */
TW_API int tw_space_moves(const tw_space *space, size_t entry);
/* Sets the entries of x that do not move to those of `from`, or to 0 where that is NULL. */
TW_API void tw_space_keep_still(const tw_space *space, const double *from, double *x);

/* "weight", "bias", "norm", "buffer"; NULL past the end. */
TW_API const char *tw_role_name(size_t role);

TW_END_DECLS

#endif
