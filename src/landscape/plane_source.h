/* plane_source.h: a source of directions: one const struct in a file of its own, plane_<source>.c;
 * here where the model is enough, in src/study where files are opened. The list, in which a source
 * is one row, is in study/plane_sources.c.
 */
#ifndef TW_LANDSCAPE_PLANE_SOURCE_H
#define TW_LANDSCAPE_PLANE_SOURCE_H

#include "thalweg/plane.h"
#include "thalweg/trajectory_plane.h"

/* Room for what an axis is called in figures. */
enum { TW_PLANE_LABEL = 96 };

/* What a source may go by. What it needs, as it says itself, is there. */
typedef struct tw_plane_ask {
    tw_objective *objective;
    const char *model;    /* its name, for messages */
    const double *point;  /* the parameters that the plane goes through */
    uint64_t seed;        /* of what is drawn */
    int axis;             /* 0: x, 1: y */
    const char *argument; /* what follows the source's word; of one without a word the text */

    const tw_rows *rows;            /* checkpoints of a path */
    int mean, ignore_biasbn;        /* about their mean; of the blocks of two axes and more alone */
    const double *second, *third;   /* points beside `point`; third = NULL: a line */
    double *corners;                /* receives x and y of the three (tw_plane_through) */
    const char *file;               /* of all directions */
    const double *vectors[2];       /* x and y of the caller's, or NULL */
    char (*labels)[TW_PLANE_LABEL]; /* of the two axes, receives what figures call them where its
                                       word does not say it; may be NULL */
    double *eigenvalues;            /* of the two axes, receives the second derivative of the loss
                                       along the unit vector, where the source knows it; may be
                                       NULL */
    int still;                      /* buffers stay those of the point, whatever a source has */

    tw_runner *runner;
    tw_progress_fn progress; /* of long work; may be NULL */
    void *progress_user;
} tw_plane_ask;

/* What chooses a source that makes all axes at once: it is there. */
enum {
    TW_PLANE_BY_ROWS = 1,   /* checkpoints */
    TW_PLANE_BY_POINTS = 2, /* a second point */
    TW_PLANE_BY_FILE = 4    /* a file of all directions */
};

/* What is done with a direction that is made. */
enum {
    TW_PLANE_UNSIZED = 1, /* its length says nothing: it is brought to the size of the point (MODEL)
                             where no norm is asked for */
    TW_PLANE_DRAWN = 2,   /* at random: by another seed it is another; the peer's rules apply */
    TW_PLANE_FINAL = 4    /* neither norm nor scale nor mask change it */
};

typedef struct tw_plane_source {
    const char *word;  /* in files, and of dx and dy: alone, or where it ends in ':' before an
                          argument; NULL: any text that is no other's word */
    const char *shown; /* how help shows what is typed: "to:FILE"; NULL: nothing is, the source is
                          chosen by what it is made `by` */
    unsigned by;       /* TW_PLANE_BY_...; 0: it makes one direction at a time */
    unsigned is;       /* TW_PLANE_... of its directions */
    /* Writes axis ask->axis of the plane, or all of them where it makes all; the origin is the
     * caller's. In files the axes are of `word`. */
    tw_status (*make)(const tw_plane_ask *ask, tw_plane *plane);
    /* Both axes, each as `make` has it, where both are of this source and share their work: `both`
     * are the asks of x and y. Names the axis in what it refuses of one. NULL: they do not. */
    tw_status (*make_both)(const tw_plane_ask both[2], tw_plane *plane);
} tw_plane_source;

/* Axis `axis` of a plane, to be written. */
double *tw_plane_axis(tw_plane *plane, int axis);
/* Moves the axes of `found`, and what is known of them, into a plane of the same size, and releases
 * the rest of it. */
void tw_plane_take_axes(tw_plane *plane, tw_plane *found);

extern const tw_plane_source tw_plane_random, tw_plane_gradient, tw_plane_parameter,
    tw_plane_points, tw_plane_components;

#endif
