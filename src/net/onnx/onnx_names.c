#include "net/onnx/onnx_names.h"

#include <stdlib.h>
#include <string.h>

tw_status tw_net_onnx_names_add(tw_net_onnx_names *names, const char *text, size_t value) {
    if ((names->count & (names->count - 1)) == 0) {
        size_t room = names->count == 0 ? 1 : 2 * names->count;
        tw_net_onnx_name *larger = reallocarray(names->names, room, sizeof *larger);
        if (larger == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for the names of a network");
        names->names = larger;
    }
    names->names[names->count++] = (tw_net_onnx_name){text, value};
    return TW_OK;
}

static int compare(const void *a, const void *b) {
    return strcmp(((const tw_net_onnx_name *)a)->text, ((const tw_net_onnx_name *)b)->text);
}

const char *tw_net_onnx_names_sort(tw_net_onnx_names *names) {
    if (names->count > 0)
        qsort(names->names, names->count, sizeof *names->names, compare);
    for (size_t i = 1; i < names->count; i++)
        if (compare(&names->names[i - 1], &names->names[i]) == 0)
            return names->names[i].text;
    return NULL;
}

const tw_net_onnx_name *tw_net_onnx_names_find(const tw_net_onnx_names *names, const char *text) {
    const tw_net_onnx_name wanted = {text, 0};
    return names->count == 0
               ? NULL
               : bsearch(&wanted, names->names, names->count, sizeof *names->names, compare);
}

void tw_net_onnx_names_release(tw_net_onnx_names *names) {
    free(names->names);
    *names = (tw_net_onnx_names){0};
}
