#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file/file_kind.h"
#include "file/h5_write.h"
#include "file/npz_file.h"
#include "file/state_file.h"
#include "file/surface_forms.h"
#include "format/checkpoint.h"
#include "format/input.h"
#include "format/npz_names.h"
#include "thalweg/curvature_report.h"

/* Ours says what it is; the peer's are known by what is in them. */
static tw_result_kind kind_of_h5(hid_t file) {
    static const struct {
        const char *kind, *has;
        tw_result_kind result;
    } signs[] = {{"surface", "xcoordinates", TW_RESULT_SURFACE},
                 {"weights", "weights", TW_RESULT_WEIGHTS},
                 {"directions", "xdirection", TW_RESULT_DIRECTIONS},
                 {"trajectory", "trajectory", TW_RESULT_TRAJECTORY},
                 {TW_DESCENT_STATE_KIND, "descent", TW_RESULT_UNFINISHED},
                 {TW_SPECTRUM_STATE_KIND, "descent", TW_RESULT_UNFINISHED},
                 {TW_SPECTRUM_KIND, "curvature/dimension", TW_RESULT_SPECTRUM},
                 {TW_PROJECTION_KIND, TW_PROJECTION_X, TW_RESULT_TABLE}};
    char *kind = tw_h5_get_kind(file);
    int ours = kind != NULL && kind[0] != '\0';
    tw_result_kind result = ours ? TW_RESULT_TABLE : TW_RESULT_UNKNOWN;
    for (size_t k = sizeof signs / sizeof signs[0]; k-- > 0;)
        if (ours ? strcmp(kind, signs[k].kind) == 0 : tw_h5_has(file, signs[k].has))
            result = signs[k].result;
    free(kind);
    return result;
}

static int begins(const tw_npz_names *names, const char *start) {
    for (size_t k = 0; k < names->count; k++)
        if (strncmp(names->names[k], start, strlen(start)) == 0)
            return 1;
    return 0;
}

static int has(const tw_npz_names *names, const char *name) {
    for (size_t k = 0; k < names->count; k++)
        if (strcmp(names->names[k], name) == 0)
            return 1;
    return 0;
}

/* An archive is parameters unless it says, or looks like, something else. */
static tw_status kind_of_npz(const char *path, tw_result_kind *out) {
    tw_npz_names names;
    char *kind = NULL;
    *out = TW_RESULT_WEIGHTS;
    tw_status status = tw_npz_names_read(path, &names);
    if (status != TW_OK)
        return status;
    status = tw_npz_get_provenance(path, &kind, NULL);
    if (kind != NULL ? strcmp(kind, "directions") == 0 : begins(&names, "xdirection/"))
        *out = TW_RESULT_DIRECTIONS;
    else if (kind != NULL ? strcmp(kind, "surface") == 0
                          : names.count > 2 && has(&names, "x") && has(&names, "y"))
        *out = TW_RESULT_SURFACE;
    free(kind);
    tw_npz_names_release(&names);
    return status;
}

/* Surfaces are tables with a kind of their own. */
static tw_status kind_of_csv(const char *path, tw_result_kind *out) {
    char line[32] = "";
    FILE *stream;
    tw_status status = tw_regular_stream(path, &stream);
    if (status != TW_OK)
        return status;
    (void)!fgets(line, sizeof line, stream);
    fclose(stream);
    line[strcspn(line, "\r\n")] = '\0';
    *out = strcmp(line, TW_TABLE_MARK "surface") == 0 ? TW_RESULT_SURFACE : TW_RESULT_TABLE;
    return TW_OK;
}

tw_status tw_result_kind_of(const char *path, tw_result_kind *out) {
    *out = TW_RESULT_UNKNOWN;
    tw_file_kind content;
    tw_status status = tw_file_content_of(path, &content);
    if (status != TW_OK)
        return status;
    hid_t file;
    int is_surface = 0;
    switch (content) {
    case TW_FILE_NPY:
        *out = TW_RESULT_ARRAY;
        break;
    case TW_FILE_NPZ:
        status = kind_of_npz(path, out);
        break;
    case TW_FILE_CSV:
        status = kind_of_csv(path, out);
        break;
    case TW_FILE_H5:
        status = tw_h5_open(path, &file);
        if (status == TW_OK)
            *out = kind_of_h5(file);
        tw_h5_close(file);
        break;
    case TW_FILE_OTHER:
        status = tw_surface_is_content(path, &is_surface);
        if (is_surface) /* where it is written only, its reader says so */
            *out = TW_RESULT_SURFACE;
        break;
    }
    int is_checkpoint = 0;
    if (status == TW_OK && *out == TW_RESULT_UNKNOWN)
        status = tw_checkpoint_probe(path, &is_checkpoint);
    if (is_checkpoint)
        *out = TW_RESULT_WEIGHTS;
    return status;
}
