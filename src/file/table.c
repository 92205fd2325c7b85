#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "thalweg/file.h"

tw_status tw_table_init(tw_table *table, const char *kind, size_t columns,
                        const char *const *names) {
    memset(table, 0, sizeof *table);
    if (columns == 0)
        return tw_fail(TW_ERR_ARGUMENT, "a table without columns");
    table->kind = tw_strdup(kind);
    table->names = tw_alloc(columns, sizeof *table->names);
    table->values = tw_alloc(columns, sizeof *table->values);
    int complete = table->kind != NULL && table->names != NULL && table->values != NULL;
    if (complete)
        table->columns = columns;
    for (size_t k = 0; complete && k < columns; k++)
        complete = (table->names[k] = tw_strdup(names[k])) != NULL;
    if (complete)
        table->metric = tw_metrics_read(columns, names, TW_SPELT_IN_FILES);
    complete = complete && table->metric != NULL;
    if (complete)
        return TW_OK;
    tw_table_release(table);
    return tw_fail(TW_ERR_MEMORY, "not enough memory for a table");
}

tw_status tw_table_append(tw_table *table, const double *row) {
    if (table->rows == table->capacity) {
        size_t capacity = table->capacity == 0 ? 32 : 2 * table->capacity;
        for (size_t k = 0; k < table->columns; k++) {
            double *grown = realloc(table->values[k], capacity * sizeof *grown);
            if (grown == NULL)
                return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu rows", capacity);
            table->values[k] = grown;
        }
        table->capacity = capacity;
    }
    for (size_t k = 0; k < table->columns; k++)
        table->values[k][table->rows] = row[k];
    table->rows++;
    return TW_OK;
}

int tw_table_column(const tw_table *table, const char *name) {
    for (size_t k = 0; k < table->columns; k++)
        if (strcmp(table->names[k], name) == 0)
            return (int)k;
    return -1;
}

int tw_table_metric(const tw_table *table, const tw_metric *wanted) {
    return tw_metrics_find(table->metric, wanted);
}

void tw_table_release(tw_table *table) {
    for (size_t k = 0; k < table->columns; k++) {
        free(table->names[k]);
        free(table->values[k]);
    }
    free(table->kind);
    free(table->names);
    free(table->metric);
    free(table->values);
    memset(table, 0, sizeof *table);
}
