#include <stdlib.h>
#include <string.h>

#include "file/file_kind.h"
#include "file/h5_file.h"

/* Ours says what it is; the peer's is known by its coordinates. */
static tw_result_kind kind_of_h5(hid_t file) {
    char *kind = tw_h5_get_kind(file);
    tw_result_kind result = TW_RESULT_UNKNOWN;
    int ours = kind != NULL && kind[0] != '\0';
    if (ours ? strcmp(kind, "surface") == 0 : tw_h5_has(file, "xcoordinates"))
        result = TW_RESULT_SURFACE;
    else if (ours ? strcmp(kind, "weights") == 0 : tw_h5_has(file, "weights"))
        result = TW_RESULT_WEIGHTS;
    else if (ours ? strcmp(kind, "trajectory") == 0 : tw_h5_has(file, "trajectory"))
        result = TW_RESULT_TRAJECTORY;
    else if (ours)
        result = TW_RESULT_TABLE;
    free(kind);
    return result;
}

tw_status tw_result_kind_of(const char *path, tw_result_kind *out) {
    *out = TW_RESULT_UNKNOWN;
    tw_file_kind content;
    tw_status status = tw_file_content_of(path, &content);
    if (status != TW_OK)
        return status;
    hid_t file;
    switch (content) {
    case TW_FILE_NPY:
        *out = TW_RESULT_ARRAY;
        break;
    case TW_FILE_NPZ:
        *out = TW_RESULT_WEIGHTS;
        break;
    case TW_FILE_CSV:
        *out = TW_RESULT_TABLE;
        break;
    case TW_FILE_H5:
        status = tw_h5_open(path, &file);
        if (status == TW_OK)
            *out = kind_of_h5(file);
        tw_h5_close(file);
        break;
    case TW_FILE_OTHER:
        break;
    }
    return status;
}
