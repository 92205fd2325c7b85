/* metric_label.h: what a metric is called in figures and on pages. */
#ifndef TW_PLOT_METRIC_LABEL_H
#define TW_PLOT_METRIC_LABEL_H

#include <stddef.h>

#include "thalweg/metric.h"

/* "training loss", "test accuracy (%)", "standard error of the training loss". */
void tw_metric_label(const tw_metric *metric, char *text, size_t size);

/* What the bands of curves are called. */
enum { TW_BAND_TEXT = 64 };
#define TW_BAND_OF_ERROR "± 1 standard error"
/* "minimum to maximum of 12 directions"; 0: how many is not known. */
void tw_band_text(size_t directions, char text[TW_BAND_TEXT]);

#endif
