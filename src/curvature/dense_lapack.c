/* LAPACK's symmetric eigenvalues, by dividing and conquering: the one file that knows it. Its
 * Fortran names need no header; the lengths of the texts come last. */
#include <stdlib.h>

#include "core/alloc.h"
#include "curvature/dense.h"

void dsyevd_(const char *job, const char *triangle, const int *n, double *a, const int *stride,
             double *values, double *work, const int *work_size, int *whole, const int *whole_size,
             int *info, size_t job_length, size_t triangle_length);

static int solve(int n, double *a, double *values, int vectors, double *work, int *whole,
                 const int sizes[2]) {
    int info = 0;
    dsyevd_(vectors ? "V" : "N", "L", &n, a, &n, values, work, &sizes[0], whole, &sizes[1], &info,
            1, 1);
    return info;
}

/* They rise, and a column of Fortran's is a row of ours. */
static void turn_round(size_t n, double *a, double *values, int vectors) {
    for (size_t k = 0; k < n / 2; k++) {
        double value = values[k];
        values[k] = values[n - 1 - k];
        values[n - 1 - k] = value;
        for (size_t i = 0; vectors && i < n; i++) {
            double entry = a[k * n + i];
            a[k * n + i] = a[(n - 1 - k) * n + i];
            a[(n - 1 - k) * n + i] = entry;
        }
    }
}

tw_status tw_dense_eigen(size_t n, double *a, double *values, int vectors) {
    double best;
    int best_whole, sizes[2] = {-1, -1};
    int info = solve((int)n, a, values, vectors, &best, &best_whole, sizes);
    sizes[0] = (int)best;
    sizes[1] = best_whole;
    double *work = tw_alloc_raw((size_t)sizes[0], sizeof *work);
    int *whole = tw_alloc_raw((size_t)sizes[1], sizeof *whole);
    tw_status status = TW_OK;
    if (work == NULL || whole == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a matrix of order %zu", n);
    else if (info != 0 || (info = solve((int)n, a, values, vectors, work, whole, sizes)) != 0)
        status =
            tw_fail(TW_ERR_ARGUMENT, "LAPACK's dsyevd fails on a matrix of order %zu: %d", n, info);
    free(work);
    free(whole);
    if (status == TW_OK)
        turn_round(n, a, values, vectors);
    return status;
}
