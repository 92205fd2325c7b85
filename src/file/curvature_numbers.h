/* curvature_numbers.h: the single numbers of a report on curvature, by the names that a file has
 * for them. */
#ifndef TW_FILE_CURVATURE_NUMBERS_H
#define TW_FILE_CURVATURE_NUMBERS_H

#include "thalweg/curvature_report.h"

typedef enum tw_number_type {
    TW_NUMBER_DOUBLE,
    TW_NUMBER_SIZE,
    TW_NUMBER_INT, /* enums too */
    TW_NUMBER_LONG /* unsigned long long */
} tw_number_type;

typedef struct tw_report_number {
    const char *name; /* "GROUP/NAME" */
    tw_number_type type;
    size_t offset; /* in tw_curvature_report */
} tw_report_number;

/* NULL past the end. */
const tw_report_number *tw_report_number_at(size_t index);
double tw_report_number_get(const tw_report_number *number, const tw_curvature_report *report);
/* TW_ERR_FORMAT, without the file's name, for a number that cannot be what it is for. */
tw_status tw_report_number_set(const tw_report_number *number, tw_curvature_report *report,
                               double value);

#endif
