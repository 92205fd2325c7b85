/* provenance_check.h: whether a file is a part of the run at hand. */
#ifndef TW_FILE_PROVENANCE_CHECK_H
#define TW_FILE_PROVENANCE_CHECK_H

#include "thalweg/file.h"

/* TW_ERR_ARGUMENT unless both have the same text under every key but "command"; the message names
 * `path`, which says `there`, and shows the first difference. */
tw_status tw_provenance_check(const char *path, const tw_provenance *there,
                              const tw_provenance *here);

#endif
