/* plane_place.h: a point of a plane. */
#ifndef TW_LANDSCAPE_PLANE_PLACE_H
#define TW_LANDSCAPE_PLANE_PLACE_H

#include "thalweg/plane.h"

/* out = origin + a x + b y, of plane->size numbers; b is nothing on a line. */
void tw_plane_place(const tw_plane *plane, double a, double b, double *out);

#endif
