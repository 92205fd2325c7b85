/* figure_kinds.h: a figure of every kind, for the tests of them. */
#ifndef TW_TESTS_PLOT_FIGURE_KINDS_H
#define TW_TESTS_PLOT_FIGURE_KINDS_H

#include "thalweg/thalweg.h"

typedef struct figure_kind {
    const char *name;
    tw_status (*draw)(const char *path);
} figure_kind;

enum { FIGURE_KINDS = 23 };
extern const figure_kind figure_kinds[FIGURE_KINDS];

/* Draws the kind of that name, which there must be. */
tw_status draw_figure(const char *name, const char *path);

/* A run that leaves the plane and a point outside. */
tw_status draw_outside(const char *path, tw_view view);

#endif
