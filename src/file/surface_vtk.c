/* surface_vtk.c: surfaces for ParaView, VisIt and whatever reads VTK's legacy format: a structured
 * grid of the points (x, y, height), with every metric as point data. Binary, since older
 * readers stop at "nan" in text. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "file/surface_forms.h"
#include "file/vtk_scene.h"

/* The format is big-endian. */
static void put_double(FILE *stream, double value) {
    uint64_t bits;
    uint8_t bytes[8];
    memcpy(&bits, &value, sizeof bits);
    for (int k = 0; k < 8; k++)
        bytes[k] = (uint8_t)(bits >> (56 - 8 * k));
    fwrite(bytes, 1, sizeof bytes, stream);
}

/* One line of at most 255 characters. */
static void put_title(FILE *stream, const tw_provenance *provenance) {
    const char *command = provenance != NULL ? tw_provenance_get(provenance, "command") : NULL;
    char title[200];
    snprintf(title, sizeof title, "%s", command != NULL ? command : "thalweg");
    for (char *c = title; *c != '\0'; c++)
        *c = iscntrl((unsigned char)*c) ? ' ' : *c;
    fprintf(stream, "%s\n", title);
}

/* Names end at a blank. */
static void put_name(FILE *stream, const char *name) {
    for (; *name != '\0'; name++)
        fputc(isspace((unsigned char)*name) ? '_' : *name, stream);
}

static void put_points(FILE *stream, const tw_vtk_scene *scene) {
    const tw_surface *surface = scene->surface;
    fprintf(stream, "POINTS %zu double\n", scene->points);
    for (size_t p = 0; p < scene->points; p++) {
        put_double(stream, surface->x[p % surface->nx]);
        put_double(stream, surface->rank == 2 ? surface->y[p / surface->nx] : 0);
        put_double(stream, scene->height[p]);
    }
}

/* Point data: computed, and what VTK leaves out of the picture (2 hides a point). */
static void put_flags(FILE *stream, const tw_vtk_scene *scene) {
    fprintf(stream, "\nSCALARS computed unsigned_char 1\nLOOKUP_TABLE default\n");
    fwrite(scene->surface->computed, 1, scene->points, stream);
    if (scene->hidden_count == 0)
        return;
    fprintf(stream, "\nSCALARS vtkGhostType unsigned_char 1\nLOOKUP_TABLE default\n");
    for (size_t p = 0; p < scene->points; p++)
        fputc(scene->hidden[p] ? 2 : 0, stream);
}

static tw_status put_surface(FILE *stream, tw_vtk_scene *scene, const tw_provenance *provenance) {
    const tw_surface *surface = scene->surface;
    tw_status status = TW_OK;
    fprintf(stream, "# vtk DataFile Version 3.0\n");
    put_title(stream, provenance);
    fprintf(stream, "BINARY\nDATASET STRUCTURED_GRID\nDIMENSIONS %zu %zu 1\n", surface->nx,
            surface->ny);
    put_points(stream, scene);
    fprintf(stream, "\nPOINT_DATA %zu", scene->points);
    for (size_t m = 0; m < surface->metrics && status == TW_OK; m++) {
        double *values;
        status = tw_surface_masked(surface, m, &values);
        fprintf(stream, "\nSCALARS ");
        put_name(stream, surface->names[m]);
        fprintf(stream, " double 1\nLOOKUP_TABLE default\n");
        for (size_t p = 0; p < scene->points && status == TW_OK; p++)
            put_double(stream, values[p]);
        free(values);
    }
    put_flags(stream, scene);
    fputc('\n', stream);
    return status;
}

static tw_status write_vtk(const char *path, const tw_surface *surface,
                           const tw_vtk_options *options, const tw_provenance *provenance) {
    return tw_vtk_scene_write(path, surface, options, provenance, put_surface);
}

const tw_surface_form tw_surface_form_vtk = {.ending = ".vtk",
                                             .name = "VTK's",
                                             .start = "# vtk DataFile",
                                             .is_heights = 1,
                                             .write = write_vtk};
