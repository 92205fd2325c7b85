/* file_kind.h: the ending of a path, as far as results go by it. */
#ifndef TW_FILE_FILE_KIND_H
#define TW_FILE_FILE_KIND_H

typedef enum tw_file_kind {
    TW_FILE_OTHER,
    TW_FILE_NPY,
    TW_FILE_NPZ,
    TW_FILE_H5, /* .h5, .hdf5 */
    TW_FILE_CSV
} tw_file_kind;

tw_file_kind tw_file_kind_of(const char *path);

#endif
