#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "file/h5_file.h"

static tw_result_kind kind_of_h5(hid_t file) {
    char kind[64];
    tw_h5_get_kind(file, kind, sizeof kind);
    if (tw_h5_has(file, "xcoordinates"))
        return TW_RESULT_SURFACE;
    if (tw_h5_has(file, "weights"))
        return TW_RESULT_WEIGHTS;
    return kind[0] != '\0' ? TW_RESULT_TABLE : TW_RESULT_UNKNOWN;
}

tw_status tw_result_kind_of(const char *path, tw_result_kind *out) {
    *out = TW_RESULT_UNKNOWN;
    char head[16] = "";
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return TW_OK;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return tw_fail(TW_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    size_t size = fread(head, 1, sizeof head, stream);
    fclose(stream);
    if (size >= 6 && memcmp(head, "\x93NUMPY", 6) == 0)
        *out = TW_RESULT_ARRAY;
    else if (size >= 4 && memcmp(head, "PK\3\4", 4) == 0)
        *out = TW_RESULT_WEIGHTS;
    else if (size >= 10 && memcmp(head, "# thalweg ", 10) == 0)
        *out = TW_RESULT_TABLE;
    else if (size >= 8 && memcmp(head, "\x89HDF\r\n\x1a\n", 8) == 0) {
        hid_t file;
        tw_status status = tw_h5_open(path, &file);
        if (status != TW_OK)
            return status;
        *out = kind_of_h5(file);
        tw_h5_close(file);
    }
    return TW_OK;
}
