/* gradcheck_file.c: a gradient check for people (text), for programs (JSON) and for tables (CSV). A
 * decimal point is a point, whatever the program's locale says. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/plain.h"
#include "file/output_file.h"
#include "thalweg/file.h"
#include "thalweg/json.h"

/* Of a block's wrong entries so many are shown in text; files have all. */
enum { SHOWN = 5, NAMED = 4, NAME_WIDTH = 28 };

static const tw_gradcheck_block *block_of(const tw_gradcheck *check, const tw_gradcheck_entry *e) {
    return &check->blocks[e->block];
}

/* ---- text ---- */

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
        fprintf(out, "%s%s %s", named++ > 0 ? ", " : "", block_of(check, e)->name,
                tw_gradcheck_place(block_of(check, e), e->index, spot, sizeof spot));
    }
    fputc(')', out);
}

static size_t count_blocks(const tw_gradcheck *check, tw_verdict verdict) {
    size_t count = 0;
    for (size_t k = 0; k < check->block_count; k++)
        count += check->blocks[k].verdict == verdict;
    return count;
}

/* How many blocks the verdict says nothing of. */
static void write_left_out(const tw_gradcheck *check, FILE *out) {
    static const tw_verdict kinds[] = {TW_VERDICT_NOT_TESTED, TW_VERDICT_NOT_MOVED};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t count = count_blocks(check, kinds[k]);
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
            tw_gradcheck_place(block_of(check, e), e->index, spot, sizeof spot), e->x,
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

static void write_text(const tw_gradcheck *check, int only_failures, FILE *out) {
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

/* ---- JSON ---- */

typedef struct named_number {
    const char *key;
    double value;
} named_number;

static void put_numbers(tw_json *out, size_t count, const named_number *numbers) {
    for (size_t k = 0; k < count; k++)
        tw_json_number(out, numbers[k].key, numbers[k].value);
}

static void json_verdict(tw_json *out, tw_verdict verdict, tw_reason reason) {
    tw_json_text(out, "verdict", tw_verdict_name(verdict));
    tw_json_text(out, "reason", tw_reason_name(reason));
}

static void json_entry(const tw_gradcheck *check, const tw_gradcheck_entry *e, tw_json *out) {
    const named_number numbers[] = {{"x", e->x},
                                    {"analytic", e->analytic},
                                    {"numeric", e->numeric},
                                    {"absolute", e->absolute},
                                    {"relative", e->relative},
                                    {"bar", e->bar},
                                    {"tolerance", e->tolerance},
                                    {"left", e->left},
                                    {"right", e->right},
                                    {"step", e->step}};
    tw_json_object(out, NULL);
    tw_json_text(out, "block", block_of(check, e)->name);
    tw_json_count(out, "index", e->index);
    put_numbers(out, sizeof numbers / sizeof *numbers, numbers);
    tw_json_count(out, "evaluations", e->evaluations);
    tw_json_text(out, "class", tw_point_class_name(e->point_class));
    json_verdict(out, e->verdict, e->reason);
    tw_json_end(out);
}

static void json_block(const tw_gradcheck *check, const tw_gradcheck_block *b, tw_json *out) {
    const named_number numbers[] = {{"worst_relative_error", b->worst_relative},
                                    {"median_relative_error", b->median_relative},
                                    {"cosine", b->cosine},
                                    {"largest", b->largest}};
    char text[200];
    tw_json_object(out, NULL);
    tw_json_text(out, "name", b->name);
    tw_json_count(out, "entries", b->count);
    tw_json_count(out, "tested", b->tested);
    tw_json_count(out, "probes", b->probes);
    tw_json_count(out, "failed", b->failed);
    tw_json_count(out, "inconclusive", b->inconclusive);
    tw_json_count(out, "small", b->small);
    tw_json_count(out, "kinks", b->kinks);
    put_numbers(out, sizeof numbers / sizeof *numbers, numbers);
    tw_json_text(out, "verdict", tw_verdict_name(b->verdict));
    tw_json_text(out, "cause", tw_cause_name(b->cause));
    tw_json_text(out, "explanation", tw_gradcheck_explain(check, b, text, sizeof text));
    if (b->where_end > b->where) {
        tw_json_array(out, "where");
        tw_json_count(out, NULL, b->where);
        tw_json_count(out, NULL, b->where_end);
        tw_json_count(out, NULL, b->stride);
        tw_json_end(out);
    }
    tw_json_end(out);
}

static void json_probe(const tw_gradcheck *check, const tw_gradcheck_probe *p, tw_json *out) {
    const named_number numbers[] = {{"analytic", p->analytic},
                                    {"numeric", p->numeric},
                                    {"bar", p->bar},
                                    {"tolerance", p->tolerance}};
    tw_json_object(out, NULL);
    tw_json_text(out, "block", check->blocks[p->block].name);
    put_numbers(out, sizeof numbers / sizeof *numbers, numbers);
    json_verdict(out, p->verdict, p->reason);
    tw_json_end(out);
}

static void json_second_order(const tw_gradcheck *check, tw_json *out) {
    const tw_gradcheck_hessian *h = &check->hessian;
    if (check->taylor.count > 0) {
        tw_json_object(out, "taylor");
        tw_json_number(out, "order", check->taylor.order);
        tw_json_number(out, "expected", check->taylor.expected);
        tw_json_text(out, "verdict", tw_verdict_name(check->taylor.verdict));
        tw_json_end(out);
    }
    if (h->done) {
        const named_number numbers[] = {{"error", h->error},
                                        {"bar", h->bar},
                                        {"largest", h->largest},
                                        {"asymmetry", h->asymmetry}};
        tw_json_object(out, "hessian");
        put_numbers(out, sizeof numbers / sizeof *numbers, numbers);
        tw_json_text(out, "verdict", tw_verdict_name(h->verdict));
        tw_json_end(out);
    }
}

static void json_head(const tw_gradcheck *check, tw_json *out) {
    double worst = 0;
    size_t kinks = 0, small = 0;
    for (size_t k = 0; k < check->block_count; k++) {
        worst = fmax(worst, check->blocks[k].worst_relative);
        kinks += check->blocks[k].kinks;
        small += check->blocks[k].small;
    }
    tw_json_text(out, "verdict", tw_verdict_name(check->verdict));
    tw_json_text(out, "cause", tw_cause_name(check->cause));
    tw_json_number(out, "worst_relative_error", worst);
    tw_json_number(out, "loss", check->loss);
    tw_json_count(out, "parameters", check->parameters);
    tw_json_count(out, "samples", check->samples);
    tw_json_count(out, "small", small);
    tw_json_count(out, "kinks", kinks);
    tw_json_count(out, "blocks_not_moved", count_blocks(check, TW_VERDICT_NOT_MOVED));
    tw_json_count(out, "blocks_not_tested", count_blocks(check, TW_VERDICT_NOT_TESTED));
    tw_json_number(out, "rtol", check->rtol);
    tw_json_number(out, "atol", check->atol);
    tw_json_number(out, "noise", check->noise);
}

static void write_json(const tw_gradcheck *check, int only_failures, FILE *stream) {
    tw_json out = {.out = stream};
    tw_json_object(&out, NULL);
    json_head(check, &out);
    tw_json_array(&out, "blocks");
    for (size_t k = 0; k < check->block_count; k++)
        json_block(check, &check->blocks[k], &out);
    tw_json_end(&out);
    tw_json_array(&out, "entries");
    for (size_t k = 0; k < check->entry_count; k++)
        if (!only_failures || check->entries[k].verdict != TW_VERDICT_PASS)
            json_entry(check, &check->entries[k], &out);
    tw_json_end(&out);
    tw_json_array(&out, "probes");
    for (size_t k = 0; k < check->probe_count; k++)
        json_probe(check, &check->probes[k], &out);
    tw_json_end(&out);
    json_second_order(check, &out);
    tw_json_array(&out, "notes");
    for (size_t k = 0; k < check->note_count; k++)
        tw_json_text(&out, NULL, check->notes[k]);
    tw_json_end(&out);
    tw_json_count(&out, "seed", check->seed);
    tw_json_count(&out, "evaluations", check->evaluations);
    tw_json_number(&out, "seconds", check->seconds);
    tw_json_end(&out);
}

/* ---- CSV ---- */

/* A name with a comma or a quote in it is quoted. */
static void put_name(FILE *out, const char *name) {
    if (strpbrk(name, ",\"\r\n") == NULL) {
        fputs(name, out);
        return;
    }
    fputc('"', out);
    for (; *name != '\0'; name++)
        fprintf(out, *name == '"' ? "\"\"" : "%c", *name);
    fputc('"', out);
}

static void write_csv(const tw_gradcheck *check, int only_failures, FILE *out) {
    fputs("block,index,row,column,x,analytic,numeric,absolute,relative,bar,tolerance,left,right,"
          "step,evaluations,class,verdict,reason\n",
          out);
    for (size_t k = 0; k < check->entry_count; k++) {
        const tw_gradcheck_entry *e = &check->entries[k];
        const tw_gradcheck_block *block = block_of(check, e);
        size_t at = e->index - block->offset;
        if (only_failures && e->verdict == TW_VERDICT_PASS)
            continue;
        put_name(out, block->name);
        fprintf(out, ",%zu,%zu,%zu,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g",
                e->index, at / block->columns, at % block->columns, e->x, e->analytic, e->numeric,
                e->absolute, e->relative, e->bar, e->tolerance, e->left, e->right, e->step);
        fprintf(out, ",%u,%s,%s,%s\n", e->evaluations, tw_point_class_name(e->point_class),
                tw_verdict_name(e->verdict), tw_reason_name(e->reason));
    }
}

/* ---- */

tw_status tw_gradcheck_write(const tw_gradcheck *check, tw_gradcheck_format format,
                             int only_failures, FILE *stream) {
    static void (*const writers[])(const tw_gradcheck *, int, FILE *) = {write_text, write_json,
                                                                         write_csv};
    if ((unsigned)format >= 3)
        return tw_fail(TW_ERR_ARGUMENT, "no format number %d of a gradient check", (int)format);
    locale_t before = tw_plain_enter();
    writers[format](check, only_failures, stream);
    tw_plain_leave(before);
    return ferror(stream) ? tw_fail(TW_ERR_IO, "cannot write the gradient check") : TW_OK;
}

tw_status tw_gradcheck_save(const char *path, const tw_gradcheck *check, int only_failures) {
    tw_output output = {0};
    size_t length = strlen(path);
    int json = length > 5 && strcmp(path + length - 5, ".json") == 0;
    tw_status status = tw_output_open(&output, path);
    if (status != TW_OK)
        return status;
    status = tw_gradcheck_write(check, json ? TW_GRADCHECK_JSON : TW_GRADCHECK_CSV, only_failures,
                                output.stream);
    if (status == TW_OK)
        return tw_output_commit(&output);
    tw_output_abandon(&output);
    return tw_fail_prefix(status, "'%s'", path);
}
