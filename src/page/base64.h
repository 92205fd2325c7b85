/* base64.h: bytes as letters. */
#ifndef TW_PAGE_BASE64_H
#define TW_PAGE_BASE64_H

#include <stddef.h>

/* The letters of `count` bytes with the zero behind them. */
#define TW_BASE64_ROOM(count) (((count) + 2) / 3 * 4 + 1)

/* Writes the letters and a zero, TW_BASE64_ROOM(count) in all. */
void tw_base64(size_t count, const unsigned char *bytes, char *text);

#endif
