#include "plot/metric_label.h"

#include <stdio.h>
#include <string.h>

static void label_value(const tw_metric *metric, char *text, size_t size) {
    char name[200];
    int is_share = tw_metric_is_share(metric);
    tw_metric_print(metric, is_share ? TW_SPELT_IN_FULL : TW_SPELT_IN_FILES, name, sizeof name);
    const char *word = strchr(name, '_'), *unit = is_share ? " (%)" : "";
    if (word != NULL && strchr(word + 1, '_') == NULL && metric->split != NULL &&
        strcmp(metric->split, "train") == 0)
        snprintf(text, size, "training%s%s", word, unit);
    else
        snprintf(text, size, "%s%s", name, unit);
    for (char *p = text; *p != '\0'; p++)
        if (*p == '_')
            *p = ' ';
}

void tw_metric_label(const tw_metric *metric, char *text, size_t size) {
    char value[256];
    tw_metric whole = *metric;
    whole.is_error = 0;
    whole.band = TW_BAND_NONE;
    label_value(&whole, value, sizeof value);
    if (metric->is_error)
        snprintf(text, size, "standard error of the %s", value);
    else if (metric->band != TW_BAND_NONE)
        snprintf(text, size, "%s, %s of the directions", value,
                 metric->band == TW_BAND_LEAST ? "minimum" : "maximum");
    else
        snprintf(text, size, "%s", value);
}

void tw_band_text(size_t directions, char text[TW_BAND_TEXT]) {
    if (directions > 0)
        snprintf(text, TW_BAND_TEXT, "minimum to maximum of %zu direction%s", directions,
                 directions == 1 ? "" : "s");
    else
        snprintf(text, TW_BAND_TEXT, "minimum to maximum");
}
