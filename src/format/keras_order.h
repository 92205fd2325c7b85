/* keras_order.h: in which order layers stand in a file of Keras. */
#ifndef TW_FORMAT_KERAS_ORDER_H
#define TW_FORMAT_KERAS_ORDER_H

#include <hdf5.h>

typedef struct tw_keras_order {
    size_t count; /* names in the attribute layer_names; 0: there is none */
    char **names; /* owned */
} tw_keras_order;

/* Reads the attribute layer_names of a group (Keras 2); without it, or where it is too large to be
 * believed, names are in the order of their numbers: conv2d, conv2d_1, ..., conv2d_10 (Keras 3).
 * Released by the caller. */
void tw_keras_order_read(hid_t file, const char *group, tw_keras_order *out);
void tw_keras_order_release(tw_keras_order *order);
/* The place of the layer that a path from the group begins with. */
size_t tw_keras_order_place(const tw_keras_order *order, const char *path);
/* As strcmp, but numbers go by their size. */
int tw_keras_order_numbers(const char *a, const char *b);

#endif
