/* surface_vts.c: surfaces in VTK's XML format: a structured grid of the points (x, y, height), with
 * every metric as point data. */
#include <stdlib.h>

#include "core/alloc.h"
#include "file/surface_forms.h"
#include "file/vtk_scene.h"
#include "file/vtk_xml.h"

static tw_status put_metrics(FILE *stream, const tw_surface *surface) {
    tw_status status = TW_OK;
    for (size_t m = 0; m < surface->metrics && status == TW_OK; m++) {
        double *values;
        status = tw_surface_masked(surface, m, &values);
        if (status == TW_OK)
            tw_vtk_xml_doubles(stream, surface->names[m], 1, surface->nx * surface->ny, values);
        free(values);
    }
    return status;
}

/* 2 hides a point. */
static void put_ghosts(FILE *stream, tw_vtk_scene *scene) {
    if (scene->hidden_count == 0)
        return;
    for (size_t p = 0; p < scene->points; p++)
        scene->hidden[p] = scene->hidden[p] ? 2 : 0;
    tw_vtk_xml_bytes(stream, "vtkGhostType", scene->points, scene->hidden);
}

static tw_status put_points(FILE *stream, const tw_vtk_scene *scene) {
    const tw_surface *s = scene->surface;
    double *points = tw_alloc_raw(scene->points, 3 * sizeof *points);
    if (points == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", scene->points);
    for (size_t p = 0; p < scene->points; p++) {
        points[3 * p] = s->x[p % s->nx];
        points[3 * p + 1] = s->rank == 2 ? s->y[p / s->nx] : 0;
        points[3 * p + 2] = scene->height[p];
    }
    fputs("<Points>\n", stream);
    tw_vtk_xml_doubles(stream, "points", 3, 3 * scene->points, points);
    fputs("</Points>\n", stream);
    free(points);
    return TW_OK;
}

static tw_status put_grid(FILE *stream, tw_vtk_scene *scene, const tw_provenance *provenance) {
    const tw_surface *s = scene->surface;
    char extent[80];
    snprintf(extent, sizeof extent, "0 %zu 0 %zu 0 0", s->nx - 1, s->ny - 1);
    tw_vtk_xml_begin(stream, "StructuredGrid");
    fprintf(stream, "<StructuredGrid WholeExtent=\"%s\">\n<FieldData>\n", extent);
    tw_vtk_xml_provenance(stream, provenance);
    fprintf(stream, "</FieldData>\n<Piece Extent=\"%s\">\n<PointData>\n", extent);
    tw_status status = put_metrics(stream, s);
    if (status == TW_OK) {
        tw_vtk_xml_bytes(stream, "computed", scene->points, s->computed);
        put_ghosts(stream, scene);
        fputs("</PointData>\n", stream);
        status = put_points(stream, scene);
    }
    fputs("</Piece>\n</StructuredGrid>\n</VTKFile>\n", stream);
    return status;
}

static tw_status write_vts(const char *path, const tw_surface *surface,
                           const tw_vtk_options *options, const tw_provenance *provenance) {
    return tw_vtk_scene_write(path, surface, options, provenance, put_grid);
}

const tw_surface_form tw_surface_form_vts = {.ending = ".vts",
                                             .name = "VTK's",
                                             .start = "<?xml version=\"1.0\"?>\n<VTKFile ",
                                             .is_heights = 1,
                                             .write = write_vts};
