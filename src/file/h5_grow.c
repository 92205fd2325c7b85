#include "file/h5_grow.h"

#include <string.h>

#include "format/h5_quiet.h"

/* The call that tells a header's address has changed its name since. */
#if H5_VERSION_GE(1, 12, 0)
typedef H5O_info1_t object_info;
#else
typedef H5O_info_t object_info;
#endif

enum { MESSAGE_SPACE = 1, MESSAGE_LAYOUT = 8, PAGE = 4096 };

uint64_t tw_h5_number(const uint8_t bytes[8]) {
    uint64_t value = 0;
    for (int k = 7; k >= 0; k--)
        value = value << 8 | bytes[k];
    return value;
}

void tw_h5_set_number(uint8_t bytes[8], uint64_t value) {
    for (int k = 0; k < 8; k++)
        bytes[k] = (uint8_t)(value >> 8 * k);
}

static tw_status refuse(const char *what) {
    return tw_fail(TW_ERR_UNSUPPORTED,
                   "this version of HDF5 lays files out in a way that cannot grow: %s", what);
}

static tw_status check_superblock(const uint8_t *image, size_t size) {
    static const uint8_t start[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 0};
    if (size < 96 || memcmp(image, start, sizeof start) != 0)
        return refuse("the superblock is not version 0");
    if (image[13] != 8 || image[14] != 8 || tw_h5_number(image + 24) != 0)
        return refuse("offsets are not of 8 bytes from 0");
    return tw_h5_number(image + TW_H5_END) == size ? TW_OK : refuse("the end is stated elsewhere");
}

/* A number that is written at once must not lie on two pages: a kill could part it. */
static int is_whole(size_t at) {
    return at % PAGE <= PAGE - 8;
}

/* Version 1: version, rank, flags (bit 0: maxima follow), five bytes unused, lengths. */
static int take_space(const uint8_t *message, size_t size, size_t at, tw_h5_place *out) {
    if (size < 16 || message[0] != 1 || message[1] < 1 || size < 8 + 8 * (size_t)message[1])
        return 0;
    int has_maximum = message[2] & 1;
    out->length = at + 8;
    out->maximum = has_maximum ? at + 8 + 8 * (size_t)message[1] : 0;
    return !has_maximum || size >= 8 + 16 * (size_t)message[1];
}

/* Version 3: version, class (1: contiguous), address, bytes. */
static int take_layout(const uint8_t *message, size_t size, size_t at, tw_h5_place *out) {
    if (size < 18 || message[0] != 3 || message[1] != 1)
        return 0;
    out->address = at + 2;
    out->bytes = at + 10;
    return is_whole(out->bytes);
}

/* The messages in the first block of an object header: type, size, flags, three bytes unused. */
static tw_status read_header(const uint8_t *image, size_t size, size_t at, tw_h5_place *out) {
    if (at > size - 16 || image[at] != 1)
        return refuse("an object header is not version 1");
    size_t end = at + 16 + (image[at + 8] | (size_t)image[at + 9] << 8);
    if (end > size || image[at + 10] != 0 || image[at + 11] != 0)
        return refuse("an object header is too long");
    int spaces = 0, layouts = 0;
    for (size_t k = at + 16; k + 8 <= end;) {
        unsigned type = image[k] | (unsigned)image[k + 1] << 8;
        size_t length = image[k + 2] | (size_t)image[k + 3] << 8, data = k + 8;
        if (data + length > end)
            return refuse("a message passes the end of its header");
        if (type == MESSAGE_SPACE)
            spaces += take_space(image + data, length, data, out);
        if (type == MESSAGE_LAYOUT)
            layouts += take_layout(image + data, length, data, out);
        k = data + length;
    }
    return spaces == 1 && layouts == 1 ? TW_OK : refuse("no shape and place in an object header");
}

/* What was found must say what the library says. */
static int agrees(hid_t set, const uint8_t *image, const tw_h5_place *place) {
    hsize_t shape[8];
    hid_t space = H5Dget_space(set);
    int rank = H5Sget_simple_extent_ndims(space);
    int known = rank >= 1 && rank <= 8 && H5Sget_simple_extent_dims(space, shape, NULL) == rank;
    H5Sclose(space);
    return known && tw_h5_number(image + place->length) == shape[0] &&
           tw_h5_number(image + place->address) == H5Dget_offset(set);
}

tw_status tw_h5_find_place(hid_t set, const uint8_t *image, size_t size, tw_h5_place *out) {
    memset(out, 0, sizeof *out);
    tw_status status = check_superblock(image, size);
    if (status != TW_OK)
        return status;
    object_info info;
    h5_quiet quiet = quiet_begin();
    herr_t result = H5Oget_info2(set, &info, H5O_INFO_BASIC);
    if (result < 0 || info.addr >= size)
        status = refuse("an object header is nowhere");
    if (status == TW_OK)
        status = read_header(image, size, (size_t)info.addr, out);
    if (status == TW_OK && !agrees(set, image, out))
        status = refuse("an object header differs from what the library says");
    quiet_end(quiet);
    return status;
}
