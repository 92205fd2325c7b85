/* text.h: text in a figure: one embedded font, superscripts, measured before it is placed. */
#ifndef TW_DRAW_TEXT_H
#define TW_DRAW_TEXT_H

#include <cairo.h>

#include "draw/colormap.h"
#include "thalweg/status.h"

typedef struct tw_font {
    cairo_font_face_t *face;
    cairo_scaled_font_t *measure;
    void *letters; /* the font of FreeType, which knows which letters there are */
    double cell;   /* of a page of characters: the width of each, whatever the size; 0: none */
} tw_font;

/* A FreeType library and face of its own for every figure: they may not be shared by threads.
 * Cairo frees them when it has let go of the last use. */
tw_status tw_font_open(tw_font *font);
void tw_font_close(tw_font *font);

/* Width in points of UTF-8 text of a size; bytes between TW_SUPER and TW_BASE are superscript.
 * NULL has no width. */
double tw_text_width(const tw_font *font, const char *text, double size);

/* Where the anchor lies in the text: across, 0 left ... 1 right; up, 0 the baseline, 0.5 the middle
 * of a digit, 1 its top. */
typedef struct tw_text_style {
    double size;
    double across, up;
    double angle; /* radians, anticlockwise */
    tw_rgb ink;
} tw_text_style;

/* Called for every stretch of one height, with its baseline's start from that of the text; `run` is
 * UTF-8 that the font has. */
typedef void (*tw_text_run_fn)(void *user, const char *run, double x, double y, double size,
                               double width);
void tw_text_runs(const tw_font *font, const char *text, double size, tw_text_run_fn run,
                  void *user);
/* Moves the origin to the start of the baseline of a text whose anchor is (x, y). */
void tw_text_place(cairo_t *cr, const tw_font *font, double x, double y, const char *text,
                   const tw_text_style *style);

void tw_text_draw(cairo_t *cr, const tw_font *font, double x, double y, const char *text,
                  const tw_text_style *style);

/* How many letters of a text the font lacks: they are drawn as '?'. */
size_t tw_text_lacking(const tw_font *font, const char *text);

/* A copy in which what is not UTF-8 is '?' and control bytes are spaces; NULL for NULL or for want
 * of memory. Release with free(). */
char *tw_text_clean(const char *text);

/* Height of a digit in units of the size. */
#define TW_DIGIT_HEIGHT 0.729
#define TW_DESCENT 0.236

#endif
