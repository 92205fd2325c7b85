/* gradcheck_explain.c: causes in words. */
#include <math.h>
#include <stdio.h>

#include "core/plain.h"
#include "diff/exact.h"
#include "thalweg/gradcheck.h"

/* "2", "1/255", "0.37": as a fraction where it is one. */
static const char *fraction(double factor, char *text, size_t size) {
    double inverse = 1 / factor;
    if (fabs(factor) < 1 && fabs(inverse - round(inverse)) < 1e-4 * fabs(inverse) &&
        fabs(inverse) < 1e7)
        tw_plain_print(text, size, "%s1/%.0f", factor < 0 ? "-" : "", fabs(inverse));
    else
        tw_plain_print(text, size, "%.6g", factor);
    return text;
}

const char *tw_gradcheck_place(const tw_gradcheck_block *block, size_t index, char *text,
                               size_t size) {
    size_t at = index - block->offset;
    if (block->columns > 1)
        snprintf(text, size, "[%zu, %zu]", at / block->columns, at % block->columns);
    else
        snprintf(text, size, "%zu", at);
    return text;
}

static void explain_range(const tw_gradcheck_block *block, char *text, size_t size) {
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

const char *tw_gradcheck_explain(const tw_gradcheck *check, const tw_gradcheck_block *block,
                                 char *text, size_t size) {
    char number[64], spot[64];
    switch (block->cause) {
    case TW_CAUSE_NONE:
        snprintf(text, size, "%s", "");
        break;
    case TW_CAUSE_SIGN:
        snprintf(text, size, "every entry has the wrong sign");
        break;
    case TW_CAUSE_FACTOR:
        snprintf(text, size, "%s times the right gradient%s", fraction(block->factor, number, 64),
                 fabs(block->factor - 2) < 0.01     ? ": a square differentiated twice over?"
                 : fabs(block->factor - 0.5) < 0.01 ? ": the 2 of a square missing?"
                                                    : ": a factor of the chain rule?");
        break;
    case TW_CAUSE_SAMPLES:
        snprintf(text, size,
                 "%s times the right gradient, and there are %zu samples: sum for mean?",
                 fraction(block->factor, number, 64), check->samples);
        break;
    case TW_CAUSE_REGULARIZER:
        tw_plain_print(text, size,
                       "off by %.6g x: the regulariser's part is missing or has another factor",
                       block->factor);
        break;
    case TW_CAUSE_TRANSPOSED:
        snprintf(text, size, "holds its own transpose");
        break;
    case TW_CAUSE_PERMUTED:
        tw_plain_print(text, size, "%.0f entries hold each other's numbers: indices swapped?",
                       block->factor);
        break;
    case TW_CAUSE_ZERO:
        snprintf(text, size, "all entries are 0: never computed?");
        break;
    case TW_CAUSE_NOT_WRITTEN:
        snprintf(text, size, "the callback writes no entry from %s on",
                 tw_gradcheck_place(block, block->where, spot, sizeof spot));
        if (block->where_end - block->where == 1)
            snprintf(text, size, "the callback does not write entry %s", spot);
        break;
    case TW_CAUSE_STALE:
        snprintf(text, size, "belongs to an earlier x: something is kept between calls");
        break;
    case TW_CAUSE_ONE_ENTRY:
        snprintf(text, size, "entry %s alone is wrong",
                 tw_gradcheck_place(block, block->where, spot, sizeof spot));
        break;
    case TW_CAUSE_RANGE:
        explain_range(block, text, size);
        break;
    case TW_CAUSE_TAIL:
        tw_plain_print(text, size, "lacks the last %.0f samples: the rest of the last batch?",
                       block->factor);
        break;
    case TW_CAUSE_PRECISION:
        snprintf(text, size,
                 "rounded to single precision; if that is meant, check with a relative tolerance "
                 "of 1e-3");
        break;
    case TW_CAUSE_NOT_FINITE:
        snprintf(text, size, "entry %s is not finite",
                 tw_gradcheck_place(block, block->where, spot, sizeof spot));
        break;
    case TW_CAUSE_NOT_REPEATED:
        snprintf(text, size, "the loss changes from call to call: fix its seed first");
        break;
    case TW_CAUSE_UNKNOWN:
        snprintf(text, size, "wrong, for a reason that is not recognised");
        break;
    }
    return text;
}
