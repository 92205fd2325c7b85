/* checkpoint_member.h: a whole member of an archive that is a checkpoint. */
#ifndef TW_FORMAT_CHECKPOINT_MEMBER_H
#define TW_FORMAT_CHECKPOINT_MEMBER_H

#include "format/checkpoint_reader.h"
#include "format/zip_index.h"

/* Its bytes, unpacked; they live as long as the checkpoint. TW_ERR_FORMAT for more than `most`, and
 * for more than the archive can hold. */
tw_status tw_checkpoint_member(tw_checkpoint *checkpoint, const tw_zip_member *member,
                               uint64_t most, uint8_t **out);

#endif
