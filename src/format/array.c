/* array.c: what readers of arrays hand out (thalweg/file.h). */
#include <stdlib.h>
#include <string.h>

#include "thalweg/file.h"

void tw_array_release(tw_array *array) {
    free(array->values);
    memset(array, 0, sizeof *array);
}
