#include "gradcheck_samples.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number in 0 ... 1. */
static double draw(uint64_t k) {
    k = (k + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    k = (k ^ k >> 27) * 0x94d049bb133111ebu;
    return (double)(k >> 11) / 0x1p53;
}

static tw_gradcheck *new_check(size_t blocks, size_t entries) {
    tw_gradcheck *check = calloc(1, sizeof *check);
    check->blocks = calloc(blocks, sizeof *check->blocks);
    check->entries = calloc(entries, sizeof *check->entries);
    check->probes = calloc(blocks, sizeof *check->probes);
    check->rtol = 1e-6;
    check->noise = 1e-16;
    check->loss = 2.3;
    return check;
}

void check_free(tw_gradcheck *check) {
    for (size_t b = 0; b < check->block_count; b++)
        free((char *)check->blocks[b].name);
    free(check->blocks);
    free(check->entries);
    free(check->probes);
    free(check->notes);
    free(check);
}

/* One more block of `count` parameters, `tested` of them, right to about 1e-11. */
static tw_gradcheck_block *add_block(tw_gradcheck *check, const char *name, size_t count,
                                     size_t columns, size_t tested) {
    size_t at = check->block_count++;
    tw_gradcheck_block *block = &check->blocks[at];
    *block = (tw_gradcheck_block){.name = strdup(name),
                                  .offset = check->parameters,
                                  .count = count,
                                  .columns = columns,
                                  .tested = tested,
                                  .stride = 1,
                                  .worst = SIZE_MAX};
    for (size_t k = 0; k < tested; k++) {
        uint64_t seed = 1000 * at + k;
        tw_gradcheck_entry *entry = &check->entries[check->entry_count++];
        double d = draw(seed) - 0.5, off = pow(10, -14 + 4 * draw(seed + 77)) * (k % 9 != 0);
        *entry = (tw_gradcheck_entry){.block = at,
                                      .index = block->offset + k * count / tested,
                                      .numeric = d,
                                      .analytic = d * (1 + off),
                                      .relative = off,
                                      .bar = fabs(d) * pow(10, -12.5 + 2 * draw(seed + 99))};
    }
    check->parameters += count;
    return block;
}

static void judge(tw_gradcheck *check, tw_gradcheck_entry *entry, tw_verdict verdict,
                  tw_reason reason) {
    tw_gradcheck_block *block = &check->blocks[entry->block];
    double size = fmax(fabs(entry->analytic), fabs(entry->numeric));
    entry->absolute = fabs(entry->analytic - entry->numeric);
    entry->relative = size > 0 ? entry->absolute / size : 0;
    entry->verdict = verdict;
    entry->reason = reason;
    block->failed += verdict == TW_VERDICT_FAIL;
    block->inconclusive += verdict == TW_VERDICT_INCONCLUSIVE;
    block->kinks += reason == TW_REASON_KINK;
    if (verdict == TW_VERDICT_FAIL || block->verdict == TW_VERDICT_PASS)
        block->verdict = verdict;
    if (verdict == TW_VERDICT_FAIL || check->verdict == TW_VERDICT_PASS)
        check->verdict = verdict;
}

/* The entries of the block added last. */
static tw_gradcheck_entry *last_entries(tw_gradcheck *check) {
    return &check->entries[check->entry_count - check->blocks[check->block_count - 1].tested];
}

static void scale_last(tw_gradcheck *check, double factor) {
    tw_gradcheck_block *block = &check->blocks[check->block_count - 1];
    for (size_t k = 0; k < block->tested; k++) {
        tw_gradcheck_entry *entry = &last_entries(check)[k];
        entry->analytic *= factor;
        judge(check, entry, TW_VERDICT_FAIL, TW_REASON_NONE);
    }
    block->cause = TW_CAUSE_FACTOR;
    block->factor = factor;
}

tw_gradcheck *check_of_one(void) {
    tw_gradcheck *check = new_check(1, 10);
    add_block(check, "x", 10, 1, 10);
    return check;
}

tw_gradcheck *check_of_mlp(void) {
    static const char *const layers[] = {"layer1", "layer2", "layer3", "head"};
    tw_gradcheck *check = new_check(8, 8 * 48);
    for (int k = 0; k < 4; k++) {
        char name[32];
        size_t width = k == 3 ? 10 : 64;
        snprintf(name, sizeof name, "%s.weight", layers[k]);
        add_block(check, name, width * 128, 128, 48);
        if (k == 1)
            scale_last(check, 2);
        check->probes[check->probe_count++] =
            (tw_gradcheck_probe){.block = check->block_count - 1,
                                 .analytic = k == 1 ? 2 : 1,
                                 .numeric = 1 + 1e-11,
                                 .bar = 1e-10,
                                 .verdict = k == 1 ? TW_VERDICT_FAIL : TW_VERDICT_PASS};
        for (size_t i = 0; k == 0 && i < 5; i++) { /* inside the interval of both sides */
            tw_gradcheck_entry *entry = &last_entries(check)[7 * i];
            entry->analytic *= 1 + 0.1 * (double)i;
            judge(check, entry, TW_VERDICT_PASS, TW_REASON_KINK);
        }
        snprintf(name, sizeof name, "%s.bias", layers[k]);
        add_block(check, name, width, 1, width < 48 ? width : 48);
        tw_gradcheck_entry *entries = last_entries(check);
        for (size_t i = 0; k == 2 && i < 12; i++) {
            entries[3 * i].bar = 0.01 * fabs(entries[3 * i].numeric) * (1 + (double)i);
            entries[3 * i].analytic *= 1 + 3e-4 * (double)(i + 1);
            judge(check, &entries[3 * i], TW_VERDICT_INCONCLUSIVE, TW_REASON_NOISE);
        }
        if (k == 3) {
            tw_gradcheck_block *block = &check->blocks[check->block_count - 1];
            entries[6].analytic = -entries[6].analytic;
            judge(check, &entries[6], TW_VERDICT_FAIL, TW_REASON_NONE);
            block->cause = TW_CAUSE_ONE_ENTRY;
            block->where = entries[6].index;
            block->where_end = block->where + 1;
        }
    }
    check->cause = TW_CAUSE_FACTOR;
    check->notes = calloc(1, sizeof *check->notes);
    check->note_count = 1;
    snprintf(check->notes[0], sizeof check->notes[0],
             "5 entries lie at kinks: another x would avoid them");
    return check;
}

tw_gradcheck *check_of(size_t blocks) {
    tw_gradcheck *check = new_check(blocks, blocks * 24);
    for (size_t b = 0; b < blocks; b++) {
        char name[96];
        snprintf(name, sizeof name, "stage%zu.%zu.%s", b / 18 + 1, b % 18 / 3,
                 b % 3 == 0   ? "conv1.weight"
                 : b % 3 == 1 ? "bn1.weight"
                              : "downsample.0.projection.with_a_long_name.weight");
        add_block(check, name, 100 + 400 * (b % 3), 10, 24);
        if (b % 23 == 19)
            scale_last(check, b > 30 ? 1.001 : -1);
    }
    return check;
}
