/* cells_frame.h: what stands around a plot on a page of characters (frame.h has it on paper): frame
 * and ticks of line-drawing characters, numbers and names as texts, a bar of coloured cells. */
#ifndef TW_DRAW_CELLS_FRAME_H
#define TW_DRAW_CELLS_FRAME_H

#include "draw/frame.h"

/* As tw_frame_lay_out; the box lies on the edges of cells. */
tw_status tw_cells_frame_lay_out(tw_frame *frame, const tw_canvas *canvas, double width,
                                 double height);
/* As tw_frame_draw. */
void tw_cells_frame_draw(tw_canvas *canvas, const tw_frame *frame);

#endif
