/* gradcheck_private.h: a gradient check at work. */
#ifndef TW_GRADCHECK_GRADCHECK_PRIVATE_H
#define TW_GRADCHECK_GRADCHECK_PRIVATE_H

#include "thalweg/gradcheck.h"

typedef struct tw_check {
    tw_objective *objective;
    const double *x;
    size_t n;
    tw_gradcheck_options options; /* with the defaults in place */
    tw_gradcheck *report;
    size_t entry_capacity, probe_capacity;

    double *gradient;  /* a, at x */
    double *elsewhere; /* the gradient at `other`, a point near x */
    double *other;
    double *again;            /* a second call at x */
    unsigned char *unwritten; /* entries that the callback leaves as they were */
    double *metrics;          /* scratch of one value */
    double *scales;           /* typical size of each parameter */
    double *floors;           /* of each block: what its entries are measured by at the least */
    double largest;           /* entry of the gradient at x */
    double slope_aside; /* |f(other) - f(x)| over the distance: a natural size of derivatives */
    double idle; /* the loss does not depend on x beyond its rounding, which moves it so much; else
                    0 */
    double
        rounding; /* of one value of the loss, measured once for brief probes; 0: there are none */
    size_t followed; /* trails of wrong probes that were followed, of a brief check */
    int self_made;   /* the gradient came from evaluations of the loss: nothing to compare */
    int unlike;      /* two values at x differ by more than rounding */
    unsigned long long begun; /* evaluations of the objective before */
} tw_check;

/* ---- gradcheck_common.c: what several parts ask ---- */

/* A relative noise above this is that of single precision. */
#define TW_SINGLE_PRECISION 0x1p-30

/* The relative noise of one value: the objective's own, or what the caller says. */
double tw_gradcheck_unit(const tw_objective *objective, const tw_gradcheck_options *options);
/* 1e-6, or 1e-3 where the noise is that of single precision. */
double tw_gradcheck_rtol(double unit);
/* The absolute noise that derivatives are told: what is declared to the check, or what two values
 * differ by; 0: nothing. */
double tw_check_noise(const tw_check *check);
/* Whether max_evaluations is used up. */
int tw_check_exhausted(const tw_check *check);
/* The entries in the order of their coordinates; */
void tw_check_sort(tw_check *check);
/* the entry of a coordinate, or NULL, once they are. */
tw_gradcheck_entry *tw_check_find(const tw_check *check, size_t index);
/* Number `number` of the signed probes, entry i: +- u, u in [1/2, 3/2]. A gap around 0 lets no
 * wrong entry hide, and drawn sizes let no two of them cancel. */
double tw_probe_entry(uint64_t seed, uint64_t number, size_t i);
/* Of all parameters; 0 in buffers. */
void tw_check_probe_all(const tw_check *check, uint64_t number, double *v);
/* A probe for the report. */
tw_status tw_check_keep_probe(tw_check *check, const tw_gradcheck_probe *probe);

/* ---- the parts ---- */

/* gradcheck_repeat.c: gradients at x, at a point near by and at x again; what is written, what is
 * repeated. */
tw_status tw_check_repeat(tw_check *check);

/* gradcheck_idle.c: whether the loss depends on x at all; sets check->idle. `other` is the point
 * near by, where the loss is `aside`. */
tw_status tw_check_idle(tw_check *check, double aside);

/* gradcheck_quick.c: four evaluations an entry; those that agree are judged, the others stay open
 * for want of budget. */
tw_status tw_check_quick(tw_check *check, tw_gradcheck_entry *entries, size_t count);

/* gradcheck_select.c: the coordinates to look at, rising; *indices is the caller's to free. */
tw_status tw_check_select(const tw_check *check, size_t **indices, size_t *count);

/* gradcheck_entries.c: derivatives and verdicts of coordinates that have no entry yet; those that
 * the first look leaves open, or puts close to the line, are looked at again with the noise
 * measured. */
tw_status tw_check_entries(tw_check *check, size_t count, const size_t *indices);

/* gradcheck_look.c: the derivatives of entries[which[k]], put into the entries, which are judged.
 */
tw_status tw_check_look(tw_check *check, size_t count, const size_t *which,
                        tw_gradcheck_entry *entries, int robust);
void tw_check_fill(const tw_check *check, const tw_derivative *d, tw_gradcheck_entry *entry);
/* Of one that does not pass: with steps below the kinks, if kinks it is. */
tw_status tw_check_look_below(tw_check *check, tw_gradcheck_entry *e);

/* gradcheck_judge.c */
double tw_check_tolerance(const tw_check *check, double a, double d);
/* For entries of blocks with kinks: where kinks lie closer beside x than any step that the rounding
 * of the loss allows, bars stay some times the tolerance. A claim within the tolerance of the
 * number passes there, if the bar is narrow enough for an error of a hundred times the tolerance to
 * fail; and what is within the tolerance of an entry at the floor is too small to judge, whatever
 * its bar. */
void tw_check_judge_near_kinks(const tw_check *check, tw_gradcheck_entry *entry);
/* gradcheck_straight.c: the slope of the straight piece around x, where that lets an entry pass. */
tw_status tw_check_straight(const tw_check *check, tw_gradcheck_entry *entry);
/* What rounding may leave of a block whose sums cancel, such as of a bias before a batch
 * normalisation: nothing is left of what was summed, which may have been as large as the largest
 * entry of all. 0 of any other block. */
double tw_check_cancelled(const tw_check *check, size_t block);

/* The tolerance of an entry at the floor of its block. */
double tw_check_least(const tw_check *check, size_t block);
void tw_check_judge(const tw_check *check, tw_gradcheck_entry *entry);
/* The verdict on |a - d| = r where the bar is u and the tolerance tau. */
tw_verdict tw_check_verdict(double r, double u, double tau);

/* gradcheck_confirm.c: the slope by small steps, below kinks that misled the ladder. */
typedef struct tw_claim {
    const double *direction; /* NULL: coordinate `coordinate` */
    size_t coordinate;
    double value, found; /* claimed, and by the ladder */
    double tolerance, noise, scale,
        step;  /* the ladder's winning step: only smaller ones are taken */
    int plain; /* for the witness: wide pairs that agree with the ladder will do */
} tw_claim;
typedef struct tw_claim_answer {
    int straight; /* there is such a stretch */
    double value, bar, step;
    double noise; /* of one value, as it was reckoned with */
    unsigned evaluations;
} tw_claim_answer;
tw_status tw_check_confirm(const tw_check *check, const tw_claim *claim, tw_claim_answer *answer);

/* gradcheck_witness.c: two plain differences, at steps that are none of the ladder's: whether they
 * are with the claim's value, with what was found, or have not settled. scatter is then the noise
 * of one value that would explain it, 0 where it is not noise. settled: the step at which pairs too
 * small to decide are with the claim, else 0. */
typedef enum tw_witness { TW_WITNESS_NEITHER, TW_WITNESS_CLAIMED, TW_WITNESS_FOUND } tw_witness;
typedef struct tw_witness_answer {
    tw_witness with;
    double scatter, settled;
    int coarse; /* small pairs change no bit */
} tw_witness_answer;
tw_status tw_check_witness(const tw_check *check, const tw_claim *claim, tw_witness_answer *out,
                           unsigned *evaluations);
/* The size of a derivative along a coordinate as wide steps see it, 0 where they see no change. */
tw_status tw_check_natural_slope(const tw_check *check, size_t coordinate, double *slope,
                                 unsigned *evaluations);
/* A line through x, to be released whether it could be made or not. */
struct tw_line;
tw_status tw_check_line(const tw_check *check, const double *direction, size_t coordinate,
                        struct tw_line *line);
void tw_check_line_release(struct tw_line *line);

/* gradcheck_probe.c: probes of all blocks, and the wrong entries that they lead to. */
tw_status tw_check_probes(tw_check *check);

/* gradcheck_failures.c: whether entries that are called wrong are; bit TW_MEASURED of robust[k]:
 * entry k was judged with the noise measured. */
enum { TW_MEASURED = 1 };
tw_status tw_check_failures(tw_check *check, tw_gradcheck_entry *entries, size_t count,
                            unsigned char *robust);

/* gradcheck_continuous.c: whether the loss is continuous beside x, or a part of it jumps as rounded
 * values do. Of the claim: the line, its scale, the slope `found` at x as steps of about `step` see
 * it, and the noise of a value if it is known to be more than rounding. */
tw_status tw_check_is_continuous(const tw_check *check, const tw_claim *claim, int *yes,
                                 unsigned *evaluations);

/* gradcheck_beside.c: an entry that passes since x is at a kink, though it is the slope of neither
 * side, or of the wrong one: where small steps see x beside the kink, it is judged by them. */
tw_status tw_check_beside_kink(const tw_check *check, tw_gradcheck_entry *entry);

/* gradcheck_tie.c: pairs of entries that pass at kinks, each by itself; a probe fails where they do
 * not go together. */
tw_status tw_check_ties(tw_check *check);

/* gradcheck_cause.c: why block k fails. */
tw_status tw_check_cause(tw_check *check, size_t block);

/* gradcheck_tail.c: whether the gradient is that of all samples but the last few. The entries are
 * `count` of the report, of one block. Returns the number of samples left out, or 0, in *samples.
 */
tw_status tw_check_tail(tw_check *check, size_t count, const tw_gradcheck_entry *entries,
                        size_t *samples);

/* gradcheck_taylor.c */
tw_status tw_check_taylor(tw_check *check);

/* gradcheck_hessian.c */
tw_status tw_check_hessian(tw_check *check);

/* gradcheck_notes.c: the warnings, once all else is known. */
tw_status tw_check_notes(tw_check *check);
tw_status tw_check_note(tw_check *check, const char *format, ...) TW_PRINTF(2, 3);

#endif
