/* surface_vtk.c: surfaces for ParaView, VisIt and whatever reads VTK's legacy format: a structured
 * grid of the points (x, y, first metric), with every metric as point data. Binary, since older
 * readers stop at "nan" in text. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/output_file.h"
#include "file/surface_forms.h"

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

/* Where a value cannot be a height: hidden, and at the upper end, or the lower of -infinity. */
static double height(double value, double lowest, double highest) {
    if (isfinite(value))
        return value;
    return isinf(value) && value < 0 ? lowest : highest;
}

static void find_range(size_t points, const double *values, double *lowest, double *highest) {
    *lowest = *highest = NAN;
    for (size_t p = 0; p < points; p++)
        if (isfinite(values[p])) {
            *lowest = fmin(*lowest, values[p]);
            *highest = fmax(*highest, values[p]);
        }
    if (isnan(*lowest))
        *lowest = *highest = 0;
}

static void put_points(FILE *stream, const tw_surface *surface, const double *values) {
    size_t points = surface->nx * surface->ny;
    double lowest, highest;
    find_range(points, values, &lowest, &highest);
    fprintf(stream, "POINTS %zu double\n", points);
    for (size_t p = 0; p < points; p++) {
        put_double(stream, surface->x[p % surface->nx]);
        put_double(stream, surface->rank == 2 ? surface->y[p / surface->nx] : 0);
        put_double(stream, height(values[p], lowest, highest));
    }
}

/* Point data: computed, and what VTK leaves out of the picture (2 hides a point). */
static void put_flags(FILE *stream, const tw_surface *surface, const double *values) {
    size_t points = surface->nx * surface->ny, hidden = 0;
    fprintf(stream, "\nSCALARS computed unsigned_char 1\nLOOKUP_TABLE default\n");
    for (size_t p = 0; p < points; p++) {
        fputc(surface->computed[p], stream);
        hidden += !isfinite(values[p]);
    }
    if (hidden == 0)
        return;
    fprintf(stream, "\nSCALARS vtkGhostType unsigned_char 1\nLOOKUP_TABLE default\n");
    for (size_t p = 0; p < points; p++)
        fputc(isfinite(values[p]) ? 0 : 2, stream);
}

static tw_status put_surface(FILE *stream, const tw_surface *surface,
                             const tw_provenance *provenance) {
    size_t points = surface->nx * surface->ny;
    double *heights, *values;
    tw_status status = tw_surface_masked(surface, 0, &heights);
    if (status != TW_OK)
        return status;
    fprintf(stream, "# vtk DataFile Version 3.0\n");
    put_title(stream, provenance);
    fprintf(stream, "BINARY\nDATASET STRUCTURED_GRID\nDIMENSIONS %zu %zu 1\n", surface->nx,
            surface->ny);
    put_points(stream, surface, heights);
    fprintf(stream, "\nPOINT_DATA %zu", points);
    for (size_t m = 0; m < surface->metrics && status == TW_OK; m++) {
        status = tw_surface_masked(surface, m, &values);
        fprintf(stream, "\nSCALARS ");
        put_name(stream, surface->names[m]);
        fprintf(stream, " double 1\nLOOKUP_TABLE default\n");
        for (size_t p = 0; p < points && status == TW_OK; p++)
            put_double(stream, values[p]);
        free(values);
    }
    put_flags(stream, surface, heights);
    fputc('\n', stream);
    free(heights);
    return status;
}

tw_status tw_surface_write_vtk(const char *path, const tw_surface *surface,
                               const tw_provenance *provenance) {
    tw_output output = {0};
    tw_status status = tw_surface_check_names(path, surface);
    if (status == TW_OK)
        status = tw_output_open(&output, path);
    if (status != TW_OK)
        return status;
    status = put_surface(output.stream, surface, provenance);
    if (status == TW_OK)
        return tw_output_commit(&output); /* which looks at the stream's error flag */
    tw_output_abandon(&output);
    return status;
}
