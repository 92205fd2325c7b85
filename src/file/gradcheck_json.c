/* A gradient check as JSON. */
#include <math.h>

#include "file/gradcheck_forms.h"
#include "thalweg/json.h"

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
    tw_json_text(out, "block", tw_gradcheck_block_of(check, e)->name);
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
    tw_json_count(out, "blocks_not_moved", tw_gradcheck_blocks_of(check, TW_VERDICT_NOT_MOVED));
    tw_json_count(out, "blocks_not_tested", tw_gradcheck_blocks_of(check, TW_VERDICT_NOT_TESTED));
    tw_json_number(out, "rtol", check->rtol);
    tw_json_number(out, "atol", check->atol);
    tw_json_number(out, "noise", check->noise);
}

void tw_gradcheck_write_json(const tw_gradcheck *check, int only_failures, FILE *stream) {
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
