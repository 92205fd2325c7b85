/* plane_make.h: from the options of a plane to its directions: made, and brought to their size. */
#ifndef TW_STUDY_PLANE_MAKE_H
#define TW_STUDY_PLANE_MAKE_H

#include "study/plane_sources.h"
#include "thalweg/study_plane.h"

/* What was decided. */
typedef struct tw_plane_recipe {
    const tw_study_plane_options *options;
    const char *text[2]; /* of dx and dy; NULL: nothing was said */
    int as_drawn;        /* 1: a random pair stays as it is, as files of before have it */
} tw_plane_recipe;

/* Whether the options agree with each other. */
tw_status tw_plane_options_check(const tw_study_plane_options *options);

/* Whether the axes are what the options say, and not what paths or points make. */
int tw_plane_options_name_axes(const tw_study_plane_options *options);

/* Axis ask->axis of the plane, brought to its size. */
tw_status tw_plane_make_axis(const tw_plane_recipe *recipe, const tw_plane_ask *ask,
                             tw_plane *plane);

/* All axes into a plane that has vectors of its own and its origin. Directions are made orthogonal
 * where that is asked for or called for; *orthogonal says whether they were. */
tw_status tw_plane_make(const tw_plane_recipe *recipe, const tw_plane_ask *ask, tw_plane *plane,
                        int *orthogonal);

/* Adds norm, ignore, rules, orthogonal, dir_file and scale, as far as they are given. */
tw_status tw_plane_provenance(const tw_study_plane_options *options, int orthogonal,
                              const char *saved, tw_provenance *provenance);

#endif
