#include "plot/viewpoint.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"

enum { SIDE = 48, AZIMUTHS = 8 };

static const double FIRST = -60, LOW = 30, HIGH = 45, BETTER = 1.1, MORE = 1.001, LOWEST = 0.15,
                    HIDDEN = 0.5;

/* The surface in box coordinates at SIDE x SIDE places; NaN: nothing there. */
typedef struct relief {
    double x[SIDE], y[SIDE], z[SIDE][SIDE], level[SIDE][SIDE];
} relief;

static void take(const tw_field *f, const tw_box3d *box, relief *r) {
    tw_camera camera = tw_camera_at(box, 0, 0);
    for (int j = 0; j < SIDE; j++) {
        for (int i = 0; i < SIDE; i++) {
            double x = f->x[0] + (i + 0.5) / SIDE * (f->x[f->nx - 1] - f->x[0]);
            double y = f->y[0] + (j + 0.5) / SIDE * (f->y[f->ny - 1] - f->y[0]);
            double level = tw_field_level(f, tw_field_at(f, x, y)), point[3];
            tw_camera_place(&camera, f, x, y, fmax(level, 0), point);
            r->x[i] = point[0];
            r->y[j] = point[1];
            r->level[j][i] = level;
            r->z[j][i] = isnan(level) ? NAN : point[2];
        }
    }
}

/* Whether nothing of the surface stands between a place and the eye, which is far away. */
static int is_seen(const relief *r, int i, int j, const double eye[3]) {
    double step_x = r->x[1] - r->x[0], step_y = r->y[1] - r->y[0];
    double along = fmax(fabs(eye[0]) / step_x, fabs(eye[1]) / step_y);
    for (int k = 1; k < 2 * SIDE; k++) { /* a cell at a time */
        double u = i + k * eye[0] / step_x / along, v = j + k * eye[1] / step_y / along;
        double ray = r->z[j][i] + k * eye[2] / along;
        long at_x = lround(u), at_y = lround(v);
        if (at_x < 0 || at_y < 0 || at_x >= SIDE || at_y >= SIDE)
            return 1;
        if (r->z[at_y][at_x] > ray)
            return 0;
    }
    return 1;
}

/* What is seen of a place: the cosine between its upright and the eye, 0 from behind. */
static double facing(const relief *r, int i, int j, const double eye[3]) {
    int left = i > 0 ? i - 1 : i, right = i + 1 < SIDE ? i + 1 : i;
    int down = j > 0 ? j - 1 : j, up = j + 1 < SIDE ? j + 1 : j;
    double dx = (r->z[j][right] - r->z[j][left]) / (r->x[right] - r->x[left]);
    double dy = (r->z[up][i] - r->z[down][i]) / (r->y[up] - r->y[down]);
    dx = isnan(dx) ? 0 : dx;
    dy = isnan(dy) ? 0 : dy;
    return fmax(0, (eye[2] - dx * eye[0] - dy * eye[1]) / sqrt(1 + dx * dx + dy * dy));
}

typedef struct sight {
    double all, lowest; /* the weighted surface that is seen; the share of its lowest part */
} sight;

static sight look(const relief *r, const tw_box3d *box, double azimuth, double elevation) {
    tw_camera camera = tw_camera_at(box, azimuth, elevation);
    double all = 0, low = 0, low_seen = 0;
    for (int j = 0; j < SIDE; j++) {
        for (int i = 0; i < SIDE; i++) {
            double level = r->level[j][i];
            if (isnan(level))
                continue;
            int seen = is_seen(r, i, j, camera.eye);
            all += seen * (1 + 9 * pow(1 - level, 4)) * facing(r, i, j, camera.eye);
            low += level < LOWEST;
            low_seen += seen && level < LOWEST;
        }
    }
    return (sight){all, low > 0 ? low_seen / low : 1};
}

/* Of all surfaces: the sum of what is seen, the least of the shares. */
static sight look_at_all(size_t count, const relief *reliefs, const tw_box3d *boxes, double azimuth,
                         double elevation) {
    sight all = look(&reliefs[0], &boxes[0], azimuth, elevation);
    for (size_t p = 1; p < count; p++) {
        sight other = look(&reliefs[p], &boxes[p], azimuth, elevation);
        all.all += other.all;
        all.lowest = fmin(all.lowest, other.lowest);
    }
    return all;
}

tw_status tw_viewpoint_choose(size_t count, const tw_field *const *fields, const tw_box3d *boxes,
                              double *azimuth, double *elevation) {
    relief *r = tw_alloc_raw(count, sizeof *r);
    if (r == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to choose a view");
    for (size_t p = 0; p < count; p++)
        take(fields[p], &boxes[p], &r[p]);
    *azimuth = FIRST;
    *elevation = LOW;
    sight best = look_at_all(count, r, boxes, FIRST, LOW);
    double need = best.all * BETTER;
    for (int k = 1; k < AZIMUTHS; k++) {
        double turned = FIRST + 45 * k;
        sight other = look_at_all(count, r, boxes, turned, LOW);
        if (other.all <= need)
            continue;
        need = other.all * MORE;
        best = other;
        *azimuth = turned;
    }
    if (best.lowest < HIDDEN)
        *elevation = HIGH;
    free(r);
    return TW_OK;
}
