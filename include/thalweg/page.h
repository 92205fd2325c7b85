/* page.h: results as one HTML page, which opens from disk in any browser and asks no network for
 * anything: surfaces that turn, contour and heat maps, slices, paths, curves, spectra. Needs no
 * library (Cairo is for figures, plot.h).
 *
 *     tw_page *page = NULL;
 *     tw_page_about about = {.bytes = sizeof about, .name = "resnet20"};
 *     if (tw_page_open("page.html", NULL, &page) == TW_OK &&
 *         tw_page_add_surface(page, &about, &surface, NULL, NULL) == TW_OK)
 *         tw_page_close(page);
 *     tw_page_free(page);
 *
 * The page holds the numbers as they are, every double to its last bit, with what made them. The
 * same input gives the same bytes.
 */
#ifndef THALWEG_PAGE_H
#define THALWEG_PAGE_H

#include <stddef.h>
#include <stdio.h>

#include "curvature_report.h"
#include "file.h"
#include "landscape.h"
#include "plot.h"
#include "status.h"
#include "topology.h"
#include "trajectory_plane.h"

TW_BEGIN_DECLS

typedef struct tw_page tw_page;

/* How the page begins; its reader can change all of it but the title. Zero means the defaults;
 * texts are UTF-8 and copied. */
typedef struct tw_page_options {
    size_t bytes;            /* sizeof(tw_page_options), or 0 (thalweg.h) */
    const char *title;       /* NULL: the names of what is in it */
    const char *description; /* what made the page, such as a command line */
    const char *view;        /* of planes, as tw_view_name; NULL: "3d" */
    const char *colormap;    /* as tw_colormap_name; NULL: "viridis" */
    const char *metric;      /* that is shown first, by its name in files; NULL: the loss */
    tw_scale scale;          /* of the values shown */
    /* For pages that talk to a program: a script in the scope of the viewer (viewer/data.js says
     * what it finds there), JSON that it reads as `data.live`, and whom it may ask, in the words of
     * Content-Security-Policy ("'self'"). NULL: nothing. */
    const char *script, *script_data, *connect;
} tw_page_options;

/* What a part of the page is called. Zero means the defaults. */
typedef struct tw_page_about {
    size_t bytes;            /* sizeof(tw_page_about), or 0 (thalweg.h) */
    const char *name;        /* over it */
    const char *x_label;     /* NULL: "direction δ", of a line "α" */
    const char *y_label;     /* NULL: "direction η" */
    const char *value_label; /* of the training loss, where it is called something else; NULL */
    const tw_provenance *provenance; /* what made it, listed under it; NULL: nothing */
} tw_page_about;

/* Begins a page that will be written to `path`, whole or not at all, or to a stream of the caller's
 * (which stays open). TW_ERR_ARGUMENT for a view or a colour map that is none. */
TW_API tw_status tw_page_open(const char *path, const tw_page_options *options, tw_page **out);
TW_API tw_status tw_page_open_stream(FILE *stream, const tw_page_options *options, tw_page **out);

/* Adds a surface with all of its metrics: a plane (rank 2), or curves over a line. Coordinates must
 * be finite, and rise or fall. `paths` (may be NULL) lie in it, `topology` (may be NULL;
 * topology.h) is of `topology_metric`. Numbers are copied. TW_ERR_ARGUMENT, in words that name the
 * part, where it cannot be shown: no points, no metrics, no point that was computed. */
TW_API tw_status tw_page_add_surface(tw_page *page, const tw_page_about *about,
                                     const tw_surface *surface, const tw_paths *paths,
                                     const tw_topology *topology, size_t topology_metric);
/* Curves: of a descent or a step study the usual ones, of a projection its path, of any other table
 * the columns over the first. At least one row and two columns. */
TW_API tw_status tw_page_add_table(tw_page *page, const tw_page_about *about,
                                   const tw_table *table);
/* The density of eigenvalues, the extreme ones marked in it, or those alone. */
TW_API tw_status tw_page_add_spectrum(tw_page *page, const tw_page_about *about,
                                      const tw_curvature_report *report);

/* Writes the page. After a failure of this or of the above, only tw_page_free is left to do.
 * TW_ERR_ARGUMENT for a page of nothing. */
TW_API tw_status tw_page_close(tw_page *page);
/* Whether the file is a page that this library wrote, and may be replaced by another: 0 for any
 * other file, and for none. */
TW_API int tw_page_made(const char *path);
/* Also of a page that was not closed, which then is not written; NULL is fine. */
TW_API void tw_page_free(tw_page *page);

TW_END_DECLS

#endif
