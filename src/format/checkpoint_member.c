#include "format/checkpoint_member.h"

#include "format/input.h"

static tw_status read_packed(const char *path, const tw_zip_member *member, uint8_t *out) {
    tw_input input;
    tw_status status = tw_input_open_member(&input, path, member->name, member->name);
    if (status == TW_DECLINED)
        return tw_fail(TW_ERR_FORMAT, "member '%.80s' cannot be found", member->name);
    if (status != TW_OK)
        return status;
    status = tw_input_read(&input, out, (size_t)member->size);
    tw_input_close(&input);
    return status;
}

tw_status tw_checkpoint_member(tw_checkpoint *checkpoint, const tw_zip_member *member,
                               uint64_t most, uint8_t **out) {
    uint64_t at = 0;
    if (member->size > most || !tw_checkpoint_holds(checkpoint, member->size))
        return tw_fail(TW_ERR_FORMAT, "member '%.80s' is too large to be what it seems",
                       member->name);
    if (!member->is_packed) {
        tw_status located = tw_zip_locate(checkpoint->descriptor, checkpoint->size, member, &at);
        if (located != TW_OK)
            return located;
    }
    tw_status status = tw_checkpoint_block(checkpoint, (size_t)member->size, out);
    if (status != TW_OK || member->is_packed)
        return status == TW_OK ? read_packed(checkpoint->path, member, *out) : status;
    return tw_read_at(checkpoint->descriptor, at, *out, (size_t)member->size);
}
