/* surface_forms.h: surfaces as .npz, .csv, .vtk and .vts; surface_file.c has .h5 and chooses. */
#ifndef TW_FILE_SURFACE_FORMS_H
#define TW_FILE_SURFACE_FORMS_H

#include "thalweg/file.h"

tw_status tw_surface_write_npz(const char *path, const tw_surface *surface,
                               const tw_provenance *provenance);
tw_status tw_surface_read_npz(const char *path, tw_surface *surface, tw_provenance *provenance);

tw_status tw_surface_write_csv(const char *path, const tw_surface *surface,
                               const tw_provenance *provenance);
tw_status tw_surface_read_csv(const char *path, tw_surface *surface, tw_provenance *provenance);

/* VTK's legacy format, and its XML format. */
tw_status tw_surface_write_legacy(const char *path, const tw_surface *surface,
                                  const tw_vtk_options *options, const tw_provenance *provenance);
tw_status tw_surface_write_vts(const char *path, const tw_surface *surface,
                               const tw_vtk_options *options, const tw_provenance *provenance);

/* As tw_surface_read, but only what the mask calls computed is: values that another tool put into
 * the file since are not ours to go on from. */
tw_status tw_surface_read_own(const char *path, tw_surface *surface, tw_provenance *provenance);

/* "x", "y" and "computed" stand for themselves in .npz, .csv, .vtk and .vts files. TW_ERR_ARGUMENT
 * if a metric has one of these names. */
tw_status tw_surface_check_names(const char *path, const tw_surface *surface);

/* What a number in "computed" means: 0, 2 (interpolated), or else 1. */
uint8_t tw_surface_mark(double value);

/* The values of a metric, NaN where they are not computed; to be freed. */
tw_status tw_surface_masked(const tw_surface *surface, size_t metric, double **out);

#endif
