/* csv_head.h: what the first lines of a table tell: the separator, whether there is a header, and
 * which column holds the labels. */
#ifndef TW_DATA_CSV_HEAD_H
#define TW_DATA_CSV_HEAD_H

#include "data/csv_text.h"
#include "thalweg/dataset.h"

typedef struct tw_csv_head {
    tw_csv_line before; /* samples begin with the line after this one */
    size_t columns;     /* of every line */
    size_t label;       /* the column of the labels, from 0 */
    int index;          /* 1: the first column is pandas' index, which is passed over */
    int chosen;         /* the column was named by the options or by a header */
    tw_csv_field name;  /* of the column of labels in the header; begin NULL without a header */
} tw_csv_head;

/* Sets the separator and the decimal sign of `text`, and fills `out`. */
tw_status tw_csv_head_read(tw_csv_text *text, const tw_dataset_options *options, tw_csv_head *out);

#endif
