/* hdf5_stand_in.h: the fuzzer's bytes as what HDF5 would say of a file. libhdf5 1.10 itself crashes
 * over damaged files within seconds, so that nothing behind it is ever reached; here its calls for
 * reading are answered by any tree of groups, datasets and attributes, whatever it is: shapes that
 * lie, texts without an end, calls that fail.
 *
 *     file       failing (1 byte, 0: none): the number of the call that fails; node of the root
 *     node       'G' name attributes nodes 'E', 'D' name attributes type set, 'T' name, 'L' name
 *     name       length (1), bytes
 *     attributes count (1), then each: name, type, flags, data
 *     type       class (1), bytes of an item (number), flags (1: VARIABLE, UNSIGNED)
 *     set        flags (1: LAYOUT of two bits, NULL_SPACE, EXTERNAL, FILTERED), rank (1, signed),
 *                lengths (numbers), data
 *     data       length (number), bytes; what is read past them begins anew
 *     number     a byte below 255, or 255 and eight, lowest first
 */
#ifndef TW_FUZZ_HDF5_STAND_IN_H
#define TW_FUZZ_HDF5_STAND_IN_H

#include <stddef.h>
#include <stdint.h>

/* The next file that is opened is this one, under any path. The bytes stay the caller's. */
void stand_in_set(const uint8_t *data, size_t size);

/* How many objects are open that should have been closed. */
size_t stand_in_open(void);

#endif
