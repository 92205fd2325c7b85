/* gradcheck_rows.h: what the figure of a gradient check says: its rows, their words, the small
 * print. */
#ifndef TW_PLOT_GRADCHECK_ROWS_H
#define TW_PLOT_GRADCHECK_ROWS_H

#include "plot/plot_private.h"

enum { TW_CHECK_ROWS = 80, TW_CHECK_VERDICTS = 3, TW_CHECK_BLOCKS = 5, TW_CHECK_TEXT = 128 };

typedef struct tw_check_row {
    const tw_gradcheck_block *block;
    size_t index; /* of the block */
    double y;     /* upper edge, once laid out */
    char name[TW_CHECK_TEXT], words[TW_CHECK_TEXT];
} tw_check_row;

typedef struct tw_check_sheet {
    tw_canvas *canvas;
    const tw_gradcheck *check;
    size_t row_count;
    tw_check_row *rows;
    size_t *row_of; /* row of each block, SIZE_MAX: not shown */
    double row_height, name_size;
    double width, height;
    tw_rect box;
    tw_side bottom;
    tw_caption caption;
} tw_check_sheet;

/* Of an entry or a probe (below TW_CHECK_VERDICTS) and of a block (below TW_CHECK_BLOCKS); a
 * verdict beyond its list counts as inconclusive. */
tw_verdict tw_gradcheck_row_verdict(tw_verdict verdict);
tw_verdict tw_gradcheck_block_verdict(const tw_gradcheck_block *block);
/* Neither wrong nor inconclusive. */
int tw_gradcheck_is_quiet(tw_verdict verdict);

/* Chooses and words the rows, the small print and the span of the axis. */
void tw_check_read(tw_check_sheet *s);

/* A name wider than `width` loses its middle. */
void tw_check_fit_name(const tw_font *font, char *name, double size, double width);

/* Relative errors lie between 0 and 2; what cannot be told goes to the right edge. */
double tw_check_shown_error(double relative);
double tw_check_probe_error(const tw_gradcheck_probe *probe);

#endif
