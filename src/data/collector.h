/* collector.h: where readers put samples, one at a time; applies the limit, the choice of classes,
 * and the size and colours asked for, so that readers need not know about them. */
#ifndef TW_DATA_COLLECTOR_H
#define TW_DATA_COLLECTOR_H

#include "data/dataset_private.h"
#include "data/image_fit.h"

typedef struct tw_collector {
    const tw_dataset_options *options; /* never NULL */
    const char *path;                  /* for messages */
    tw_dataset *dataset;               /* what is being filled; owned until finish */
    size_t capacity;                   /* samples there is room for */
    int as_stored;                     /* features are already in the order asked for; to be set
                                          before the shape */
    tw_image_fit *fit; /* images change their shape, or NULL; then the next sample goes into */
    void *unfitted;
} tw_collector;

/* What the samples look like. */
typedef struct tw_collector_shape {
    const char *kind; /* static storage */
    size_t features;
    size_t channels, height, width; /* 0 for plain features */
    size_t classes;                 /* in the source, before any choice */
    size_t expected;                /* at most this many samples will come */
    int bytes;                      /* 1: bytes, 0: doubles */
    int fitted; /* the images already have the size and colours that the options ask for */
} tw_collector_shape;

tw_status tw_collector_begin(tw_collector *collector, const char *path,
                             const tw_dataset_options *options);
/* Allocates room. Called once by a reader, when it knows the shape. */
tw_status tw_collector_shape_set(tw_collector *collector, const tw_collector_shape *shape);
/* Takes ownership of `count` names (an array of strings, both from malloc), also on failure. */
void tw_collector_names(tw_collector *collector, char **names, size_t count);

/* Says where the labels were found, and adds a note (tw_dataset_note); printf formats. */
tw_status tw_collector_label_source(tw_collector *collector, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
tw_status tw_collector_note(tw_collector *collector, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether the limit is reached: the reader must stop. */
int tw_collector_full(const tw_collector *collector);
/* The number that samples with this label of the source get, or -1 if they are not wanted. */
int32_t tw_collector_number(const tw_collector *collector, int32_t label);
/* The number that samples with this label of the source get, or -1 if they are not wanted. Fails if
 * there is no room for one more (a file that grows while it is read). */
tw_status tw_collector_want(const tw_collector *collector, int32_t label, int32_t *number);
/* Where the features of the next sample go. */
uint8_t *tw_collector_bytes(const tw_collector *collector);
double *tw_collector_doubles(const tw_collector *collector);
/* Where those of the sample `ahead` after it go, for readers whose images are fitted. */
uint8_t *tw_collector_bytes_ahead(const tw_collector *collector, size_t ahead);
/* Keeps the sample written there, with the number that tw_collector_want gave. */
void tw_collector_keep(tw_collector *collector, int32_t label);

/* Gives the finished dataset, or fails if it is empty. The collector is released either way. */
tw_status tw_collector_finish(tw_collector *collector, tw_dataset **out);
void tw_collector_release(tw_collector *collector);

#endif
