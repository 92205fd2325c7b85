#include "draw/text.h"

#include <cairo-ft.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <ft2build.h>
#include FT_FREETYPE_H

#include "draw/cell_text.h"
#include "draw/ticks.h"

extern const unsigned char tw_plot_font[];
extern const size_t tw_plot_font_size;

static const double SUPER_SIZE = 0.7, SUPER_RAISE = 0.36, MEASURE_SIZE = 64;

typedef struct owned_face {
    FT_Library library;
    FT_Face face;
} owned_face;

static void owned_face_free(void *data) {
    owned_face *owned = data;
    if (owned->face != NULL)
        FT_Done_Face(owned->face);
    if (owned->library != NULL)
        FT_Done_FreeType(owned->library);
    free(owned);
}

static owned_face *owned_face_new(void) {
    owned_face *owned = calloc(1, sizeof *owned);
    if (owned == NULL)
        return NULL;
    if (FT_Init_FreeType(&owned->library) != 0 ||
        FT_New_Memory_Face(owned->library, tw_plot_font, (FT_Long)tw_plot_font_size, 0,
                           &owned->face) != 0) {
        owned_face_free(owned);
        return NULL;
    }
    return owned;
}

static cairo_font_options_t *font_options(void) {
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    return options;
}

tw_status tw_font_open(tw_font *font) {
    static const cairo_user_data_key_t key;
    memset(font, 0, sizeof *font);
    owned_face *owned = owned_face_new();
    if (owned == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the font of the figure");
    font->letters = owned->face;
    font->face = cairo_ft_font_face_create_for_ft_face(owned->face, FT_LOAD_NO_HINTING);
    if (cairo_font_face_set_user_data(font->face, &key, owned, owned_face_free) !=
        CAIRO_STATUS_SUCCESS) {
        cairo_font_face_destroy(font->face);
        font->face = NULL;
        owned_face_free(owned);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the font of the figure");
    }
    cairo_matrix_t size, identity;
    cairo_matrix_init_scale(&size, MEASURE_SIZE, MEASURE_SIZE);
    cairo_matrix_init_identity(&identity);
    cairo_font_options_t *options = font_options();
    font->measure = cairo_scaled_font_create(font->face, &size, &identity, options);
    cairo_font_options_destroy(options);
    return TW_OK;
}

void tw_font_close(tw_font *font) {
    if (font->measure != NULL)
        cairo_scaled_font_destroy(font->measure);
    if (font->face != NULL)
        cairo_font_face_destroy(font->face);
    memset(font, 0, sizeof *font);
}

/* Length of the UTF-8 sequence at s, or 0 if it is none. */
static size_t utf8_length(const unsigned char *s) {
    size_t n = *s < 0x80                 ? 1
               : *s >= 0xc2 && *s < 0xe0 ? 2
               : *s >= 0xe0 && *s < 0xf0 ? 3
               : *s >= 0xf0 && *s < 0xf5 ? 4
                                         : 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    int bad = (n == 3 && ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0))) ||
              (n == 4 && ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90)));
    return bad ? 0 : n;
}

/* A letter of two bytes or more. */
static int has_letter(const tw_font *font, const char *text, size_t length) {
    const unsigned char *s = (const unsigned char *)text;
    FT_ULong code = s[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (s[i] & 0x3f);
    return FT_Get_Char_Index(font->letters, code) != 0;
}

size_t tw_text_lacking(const tw_font *font, const char *text) {
    size_t count = 0;
    while (text != NULL && *text != '\0') {
        size_t length = utf8_length((const unsigned char *)text);
        count += length > 1 && !has_letter(font, text, length);
        text += length > 0 ? length : 1;
    }
    return count;
}

enum { RUN = 256 };

/* Copies the next stretch of text of one height; what is not UTF-8 becomes '?', control bytes a
 * space, since Cairo would refuse the whole figure. Returns the rest, or NULL at the end. */
static const char *next_run(const tw_font *font, const char *text, char *run, int *raised) {
    size_t at = 0;
    int in = *raised;
    while (*text != '\0' && at + 5 < RUN) {
        if (*text == *TW_SUPER || *text == *TW_BASE) {
            in = *text++ == *TW_SUPER;
            if (at > 0)
                break;
            *raised = in;
            continue;
        }
        size_t length = utf8_length((const unsigned char *)text);
        int control = (unsigned char)*text < 0x20 || *text == 0x7f;
        int known = length == 1 || (length > 0 && has_letter(font, text, length));
        memcpy(run + at, control ? " " : known ? text : "?", known ? length : 1);
        at += known ? length : 1;
        text += length > 0 ? length : 1;
    }
    run[at] = '\0';
    if (at == 0)
        return NULL;
    /* the height of what follows is read from the byte before it */
    return text;
}

/* Width, drawing and SVG share it. */
static double walk(const tw_font *font, const char *text, double size, tw_text_run_fn show,
                   void *user) {
    char run[RUN];
    int raised = 0;
    double x = 0;
    while (text != NULL) {
        int here = raised;
        const char *rest = next_run(font, text, run, &here);
        if (rest == NULL)
            break;
        cairo_text_extents_t extents;
        double scale = here ? SUPER_SIZE : 1;
        cairo_scaled_font_text_extents(font->measure, run, &extents);
        double width = extents.x_advance / MEASURE_SIZE * size * scale;
        if (show != NULL)
            show(user, run, x, here ? -SUPER_RAISE * size : 0, size * scale, width);
        x += width;
        raised = rest[-1] == *TW_SUPER ? 1 : rest[-1] == *TW_BASE ? 0 : here;
        text = rest;
    }
    return x;
}

double tw_text_width(const tw_font *font, const char *text, double size) {
    if (font->cell > 0)
        return font->cell * tw_cell_text_columns(text);
    return walk(font, text, size, NULL, NULL);
}

void tw_text_runs(const tw_font *font, const char *text, double size, tw_text_run_fn run,
                  void *user) {
    walk(font, text, size, run, user);
}

void tw_text_place(cairo_t *cr, const tw_font *font, double x, double y, const char *text,
                   const tw_text_style *style) {
    cairo_translate(cr, x, y);
    cairo_rotate(cr, -style->angle);
    cairo_translate(cr, -style->across * tw_text_width(font, text, style->size),
                    style->up * TW_DIGIT_HEIGHT * style->size);
}

static void show_run(void *user, const char *run, double x, double y, double size, double width) {
    cairo_t *cr = user;
    cairo_set_font_size(cr, size);
    cairo_move_to(cr, x, y);
    cairo_show_text(cr, run);
    cairo_new_path(cr); /* a path that begins with an arc would begin here */
}

void tw_text_draw(cairo_t *cr, const tw_font *font, double x, double y, const char *text,
                  const tw_text_style *style) {
    if (text == NULL || *text == '\0')
        return;
    cairo_save(cr);
    tw_text_place(cr, font, x, y, text, style);
    cairo_font_options_t *options = font_options();
    cairo_set_font_options(cr, options);
    cairo_font_options_destroy(options);
    cairo_set_font_face(cr, font->face);
    cairo_set_source_rgb(cr, style->ink.r, style->ink.g, style->ink.b);
    walk(font, text, style->size, show_run, cr);
    if (cairo_scaled_font_status(font->measure) != CAIRO_STATUS_SUCCESS)
        cairo_set_scaled_font(cr, font->measure); /* its error becomes the picture's */
    cairo_restore(cr);
}

char *tw_text_clean(const char *text) {
    char *clean = text != NULL ? malloc(strlen(text) + 1) : NULL;
    if (clean == NULL)
        return NULL;
    size_t at = 0;
    while (*text != '\0') {
        size_t length = utf8_length((const unsigned char *)text);
        int control = (unsigned char)*text < 0x20 || *text == 0x7f;
        memcpy(clean + at, control ? " " : length > 0 ? text : "?", length > 0 ? length : 1);
        at += length > 0 ? length : 1;
        text += length > 0 ? length : 1;
    }
    clean[at] = '\0';
    return clean;
}
