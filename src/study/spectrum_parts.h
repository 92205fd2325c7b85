/* spectrum_parts.h: the parts of a state of a spectrum: a list of them, and what traces and
 * densities go on from (trace_private.h, density_private.h) as such. */
#ifndef TW_STUDY_SPECTRUM_PARTS_H
#define TW_STUDY_SPECTRUM_PARTS_H

#include "curvature/dense.h"
#include "thalweg/curvature_report.h"
#include "thalweg/file.h"

typedef struct tw_part_list {
    size_t count, room;
    tw_descent_part *parts;
    char (*names)[64];
    double **owned; /* of a part: its numbers, or NULL where they are of others */
    int failed;     /* memory was out: not all of it is there */
} tw_part_list;

/* The numbers stay their owner's. */
void tw_part_list_add(tw_part_list *list, const char *before, const char *name, size_t count,
                      const double *values);
/* A part of its own numbers, 0; NULL: memory is out. */
double *tw_part_list_make(tw_part_list *list, const char *name, size_t count);
void tw_part_list_release(tw_part_list *list);
/* NULL: there is none. */
const tw_descent_part *tw_part_find(size_t count, const tw_descent_part *parts, const char *name);
int tw_part_is_finite(const tw_descent_part *part);
/* Those that are so many finite numbers; NULL elsewhere. */
const double *tw_part_numbers(size_t count, const tw_descent_part *parts, const char *name,
                              size_t wanted);

void tw_spectrum_parts_of_columns(tw_part_list *list, const tw_dense_columns *columns);
/* TW_ERR_FORMAT for columns that do not fit; none where there are none. */
tw_status tw_spectrum_parts_to_columns(size_t count, const tw_descent_part *parts,
                                       tw_dense_columns *columns);
void tw_spectrum_parts_of_trace(tw_part_list *list, const tw_trace_result *trace);
/* TW_ERR_FORMAT for parts that do not fit; nothing where there are none. `trace` has its draws,
 * `density` its nodes. After a failure the caller releases it. */
tw_status tw_spectrum_parts_to_trace(size_t count, const tw_descent_part *parts, size_t n,
                                     size_t blocks, tw_trace_result *trace);
void tw_spectrum_parts_of_density(tw_part_list *list, const tw_density *density);
tw_status tw_spectrum_parts_to_density(size_t count, const tw_descent_part *parts, size_t n,
                                       tw_density *density);

#endif
