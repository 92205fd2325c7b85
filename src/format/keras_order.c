#include "format/keras_order.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "format/h5_quiet.h"
#include "format/h5_read.h"

enum { MOST_LAYERS = 4000, MOST_NAME = 512 };

void tw_keras_order_release(tw_keras_order *order) {
    for (size_t k = 0; k < order->count; k++)
        free(order->names[k]);
    free(order->names);
    *order = (tw_keras_order){0};
}

/* Texts of one length one after the other, padded. */
static int take_fixed(hid_t attribute, hid_t type, size_t count, tw_keras_order *out) {
    size_t size = H5Tget_size(type);
    /* one more, which ends the last text */
    char *text = size > 0 && size <= MOST_NAME ? tw_alloc(count + 1, size) : NULL;
    int ok = text != NULL && H5Aread(attribute, type, text) >= 0;
    for (size_t k = 0; k < count && ok; k++) {
        out->names[k] = strndup(text + k * size, size);
        ok = out->names[k] != NULL;
        out->count += (size_t)ok;
    }
    free(text);
    return ok;
}

static int take_varying(hid_t attribute, hid_t type, size_t count, tw_keras_order *out) {
    char **texts = tw_alloc(count, sizeof *texts);
    int ok = texts != NULL && H5Aread(attribute, type, texts) >= 0;
    for (size_t k = 0; k < count && ok; k++) {
        out->names[k] = tw_strdup(texts[k] != NULL ? texts[k] : "");
        ok = out->names[k] != NULL;
        out->count += (size_t)ok;
    }
    for (size_t k = 0; k < count && texts != NULL; k++)
        H5free_memory(texts[k]);
    free(texts);
    return ok;
}

static int take(hid_t attribute, tw_keras_order *out) {
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    int ok = 1;
    if (count > 0 && count <= MOST_LAYERS && H5Tget_class(type) == H5T_STRING) {
        out->names = tw_alloc((size_t)count, sizeof *out->names);
        ok = out->names != NULL &&
             (H5Tis_variable_str(type) > 0 ? take_varying(attribute, type, (size_t)count, out)
                                           : take_fixed(attribute, type, (size_t)count, out));
    }
    H5Tclose(type);
    H5Sclose(space);
    return ok;
}

/* What cannot be read is as if it were not there: names go by their numbers then. */
void tw_keras_order_read(hid_t file, const char *group, tw_keras_order *out) {
    h5_quiet quiet = quiet_begin();
    *out = (tw_keras_order){0};
    hid_t at = tw_h5_open_group(file, group);
    hid_t attribute = at >= 0 ? H5Aopen(at, "layer_names", H5P_DEFAULT) : H5I_INVALID_HID;
    if (attribute >= 0) {
        if (!take(attribute, out))
            tw_keras_order_release(out);
        H5Aclose(attribute);
    }
    if (at >= 0)
        H5Gclose(at);
    quiet_end(quiet);
}

size_t tw_keras_order_place(const tw_keras_order *order, const char *path) {
    for (size_t k = 0; k < order->count; k++) {
        size_t length = strlen(order->names[k]);
        if (strncmp(order->names[k], path, length) == 0 && path[length] == '/')
            return k;
    }
    return order->count;
}

/* Numbers by their size, other characters by their code. */
int tw_keras_order_numbers(const char *a, const char *b) {
    while (*a != '\0' && *b != '\0') {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            a += strspn(a, "0");
            b += strspn(b, "0");
            size_t m = strspn(a, "0123456789"), n = strspn(b, "0123456789");
            int sign = m != n ? (m > n) - (m < n) : strncmp(a, b, m);
            if (sign != 0)
                return sign;
            a += m;
            b += n;
        } else if (*a != *b) {
            break;
        } else {
            a++;
            b++;
        }
    }
    return (unsigned char)*a - (unsigned char)*b;
}
