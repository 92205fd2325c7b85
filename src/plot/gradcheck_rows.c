#include "plot/gradcheck_rows.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/plain.h"

tw_verdict tw_gradcheck_row_verdict(tw_verdict verdict) {
    return (unsigned)verdict < TW_CHECK_VERDICTS ? verdict : TW_VERDICT_INCONCLUSIVE;
}

tw_verdict tw_gradcheck_block_verdict(const tw_gradcheck_block *block) {
    return (unsigned)block->verdict < TW_CHECK_BLOCKS ? block->verdict : TW_VERDICT_INCONCLUSIVE;
}

int tw_gradcheck_is_quiet(tw_verdict verdict) {
    return verdict != TW_VERDICT_FAIL && verdict != TW_VERDICT_INCONCLUSIVE;
}

/* ---- rows ---- */

/* Those that are wrong or inconclusive first, then those that pass, then what was left out. */
static int turn_of(const tw_gradcheck_block *block) {
    return !tw_gradcheck_is_quiet(tw_gradcheck_block_verdict(block)) ? 0
           : block->verdict == TW_VERDICT_PASS                       ? 1
                                                                     : 2;
}

/* Which blocks are shown: all, or, of too many, the first by their turns. */
static void choose_rows(tw_check_sheet *s) {
    const tw_gradcheck *check = s->check;
    size_t shown = 0;
    for (size_t b = 0; b < check->block_count; b++)
        s->row_of[b] = SIZE_MAX;
    for (int turn = 0; turn < 3; turn++)
        for (size_t b = 0; b < check->block_count && shown < TW_CHECK_ROWS; b++) {
            if (s->row_of[b] == SIZE_MAX &&
                (turn_of(&check->blocks[b]) == turn || check->block_count <= TW_CHECK_ROWS)) {
                s->row_of[b] = 0;
                shown++;
            }
        }
    for (size_t b = 0; b < check->block_count; b++)
        if (s->row_of[b] != SIZE_MAX) {
            s->row_of[b] = s->row_count;
            s->rows[s->row_count++] = (tw_check_row){.block = &check->blocks[b], .index = b};
        }
}

static void append(char *text, const char *format, ...) TW_PRINTF(2, 3);
static void append(char *text, const char *format, ...) {
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    tw_plain_vprint(text + used, TW_CHECK_TEXT - used, format, arguments);
    va_end(arguments);
}

static void append_place(char *text, const tw_gradcheck_block *block) {
    size_t at = block->where - block->offset;
    if (block->where_end <= block->where)
        return;
    if (block->columns > 1)
        append(text, " [%zu, %zu]", at / block->columns, at % block->columns);
    else
        append(text, " [%zu]", at);
    if (block->where_end - block->where > 1)
        append(text, " and %zu more",
               (block->where_end - block->where - 1) / (block->stride > 0 ? block->stride : 1));
}

/* Five digits: a factor of 1.001 is not 1. */
static void factor_text(double factor, char *text, size_t size) {
    double magnitude = fabs(factor);
    if (magnitude >= 1e-3 && magnitude < 1e4)
        tw_plain_print(text, size, "%s%.5g", factor < 0 ? "\xe2\x88\x92" : "", magnitude);
    else
        tw_number_text(factor, text, size);
}

static void append_cause(char *text, const tw_gradcheck_block *block) {
    char number[TW_TICK_TEXT];
    if (block->cause == TW_CAUSE_NONE)
        return;
    append(text, ": %s", tw_cause_name(block->cause));
    factor_text(block->factor, number, sizeof number);
    if (block->cause == TW_CAUSE_FACTOR || block->cause == TW_CAUSE_SAMPLES ||
        block->cause == TW_CAUSE_REGULARIZER)
        append(text, " %s", number);
    append_place(text, block);
}

/* What most of the inconclusive entries of a block give as reason. */
static tw_reason common_reason(const tw_gradcheck *check, size_t block) {
    size_t counts[TW_REASON_BUDGET + 1] = {0};
    tw_reason best = TW_REASON_NONE;
    for (size_t k = 0; k < check->entry_count; k++) {
        const tw_gradcheck_entry *entry = &check->entries[k];
        if (entry->block == block && entry->verdict == TW_VERDICT_INCONCLUSIVE &&
            (unsigned)entry->reason <= TW_REASON_BUDGET && ++counts[entry->reason] > counts[best])
            best = entry->reason;
    }
    return best;
}

static void word_row(const tw_gradcheck *check, tw_check_row *r) {
    const tw_gradcheck_block *block = r->block;
    snprintf(r->name, sizeof r->name, "%s", block->name != NULL ? block->name : "");
    append(r->words, "%s", tw_verdict_name(block->verdict));
    if (tw_gradcheck_block_verdict(block) > TW_VERDICT_INCONCLUSIVE)
        return;
    if (block->verdict == TW_VERDICT_FAIL) {
        if (block->failed > 0)
            append(r->words, " %zu of %zu", block->failed, block->tested);
        append_cause(r->words, block);
    } else if (block->verdict == TW_VERDICT_INCONCLUSIVE) {
        tw_reason reason = common_reason(check, r->index);
        append(r->words, " %zu of %zu%s%s", block->inconclusive, block->tested,
               reason != TW_REASON_NONE ? ": " : "", tw_reason_name(reason));
    } else if (block->tested == 0 && block->probes > 0) {
        append(r->words, ", %zu probe%s", block->probes, block->probes == 1 ? "" : "s");
    } else {
        append(r->words, ", %zu tested", block->tested);
    }
    if (block->kinks > 0)
        append(r->words, ", %zu kink%s", block->kinks, block->kinks == 1 ? "" : "s");
}

static size_t skip_character(const char *text, size_t at) {
    do
        at++;
    while ((text[at] & 0xc0) == 0x80);
    return at;
}

void tw_check_fit_name(const tw_font *font, char *name, double size, double width) {
    size_t length = strlen(name), head = 0, tail = 0;
    char kept[TW_CHECK_TEXT];
    if (tw_text_width(font, name, size) <= width)
        return;
    for (size_t at = 0; at < length; at = skip_character(name, at)) {
        head = tail = 0;
        while (head < (length - at) / 2)
            head = skip_character(name, head);
        while (tail < head + at)
            tail = skip_character(name, tail);
        snprintf(kept, sizeof kept, "%.*s\xe2\x80\xa6%s", (int)head, name, name + tail);
        if (tw_text_width(font, kept, size) <= width)
            break;
    }
    memcpy(name, kept, sizeof kept);
}

/* ---- numbers ---- */

double tw_check_shown_error(double relative) {
    return relative >= 0 && relative <= 2 ? relative : 2;
}

double tw_check_probe_error(const tw_gradcheck_probe *probe) {
    double size = fmax(fabs(probe->analytic), fabs(probe->numeric));
    return size > 0 ? fabs(probe->analytic - probe->numeric) / size : 0;
}

/* From a decade below the least error, at least down to 1e-9, at most to 1e-18. */
static void set_span(tw_check_sheet *s) {
    double least = 1e-8;
    for (size_t k = 0; k < s->check->entry_count; k++) {
        double error = s->check->entries[k].relative;
        if (error > 0 && error < least)
            least = error;
    }
    for (size_t k = 0; k < s->check->probe_count; k++) {
        double error = tw_check_probe_error(&s->check->probes[k]);
        if (error > 0 && error < least)
            least = error;
    }
    s->bottom.span = (tw_span){fmax(pow(10, floor(log10(least)) - 1), 1e-18), 6, 1};
    s->bottom.ink = TW_INK;
}

/* ---- small print ---- */

static void count_blocks(const tw_gradcheck *check, size_t *counts) {
    for (size_t b = 0; b < check->block_count; b++)
        counts[tw_gradcheck_block_verdict(&check->blocks[b])]++;
}

static void say_verdict(tw_check_sheet *s) {
    const tw_gradcheck *check = s->check;
    size_t blocks[TW_CHECK_BLOCKS] = {0}, entries[TW_CHECK_VERDICTS] = {0};
    count_blocks(check, blocks);
    for (size_t k = 0; k < check->entry_count; k++)
        entries[tw_gradcheck_row_verdict(check->entries[k].verdict)]++;
    tw_caption_add(&s->caption, TW_HATCH_NONE,
                   "%s: of %zu block%s %zu wrong, %zu inconclusive; of %zu entries tested %zu "
                   "wrong, %zu inconclusive",
                   tw_verdict_name(check->verdict), check->block_count,
                   check->block_count == 1 ? "" : "s", blocks[TW_VERDICT_FAIL],
                   blocks[TW_VERDICT_INCONCLUSIVE], check->entry_count, entries[TW_VERDICT_FAIL],
                   entries[TW_VERDICT_INCONCLUSIVE]);
    for (int v = TW_VERDICT_NOT_MOVED; v < TW_CHECK_BLOCKS; v++)
        if (blocks[v] > 0)
            tw_caption_add(&s->caption, TW_HATCH_NONE, "%zu block%s %s", blocks[v],
                           blocks[v] == 1 ? "" : "s", tw_verdict_name((size_t)v));
    if (check->block_count > s->row_count)
        tw_caption_add(&s->caption, TW_HATCH_NONE, "%zu further blocks are not shown",
                       check->block_count - s->row_count);
}

static void say_rest(tw_check_sheet *s) {
    const tw_gradcheck *check = s->check;
    size_t beyond = 0;
    for (size_t k = 0; k < check->entry_count; k++)
        beyond += check->entries[k].verdict == TW_VERDICT_PASS &&
                  check->entries[k].relative > check->rtol &&
                  check->entries[k].reason != TW_REASON_KINK;
    if (beyond > 0)
        tw_caption_add(&s->caption, TW_HATCH_NONE,
                       "%zu entr%s beyond the tolerance pass%s: small beside their block's largest",
                       beyond, beyond == 1 ? "y" : "ies", beyond == 1 ? "es" : "");
    if (check->taylor.count > 0 && check->taylor.verdict != TW_VERDICT_PASS)
        tw_caption_add(
            &s->caption, TW_HATCH_NONE, "Taylor test: %s, order %.3g where %.3g is right",
            tw_verdict_name(check->taylor.verdict), check->taylor.order, check->taylor.expected);
    if (check->hessian.done && check->hessian.verdict != TW_VERDICT_PASS)
        tw_caption_add(&s->caption, TW_HATCH_NONE, "Hessian product: %s, off by %.3g",
                       tw_verdict_name(check->hessian.verdict), check->hessian.error);
    tw_caption_add(&s->caption, TW_HATCH_NONE,
                   "happy ... wrong: the bands of the CS231n notes; from the top of a row to its "
                   "end: places in the block");
    for (size_t k = 0; k < check->note_count && k < 2 && check->notes != NULL; k++)
        tw_caption_add(&s->caption, TW_HATCH_NONE, "%s", check->notes[k]);
}

void tw_check_read(tw_check_sheet *s) {
    choose_rows(s);
    for (size_t k = 0; k < s->row_count; k++)
        word_row(s->check, &s->rows[k]);
    set_span(s);
    say_verdict(s);
    say_rest(s);
}
