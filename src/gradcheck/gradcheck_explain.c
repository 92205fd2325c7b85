/* gradcheck_explain.c: causes in words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/plain.h"
#include "diff/exact.h"
#include "thalweg/gradcheck.h"

const char *tw_gradcheck_place(const tw_gradcheck_block *block, size_t index, char *text,
                               size_t size) {
    size_t at = index - block->offset;
    if (block->columns > 1)
        snprintf(text, size, "[%zu, %zu]", at / block->columns, at % block->columns);
    else
        snprintf(text, size, "%zu", at);
    return text;
}

/* ---- what the sentences below leave open ---- */

/* "2", "1/255", "0.37": as a fraction where it is one. */
static void write_fraction(const tw_gradcheck *check, const tw_gradcheck_block *block, char *text,
                           size_t size) {
    double factor = block->factor, inverse = 1 / factor;
    if (fabs(factor) < 1 && fabs(inverse - round(inverse)) < 1e-4 * fabs(inverse) &&
        fabs(inverse) < 1e7)
        tw_plain_print(text, size, "%s1/%.0f", factor < 0 ? "-" : "", fabs(inverse));
    else
        tw_plain_print(text, size, "%.6g", factor);
}

static void write_number(const tw_gradcheck *check, const tw_gradcheck_block *block, char *text,
                         size_t size) {
    tw_plain_print(text, size, "%.6g", block->factor);
}

static void write_count(const tw_gradcheck *check, const tw_gradcheck_block *block, char *text,
                        size_t size) {
    tw_plain_print(text, size, "%.0f", block->factor);
}

static void write_samples(const tw_gradcheck *check, const tw_gradcheck_block *block, char *text,
                          size_t size) {
    snprintf(text, size, "%zu", check->samples);
}

static void write_place(const tw_gradcheck *check, const tw_gradcheck_block *block, char *text,
                        size_t size) {
    tw_gradcheck_place(block, block->where, text, size);
}

static void write_guess(const tw_gradcheck *check, const tw_gradcheck_block *block, char *text,
                        size_t size) {
    snprintf(text, size, "%s",
             fabs(block->factor - 2) < 0.01     ? "a square differentiated twice over"
             : fabs(block->factor - 0.5) < 0.01 ? "the 2 of a square missing"
                                                : "a factor of the chain rule");
}

static void write_unwritten(const tw_gradcheck *check, const tw_gradcheck_block *block, char *text,
                            size_t size) {
    char first[64];
    tw_gradcheck_place(block, block->where, first, sizeof first);
    if (block->where_end - block->where == 1)
        snprintf(text, size, "does not write entry %s", first);
    else
        snprintf(text, size, "writes no entry from %s on", first);
}

static void write_range(const tw_gradcheck *check, const tw_gradcheck_block *block, char *text,
                        size_t size) {
    char first[64], last[64];
    size_t columns = block->columns, from = block->where - block->offset;
    if (columns > 1 && block->stride == columns)
        snprintf(text, size, "column %zu is wrong, its neighbours are right", from % columns);
    else if (columns > 1 && from % columns == 0 && block->where_end - block->where == columns)
        snprintf(text, size, "row %zu is wrong, its neighbours are right", from / columns);
    else
        snprintf(text, size, "entries %s to %s are wrong, the others right: the bounds of a loop?",
                 tw_gradcheck_place(block, block->where, first, sizeof first),
                 tw_gradcheck_place(block, block->where_end - 1, last, sizeof last));
}

static const struct {
    const char *name;
    void (*write)(const tw_gradcheck *check, const tw_gradcheck_block *block, char *text,
                  size_t size);
} parts[] = {
    {"{fraction}", write_fraction},   {"{number}", write_number}, {"{count}", write_count},
    {"{samples}", write_samples},     {"{place}", write_place},   {"{guess}", write_guess},
    {"{unwritten}", write_unwritten}, {"{range}", write_range},
};

/* ---- the sentences ---- */

static const char *const sentences[] = {
    [TW_CAUSE_NONE] = "",
    [TW_CAUSE_SIGN] = "every entry has the wrong sign",
    [TW_CAUSE_FACTOR] = "{fraction} times the right gradient: {guess}?",
    [TW_CAUSE_SAMPLES] = "{fraction} times the right gradient, and there are {samples} samples: a "
                         "sum in place of a mean?",
    [TW_CAUSE_REGULARIZER] =
        "off by {number} x: the regulariser's part is missing or has another factor",
    [TW_CAUSE_TRANSPOSED] = "holds its own transpose",
    [TW_CAUSE_PERMUTED] = "{count} entries hold each other's numbers: indices swapped?",
    [TW_CAUSE_ZERO] = "all entries are 0: never computed?",
    [TW_CAUSE_NOT_WRITTEN] = "the callback {unwritten}",
    [TW_CAUSE_STALE] = "belongs to an earlier x: something is kept between calls",
    [TW_CAUSE_ONE_ENTRY] = "entry {place} alone is wrong",
    [TW_CAUSE_RANGE] = "{range}",
    [TW_CAUSE_TAIL] = "lacks the last {count} samples: the rest of the last batch?",
    [TW_CAUSE_PRECISION] = "rounded to single precision; if that is meant, check with a relative "
                           "tolerance of 1e-3",
    [TW_CAUSE_NOT_FINITE] = "entry {place} is not finite",
    [TW_CAUSE_NOT_REPEATED] = "the loss changes from call to call: fix its seed first",
    [TW_CAUSE_UNKNOWN] = "wrong, for a reason that is not recognised",
};

const char *tw_gradcheck_explain(const tw_gradcheck *check, const tw_gradcheck_block *block,
                                 char *text, size_t size) {
    size_t used = 0;
    for (const char *from = sentences[block->cause]; *from != '\0' && used + 1 < size;) {
        const char *before = from;
        for (size_t k = 0; k < sizeof parts / sizeof *parts && *from == '{'; k++)
            if (strncmp(from, parts[k].name, strlen(parts[k].name)) == 0) {
                parts[k].write(check, block, text + used, size - used);
                used += strlen(text + used);
                from += strlen(parts[k].name);
                break;
            }
        if (from == before)
            text[used++] = *from++;
    }
    if (size > 0)
        text[used] = '\0';
    return text;
}
