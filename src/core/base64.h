/* base64.h: bytes as letters, by RFC 4648 (section 4: A-Z a-z 0-9 + /, filled up with '=').
 *
 * Texts of pieces join to the text of the whole where every piece but the last has a multiple of
 * three bytes. */
#ifndef TW_CORE_BASE64_H
#define TW_CORE_BASE64_H

#include <stddef.h>

/* The letters of `count` bytes with the zero behind them. */
#define TW_BASE64_ROOM(count) (((count) + 2) / 3 * 4 + 1)

/* Writes the letters and a zero, TW_BASE64_ROOM(count) in all, to `text`, which must not overlap
 * `bytes`. Of no bytes the text is empty. */
void tw_base64(size_t count, const unsigned char *bytes, char *text);

#endif
