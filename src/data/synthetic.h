/* synthetic.h: the built-in data set. */
#ifndef TW_DATA_SYNTHETIC_H
#define TW_DATA_SYNTHETIC_H

#include "data/collector.h"

/* Whether `source` means the built-in set: "synthetic" or "synthetic:...". */
int tw_synthetic_named(const char *source);
tw_status tw_synthetic_read(const char *source, tw_collector *collector);

#endif
