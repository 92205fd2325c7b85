/* camera3d.h: a box of data, and the eye that looks at it. */
#ifndef TW_PLOT_CAMERA3D_H
#define TW_PLOT_CAMERA3D_H

#include "plot/field.h"

/* The box: x and y about 0, the longer one 1 wide; z from 0 to `height`. */
typedef struct tw_box3d {
    double wide, deep, height;
    double floor; /* the lowest value stands this much above the bottom */
} tw_box3d;

typedef struct tw_camera {
    tw_box3d box;
    double eye[3], right[3], up[3]; /* unit vectors; to the eye from the middle of the box */
} tw_camera;

/* Degrees; azimuth from the x axis, elevation 0 ... 90. */
tw_camera tw_camera_at(const tw_box3d *box, double azimuth, double elevation);

/* Screen position in box widths, y upwards, and the distance from the eye. */
void tw_camera_project(const tw_camera *camera, const double *point, double *screen);

/* A point over the field: x, y in its units, level 0 ... 1 (below 0: the bottom of the box). */
void tw_camera_place(const tw_camera *camera, const tw_field *field, double x, double y,
                     double level, double *point);

#endif
