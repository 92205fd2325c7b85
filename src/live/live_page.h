/* live_page.h: the page that a live server hands out. */
#ifndef TW_LIVE_PAGE_H
#define TW_LIVE_PAGE_H

#include "thalweg/live.h"

/* *html, *size bytes and to be freed; *policy, to be freed, is its Content-Security-Policy with
 * what only a header can say. */
tw_status tw_live_page_make(const tw_live_options *options, char **html, size_t *size,
                            char **policy);

#endif
