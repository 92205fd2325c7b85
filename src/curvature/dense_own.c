/* Without LAPACK. */
#include <stdlib.h>
#include <string.h>

#include "algebra/eigen_symmetric.h"
#include "core/alloc.h"
#include "curvature/dense.h"

tw_status tw_dense_eigen_own(size_t n, double *a, double *values, int vectors) {
    double *out = tw_alloc_raw(n, n * sizeof *out);
    if (out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a matrix of order %zu", n);
    tw_status status = tw_eigen_symmetric(n, a, n, values, out);
    if (status == TW_OK && vectors)
        memcpy(a, out, n * n * sizeof *out);
    free(out);
    return status;
}
