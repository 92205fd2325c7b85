/* page_private.h: a page while it is made: its numbers as JSON, in memory until it is closed. */
#ifndef TW_PAGE_PRIVATE_H
#define TW_PAGE_PRIVATE_H

#include "file/output_file.h"
#include "thalweg/json.h"
#include "thalweg/page.h"

struct tw_page {
    tw_output output; /* where it goes, or */
    FILE *stream;     /* a stream of the caller's */
    FILE *text;       /* the JSON that is written so far, */
    char *json;       /* which lies here, */
    size_t size;      /* of this many bytes */
    tw_json writer;
    size_t panels;
    char *title, *description, *view, *colormap, *metric, *script, *script_data, *connect;
    tw_scale scale;
    char *names; /* of the panels, for a page without a title */
};

/* The parts of a panel's object. */

/* Begins the object of a panel; ended by tw_json_end. `page` and `about` may be NULL, which fails.
 */
tw_status tw_page_begin(tw_page *page, const tw_page_about *given, const char *type,
                        tw_page_about *about);
/* What made it. */
void tw_page_put_provenance(tw_page *page, const tw_provenance *provenance);
/* Numbers to their last bit, as {"f8": BASE64}: float64, the lowest byte first; or as "f4",
 * float32, where that is all that is in them. NULL: null. */
tw_status tw_page_put_values(tw_page *page, const char *key, size_t count, const double *values);
/* Bytes, as {"u1": BASE64}. */
tw_status tw_page_put_bytes(tw_page *page, const char *key, size_t count,
                            const unsigned char *bytes);
/* A copy of what may be NULL; *good becomes 0 where memory is out. */
char *tw_page_copy(const char *text, int *good);
/* TW_ERR_ARGUMENT where coordinates are no numbers that rise or fall throughout; `name` is the
 * surface's. */
tw_status tw_page_check_axes(const char *name, const tw_surface *surface);
/* "kind", "unit" and "label" of a metric; `own` (may be NULL) is what the training loss is called.
 */
void tw_page_put_metric(tw_page *page, const tw_metric *metric, const char *own);

/* ---- page_html.c ---- */

/* The page around the JSON. */
tw_status tw_page_write(const tw_page *page, const char *title, FILE *out);

#endif
