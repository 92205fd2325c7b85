/* What stands beside a field: its bar, and the small print. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/field.h"

void tw_field_bar(const tw_field *field, const tw_figure *figure, const char *label,
                  tw_colorbar *bar) {
    bar->colormap = figure->colormap;
    bar->side.span = field->span;
    bar->side.ink = TW_INK;
    bar->side.label = figure->value_label != NULL ? figure->value_label : label;
    bar->side.names = figure->classes;
    bar->side.name_count = figure->class_count;
    bar->side.says_log = 1;
    bar->side.is_constant = field->constant;
    bar->below = field->below > 0;
    bar->above = field->above > 0 || field->capped > 0;
}

/* How many points each class has. */
static void caption_classes(const tw_field *f, const tw_figure *figure, tw_caption *caption) {
    char text[TW_CAPTION_TEXT] = "";
    for (size_t c = 0; c < figure->class_count; c++) {
        size_t count = 0, used = strlen(text);
        for (size_t k = 0; k < f->nx * f->ny; k++)
            count += f->z[k] == (double)c;
        snprintf(text + used, sizeof text - used, "%s%s: %zu", c > 0 ? ", " : "",
                 figure->classes[c], count);
    }
    if (figure->class_count > 0)
        tw_caption_add(caption, TW_HATCH_NONE, "points: %s", text);
}

static void caption_limits(const tw_field *field, tw_caption *caption) {
    char low[TW_TICK_TEXT], high[TW_TICK_TEXT];
    tw_number_text(field->low, low, sizeof low);
    tw_number_text(field->high, high, sizeof high);
    if (field->below > 0 && field->above > 0)
        tw_caption_add(caption, TW_HATCH_NONE,
                       "%zu value%s below %s and %zu above %s drawn at these limits", field->below,
                       field->below == 1 ? "" : "s", low, field->above, high);
    else if (field->below + field->above > 0)
        tw_caption_add(caption, TW_HATCH_NONE, "%zu value%s %s %s drawn at this limit",
                       field->below + field->above, field->below + field->above == 1 ? "" : "s",
                       field->below > 0 ? "below" : "above", field->below > 0 ? low : high);
}

void tw_field_caption(const tw_field *field, const tw_figure *figure, tw_caption *caption) {
    caption_classes(field, figure, caption);
    tw_caption_missing(caption, field->not_computed, field->not_finite - field->too_large);
    if (field->too_large > 0)
        tw_caption_add(caption, TW_HATCH_NOT_FINITE,
                       "%zu value%s too large to be drawn, beyond 10" TW_SUPER "305" TW_BASE,
                       field->too_large, field->too_large == 1 ? "" : "s");
    tw_caption_interpolated(caption, field->interpolated, field->nx * field->ny);
    if (field->raised > 0) {
        char text[TW_TICK_TEXT];
        tw_number_text(field->extent.smallest_positive, text, sizeof text);
        tw_caption_add(caption, TW_HATCH_NONE,
                       "%zu value%s not above 0 drawn at the smallest positive value, %s",
                       field->raised, field->raised == 1 ? "" : "s", text);
    }
    if (field->pits > 0)
        tw_caption_add(caption, TW_HATCH_NONE,
                       "%zu pits of one point in narrow valleys are filled (--log: they are not)",
                       field->pits);
    if (field->constant) {
        char apart[TW_TICK_TEXT];
        tw_number_text(field->extent.high - field->extent.low, apart, sizeof apart);
        tw_caption_add(caption, TW_HATCH_NONE, "all values are the same%s%s",
                       field->extent.low < field->extent.high ? " to within " : "",
                       field->extent.low < field->extent.high ? apart : "");
    }
    caption_limits(field, caption);
    if (field->capped > 0) {
        char at[TW_TICK_TEXT], up_to[TW_TICK_TEXT];
        tw_number_text(field->most, at, sizeof at);
        tw_number_text(field->greatest, up_to, sizeof up_to);
        tw_caption_add(caption, TW_HATCH_NONE, "%zu value%s above %s drawn at %s, up to %s",
                       field->capped, field->capped == 1 ? "" : "s", at, at,
                       isinf(field->greatest) ? "infinity" : up_to);
    }
}
