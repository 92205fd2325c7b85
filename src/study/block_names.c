#include "study/block_names.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

tw_status tw_block_names_split(const char *only, tw_block_names *out) {
    size_t most = 1;
    *out = (tw_block_names){0};
    if (only == NULL)
        return TW_OK;
    for (const char *at = only; *at != '\0'; at++)
        most += *at == ',';
    out->text = tw_strdup(only);
    out->names = tw_alloc(most, sizeof *out->names);
    if (out->text == NULL || out->names == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu names", most);
    char *rest = out->text;
    for (char *name; (name = strsep(&rest, ",")) != NULL;)
        out->names[out->count++] = name;
    return TW_OK;
}

void tw_block_names_release(tw_block_names *names) {
    free(names->names);
    free(names->text);
}
