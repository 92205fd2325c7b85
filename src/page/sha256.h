/* sha256.h: the digest by which a page names its own script to the browser (FIPS 180-4). */
#ifndef TW_PAGE_SHA256_H
#define TW_PAGE_SHA256_H

#include <stddef.h>

enum { TW_SHA256_TEXT = 45 }; /* with its end */

/* The digest of `size` bytes, in base64. */
void tw_sha256_base64(size_t size, const void *bytes, char text[TW_SHA256_TEXT]);

#endif
