/* surface_forms.h: the forms that surfaces have in files. A form is one file, surface_<form>.c, and
 * one row of the list in surface_file.c; forms share what is in surface_common.c and never ask the
 * list. */
#ifndef TW_FILE_SURFACE_FORMS_H
#define TW_FILE_SURFACE_FORMS_H

#include "file/file_kind.h"
#include "thalweg/file.h"

typedef struct tw_surface_form {
    const char *ending; /* of a path, with its dot: the usual one */
    tw_file_kind kind;  /* of files that hold other results as well, with more endings; or 0, */
    const char *start;  /* and the bytes that such a file begins with */
    const char *name;   /* "VTK's" (format), where it is only written */
    int keeps_paths;    /* tw_paths_write has room in it */
    int is_heights;     /* a picture by tw_vtk_options rather than the values alone */
    tw_status (*write)(const char *path, const tw_surface *surface, const tw_vtk_options *options,
                       const tw_provenance *provenance);
    /* NULL: written only. The surface is zeroed, and released by the caller if this fails.
     * only_own: only what the mask calls computed is; values that another tool put into the file
     * since are not ours to go on from. `provenance` may be NULL. */
    tw_status (*read)(const char *path, int only_own, tw_surface *surface,
                      tw_provenance *provenance);
} tw_surface_form;

extern const tw_surface_form tw_surface_form_h5, tw_surface_form_npz, tw_surface_form_csv,
    tw_surface_form_vts, tw_surface_form_vtk;

/* ---- the list ---- */

/* As tw_surface_read, with `only_own`. */
tw_status tw_surface_read_own(const char *path, tw_surface *surface, tw_provenance *provenance);

/* Whether a file begins as those of a form do that hold nothing but surfaces. */
tw_status tw_surface_is_content(const char *path, int *out);

/* ---- what forms share ---- */

/* "x", "y" and "computed" stand for themselves in .npz, .csv, .vtk and .vts files. TW_ERR_ARGUMENT
 * if a metric has one of these names. */
int tw_surface_is_own_name(const char *name);
tw_status tw_surface_check_names(const char *path, const tw_surface *surface);

/* What a number in "computed" means: 0, 2 (interpolated), or else 1. */
uint8_t tw_surface_mark(double value);

/* The values of a metric, NaN where they are not computed; to be freed. */
tw_status tw_surface_masked(const tw_surface *surface, size_t metric, double **out);

#endif
