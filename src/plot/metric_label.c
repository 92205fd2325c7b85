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

/* As other pictures of curvature have them; NULL: another metric. */
static const char *eigenvalue_label(const char *name) {
    static const char *const labels[][2] = {{TW_METRIC_MAX_EIG, "largest eigenvalue, λmax"},
                                            {TW_METRIC_MIN_EIG, "smallest eigenvalue, λmin"},
                                            {TW_METRIC_MAX_EIG_ERROR, "error of λmax"},
                                            {TW_METRIC_MIN_EIG_ERROR, "error of λmin"}};
    for (size_t k = 0; k < sizeof labels / sizeof labels[0]; k++)
        if (strcmp(name, labels[k][0]) == 0)
            return labels[k][1];
    return NULL;
}

void tw_metric_label(const tw_metric *metric, char *text, size_t size) {
    char value[256], name[200];
    tw_metric whole = *metric;
    whole.is_error = 0;
    whole.band = TW_BAND_NONE;
    label_value(&whole, value, sizeof value);
    tw_metric_print(&whole, TW_SPELT_IN_FILES, name, sizeof name);
    if (eigenvalue_label(name) != NULL)
        snprintf(value, sizeof value, "%s", eigenvalue_label(name));
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
