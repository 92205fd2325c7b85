#include "core/versioned.h"

#include <string.h>

tw_status tw_versioned_take(const char *type, void *out, size_t size, const void *given,
                            size_t first) {
    size_t bytes = 0;
    memset(out, 0, size);
    if (given != NULL)
        memcpy(&bytes, given, sizeof bytes);
    if (bytes != 0 && bytes < sizeof bytes)
        return tw_fail(TW_ERR_ARGUMENT, "%s: bytes is %zu; give sizeof(%s), or 0", type, bytes,
                       type);
    for (size_t k = size; k < bytes; k++)
        if (((const unsigned char *)given)[k] != 0)
            return tw_fail(TW_ERR_UNSUPPORTED,
                           "%s: the program sets a member that this version of the library does "
                           "not know; run it with the version it was built with, or a newer one",
                           type);
    if (given != NULL && bytes == 0)
        bytes = first;
    if (given != NULL)
        memcpy(out, given, bytes < size ? bytes : size);
    memcpy(out, &size, sizeof size);
    return TW_OK;
}
