#include "plot/camera3d.h"

#include <math.h>

static const double EYE_DISTANCE = 4.5;

tw_camera tw_camera_at(const tw_box3d *box, double azimuth, double elevation) {
    double a = azimuth * M_PI / 180, e = elevation * M_PI / 180;
    return (tw_camera){.box = *box,
                       .eye = {cos(e) * cos(a), cos(e) * sin(a), sin(e)},
                       .right = {-sin(a), cos(a), 0},
                       .up = {-sin(e) * cos(a), -sin(e) * sin(a), cos(e)}};
}

static double dot(const double *a, const double *b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

void tw_camera_project(const tw_camera *camera, const double *point, double *screen) {
    double p[3] = {point[0], point[1], point[2] - camera->box.height / 2};
    double distance = EYE_DISTANCE - dot(p, camera->eye);
    screen[0] = dot(p, camera->right) * EYE_DISTANCE / distance;
    screen[1] = dot(p, camera->up) * EYE_DISTANCE / distance;
    screen[2] = distance;
}

void tw_camera_place(const tw_camera *camera, const tw_field *field, double x, double y,
                     double level, double *point) {
    const tw_box3d *box = &camera->box;
    double u = (x - field->x[0]) / (field->x[field->nx - 1] - field->x[0]);
    double v = (y - field->y[0]) / (field->y[field->ny - 1] - field->y[0]);
    point[0] = (u - 0.5) * box->wide;
    point[1] = (v - 0.5) * box->deep;
    point[2] = level < 0 ? 0 : box->floor + level * (box->height - box->floor);
}
