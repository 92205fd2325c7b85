/* picture_files.h: result files that go into one picture: read, told apart, named. */
#ifndef THALWEG_CLI_PICTURE_FILES_H
#define THALWEG_CLI_PICTURE_FILES_H

#include "study/picture.h"

typedef enum tw_picture_kind {
    PICTURE_PLANE,
    PICTURE_SLICE,
    PICTURE_LOG,
    PICTURE_STEPS,
    PICTURE_PROJECTION,
    PICTURE_TABLE,
    PICTURE_SPECTRUM
} tw_picture_kind;

typedef struct tw_picture_file {
    const char *path;
    char *name; /* for the legend: the file's, without folder and ending, where no other has it */
    tw_picture_kind kind;
    tw_surface surface;
    tw_paths paths; /* in the surface */
    tw_table table;
    tw_curvature_report report;
    tw_provenance provenance;
} tw_picture_file;

typedef struct tw_picture_files {
    size_t count;
    tw_picture_file *items;
} tw_picture_files;

/* "a plane", "the log of a training": what a kind is called. */
const char *tw_picture_kind_name(tw_picture_kind kind);

/* Reads all of them. Release in either case. */
tw_status tw_picture_files_read(size_t count, const char *const *paths, tw_picture_files *out);
void tw_picture_files_release(tw_picture_files *files);

/* ---- picture_several.c ---- */

/* A plane comes first; all others are of one kind, projections where there is a plane:
 * TW_ERR_ARGUMENT. */
tw_status tw_picture_arrange(tw_picture_files *files);
/* The plane, with the paths that lie in it, and those of projections. */
tw_status tw_picture_over_plane(const tw_study *study, const tw_study_picture_options *options,
                                const char *picture, const tw_picture_files *files,
                                tw_picture_draw_fn draw, void *user);

/* ---- picture_panels.c ---- */

/* Calls them what `labels` says, separated by commas (NULL: as they are called). */
tw_status tw_picture_files_label(tw_picture_files *files, const char *labels);

/* Planes side by side, the first of which is one; the options and their figure were taken. */
tw_status tw_picture_panels(const tw_study *study, const tw_study_picture_options *taken,
                            const tw_figure *figure, const char *picture,
                            const tw_picture_files *files);

/* The path of a result with its ending replaced, to be freed. */
tw_status tw_picture_named(const char *path, const char *ending, char **out);

#endif
