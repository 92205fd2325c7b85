/* cli_plot_files.h: result files that go into one picture: read, told apart, named. */
#ifndef THALWEG_CLI_PLOT_FILES_H
#define THALWEG_CLI_PLOT_FILES_H

#include "cli_context.h"

typedef enum plot_kind {
    PLOT_PLANE,
    PLOT_SLICE,
    PLOT_LOG,
    PLOT_STEPS,
    PLOT_PROJECTION,
    PLOT_TABLE
} plot_kind;

typedef struct plot_file {
    const char *path;
    char *name; /* for the legend: the file's, without folder and ending, where no other has it */
    plot_kind kind;
    tw_surface surface;
    tw_paths paths; /* in the surface */
    tw_table table;
    tw_provenance provenance;
} plot_file;

typedef struct plot_files {
    size_t count;
    plot_file *items;
} plot_files;

/* "a plane", "the log of a training": what a kind is called. */
const char *plot_kind_name(plot_kind kind);

/* Reads all of them. Release in either case. */
tw_status plot_files_read(size_t count, char *const *paths, plot_files *out);
void plot_files_release(plot_files *files);

/* The path with its ending replaced by .png, to be freed. */
tw_status plot_picture_name(const char *path, char **out);

#endif
