/* pattern.c: which entries of a matrix can differ from zero. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "jacobian/pattern.h"

static tw_status check_row(size_t row, size_t columns, const size_t *starts,
                           const size_t *indices) {
    for (size_t k = starts[row]; k < starts[row + 1]; k++) {
        if (indices[k] >= columns)
            return tw_fail(TW_ERR_ARGUMENT, "row %zu of the pattern: column %zu, there are %zu",
                           row, indices[k], columns);
        if (k > starts[row] && indices[k] == indices[k - 1])
            return tw_fail(TW_ERR_ARGUMENT, "row %zu of the pattern has column %zu twice", row,
                           indices[k]);
        if (k > starts[row] && indices[k] < indices[k - 1])
            return tw_fail(TW_ERR_ARGUMENT,
                           "row %zu of the pattern is not sorted: column %zu follows %zu", row,
                           indices[k], indices[k - 1]);
    }
    return TW_OK;
}

/* Every start before any index is read: a length that is not believed is not followed. */
static tw_status check_pattern(size_t rows, size_t columns, const size_t *starts,
                               const size_t *indices) {
    if (rows == 0 || columns == 0 || rows == SIZE_MAX)
        return tw_fail(TW_ERR_ARGUMENT, "a pattern of %zu rows and %zu columns: give both", rows,
                       columns);
    if (starts == NULL || starts[0] != 0)
        return tw_fail(TW_ERR_ARGUMENT, "the starts of a pattern's rows must begin with 0");
    for (size_t i = 0; i < rows; i++)
        if (starts[i + 1] < starts[i])
            return tw_fail(TW_ERR_ARGUMENT,
                           "row %zu of the pattern ends at %zu, before its start %zu", i,
                           starts[i + 1], starts[i]);
        else if (starts[i + 1] - starts[i] > columns)
            return tw_fail(TW_ERR_ARGUMENT, "row %zu of the pattern has %zu entries in %zu columns",
                           i, starts[i + 1] - starts[i], columns);
    if (indices == NULL && starts[rows] > 0)
        return tw_fail(TW_ERR_ARGUMENT, "the pattern has %zu entries and no columns for them",
                       starts[rows]);
    tw_status status = TW_OK;
    for (size_t i = 0; i < rows && status == TW_OK; i++)
        status = check_row(i, columns, starts, indices);
    return status;
}

/* The same entries by columns. */
static void transpose(tw_pattern *p) {
    size_t count = p->starts[p->rows];
    for (size_t k = 0; k < count; k++)
        p->tops[p->indices[k] + 1]++;
    for (size_t j = 0; j < p->columns; j++)
        p->tops[j + 1] += p->tops[j];
    for (size_t i = 0; i < p->rows; i++)
        for (size_t k = p->starts[i]; k < p->starts[i + 1]; k++) {
            size_t at = p->tops[p->indices[k]]++;
            p->members[at] = i;
            p->places[at] = k;
        }
    for (size_t j = p->columns; j > 0; j--)
        p->tops[j] = p->tops[j - 1];
    p->tops[0] = 0;
}

tw_status tw_pattern_new(size_t rows, size_t columns, const size_t *starts, const size_t *indices,
                         tw_pattern **out) {
    tw_status status = check_pattern(rows, columns, starts, indices);
    if (status != TW_OK)
        return status;
    size_t count = starts[rows];
    tw_pattern *p = tw_alloc(1, sizeof *p);
    if (p != NULL) {
        p->rows = rows;
        p->columns = columns;
        p->starts = tw_alloc_raw(rows + 1, sizeof(size_t));
        p->indices = tw_alloc_raw(count, sizeof(size_t));
        p->tops = columns < SIZE_MAX ? tw_alloc(columns + 1, sizeof(size_t)) : NULL;
        p->members = tw_alloc_raw(count, sizeof(size_t));
        p->places = tw_alloc_raw(count, sizeof(size_t));
    }
    if (p == NULL || p->starts == NULL || p->indices == NULL || p->tops == NULL ||
        p->members == NULL || p->places == NULL) {
        tw_pattern_free(p);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a pattern of %zu entries", count);
    }
    memcpy(p->starts, starts, (rows + 1) * sizeof *starts);
    if (count > 0)
        memcpy(p->indices, indices, count * sizeof *indices);
    transpose(p);
    *out = p;
    return TW_OK;
}

void tw_pattern_free(tw_pattern *pattern) {
    if (pattern == NULL)
        return;
    free(pattern->starts);
    free(pattern->indices);
    free(pattern->tops);
    free(pattern->members);
    free(pattern->places);
    free(pattern);
}

size_t tw_pattern_rows(const tw_pattern *pattern) {
    return pattern->rows;
}

size_t tw_pattern_columns(const tw_pattern *pattern) {
    return pattern->columns;
}

size_t tw_pattern_nonzeros(const tw_pattern *pattern) {
    return pattern->starts[pattern->rows];
}

const size_t *tw_pattern_starts(const tw_pattern *pattern) {
    return pattern->starts;
}

const size_t *tw_pattern_indices(const tw_pattern *pattern) {
    return pattern->indices;
}

/* The rows of column i are the columns of row i: both are sorted. */
tw_status tw_pattern_check_symmetric(const tw_pattern *p) {
    if (p->rows != p->columns)
        return tw_fail(TW_ERR_SHAPE, "a pattern of %zu rows and %zu columns is not symmetric",
                       p->rows, p->columns);
    for (size_t i = 0; i < p->rows; i++) {
        size_t k = p->starts[i], t = p->tops[i], end = p->starts[i + 1], bottom = p->tops[i + 1];
        while (k < end && t < bottom && p->indices[k] == p->members[t])
            k++, t++;
        if (k == end && t == bottom)
            continue;
        int in_row = k < end && (t == bottom || p->indices[k] < p->members[t]);
        size_t other = in_row ? p->indices[k] : p->members[t];
        size_t row = in_row ? i : other, column = in_row ? other : i;
        return tw_fail(TW_ERR_SHAPE,
                       "the pattern is not symmetric: it has (%zu, %zu), not (%zu, %zu)", row,
                       column, column, row);
    }
    return TW_OK;
}
