/* Numbers and metrics in the JSON of a page. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "page/page_private.h"
#include "plot/metric_label.h"

static tw_status put(tw_page *page, const char *key, const char *type, size_t count,
                     const unsigned char *bytes) {
    char *text = bytes != NULL && count < SIZE_MAX / 2 ? malloc(TW_BASE64_ROOM(count)) : NULL;
    if (text == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu bytes of a page", count);
    tw_base64(count, bytes, text);
    tw_json_object(&page->writer, key);
    tw_json_text(&page->writer, type, text);
    tw_json_end(&page->writer);
    free(text);
    return TW_OK;
}

tw_status tw_page_put_bytes(tw_page *page, const char *key, size_t count,
                            const unsigned char *bytes) {
    return put(page, key, "u1", count, bytes);
}

/* Bits of every NaN are those of one: the same numbers give the same page. */
static uint64_t bits_of(double value, int single) {
    uint64_t bits = 0;
    uint32_t half = 0;
    if (value != value)
        return single ? 0x7fc00000u : 0x7ff8000000000000u;
    if (!single) {
        memcpy(&bits, &value, sizeof bits);
        return bits;
    }
    float narrow = (float)value;
    memcpy(&half, &narrow, sizeof half);
    return half;
}

static int is_single(double value) {
    return value != value || (double)(float)value == value;
}

tw_status tw_page_put_values(tw_page *page, const char *key, size_t count, const double *values) {
    if (values == NULL) {
        tw_json_text(&page->writer, key, NULL);
        return TW_OK;
    }
    int single = 1;
    for (size_t k = 0; k < count && single; k++)
        single = is_single(values[k]);
    size_t width = single ? 4 : 8;
    unsigned char *bytes = count < SIZE_MAX / 16 ? malloc(count * width + 1) : NULL;
    for (size_t k = 0; bytes != NULL && k < count; k++) {
        uint64_t bits = bits_of(values[k], single);
        for (size_t b = 0; b < width; b++)
            bytes[width * k + b] = (unsigned char)(bits >> 8 * b);
    }
    tw_status status = put(page, key, single ? "f4" : "f8", count * width, bytes);
    free(bytes);
    return status;
}

void tw_page_put_metric(tw_page *page, const tw_metric *metric, const char *own) {
    static const tw_metric training_loss = {"loss", .split = "train"};
    char label[200];
    tw_metric_label(metric, label, sizeof label);
    if (own != NULL && tw_metric_same(metric, &training_loss))
        tw_json_text(&page->writer, "label", own);
    else
        tw_json_text(&page->writer, "label", label);
    tw_json_text(&page->writer, "kind",
                 tw_metric_is_loss(metric)    ? "loss"
                 : tw_metric_is_share(metric) ? "share"
                                              : "value");
    tw_json_text(&page->writer, "split", metric->split);
}

void tw_page_put_provenance(tw_page *page, const tw_provenance *provenance) {
    tw_json_array(&page->writer, "made");
    for (size_t k = 0; provenance != NULL && k < provenance->count; k++) {
        tw_json_array(&page->writer, NULL);
        tw_json_text(&page->writer, NULL, provenance->keys[k]);
        tw_json_text(&page->writer, NULL, provenance->texts[k]);
        tw_json_end(&page->writer);
    }
    tw_json_end(&page->writer);
}
