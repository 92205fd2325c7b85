/* npy_write.h: the head of a .npy file, alone or in an archive; array_file.c has it. */
#ifndef TW_FILE_NPY_WRITE_H
#define TW_FILE_NPY_WRITE_H

#include <stddef.h>

enum { TW_NPY_HEADER = 576 };

/* Version 1.0 of the format for numbers of this machine's byte order ("f8", "b1") in C order:
 * magic, header length, a Python dict padded with blanks so that the numbers start at a multiple
 * of 64. `out` has TW_NPY_HEADER bytes, rank is at most TW_ARRAY_RANK; the number of bytes. */
int tw_npy_write_header(const char *type, int rank, const size_t *shape, char *out);

#endif
