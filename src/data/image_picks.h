/* image_picks.h: the images of a folder that are wanted, looked at and read, several at a time. */
#ifndef TW_DATA_IMAGE_PICKS_H
#define TW_DATA_IMAGE_PICKS_H

#include "data/collector.h"
#include "data/image_listing.h"

typedef struct tw_image_pick {
    const char *path; /* the listing's */
    int32_t label;    /* of the source */
    tw_image_shape shape;
} tw_image_pick;

typedef struct tw_image_picks {
    tw_image_pick *items;
    size_t count;
    size_t left_out; /* classes that the limit leaves without a sample though they have images */
} tw_image_picks;

/* Chooses by the collector's options. The classes take turns: the first image of each, then the
 * second of each that has one, and so on, so that a limit takes of all classes alike. */
tw_status tw_image_picks_choose(const tw_image_listing *listing, const tw_collector *collector,
                                tw_image_picks *out);
void tw_image_picks_release(tw_image_picks *picks);

/* The shape that all of them get: by the options, else of their common size, and of colours if any
 * has them; looks at the files as far as that takes. *grey is how many are grey among others. Fails
 * for images of several sizes. */
tw_status tw_image_picks_shape(tw_image_picks *picks, const tw_collector *collector,
                               tw_image_shape *out, size_t *grey);

/* Reads all into the collector, which has that shape. */
tw_status tw_image_picks_read(const tw_image_picks *picks, tw_collector *collector);

#endif
