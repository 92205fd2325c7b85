/* stencil.c: finite-difference weights on any nodes, by Fornberg's recursion over the nodes. */
#include <math.h>

#include "diff/exact.h"
#include "thalweg/derivative.h"

static tw_status check_nodes(double at, size_t count, const double *nodes, size_t derivatives) {
    if (count == 0 || derivatives >= count)
        return tw_fail(TW_ERR_ARGUMENT, "derivative %zu from %zu nodes: give more nodes",
                       derivatives, count);
    if (!isfinite(at))
        return tw_fail(TW_ERR_ARGUMENT, "a stencil at %g", at);
    for (size_t k = 0; k < count; k++)
        for (size_t other = 0; other <= k; other++)
            if (!isfinite(nodes[k]) || (other < k && nodes[k] == nodes[other]))
                return tw_fail(TW_ERR_ARGUMENT,
                               "node %zu of a stencil is %g: give finite nodes "
                               "that differ",
                               k, nodes[k]);
    return TW_OK;
}

tw_status tw_stencil_weights(double at, size_t count, const double *nodes, size_t derivatives,
                             double *weights) {
    tw_status status = check_nodes(at, count, nodes, derivatives);
    if (status != TW_OK)
        return status;
    for (size_t k = 0; k < (derivatives + 1) * count; k++)
        weights[k] = 0;
    weights[0] = 1;
    double before = 1; /* product of the distances of the last node from those before it */
    for (size_t n = 1; n < count; n++) {
        double product = 1, here = nodes[n] - at, last = nodes[n - 1] - at;
        size_t most = n < derivatives ? n : derivatives;
        for (size_t v = 0; v < n; v++) {
            double distance = nodes[n] - nodes[v];
            product *= distance;
            /* downwards: what is read at m and m - 1 is still that of n - 1 nodes */
            for (size_t m = most + 1; m-- > 0;) {
                double *old = weights + m * count, lower = m > 0 ? old[v - count] : 0;
                if (v == n - 1) {
                    double corner = (double)m * lower - last * old[v];
                    old[n] = before / product * corner;
                }
                old[v] = (here * old[v] - (double)m * lower) / distance;
            }
        }
        before = product;
    }
    return TW_OK;
}
