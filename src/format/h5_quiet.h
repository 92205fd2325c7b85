/* h5_quiet.h: HDF5 prints its errors unless told not to; it is told around every call that may
 * fail. */
#ifndef TW_FORMAT_H5_QUIET_H
#define TW_FORMAT_H5_QUIET_H

#include <hdf5.h>

typedef struct h5_quiet {
    H5E_auto2_t function;
    void *data;
} h5_quiet;

static inline h5_quiet quiet_begin(void) {
    h5_quiet before;
    H5Eget_auto2(H5E_DEFAULT, &before.function, &before.data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return before;
}

static inline void quiet_end(h5_quiet before) {
    H5Eset_auto2(H5E_DEFAULT, before.function, before.data);
}

#endif
