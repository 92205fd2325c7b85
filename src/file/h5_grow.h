/* h5_grow.h: where an HDF5 file states how long a dataset is, so that it can grow in place.
 *
 * Files of the classic format (superblock 0, object headers 1) have no checksums, and each of these
 * numbers is one of 8 bytes in little-endian order. Everything follows the "HDF5 File Format
 * Specification, version 3.0": II.A superblock, IV.A.1 object headers, IV.A.2.b dataspace message,
 * IV.A.2.i layout message. Whatever is not as expected is refused. */
#ifndef TW_FILE_H5_GROW_H
#define TW_FILE_H5_GROW_H

#include <hdf5.h>
#include <stdint.h>

#include "thalweg/status.h"

/* Offsets in the file, of a contiguous dataset. */
typedef struct tw_h5_place {
    size_t length;         /* entries along the first axis */
    size_t maximum;        /* and how many there may be; 0: not stated */
    size_t address, bytes; /* where its numbers begin, how many bytes they take */
} tw_h5_place;

/* Where the superblock states the end of the file. */
enum { TW_H5_END = 40 };

/* Finds them for the open dataset `set` of a file whose bytes are `image`. */
tw_status tw_h5_find_place(hid_t set, const uint8_t *image, size_t size, tw_h5_place *out);

/* One of the numbers. */
uint64_t tw_h5_number(const uint8_t bytes[8]);
void tw_h5_set_number(uint8_t bytes[8], uint64_t value);

#endif
