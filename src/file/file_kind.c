#include "file/file_kind.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "format/input.h"

int tw_file_has_ending(const char *path, const char *ending) {
    size_t length = strlen(path), size = strlen(ending);
    return length > size && strcasecmp(path + length - size, ending) == 0;
}

tw_file_kind tw_file_kind_of(const char *path) {
    static const struct {
        const char *ending;
        tw_file_kind kind;
    } endings[] = {{".npy", TW_FILE_NPY},
                   {".npz", TW_FILE_NPZ},
                   {".h5", TW_FILE_H5},
                   {".hdf5", TW_FILE_H5},
                   {".csv", TW_FILE_CSV}};
    for (size_t k = 0; k < sizeof endings / sizeof endings[0]; k++)
        if (tw_file_has_ending(path, endings[k].ending))
            return endings[k].kind;
    return TW_FILE_OTHER;
}

tw_status tw_file_head(const char *path, char head[TW_FILE_HEAD]) {
    memset(head, 0, TW_FILE_HEAD);
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return TW_OK;
    FILE *stream;
    tw_status status = tw_regular_stream(path, &stream);
    if (status != TW_OK)
        return status;
    size_t size = fread(head, 1, TW_FILE_HEAD - 1, stream);
    head[size] = '\0';
    fclose(stream);
    return TW_OK;
}

tw_status tw_file_content_of(const char *path, tw_file_kind *out) {
    static const struct {
        const char *bytes;
        tw_file_kind kind;
    } starts[] = {{"\x93NUMPY", TW_FILE_NPY},
                  {"PK\3\4", TW_FILE_NPZ},
                  {"PK\5\6", TW_FILE_NPZ}, /* an archive of nothing */
                  {"\x89HDF\r\n\x1a\n", TW_FILE_H5},
                  {TW_TABLE_MARK, TW_FILE_CSV}};
    char head[TW_FILE_HEAD];
    *out = TW_FILE_OTHER;
    tw_status status = tw_file_head(path, head);
    for (size_t k = 0; k < sizeof starts / sizeof starts[0] && status == TW_OK; k++)
        if (strncmp(head, starts[k].bytes, strlen(starts[k].bytes)) == 0)
            *out = starts[k].kind;
    return status;
}
