/* net_keep.h: which numbers of the passes at a point are read by those along directions: what is to
 * be kept where a point is come back to with another direction. */
#ifndef TW_NET_PROGRAM_NET_KEEP_H
#define TW_NET_PROGRAM_NET_KEEP_H

#include "net/program/net_program.h"

enum { TW_NET_KEEP_VALUE = 1, TW_NET_KEEP_ADJOINT = 2 };

/* By edge, of those that steps of that time compute: linear steps read neither, bilinear ones their
 * inputs and the adjoint of the result, others the result too. Released with free(). */
tw_status tw_net_keep_plan(const tw_net_program *program, tw_net_time time, unsigned char **out);

#endif
