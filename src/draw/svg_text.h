/* svg_text.h: text as text in SVG.
 *
 * Cairo writes glyphs as outlines, which nobody can search, read aloud or edit. So a text is drawn
 * as a mark, a rectangle where it stands, of a colour that counts the texts and of an opacity that
 * nothing else has; when the page is written, each mark gives way to its text. Order and clipping
 * are Cairo's.
 */
#ifndef TW_DRAW_SVG_TEXT_H
#define TW_DRAW_SVG_TEXT_H

#include "draw/bytes.h"
#include "draw/text.h"

/* The elements of the texts, one after the other. Zero it. */
typedef struct tw_svg_texts {
    tw_bytes markup;
    size_t count, capacity;
    size_t *start; /* of each in the markup */
    int failed;    /* memory is out */
} tw_svg_texts;

/* Notes a text and draws its mark. */
void tw_svg_text_draw(tw_svg_texts *texts, cairo_t *cr, const tw_font *font, double x, double y,
                      const char *text, const tw_text_style *style);
/* Copies a page with texts for marks: 0, or -1 where memory is out. A zero follows the page. */
int tw_svg_texts_insert(const tw_svg_texts *texts, const char *page, size_t size, tw_bytes *out);
void tw_svg_texts_release(tw_svg_texts *texts);

#endif
