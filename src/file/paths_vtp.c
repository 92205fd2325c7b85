/* paths_vtp.c: paths in VTK's XML format: polylines through the checkpoints, on the surface where
 * one is given. A path of one checkpoint is a vertex. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "file/output_file.h"
#include "file/vtk_scene.h"
#include "file/vtk_xml.h"

typedef struct lines {
    const tw_paths *paths;
    const tw_vtk_scene *scene; /* NULL: at height 0 */
    size_t points, runs, lone; /* runs have several checkpoints, lone paths one */
    double *numbers;           /* room for 3 a point */
    int64_t *whole;            /* room for 1 a point */
} lines;

static tw_status count(const char *path, lines *l) {
    for (size_t k = 0; k < l->paths->count; k++) {
        l->points += l->paths->path[k].count;
        l->runs += l->paths->path[k].count > 1;
        l->lone += l->paths->path[k].count == 1;
    }
    if (l->points == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "cannot write '%s': there are no paths; surfaces go to .vts or .vtk", path);
    l->numbers = tw_alloc_raw(l->points, 3 * sizeof *l->numbers);
    l->whole = tw_alloc_raw(l->points, sizeof *l->whole);
    if (l->numbers == NULL || l->whole == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", l->points);
    return TW_OK;
}

static void put_points(FILE *stream, lines *l) {
    size_t at = 0;
    for (size_t k = 0; k < l->paths->count; k++) {
        const tw_path *path = &l->paths->path[k];
        for (size_t i = 0; i < path->count; i++) {
            l->numbers[at++] = path->x[i];
            l->numbers[at++] = path->y[i];
            l->numbers[at++] =
                l->scene != NULL ? tw_vtk_scene_at(l->scene, path->x[i], path->y[i]) : 0;
        }
    }
    fputs("<Points>\n", stream);
    tw_vtk_xml_doubles(stream, "points", 3, 3 * l->points, l->numbers);
    fputs("</Points>\n", stream);
}

static void put_point_data(FILE *stream, lines *l) {
    static const char *const names[] = {"length", "distance", "loss", "plane_loss"};
    size_t at = 0;
    fputs("<PointData>\n", stream);
    for (size_t k = 0; k < l->paths->count; k++)
        for (size_t i = 0; i < l->paths->path[k].count; i++)
            l->whole[at++] = (int64_t)i;
    tw_vtk_xml_longs(stream, "checkpoint", l->points, l->whole);
    for (int list = 0; list < 4; list++) {
        at = 0;
        for (size_t k = 0; k < l->paths->count; k++) {
            const tw_path *path = &l->paths->path[k];
            const double *lists[] = {path->length, path->distance, path->loss, path->plane_loss};
            for (size_t i = 0; i < path->count; i++)
                l->numbers[at++] = lists[list] != NULL ? lists[list][i] : NAN;
        }
        tw_vtk_xml_doubles(stream, names[list], 1, l->points, l->numbers);
    }
    fputs("</PointData>\n", stream);
}

/* Vertices come before lines in the numbering of cells. */
static void put_cell_data(FILE *stream, lines *l) {
    size_t at = 0;
    for (int lone = 1; lone >= 0; lone--)
        for (size_t k = 0; k < l->paths->count; k++)
            if (l->paths->path[k].count > 0 && (l->paths->path[k].count == 1) == lone)
                l->whole[at++] = (int64_t)k;
    fputs("<CellData>\n", stream);
    tw_vtk_xml_longs(stream, "path", at, l->whole);
    fputs("</CellData>\n", stream);
}

static void put_cells(FILE *stream, lines *l, const char *element, int lone) {
    size_t at = 0, cells = 0, first = 0;
    fprintf(stream, "<%s>\n", element);
    for (size_t k = 0; k < l->paths->count; k++) {
        size_t checkpoints = l->paths->path[k].count;
        for (size_t i = 0; (checkpoints == 1) == lone && i < checkpoints; i++)
            l->whole[at++] = (int64_t)(first + i);
        first += checkpoints;
    }
    tw_vtk_xml_longs(stream, "connectivity", at, l->whole);
    at = 0;
    for (size_t k = 0; k < l->paths->count; k++)
        if (l->paths->path[k].count > 0 && (l->paths->path[k].count == 1) == lone) {
            at += l->paths->path[k].count;
            l->whole[cells++] = (int64_t)at;
        }
    tw_vtk_xml_longs(stream, "offsets", cells, l->whole);
    fprintf(stream, "</%s>\n", element);
}

static tw_status put_lines(FILE *stream, lines *l, const tw_provenance *provenance) {
    const char **names = tw_alloc(l->paths->count, sizeof *names);
    if (names == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu names", l->paths->count);
    for (size_t k = 0; k < l->paths->count; k++)
        names[k] = l->paths->path[k].name;
    tw_vtk_xml_begin(stream, "PolyData");
    fputs("<PolyData>\n<FieldData>\n", stream);
    tw_vtk_xml_provenance(stream, provenance);
    tw_vtk_xml_texts(stream, "names", l->paths->count, names);
    fprintf(stream,
            "</FieldData>\n<Piece NumberOfPoints=\"%zu\" NumberOfVerts=\"%zu\" "
            "NumberOfLines=\"%zu\" NumberOfStrips=\"0\" NumberOfPolys=\"0\">\n",
            l->points, l->lone, l->runs);
    put_point_data(stream, l);
    put_cell_data(stream, l);
    put_points(stream, l);
    put_cells(stream, l, "Verts", 1);
    put_cells(stream, l, "Lines", 0);
    fputs("</Piece>\n</PolyData>\n</VTKFile>\n", stream);
    free(names);
    return TW_OK;
}

tw_status tw_paths_write_vtp(const char *path, const tw_paths *paths, const tw_surface *surface,
                             const tw_vtk_options *options, const tw_provenance *provenance) {
    lines l = {.paths = paths};
    tw_output output = {0};
    tw_vtk_scene scene = {0};
    tw_status status = count(path, &l);
    if (status == TW_OK && surface != NULL)
        status = tw_vtk_scene_make(path, surface, options, &scene);
    l.scene = surface != NULL ? &scene : NULL;
    if (status == TW_OK)
        status = tw_output_open(&output, path);
    if (status == TW_OK)
        status = put_lines(output.stream, &l, provenance);
    free(l.numbers);
    free(l.whole);
    tw_vtk_scene_release(&scene);
    if (status == TW_OK)
        return tw_output_commit(&output); /* which looks at the stream's error flag */
    tw_output_abandon(&output);
    return status;
}
