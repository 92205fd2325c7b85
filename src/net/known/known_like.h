/* known_like.h: which architectures by name have blocks of these shapes. */
#ifndef TW_NET_KNOWN_KNOWN_LIKE_H
#define TW_NET_KNOWN_KNOWN_LIKE_H

#include "net/graph/net_shape.h"

/* Writes "resnet20 or resnet20-noshort, for 3 channels and 10 classes" into text: the names, at
 * most four of them, whose blocks have these shapes, each as often. Neither names nor the order are
 * looked at; the shapes are sorted. They are (outputs, inputs, height, width) and (outputs,
 * inputs): channels are the fewest inputs of a convolution, classes the outputs of the last matrix
 * as given. Empty where there is none. */
tw_status tw_net_known_like(size_t count, tw_net_shape *shapes, size_t size, char *text);

#endif
