/* metric_label.h: what a metric is called in figures and on pages. */
#ifndef TW_PLOT_METRIC_LABEL_H
#define TW_PLOT_METRIC_LABEL_H

#include <stddef.h>

#include "thalweg/metric.h"

/* "training loss", "test accuracy (%)". */
void tw_metric_label(const tw_metric *metric, char *text, size_t size);

#endif
