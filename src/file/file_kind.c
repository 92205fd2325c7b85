#include "file/file_kind.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

tw_file_kind tw_file_kind_of(const char *path) {
    static const struct {
        const char *ending;
        tw_file_kind kind;
    } endings[] = {{".npy", TW_FILE_NPY},
                   {".npz", TW_FILE_NPZ},
                   {".h5", TW_FILE_H5},
                   {".hdf5", TW_FILE_H5},
                   {".csv", TW_FILE_CSV}};
    size_t length = strlen(path);
    for (size_t k = 0; k < sizeof endings / sizeof endings[0]; k++) {
        size_t size = strlen(endings[k].ending);
        if (length > size && strcasecmp(path + length - size, endings[k].ending) == 0)
            return endings[k].kind;
    }
    return TW_FILE_OTHER;
}
