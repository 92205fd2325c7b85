/* net_head.h: what becomes of a sample's outputs: its loss, the loss's derivatives by the outputs,
 * and whether the answer is right. With outputs s_1 ... s_K, label y and
 * t_c = (1 - smoothing) [c = y] + smoothing / K:
 *
 *   cross-entropy     log sum_c exp(s_c) - sum_c t_c s_c        of logits
 *                     -sum_c t_c log s_c                        of probabilities
 *   squared error     (1/K) sum_c (s_c - t_c)^2;  (s - y)^2 where K = 1
 *
 * Numbers are doubles, whatever the outputs were computed in.
 */
#ifndef TW_NET_OBJECTIVE_NET_HEAD_H
#define TW_NET_OBJECTIVE_NET_HEAD_H

#include "thalweg/network.h"

typedef struct tw_net_head {
    tw_network_loss loss;
    int probabilities;
    size_t outputs; /* K */
    double smoothing;
} tw_net_head;

double tw_net_head_loss(const tw_net_head *head, const double *s, size_t label);
/* g_c = d loss / d s_c. */
void tw_net_head_gradient(const tw_net_head *head, const double *s, size_t label, double *g);
/* dg, how that moves where s moves along ds. */
void tw_net_head_move(const tw_net_head *head, const double *s, size_t label, const double *ds,
                      double *dg);
/* The Hessian of the loss in the outputs is sum_c a_c a_c': fills in a_c, c < K. 0 where it is
 * nothing, or next to nothing (a probability below 1e-30). */
int tw_net_head_factor(const tw_net_head *head, const double *s, size_t label, size_t c, double *a);
/* How many outputs come before the label's, by size and then by number: 0 is a right answer. A
 * label whose output is not a number comes last. */
size_t tw_net_head_rank(const tw_net_head *head, const double *s, size_t label);
/* Whether the outputs are within [0, 1] and sum to 1. */
int tw_net_head_is_distribution(size_t outputs, const double *s);

#endif
