#include "plot/metric_label.h"

#include <stdio.h>
#include <string.h>

void tw_metric_label(const tw_metric *metric, char *text, size_t size) {
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
