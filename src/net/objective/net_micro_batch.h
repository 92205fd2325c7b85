/* net_micro_batch.h: into what the samples are cut. Nothing here goes by the machine or its
 * threads: results have the same bits wherever they are computed. */
#ifndef TW_NET_OBJECTIVE_NET_MICRO_BATCH_H
#define TW_NET_OBJECTIVE_NET_MICRO_BATCH_H

#include "net/program/net_program.h"

/* How many samples a pass takes at once: as many as keep what the largest step reads and writes
 * within 4 MiB, or, where a network has many parameters, as many as have as many results as there
 * are parameters, so that what is done once a pass with every parameter weighs little, if these fit
 * into 64 MiB; 1 at least and 128 at most. `one` is the program for a batch of 1; `bytes` of a
 * number. */
size_t tw_net_micro_batch(const tw_net_program *one, size_t bytes);

/* No more than `batch`, so that the last of the pieces that `count` samples are cut into is nearly
 * as large as the others, and, where there are more than 8, the lanes have as equally many as whole
 * samples allow. */
size_t tw_net_even_batch(size_t batch, size_t count);

/* Into how many sums gradients are added, micro-batch b into sum b mod lanes: 16, or as many as
 * blocks of `size` doubles have room in 256 MiB, but 2 at least. */
size_t tw_net_lanes(size_t size);
/* How many Hessian products are computed on one forward and backward pass: what has room in 512 MiB
 * of such sums, 1 at least and 8 at most. */
size_t tw_net_together(size_t size);

#endif
