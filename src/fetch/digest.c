#include <errno.h>
#include <nettle/md5.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fetch/fetch_set.h"
#include "format/input.h"

tw_status tw_digest_md5(const char *path, char out[33]) {
    FILE *file;
    tw_status status = tw_regular_stream(path, &file);
    if (status != TW_OK)
        return status;
    struct md5_ctx md5;
    md5_init(&md5);
    uint8_t buffer[1 << 15], digest[MD5_DIGEST_SIZE];
    size_t got;
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
        md5_update(&md5, got, buffer);
    if (ferror(file))
        status = tw_fail(TW_ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    fclose(file);
    md5_digest(&md5, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return status;
}
