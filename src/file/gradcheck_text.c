/* A gradient check for people. */
#include <math.h>
#include <string.h>

#include "file/gradcheck_forms.h"

/* Of a block's wrong entries so many are shown; files have all. */
enum { SHOWN = 5, NAMED = 4, NAME_WIDTH = 28 };

/* A block of which there is more to say. */
static int is_open(tw_verdict verdict) {
    return verdict == TW_VERDICT_FAIL || verdict == TW_VERDICT_INCONCLUSIVE;
}

static const char *const shouted[] = {"PASS", "FAIL", "INCONCLUSIVE"};

/* NaN without the sign that some arithmetic gives it. */
static double fabs_nan(double value) {
    return isnan(value) ? fabs(value) : value;
}

/* How the course's notes would call an error of this size. */
static const char *band(double relative) {
    return relative <= 1e-7   ? "happy"
           : relative <= 1e-4 ? "fine only where there are kinks"
           : relative <= 1e-2 ? "uncomfortable"
                              : "probably wrong";
}

static int name_width(const tw_gradcheck *check) {
    int width = 5;
    for (size_t k = 0; k < check->block_count; k++) {
        int length = (int)strlen(check->blocks[k].name);
        width = length > width ? length : width;
    }
    return width < NAME_WIDTH ? width : NAME_WIDTH;
}

/* How many entries were too small to judge, and which. */
static void write_small(const tw_gradcheck *check, FILE *out) {
    size_t small = 0, named = 0;
    char spot[48];
    for (size_t k = 0; k < check->block_count; k++)
        small += check->blocks[k].small;
    if (small == 0)
        return;
    fprintf(out, ", %zu of %zu entries too small to judge (", small, check->entry_count);
    for (size_t k = 0; k < check->entry_count; k++) {
        const tw_gradcheck_entry *e = &check->entries[k];
        if (e->reason != TW_REASON_SMALL)
            continue;
        if (named == NAMED) {
            fputs(", ...", out);
            break;
        }
        fprintf(out, "%s%s %s", named++ > 0 ? ", " : "", tw_gradcheck_block_of(check, e)->name,
                tw_gradcheck_place(tw_gradcheck_block_of(check, e), e->index, spot, sizeof spot));
    }
    fputc(')', out);
}

/* How many blocks the verdict says nothing of. */
static void write_left_out(const tw_gradcheck *check, FILE *out) {
    static const tw_verdict kinds[] = {TW_VERDICT_NOT_TESTED, TW_VERDICT_NOT_MOVED};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t count = tw_gradcheck_blocks_of(check, kinds[k]);
        if (count > 0)
            fprintf(out, ", %zu of %zu blocks %s", count, check->block_count,
                    tw_verdict_name(kinds[k]));
    }
}

static void write_head(const tw_gradcheck *check, FILE *out) {
    fputs(shouted[check->verdict], out);
    write_small(check, out);
    write_left_out(check, out);
    fprintf(out, "  loss %.10g, %zu parameters", check->loss, check->parameters);
    if (check->samples > 0)
        fprintf(out, ", %zu samples", check->samples);
    fprintf(out, "; relative tolerance %.0e, noise of the loss %.1e\n", check->rtol, check->noise);
}

static void write_block(const tw_gradcheck *check, const tw_gradcheck_block *block, int width,
                        FILE *out) {
    fprintf(out, "%-*.*s  %-12s %9zu %6zu", width, width, block->name,
            tw_verdict_name(block->verdict), block->count, block->tested);
    if (block->worst != SIZE_MAX) {
        const tw_gradcheck_entry *e = &check->entries[block->worst];
        char spot[48], error[16] = "-";
        if (e->reason == TW_REASON_KINK)
            snprintf(error, sizeof error, "kink");
        else if (isfinite(e->relative))
            snprintf(error, sizeof error, "%.1e", e->relative);
        fprintf(out, "  %7s at %-12s %13.6e %13.6e  %.0e", error,
                tw_gradcheck_place(block, e->index, spot, sizeof spot), fabs_nan(e->analytic),
                fabs_nan(e->numeric), e->bar);
    }
    if (block->tested == 0 && block->probes > 0)
        fprintf(out, "  by %zu probe%s", block->probes, block->probes == 1 ? "" : "s");
    if (block->failed > 0)
        fprintf(out, "  %zu wrong", block->failed);
    if (block->inconclusive > 0)
        fprintf(out, "  %zu open", block->inconclusive);
    if (block->small > 0)
        fprintf(out, "  %zu too small to judge", block->small);
    if (block->kinks > 0)
        fprintf(out, "  %zu at kinks", block->kinks);
    fputc('\n', out);
}

static void write_table(const tw_gradcheck *check, int only_failures, FILE *out) {
    int width = name_width(check), head = 0;
    for (size_t k = 0; k < check->block_count; k++) {
        if (only_failures && !is_open(check->blocks[k].verdict))
            continue;
        if (!head++)
            fprintf(out, "\n%-*s  %-12s %9s %6s  %7s    %-12s %13s %13s  %s\n", width, "block",
                    "verdict", "entries", "tested", "worst", "entry", "analytic", "numeric", "+-");
        write_block(check, &check->blocks[k], width, out);
    }
}

static void write_entry(const tw_gradcheck *check, const tw_gradcheck_entry *e, FILE *out) {
    char spot[48];
    fprintf(out, "  %-13s x = %.6g: analytic %.9g, ",
            tw_gradcheck_place(tw_gradcheck_block_of(check, e), e->index, spot, sizeof spot), e->x,
            fabs_nan(e->analytic));
    if (e->reason == TW_REASON_KINK)
        fprintf(out, "kink between %.9g and %.9g\n", e->left, e->right);
    else if (e->reason == TW_REASON_JUMP || e->reason == TW_REASON_DOMAIN)
        fprintf(out, "%s\n", tw_reason_name(e->reason));
    else
        fprintf(out, "numeric %.9g +- %.1g%s%s\n", fabs_nan(e->numeric), e->bar,
                e->reason != TW_REASON_NONE ? ", " : "", tw_reason_name(e->reason));
}

static void write_failures(const tw_gradcheck *check, size_t k, FILE *out) {
    const tw_gradcheck_block *block = &check->blocks[k];
    size_t shown = 0, all = block->failed > 0 ? block->failed : block->inconclusive;
    tw_verdict which = block->failed > 0 ? TW_VERDICT_FAIL : TW_VERDICT_INCONCLUSIVE;
    char text[200];
    size_t budget = 0;
    for (size_t i = 0; i < check->entry_count; i++)
        budget += check->entries[i].block == k && check->entries[i].reason == TW_REASON_BUDGET;
    if (block->cause != TW_CAUSE_NONE)
        fprintf(out, "\n%s: %s\n", block->name,
                tw_gradcheck_explain(check, block, text, sizeof text));
    else if (all > budget)
        fprintf(out, "\n%s:\n", block->name);
    for (size_t i = 0; i < check->entry_count; i++) {
        const tw_gradcheck_entry *e = &check->entries[i];
        if (e->block != k || e->verdict != which || e->reason == TW_REASON_BUDGET)
            continue;
        if (shown++ == SHOWN) {
            fprintf(out, "  ... %zu in all\n", all);
            break;
        }
        write_entry(check, e, out);
    }
}

/* An error e of one entry moves a probe by e / 2 at least: what the best probe of every block that
 * passed would have shown. */
static double seen_by_probes(const tw_gradcheck *check) {
    double seen = 0;
    for (size_t block = 0; block < check->block_count; block++) {
        double best = INFINITY;
        for (size_t k = 0; k < check->probe_count; k++) {
            const tw_gradcheck_probe *probe = &check->probes[k];
            if (probe->block == block && probe->verdict == TW_VERDICT_PASS)
                best = fmin(best, 2 * (probe->tolerance + 3 * probe->bar));
        }
        if (isfinite(best))
            seen = fmax(seen, best);
    }
    return seen;
}

static void write_probes(const tw_gradcheck *check, int only_failures, FILE *out) {
    size_t right = 0, unreached = 0;
    for (size_t k = 0; k < check->probe_count; k++) {
        const tw_gradcheck_probe *probe = &check->probes[k];
        right += probe->verdict == TW_VERDICT_PASS;
        unreached += probe->reason == TW_REASON_BUDGET;
        if (probe->verdict == TW_VERDICT_PASS || probe->reason == TW_REASON_BUDGET)
            continue;
        fprintf(out, "probe of %s: g'v = %.9g, derivative along v %.9g +- %.1g: %s%s%s\n",
                check->blocks[probe->block].name, probe->analytic, probe->numeric, probe->bar,
                tw_verdict_name(probe->verdict), probe->reason != TW_REASON_NONE ? ", " : "",
                tw_reason_name(probe->reason));
    }
    if (right > 0 && !only_failures)
        fprintf(out,
                "%zu of %zu random probes agree: an error of any entry above %.1e would show\n",
                right, check->probe_count, seen_by_probes(check));
    if (unreached > 0)
        fprintf(out, "%zu of %zu random probes not reached within the evaluations allowed\n",
                unreached, check->probe_count);
}

static void write_second_order(const tw_gradcheck *check, FILE *out) {
    const tw_gradcheck_taylor *taylor = &check->taylor;
    if (taylor->count > 0 && isinf(taylor->order))
        fprintf(out, "Taylor remainder: none above the noise\n");
    else if (taylor->count > 0 && isnan(taylor->order))
        fprintf(out, "Taylor remainder: too few steps stand out from the noise\n");
    else if (taylor->count > 0)
        fprintf(out, "Taylor remainder falls as t^%.2f (right: %.0f%s, wrong gradient: 1)\n",
                taylor->order, taylor->expected,
                taylor->expected > 2 ? ", 2 with kinks or a wrong Hessian product" : "");
    if (check->hessian.done)
        fprintf(out, "Hessian product: off by %.1e of %.1e, bar %.1e; asymmetry %.1e: %s\n",
                check->hessian.error, check->hessian.largest, check->hessian.bar,
                check->hessian.asymmetry, tw_verdict_name(check->hessian.verdict));
}

void tw_gradcheck_write_text(const tw_gradcheck *check, int only_failures, FILE *out) {
    double worst = 0;
    write_head(check, out);
    write_table(check, only_failures, out);
    for (size_t k = 0; k < check->block_count; k++) {
        worst = fmax(worst, check->blocks[k].worst_relative);
        if (is_open(check->blocks[k].verdict))
            write_failures(check, k, out);
    }
    fputc('\n', out);
    write_probes(check, only_failures, out);
    if (!only_failures) {
        write_second_order(check, out);
        if (check->entry_count > 0 && check->verdict == TW_VERDICT_PASS)
            fprintf(out,
                    "largest relative error %.1e, tiny entries aside: by the bands of the CS231n "
                    "notes %s\n",
                    worst, band(worst));
    }
    for (size_t k = 0; k < check->note_count; k++)
        fprintf(out, "note: %s\n", check->notes[k]);
    fprintf(out, "seed %llu, %llu evaluations, %.3f s\n", (unsigned long long)check->seed,
            check->evaluations, check->seconds);
}
