/* study_picture.h: results as pictures, told apart by what they are: what 'thalweg plot' does.
 *
 *     const char *files[] = {"sgd.csv", "adam.csv"};
 *     tw_study_picture_files(&study, NULL, 2, files, "descents.png");
 */
#ifndef THALWEG_STUDY_PICTURE_H
#define THALWEG_STUDY_PICTURE_H

#include "file.h"
#include "landscape.h"
#include "plot.h"
#include "study.h"
#include "words.h"

TW_BEGIN_DECLS

enum { TW_PICTURE_CURVES = 32 }; /* in one picture at most */

/* What is drawn of a plane with the extreme eigenvalues in it (curvature_map.h). */
typedef enum tw_curvature_picture {
    TW_PICTURE_RATIO, /* tw_curvature_ratio: |min_eig / max_eig| (arXiv:1712.09913, Figure 7), 0
                         where the loss is convex within the error; on a linear scale, unless it is
                         asked for otherwise, that ends at 2 */
    TW_PICTURE_SIGNS  /* tw_curvature_class: convex, saddle, concave, a colour each */
} tw_curvature_picture;
/* "ratio", "signs"; NULL past the end. */
TW_API const char *tw_curvature_picture_name(size_t map);

/* What width, height and size of font are where they are not given: 3.5 inches and 8 points for a
 * column of a paper, 6.5 and 9 for a page, 10 x 5.625 and 16 for a slide. */
typedef enum tw_picture_size {
    TW_PICTURE_COLUMN,
    TW_PICTURE_PAGE,
    TW_PICTURE_SLIDE
} tw_picture_size;
/* "column", "page", "slide"; NULL past the end. */
TW_API const char *tw_picture_size_name(size_t size);

typedef enum tw_picture_ground { TW_PICTURE_PAPER, TW_PICTURE_TRANSPARENT } tw_picture_ground;
/* "paper", "transparent"; NULL past the end. */
TW_API const char *tw_picture_ground_name(size_t ground);

/* What is not given is as tw_figure (plot.h) has it. */
typedef struct tw_study_picture_options {
    size_t bytes;
    int view, colormap;          /* tw_view, tw_colormap */
    int log, linear;             /* 1: the scale of the loss */
    int show_points;             /* 1: a dot where a surface was computed */
    const char *metric;          /* of a surface, or the column of a table; not given: the loss */
    const char *title;           /* over the figure */
    tw_numbers levels;           /* of contours */
    double azimuth, elevation;   /* of the 3-D view, degrees */
    double width, height;        /* inches */
    double dpi;                  /* of .png */
    const char *description;     /* what made it; not given: the command that made the result */
    const tw_topology *topology; /* drawn over a surface, with */
    const tw_pass *pass;         /* a lowest way; not owned (plot.h) */
    int map;        /* tw_curvature_picture of a plane, as a heat map unless `view` is given; -1 */
    int theme;      /* tw_theme; -1 */
    int size;       /* tw_picture_size; -1 */
    int background; /* tw_picture_ground; -1 */
    double font_size;   /* points */
    const char *limits; /* LOW:HIGH of the values of maps and 3-D views */
    const char *aspect; /* of a plane's box: "equal", "auto", or its height over its width */
    const char *x_label, *y_label, *value_label; /* not given: as the result has them */
    const tw_terminal
        *terminal;      /* NULL, or the picture is for this terminal (plot.h), not owned. The
                           theme is then by its ground; characters show a plane as "filled"
                           unless `view` is given, and take no size, font or background */
    size_t compare;     /* 1: several planes side by side on one scale (plot.h: tw_plot_panels) */
    const char *labels; /* A,B,...: what the files are called in legends and above panels, a name
                           for each; not given: by their names */
    const char *inset;  /* XMIN:XMAX,YMIN:YMAX of a rectangle that is drawn magnified */
} tw_study_picture_options;

TW_API tw_study_picture_options tw_study_picture_defaults(void);

/* An option that a picture cannot use is refused with TW_ERR_ARGUMENT, and the pictures named that
 * can; tw_study_picture_can tells as much of the name of an option ("levels") and of a kind of
 * picture: "contour", "filled", "heat", "3d", "slice", "descent", "steps", "spectrum",
 * "projection", "barcode", "contact sheet". 1 for options that all pictures take; 0 for a kind that
 * is none. */
TW_API int tw_study_picture_can(const char *kind, const char *option);

/* In all of these, `options` may be NULL, and the ending of `path` is .png, .svg or .pdf. Axes are
 * called what `provenance` (may be NULL) says: parameters and principal components by their names,
 * and the loss of what has no data "loss". */

/* A metric of a surface, with the paths that lie in it (NULL: none), whose labels its axes get. */
TW_API tw_status tw_study_picture_surface(const char *path, const tw_study_picture_options *options,
                                          const tw_surface *surface, const tw_paths *paths,
                                          const tw_provenance *provenance);

/* The barcode of `options->topology`, which is of this surface and of `options->metric`. */
TW_API tw_status tw_study_picture_barcode(const char *path, const tw_study_picture_options *options,
                                          const tw_surface *surface,
                                          const tw_provenance *provenance);

/* A table by its kind: "steps", "descent", "projection". */
TW_API tw_status tw_study_picture_table(const char *path, const tw_study_picture_options *options,
                                        const tw_table *table, const tw_provenance *provenance);

/* A spectrum (plot.h: tw_plot_spectrum). */
TW_API tw_status tw_study_picture_spectrum(const char *path,
                                           const tw_study_picture_options *options,
                                           const tw_curvature_report *report,
                                           const tw_provenance *provenance);

/* The first `columns` images of each class (plot.h: tw_plot_contact_sheet). */
TW_API tw_status tw_study_picture_sheet(const char *path, const tw_study_picture_options *options,
                                        const tw_dataset *dataset, size_t columns);

/* The tables of several descents, a curve each, with these names in the legend: the training loss
 * over the iterations, or the metric that is given. */
TW_API tw_status tw_study_picture_logs(const char *path, const tw_study_picture_options *options,
                                       size_t count, const tw_table *const *logs,
                                       const char *const *names);

/* Result files in one picture: one of any kind; a plane with projections, which become paths in it;
 * several slices, logs, step studies or projections; or, with `compare`, several planes of one
 * metric. The legend, or what stands above panels, has the names of the files. The reader is told
 * where a projection was to another plane. */
TW_API tw_status tw_study_picture_files(const tw_study *study,
                                        const tw_study_picture_options *options, size_t count,
                                        const char *const *files, const char *path);

/* The path of a result with its ending replaced by .png, to be freed. */
TW_API tw_status tw_study_picture_name(const char *file, char **out);

TW_END_DECLS

#endif
