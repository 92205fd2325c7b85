/* LAPACK's symmetric eigenvalues, by dividing and conquering: the one file that knows it. Its
 * Fortran names need no header; the lengths of the texts come last.
 *
 * The library is opened when it is needed first, and not linked: OpenBLAS, which it brings, starts
 * threads as soon as it is loaded, and where memory is short never ends. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "curvature/dense.h"

typedef void (*dsyevd)(const char *job, const char *triangle, const int *n, double *a,
                       const int *stride, double *values, double *work, const int *work_size,
                       int *whole, const int *whole_size, int *info, size_t job_length,
                       size_t triangle_length);

/* NULL where there is none. */
static dsyevd find(void) {
#ifdef TW_HAVE_LAPACK
    void *library = dlopen("liblapack.so.3", RTLD_NOW | RTLD_LOCAL); /* counted: stays open */
    return library == NULL ? NULL : (dsyevd)(uintptr_t)dlsym(library, "dsyevd_");
#else
    return NULL;
#endif
}

static int solve(dsyevd call, int n, double *a, double *values, int vectors, double *work,
                 int *whole, const int sizes[2]) {
    int info = 0;
    call(vectors ? "V" : "N", "L", &n, a, &n, values, work, &sizes[0], whole, &sizes[1], &info, 1,
         1);
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
    dsyevd call = find();
    if (call == NULL)
        return tw_dense_eigen_own(n, a, values, vectors);
    double best;
    int best_whole, sizes[2] = {-1, -1};
    int info = solve(call, (int)n, a, values, vectors, &best, &best_whole, sizes);
    sizes[0] = (int)best;
    sizes[1] = best_whole;
    double *work = tw_alloc_raw((size_t)sizes[0], sizeof *work);
    int *whole = tw_alloc_raw((size_t)sizes[1], sizeof *whole);
    tw_status status = TW_OK;
    if (work == NULL || whole == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a matrix of order %zu", n);
    else if (info != 0 || (info = solve(call, (int)n, a, values, vectors, work, whole, sizes)) != 0)
        status = tw_fail(TW_ERR_NOT_FINITE, "LAPACK's dsyevd fails on a matrix of order %zu: %d", n,
                         info);
    free(work);
    free(whole);
    if (status == TW_OK)
        turn_round(n, a, values, vectors);
    return status;
}
