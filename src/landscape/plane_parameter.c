/* One parameter as an axis: "axis:3", "axis:fc1.weight[3,7]", "axis:W[12]". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "landscape/plane_source.h"
#include "thalweg/words.h"

static const char AXIS[] = "axis:";

const char *tw_plane_parameter_label(const char *source) {
    return source != NULL && strncmp(source, AXIS, strlen(AXIS)) == 0 ? source + strlen(AXIS)
                                                                      : NULL;
}

/* ---- which entry ---- */

/* The whole number at *at, up to one of the characters in `ends`, which *at moves to. */
static int read_index(const char **at, const char *ends, size_t *out) {
    size_t digits = strspn(*at, "0123456789");
    unsigned long long value = strtoull(*at, NULL, 10);
    if (digits == 0 || digits > 18 || (*at)[digits] == '\0' || strchr(ends, (*at)[digits]) == NULL)
        return 0;
    *out = (size_t)value;
    *at += digits;
    return 1;
}

/* Names and sizes of the blocks, for a message. */
static const char *list_blocks(const tw_space *space, char *out, size_t size) {
    out[0] = '\0';
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        size_t used = strlen(out);
        if (used + strlen(block->name) + 40 > size) {
            snprintf(out + used, size - used, ", ...");
            break;
        }
        used += (size_t)snprintf(out + used, size - used, "%s%s", k > 0 ? ", " : "", block->name);
        for (int i = 0; i < block->rank && used < size; i++)
            used += (size_t)snprintf(out + used, size - used, "%s%zu%s", i == 0 ? "[" : ",",
                                     block->shape[i], i + 1 == block->rank ? "]" : "");
    }
    return out;
}

static tw_status unknown_entry(const char *source, const tw_space *space) {
    char list[200];
    return tw_fail(TW_ERR_ARGUMENT,
                   "'%s' does not name a parameter: give its number, axis:0 to axis:%zu, or a "
                   "block and an index in it; the blocks are %s",
                   source, tw_space_size(space) - 1, list_blocks(space, list, sizeof list));
}

static tw_status place_in_block(const char *source, const tw_block *block, size_t count,
                                const size_t *index, size_t *entry) {
    size_t place = 0;
    if (count == 1) {
        place = index[0];
    } else if (count == (size_t)block->rank) {
        for (size_t k = 0; k < count; k++) {
            if (index[k] >= block->shape[k])
                return tw_fail(TW_ERR_ARGUMENT,
                               "'%s': index %zu is %zu, and '%s' has 0 to %zu there", source, k,
                               index[k], block->name, block->shape[k] - 1);
            place = place * block->shape[k] + index[k];
        }
    } else {
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s': %zu indices, but '%s' takes %d, or 1 for a place in it", source,
                       count, block->name, block->rank);
    }
    if (place >= block->count)
        return tw_fail(TW_ERR_ARGUMENT, "'%s': '%s' has entries 0 to %zu", source, block->name,
                       block->count - 1);
    *entry = block->offset + place;
    return TW_OK;
}

/* "NAME[3,7]", whose name may have brackets of its own. */
static tw_status find_in_block(const char *source, const char *text, const tw_space *space,
                               size_t *entry) {
    size_t index[TW_MAX_RANK + 1], count = 0;
    const char *bracket = strrchr(text, '[');
    char *name = bracket != NULL ? strndup(text, (size_t)(bracket - text)) : NULL;
    const tw_block *block = name != NULL ? tw_space_find(space, name) : NULL;
    free(name);
    if (block == NULL)
        return unknown_entry(source, space);
    const char *at = bracket;
    do {
        at++;
        if (count > TW_MAX_RANK || !read_index(&at, ",]", &index[count++]))
            return unknown_entry(source, space);
    } while (*at == ',');
    if (at[1] != '\0')
        return unknown_entry(source, space);
    return place_in_block(source, block, count, index, entry);
}

tw_status tw_plane_parameter_find(const char *source, const tw_space *space, size_t *entry) {
    const char *text = tw_plane_parameter_label(source);
    size_t size = tw_space_size(space), length = strlen(text);
    const tw_block *block = tw_space_find(space, text);
    if (block != NULL && block->count == 1) {
        *entry = block->offset;
        return TW_OK;
    }
    if (block != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "'%s': '%s' has %zu entries; name one, %s[0] to %s[%zu]",
                       source, text, block->count, text, text, block->count - 1);
    if (length > 0 && strspn(text, "0123456789") == length) {
        uint64_t place = 0;
        tw_status status = tw_text_whole(source, text, &place);
        if (status == TW_OK && place >= size)
            status =
                tw_fail(TW_ERR_ARGUMENT, "'%s': the parameters are 0 to %zu", source, size - 1);
        *entry = (size_t)place;
        return status;
    }
    return find_in_block(source, text, space, entry);
}

tw_status tw_plane_parameter_name(const tw_space *space, size_t entry, char **out) {
    const tw_block *block = tw_space_at(space, entry);
    size_t index[TW_MAX_RANK] = {0}, place = entry - block->offset, length = 0;
    for (int k = block->rank; k-- > 0; place /= block->shape[k])
        index[k] = place % block->shape[k];
    FILE *stream = open_memstream(out, &length);
    if (stream != NULL) {
        fprintf(stream, "%s%s", AXIS, block->name);
        for (int k = 0; k < block->rank; k++)
            fprintf(stream, "%s%zu%s", k == 0 ? "[" : ",", index[k],
                    k + 1 == block->rank ? "]" : "");
    }
    if (stream == NULL || fclose(stream) != 0 || *out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
    return TW_OK;
}

/* ---- the source ---- */

/* The argument is the rest of the word's own text. */
static tw_status make(const tw_plane_ask *ask, tw_plane *plane) {
    const char *source = ask->argument - strlen(AXIS);
    double *direction = tw_plane_axis(plane, ask->axis);
    size_t entry = 0;
    tw_status status = tw_plane_parameter_find(source, tw_objective_space(ask->objective), &entry);
    memset(direction, 0, plane->size * sizeof *direction);
    if (status == TW_OK)
        direction[entry] = 1;
    return status;
}

const tw_plane_source tw_plane_parameter = {
    .word = AXIS,
    .shown = "axis:ENTRY",
    .is = TW_PLANE_FINAL,
    .make = make,
};
