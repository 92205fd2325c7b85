#include "core/versioned.h"

#include <stdio.h>
#include <string.h>

/* A struct that is larger than the library's by more than this has no size: its memory is read no
 * further. */
enum { MOST_NEWER = 4096 };

/* `remedy` is what gives a struct its size. */
static tw_status check_size(const char *type, size_t size, const void *given, size_t bytes,
                            const char *remedy) {
    if ((bytes != 0 && bytes < sizeof bytes) || bytes > size + MOST_NEWER)
        return tw_fail(TW_ERR_ARGUMENT, "%s: bytes is %zu; %s", type, bytes, remedy);
    for (size_t k = size; k < bytes; k++)
        if (((const unsigned char *)given)[k] != 0)
            return tw_fail(TW_ERR_UNSUPPORTED,
                           "%s: the program sets a member that this version of the library does "
                           "not know; run it with the version it was built with, or a newer one",
                           type);
    return TW_OK;
}

tw_status tw_versioned_take(const char *type, void *out, size_t size, const void *given,
                            size_t first) {
    char remedy[96];
    size_t bytes = 0;
    memset(out, 0, size);
    if (given != NULL)
        memcpy(&bytes, given, sizeof bytes);
    snprintf(remedy, sizeof remedy, "give sizeof(%s), or 0", type);
    tw_status status = check_size(type, size, given, bytes, remedy);
    if (status != TW_OK)
        return status;
    if (given != NULL && bytes == 0)
        bytes = first;
    if (given != NULL)
        memcpy(out, given, bytes < size ? bytes : size);
    memcpy(out, &size, sizeof size);
    return TW_OK;
}

tw_status tw_versioned_take_over(const char *type, const char *maker, void *out, size_t size,
                                 const void *given) {
    char remedy[96];
    size_t bytes;
    if (given == NULL)
        return TW_OK;
    memcpy(&bytes, given, sizeof bytes);
    snprintf(remedy, sizeof remedy, "begin with %s()", maker);
    if (bytes == 0)
        return tw_fail(TW_ERR_ARGUMENT, "%s: bytes is 0; %s", type, remedy);
    tw_status status = check_size(type, size, given, bytes, remedy);
    if (status != TW_OK)
        return status;
    memcpy(out, given, bytes < size ? bytes : size);
    memcpy(out, &size, sizeof size);
    return TW_OK;
}

tw_status tw_versioned_take_inner(const char *type, const char *maker, size_t size, size_t bytes) {
    return bytes == size ? TW_OK
                         : tw_fail(TW_ERR_ARGUMENT, "%s: bytes is %zu, not %zu; begin with %s()",
                                   type, bytes, size, maker);
}
