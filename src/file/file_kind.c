#include "file/file_kind.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "format/input.h"

tw_file_kind tw_file_kind_of(const char *path) {
    static const struct {
        const char *ending;
        tw_file_kind kind;
    } endings[] = {{".npy", TW_FILE_NPY}, {".npz", TW_FILE_NPZ}, {".h5", TW_FILE_H5},
                   {".hdf5", TW_FILE_H5}, {".csv", TW_FILE_CSV}, {".vtk", TW_FILE_VTK},
                   {".vts", TW_FILE_VTS}};
    size_t length = strlen(path);
    for (size_t k = 0; k < sizeof endings / sizeof endings[0]; k++) {
        size_t size = strlen(endings[k].ending);
        if (length > size && strcasecmp(path + length - size, endings[k].ending) == 0)
            return endings[k].kind;
    }
    return TW_FILE_OTHER;
}

tw_status tw_file_content_of(const char *path, tw_file_kind *out) {
    static const struct {
        const char *bytes;
        tw_file_kind kind;
    } starts[] = {
        {"\x93NUMPY", TW_FILE_NPY},        {"PK\3\4", TW_FILE_NPZ},
        {"PK\5\6", TW_FILE_NPZ}, /* an archive of nothing */
        {"\x89HDF\r\n\x1a\n", TW_FILE_H5}, {TW_TABLE_MARK, TW_FILE_CSV},
        {"# vtk DataFile", TW_FILE_VTK},   {"<?xml version=\"1.0\"?>\n<VTKFile ", TW_FILE_VTK}};
    *out = TW_FILE_OTHER;
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return TW_OK;
    FILE *stream;
    tw_status status = tw_regular_stream(path, &stream);
    if (status != TW_OK)
        return status;
    char head[32];
    size_t size = fread(head, 1, sizeof head, stream);
    fclose(stream);
    for (size_t k = 0; k < sizeof starts / sizeof starts[0]; k++) {
        size_t length = strlen(starts[k].bytes);
        if (size >= length && memcmp(head, starts[k].bytes, length) == 0)
            *out = starts[k].kind;
    }
    return TW_OK;
}
