#include "plot/surface3d.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"

static const double BIAS = 0.012;

/* Samples in box coordinates. */
typedef struct mesh {
    size_t nx, ny;
    double *point; /* three a sample; z is NaN where missing */
    tw_vertex *vertex;
} mesh;

static double z_of(const mesh *m, size_t i, size_t j) {
    return m->point[3 * (j * m->nx + i) + 2];
}

/* Slope at sample i of a line of `count` samples `stride` apart, from the neighbours there are. */
static double slope_at(const double *point, int axis, size_t i, size_t count, size_t stride) {
    const double *here = point + 3 * i * stride;
    const double *before = i > 0 ? here - 3 * stride : here;
    const double *after = i + 1 < count ? here + 3 * stride : here;
    before = isnan(before[2]) ? here : before;
    after = isnan(after[2]) ? here : after;
    double run = after[axis] - before[axis];
    return run > 0 ? (after[2] - before[2]) / run : 0;
}

/* How much of the sky a sample sees: 1 less the mean sine of the horizon in eight directions. */
static double openness(const mesh *m, size_t i, size_t j) {
    static const int step[8][2] = {{1, 0},  {1, 1},   {0, 1},  {-1, 1},
                                   {-1, 0}, {-1, -1}, {0, -1}, {1, -1}};
    const double *here = m->point + 3 * (j * m->nx + i);
    double sum = 0;
    for (int d = 0; d < 8; d++) {
        double steepest = 0;
        for (int reach = 2; reach <= 64; reach *= 2) {
            int64_t x = (int64_t)i + reach * step[d][0], y = (int64_t)j + reach * step[d][1];
            if (x < 0 || y < 0 || x >= (int64_t)m->nx || y >= (int64_t)m->ny)
                break;
            const double *there = m->point + 3 * ((size_t)y * m->nx + (size_t)x);
            double rise = there[2] - here[2];
            double run = hypot(there[0] - here[0], there[1] - here[1]);
            if (rise > steepest * run)
                steepest = rise / run;
        }
        sum += steepest / sqrt(1 + steepest * steepest);
    }
    return 1 - sum / 8;
}

static void set_vertex(const mesh *m, const tw_camera *camera, const tw_viewport *view, size_t i,
                       size_t j, double level) {
    size_t k = j * m->nx + i;
    double screen[3];
    tw_camera_project(camera, m->point + 3 * k, screen);
    double dx = slope_at(m->point + 3 * j * m->nx, 0, i, m->nx, 1);
    double dy = slope_at(m->point + 3 * i, 1, j, m->ny, m->nx);
    double norm = sqrt(1 + dx * dx + dy * dy);
    m->vertex[k] = (tw_vertex){.x = (float)(view->x0 + view->scale * screen[0]),
                               .y = (float)(view->y0 - view->scale * screen[1]),
                               .depth = (float)screen[2],
                               .level = (float)level,
                               .nx = (float)(-dx / norm),
                               .ny = (float)(-dy / norm),
                               .nz = (float)(1 / norm),
                               .open = (float)openness(m, i, j)};
}

static tw_light light_of(const tw_camera *camera, tw_colormap colormap) {
    const double *eye = camera->eye;
    double azimuth = atan2(-camera->right[0], camera->right[1]) - 50 * M_PI / 180;
    double up = 50 * M_PI / 180, norm = 0;
    tw_light light = {.light = {cos(up) * cos(azimuth), cos(up) * sin(azimuth), sin(up)},
                      .eye = {eye[0], eye[1], eye[2]},
                      .colormap = colormap};
    for (int k = 0; k < 3; k++) {
        light.half[k] = light.light[k] + eye[k];
        norm += light.half[k] * light.half[k];
    }
    for (int k = 0; k < 3; k++)
        light.half[k] /= sqrt(norm);
    return light;
}

static void draw_cells(tw_raster *raster, const mesh *m, const tw_light *light) {
    for (size_t j = 0; j + 1 < m->ny; j++) {
        for (size_t i = 0; i + 1 < m->nx; i++) {
            if (isnan(z_of(m, i, j)) || isnan(z_of(m, i + 1, j)) || isnan(z_of(m, i, j + 1)) ||
                isnan(z_of(m, i + 1, j + 1)))
                continue;
            const tw_vertex *a = m->vertex + j * m->nx + i, *b = a + 1, *d = a + m->nx, *c = d + 1;
            tw_raster_triangle(raster, light, a, b, c);
            tw_raster_triangle(raster, light, a, c, d);
        }
    }
}

tw_status tw_surface3d_draw(tw_raster *raster, const tw_camera *camera, const tw_field *field,
                            tw_colormap colormap, const tw_viewport *view) {
    size_t count = field->rx * field->ry;
    mesh m = {.nx = field->rx, .ny = field->ry};
    m.point = tw_alloc(count, 3 * sizeof *m.point);
    m.vertex = tw_alloc(count, sizeof *m.vertex);
    tw_status status = TW_OK;
    if (m.point == NULL || m.vertex == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the view of the surface");
        goto done;
    }
    for (size_t j = 0; j < m.ny; j++) {
        for (size_t i = 0; i < m.nx; i++) {
            double level = tw_field_level(field, field->fz[j * m.nx + i]);
            tw_camera_place(camera, field, field->fx[i], field->fy[j], fmax(level, 0),
                            m.point + 3 * (j * m.nx + i));
            if (isnan(level))
                m.point[3 * (j * m.nx + i) + 2] = NAN;
        }
    }
    for (size_t j = 0; j < m.ny; j++)
        for (size_t i = 0; i < m.nx; i++)
            if (!isnan(z_of(&m, i, j)))
                set_vertex(&m, camera, view, i, j, tw_field_level(field, field->fz[j * m.nx + i]));
    tw_light light = light_of(camera, colormap);
    draw_cells(raster, &m, &light);
done:
    free(m.point);
    free(m.vertex);
    return status;
}

void tw_surface3d_lines(tw_raster *raster, const tw_camera *camera, const tw_field *field,
                        const tw_contours *lines, const double *heights, double width,
                        const tw_viewport *view) {
    for (size_t l = 0; l < lines->lines; l++) {
        const tw_line *line = &lines->line[l];
        double level = fmax(tw_field_level(field, heights[line->level]), 0), last[3] = {0};
        for (size_t k = 0; k < line->count + (size_t)line->closed; k++) {
            size_t at = line->first + k % line->count;
            double point[3], screen[3];
            tw_camera_place(camera, field, lines->x[at], lines->y[at], level, point);
            tw_camera_project(camera, point, screen);
            double here[3] = {view->x0 + view->scale * screen[0],
                              view->y0 - view->scale * screen[1], screen[2]};
            if (k > 0)
                tw_raster_line(raster, last, here, width, BIAS);
            for (int c = 0; c < 3; c++)
                last[c] = here[c];
        }
    }
}
