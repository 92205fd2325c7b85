#include "landscape/rows_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "kernel/kernels.h"

enum { PIECE = 1 << 15, RUN = 1 << 8 };

size_t tw_rows_stride(size_t size) {
    return (size + TW_FEATURE_PAD - 1) / TW_FEATURE_PAD * TW_FEATURE_PAD;
}

static tw_status subtract(const tw_row_reader *reader, size_t index, double *row) {
    size_t n = reader->rows->size;
    for (size_t i = 0; i < n; i++) {
        double entry = row[i];
        if (reader->center != NULL)
            row[i] -= reader->center[i];
        if (!isfinite(entry))
            return tw_fail(TW_ERR_ARGUMENT,
                           "checkpoint %zu, entry %zu is %g: leave out what is not finite", index,
                           i, entry);
        if (!isfinite(row[i]))
            return tw_fail(TW_ERR_ARGUMENT, "checkpoint %zu, entry %zu is too far away: %g", index,
                           i, entry);
    }
    return TW_OK;
}

tw_status tw_rows_read(tw_row_reader *reader, size_t first, size_t count, double *values) {
    const tw_rows *rows = reader->rows;
    size_t stride = tw_rows_stride(rows->size);
    for (size_t k = 0; k < count; k++) {
        double *row = values + k * stride;
        tw_status status = rows->read(rows->user, first + k, row);
        if (status == TW_OK)
            status = subtract(reader, first + k, row);
        if (status == TW_OK && reader->space != NULL)
            tw_space_keep_still(reader->space, NULL, row);
        if (status != TW_OK)
            return status;
        memset(row + rows->size, 0, (stride - rows->size) * sizeof *row);
        reader->done++;
        if (reader->progress != NULL &&
            reader->progress(reader->progress_user, reader->done, reader->total) != 0)
            return tw_fail(TW_ERR_CANCELLED, "cancelled after %zu of %zu rows", reader->done,
                           reader->total);
    }
    return TW_OK;
}

typedef struct products {
    size_t n, pairs;
    const double *const *a, *const *b;
    double *parts; /* pairs for each piece */
} products;

static tw_status add_piece(void *argument, size_t piece, int worker) {
    const products *job = argument;
    size_t first = piece * PIECE, end = first + PIECE < job->n ? first + PIECE : job->n;
    for (size_t k = 0; k < job->pairs; k++) {
        const double *a = job->a[k], *b = job->b[k];
        double sum = 0;
        for (size_t from = first; from < end; from += RUN) {
            /* four chains: one would wait for itself */
            double run[4] = {0};
            size_t to = from + RUN < end ? from + RUN : end, i = from;
            for (; i + 4 <= to; i += 4)
                for (size_t c = 0; c < 4; c++)
                    run[c] += a[i + c] * b[i + c];
            for (; i < to; i++)
                run[0] += a[i] * b[i];
            sum += (run[0] + run[1]) + (run[2] + run[3]);
        }
        job->parts[piece * job->pairs + k] = sum;
    }
    return TW_OK;
}

tw_status tw_products(tw_runner *runner, size_t n, size_t pairs, const double *const *a,
                      const double *const *b, double *out) {
    size_t pieces = (n + PIECE - 1) / PIECE;
    products job = {n, pairs, a, b, tw_alloc_raw(pieces, pairs * sizeof(double))};
    if (job.parts == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu sums", pieces * pairs);
    tw_status status = tw_runner_map(runner, pieces, add_piece, &job);
    for (size_t k = 0; k < pairs && status == TW_OK; k++) {
        out[k] = 0;
        for (size_t p = 0; p < pieces; p++)
            out[k] += job.parts[p * pairs + k];
    }
    free(job.parts);
    return status;
}
