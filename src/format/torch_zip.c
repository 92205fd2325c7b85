/* torch_zip.c: what torch.save writes since 1.6, and TorchScript: a zip archive of one folder, in
 * it data.pkl and the storages data/KEY. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/checkpoint_member.h"
#include "format/checkpoint_reader.h"
#include "format/input.h"
#include "format/torch_tensor.h"
#include "format/torch_tree.h"
#include "format/zip_index.h"

enum { MOST_PICKLE = 1 << 28 };

typedef struct job {
    tw_checkpoint *checkpoint;
    tw_zip_index index;
    char *folder; /* with its slash; owned */
    int big;
    tw_pickle pickle;
    const uint8_t **unpacked; /* of each member, or NULL */
    int are_unpacked;
} job;

/* "FOLDER/data.pkl", of the least deep folder. */
static tw_status find_folder(job *j) {
    static const char name[] = "data.pkl";
    size_t best = SIZE_MAX;
    for (size_t k = 0; k < j->index.count; k++) {
        const char *member = j->index.members[k].name;
        size_t length = strlen(member);
        if (length < sizeof name - 1 || strcmp(member + length - sizeof name + 1, name) != 0 ||
            (length > sizeof name - 1 && member[length - sizeof name] != '/') || length >= best)
            continue;
        best = length;
        free(j->folder);
        j->folder = strndup(member, length - sizeof name + 1);
        if (j->folder == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for the name of a folder");
    }
    return best < SIZE_MAX ? TW_OK : TW_DECLINED;
}

static tw_status find_member(const job *j, const char *name, const tw_zip_member **out) {
    char *full;
    if (asprintf(&full, "%s%s", j->folder, name) < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the name of a member");
    *out = tw_zip_find(&j->index, full);
    free(full);
    return TW_OK;
}

/* ---- storages ---- */

/* Those that are packed, all in one pass: each opening of the archive reads its list. */
static tw_status unpack_all(job *j) {
    tw_checkpoint *checkpoint = j->checkpoint;
    tw_input input;
    const char *name;
    uint64_t sum = 0;
    j->are_unpacked = 1;
    j->unpacked = calloc(j->index.count, sizeof *j->unpacked);
    if (j->unpacked == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an archive");
    tw_status status = tw_input_open_members(&input, checkpoint->path);
    if (status != TW_OK)
        return status;
    size_t folder = strlen(j->folder);
    while (status == TW_OK && (status = tw_input_next_member(&input, &name)) == TW_OK) {
        const tw_zip_member *member = tw_zip_find(&j->index, name);
        if (member == NULL || !member->is_packed || strncmp(name, j->folder, folder) != 0 ||
            strncmp(name + folder, "data/", 5) != 0 ||
            j->unpacked[member - j->index.members] != NULL)
            continue;
        uint8_t *bytes = NULL;
        if (__builtin_add_overflow(sum, member->size, &sum) ||
            !tw_checkpoint_holds(checkpoint, sum))
            status = tw_fail(TW_ERR_FORMAT, "its members claim more than it can hold");
        if (status == TW_OK)
            status = tw_checkpoint_block(checkpoint, (size_t)member->size, &bytes);
        if (status == TW_OK)
            status = tw_input_read(&input, bytes, (size_t)member->size);
        if (status == TW_OK)
            j->unpacked[member - j->index.members] = bytes;
    }
    tw_input_close(&input);
    return status == TW_DECLINED ? TW_OK : status;
}

static tw_status find_bytes(job *j, const tw_zip_member *member, tw_checkpoint_tensor *tensor) {
    if (!member->is_packed)
        return tw_zip_locate(j->checkpoint->descriptor, j->checkpoint->size, member, &tensor->at);
    tw_status status = j->are_unpacked ? TW_OK : unpack_all(j);
    if (status != TW_OK)
        return status;
    tensor->bytes = j->unpacked[member - j->index.members];
    return tensor->bytes != NULL
               ? TW_OK
               : tw_fail(TW_ERR_FORMAT, "member '%.80s' cannot be unpacked", member->name);
}

static tw_status add_tensor(const char *name, uint32_t index, void *user) {
    job *j = user;
    tw_checkpoint_tensor tensor;
    tw_torch_storage storage;
    char member[128];
    tw_status status = tw_torch_tensor_of(&j->pickle, index, &tensor, &storage);
    if (status != TW_OK)
        return tw_fail_prefix(status, "tensor '%.80s'", name);
    const tw_zip_member *found = NULL;
    snprintf(member, sizeof member, "data/%.*s", (int)(storage.length < 100 ? storage.length : 100),
             (const char *)storage.key);
    status = find_member(j, member, &found);
    if (status == TW_OK && found == NULL)
        status = tw_fail(TW_ERR_FORMAT, "tensor '%.80s': the archive has no '%s%s'", name,
                         j->folder, member);
    if (status == TW_OK)
        status = find_bytes(j, found, &tensor);
    if (status != TW_OK)
        return status;
    uint64_t numbers = found->size / storage.type->item;
    tensor.number.big = j->big;
    return tw_checkpoint_add(j->checkpoint, name, &tensor,
                             numbers < storage.numbers ? numbers : storage.numbers);
}

/* ---- the archive ---- */

/* The record "byteorder", of 2.1 and later, says "little" or "big". */
static tw_status read_order(job *j) {
    const tw_zip_member *member = NULL;
    uint8_t *text = NULL;
    tw_status status = find_member(j, "byteorder", &member);
    if (status != TW_OK || member == NULL)
        return status;
    if (member->size > 16)
        return tw_fail(TW_ERR_FORMAT, "its record of the byte order is none");
    status = tw_checkpoint_member(j->checkpoint, member, MOST_PICKLE, &text);
    if (status == TW_OK)
        j->big = member->size >= 3 && memcmp(text, "big", 3) == 0;
    return status;
}

static tw_status read_archive(job *j) {
    const tw_zip_member *member = NULL;
    uint8_t *bytes = NULL;
    size_t used = 0;
    tw_status status = find_folder(j);
    if (status == TW_OK)
        status = find_member(j, "constants.pkl", &member);
    if (status != TW_OK)
        return status;
    j->checkpoint->kind = member != NULL ? "TorchScript archive" : "PyTorch checkpoint";
    status = read_order(j);
    if (status == TW_OK)
        status = find_member(j, "data.pkl", &member);
    if (status == TW_OK)
        status = tw_checkpoint_member(j->checkpoint, member, MOST_PICKLE, &bytes);
    if (status == TW_OK)
        status = tw_pickle_read_any(bytes, (size_t)member->size, &j->pickle, &used);
    if (status == TW_OK)
        status = tw_torch_walk(j->checkpoint, &j->pickle, add_tensor, j);
    tw_pickle_release(&j->pickle);
    return status;
}

static int is_zip(const tw_checkpoint *checkpoint) {
    job j = {0};
    if (memcmp(checkpoint->head, "PK\3\4", 4) != 0 ||
        tw_zip_index_read(checkpoint->descriptor, checkpoint->size, &j.index) != TW_OK)
        return 0;
    int is = find_folder(&j) == TW_OK;
    tw_zip_index_release(&j.index);
    free(j.folder);
    return is;
}

static tw_status open_zip(tw_checkpoint *checkpoint) {
    job j = {.checkpoint = checkpoint};
    tw_status status = tw_zip_index_read(checkpoint->descriptor, checkpoint->size, &j.index);
    if (status == TW_OK)
        status = read_archive(&j);
    tw_zip_index_release(&j.index);
    free(j.folder);
    free(j.unpacked);
    return status;
}

const tw_checkpoint_reader tw_torch_zip_reader = {.is = is_zip, .open = open_zip};
