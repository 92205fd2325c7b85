/* eigenvalues.c: all of them, from the matrix column by column. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "curvature/dense.h"
#include "thalweg/spectrum.h"

enum { MOST = 20000, TOGETHER = 16 };

typedef struct dense_job {
    tw_curvature *curvature;
    size_t n, order;
    size_t *moves; /* the parameters that do, `order` of them */
    double *matrix, *units, *products;
    tw_dense_columns *kept; /* whose the matrix is; NULL: of this job alone */
} dense_job;

static tw_status columns(const dense_job *job, size_t first, size_t count) {
    memset(job->units, 0, count * job->n * sizeof(double));
    for (size_t k = 0; k < count; k++)
        job->units[k * job->n + job->moves[first + k]] = 1;
    tw_status status = tw_curvature_products(job->curvature, count, job->units, job->products);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        for (size_t i = 0; i < job->order; i++)
            job->matrix[(first + k) * job->order + i] = job->products[k * job->n + job->moves[i]];
    return status;
}

static tw_status build(const dense_job *job, tw_progress_fn progress, void *user) {
    tw_status status = TW_OK;
    for (size_t k = job->kept != NULL ? job->kept->done : 0; k < job->order && status == TW_OK;
         k += TOGETHER) {
        size_t count = job->order - k < TOGETHER ? job->order - k : TOGETHER;
        status = columns(job, k, count);
        if (status == TW_OK && job->kept != NULL)
            job->kept->done = k + count;
        if (status == TW_OK && progress != NULL && progress(user, k + count, job->order) != 0)
            status = tw_fail(TW_ERR_CANCELLED, "cancelled after %zu of %zu columns", k + count,
                             job->order);
    }
    return status;
}

static double make_symmetric(const dense_job *job) {
    double most = 0;
    for (size_t i = 0; i < job->order; i++)
        for (size_t j = 0; j < i; j++) {
            double *a = &job->matrix[i * job->order + j], *b = &job->matrix[j * job->order + i];
            most = fmax(most, fabs(*a - *b));
            *a = *b = (*a + *b) / 2;
        }
    return most;
}

static void write_vectors(const dense_job *job, double *vectors) {
    memset(vectors, 0, job->order * job->n * sizeof *vectors);
    for (size_t k = 0; k < job->order; k++)
        for (size_t i = 0; i < job->order; i++)
            vectors[k * job->n + job->moves[i]] = job->matrix[k * job->order + i];
}

tw_status tw_dense_check(size_t order) {
    if (order <= MOST)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT,
                   "all eigenvalues of %zu parameters: of more than %d ask for the largest and "
                   "smallest, or for the density",
                   order, MOST);
}

static tw_status prepare(dense_job *job) {
    const double *scale = tw_curvature_scale(job->curvature);
    tw_status status = tw_dense_check(job->order);
    if (status != TW_OK)
        return status;
    job->moves = tw_alloc(job->order, sizeof *job->moves);
    job->matrix = job->kept != NULL ? job->kept->matrix
                                    : tw_alloc_raw(job->order, job->order * sizeof(double));
    job->units = tw_alloc_raw(TOGETHER, job->n * sizeof(double));
    job->products = tw_alloc_raw(TOGETHER, job->n * sizeof(double));
    if (job->moves == NULL || job->matrix == NULL || job->units == NULL || job->products == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a matrix of order %zu", job->order);
    for (size_t i = 0, k = 0; i < job->n; i++)
        if (scale[i] != 0)
            job->moves[k++] = i;
    return TW_OK;
}

static tw_status make_matrix(dense_job *job, tw_progress_fn progress, void *user) {
    tw_curvature_facts facts;
    tw_curvature_facts_of(job->curvature, &facts);
    job->n = facts.size;
    job->order = facts.dimension;
    tw_status status = prepare(job);
    return status == TW_OK ? build(job, progress, user) : status;
}

static void release(dense_job *job) {
    free(job->moves);
    if (job->kept == NULL)
        free(job->matrix);
    free(job->units);
    free(job->products);
}

tw_status tw_curvature_eigenvalues(tw_curvature *curvature, double *values, double *vectors,
                                   double *asymmetry, tw_progress_fn progress, void *user) {
    dense_job job = {.curvature = curvature};
    tw_status status = make_matrix(&job, progress, user);
    if (status == TW_OK) {
        double off = make_symmetric(&job);
        if (asymmetry != NULL)
            *asymmetry = off;
        status = tw_dense_eigen(job.order, job.matrix, values, vectors != NULL);
    }
    if (status == TW_OK && vectors != NULL)
        write_vectors(&job, vectors);
    release(&job);
    return status;
}

tw_status tw_dense_eigen_and_diagonal(tw_curvature *curvature, tw_dense_columns *columns,
                                      double *values, double *diagonal, tw_progress_fn progress,
                                      void *user) {
    dense_job job = {.curvature = curvature, .kept = columns};
    tw_status status = make_matrix(&job, progress, user);
    if (status == TW_OK) {
        columns->done = 0; /* whatever comes of it: the matrix is overwritten */
        make_symmetric(&job);
        memset(diagonal, 0, job.n * sizeof *diagonal);
        for (size_t k = 0; k < job.order; k++)
            diagonal[job.moves[k]] = job.matrix[k * job.order + k];
        status = tw_dense_eigen(job.order, job.matrix, values, 0);
    }
    release(&job);
    return status;
}
