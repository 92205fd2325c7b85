/* synthetic.h: the built-in data set. */
#ifndef TW_DATA_SYNTHETIC_H
#define TW_DATA_SYNTHETIC_H

#include "data/collector.h"

/* Whether `source` means the built-in set: "synthetic" or "synthetic:...". */
int tw_synthetic_named(const char *source);
tw_status tw_synthetic_read(const char *source, tw_collector *collector);

/* Image `index` of the split: 3 x 32 x 32 bytes, a function of these numbers alone; its class is
 * index % 10. */
void tw_synthetic_image(uint64_t seed, tw_split split, uint64_t index, uint8_t *out);

#endif
