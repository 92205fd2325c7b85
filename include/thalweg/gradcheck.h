/* gradcheck.h: is the gradient that an objective gives the derivative of its value?
 *
 * Each entry a of the gradient is held against a numerical derivative d that comes with its own
 * error bar u (derivative.h), so that three answers are possible: the gradient is right, it is
 * wrong, or this function cannot be differentiated well enough to tell. With r = |a - d|, the
 * tolerance of the entry itself and that of an entry at the floor of its block,
 *
 *     tau   = rtol max(|a|, |d|) + atol,
 *     least = rtol floor largest |a| of the block + atol,
 *
 *     fail           r > tau + 3 u, and other ways than the ladder do not contradict
 *     pass           r + u <= tau, or r <= tau where u <= tau / 10
 *     too small      r <= tau + 3 u and r + u <= least; or |a| and |d| are at most floor times the
 *                    largest |a| of the block, r <= tau + u and r + u <= rtol times the largest; or
 *                    r is no more than the rounding of the largest (of all, where the block has
 *                    nothing above that: a bias before a batch normalisation), or 10 u, and r <=
 *                    least: the entry passes, but is counted (`small`, TW_REASON_SMALL) and named
 *                    beside the verdict
 *     inconclusive   what is left after the noise was measured and, where there is one, the complex
 *                    step was taken
 *
 * In blocks with kinks r <= tau is a pass where u <= 20 tau: kinks beside x leave no step by which
 * more could be known, and an error of 100 tau would still fail. It is counted with the kinks.
 *
 * The largest entry is that of the gradient at x: nothing but x itself says how small is small.
 * Both numbers 0 is a pass where no bit of the loss changes. Before an entry is called wrong, the
 * noise is measured and its derivative taken again, or plain differences at two other steps side
 * with the ladder; where they side with the gradient, the entry is inconclusive.
 *
 * At a kink (ReLU, hinge) any a between the one-sided derivatives is right, and one outside is
 * wrong; at a jump nothing can be said. Up to 2,000 parameters are checked one by one. Of more,
 * some in every block are: drawn ones and those with the largest and the smallest entries; and the
 * whole of every block is by random signed probes v, g'v against the derivative along v, whose
 * disagreements are halved down to the wrong entries. A gradient that fails is looked at for its
 * cause (tw_cause).
 *
 * The shortest use:
 *
 *     tw_gradcheck *check;
 *     tw_objective_from_functions(f, gradient, user, n, &objective);
 *     tw_gradcheck_run(objective, x, NULL, &check);
 *     tw_gradcheck_write(check, TW_GRADCHECK_TEXT, 0, stdout);                            (file.h)
 *     tw_gradcheck_free(check);
 *
 * The rules are those of the CS231n notes ("Neural networks part 3: gradient checks") with their
 * fixed bands replaced by error bars.
 */
#ifndef THALWEG_GRADCHECK_H
#define THALWEG_GRADCHECK_H

#include <stddef.h>
#include <stdint.h>

#include "derivative.h"
#include "objective.h"

TW_BEGIN_DECLS

typedef enum tw_verdict {
    TW_VERDICT_PASS,
    TW_VERDICT_FAIL,
    TW_VERDICT_INCONCLUSIVE,
    TW_VERDICT_NOT_MOVED, /* of a block alone: nothing moves it (running statistics, fixed ones),
                             and nothing of it was tested */
    TW_VERDICT_NOT_TESTED /* of a block alone: no entry and no probe of it was asked for */
} tw_verdict;
/* "pass", "fail", "inconclusive", "not moved", "not tested"; NULL past the end. */
TW_API const char *tw_verdict_name(size_t verdict);

/* What decided a verdict beside the size of the disagreement. */
typedef enum tw_reason {
    TW_REASON_NONE,
    TW_REASON_KINK,         /* judged by the interval of the one-sided derivatives */
    TW_REASON_JUMP,         /* the loss is not continuous */
    TW_REASON_NOISE,        /* the bar is wider than the tolerance */
    TW_REASON_DOMAIN,       /* the loss is not finite close by */
    TW_REASON_NOT_FINITE,   /* the entry of the gradient is infinite or NaN */
    TW_REASON_NOT_WRITTEN,  /* the gradient callback left the entry as it was */
    TW_REASON_NOT_REPEATED, /* two calls with the same x give different results */
    TW_REASON_BUDGET,       /* max_evaluations reached */
    TW_REASON_SMALL,        /* passes, but is too small beside its block to be judged */
    TW_REASON_CONTRADICTED  /* differences at other steps are with the gradient, not the ladder */
} tw_reason;
/* "", "kink", "jump", "noise", "domain", "not finite", "not written", "not repeated", "budget",
 * "small", "contradicted"; NULL past the end. */
TW_API const char *tw_reason_name(size_t reason);

/* What a wrong gradient looks like. `factor` and `where` below say more. */
typedef enum tw_cause {
    TW_CAUSE_NONE,
    TW_CAUSE_SIGN,         /* a = -d */
    TW_CAUSE_FACTOR,       /* a = factor * d: a square's 2 missing or doubled, any constant */
    TW_CAUSE_SAMPLES,      /* a = N d or d / N, N the number of samples: mean taken for sum */
    TW_CAUSE_REGULARIZER,  /* a - d = factor * x: the regulariser's part missing or wrong */
    TW_CAUSE_TRANSPOSED,   /* a block of rank 2 holds its transpose */
    TW_CAUSE_PERMUTED,     /* the right numbers in wrong places */
    TW_CAUSE_ZERO,         /* a block of zeros that should not be */
    TW_CAUSE_NOT_WRITTEN,  /* entries that the callback never writes */
    TW_CAUSE_STALE,        /* entries that belong to an earlier x */
    TW_CAUSE_ONE_ENTRY,    /* one entry alone is wrong */
    TW_CAUSE_RANGE,        /* entries next to each other, a row or a column: a loop's bounds */
    TW_CAUSE_TAIL,         /* the last samples are left out */
    TW_CAUSE_PRECISION,    /* rounded to single precision */
    TW_CAUSE_NOT_FINITE,   /* infinite or NaN entries */
    TW_CAUSE_NOT_REPEATED, /* value or gradient change from call to call */
    TW_CAUSE_UNKNOWN       /* wrong, and none of the above */
} tw_cause;
/* One word: "sign", "factor", "samples", ...; NULL past the end. */
TW_API const char *tw_cause_name(size_t cause);

/* One coordinate. */
typedef struct tw_gradcheck_entry {
    size_t block, index; /* its block, and its place in the parameter vector */
    double x;
    double analytic;           /* a */
    double numeric, bar;       /* d, u */
    double left, right;        /* one-sided derivatives at a kink, else d */
    double tolerance;          /* tau, of this entry alone */
    double absolute, relative; /* |a - d|; over max(|a|, |d|), 0 where both are 0 */
    double step;               /* of the winning difference */
    double kink;               /* smooth here, but a kink near by: its distance; else 0 */
    tw_point_class point_class;
    unsigned flags; /* TW_DERIVATIVE_... */
    unsigned evaluations;
    tw_verdict verdict;
    tw_reason reason;
} tw_gradcheck_entry;

/* One signed probe of a block: v_i = +- u_i there, u_i uniform in [1/2, 3/2]. It passes if r <= tau
 * + 3 bar and bar <= 100 tau, tau being the root of the sum of the squares of its entries' own: so
 * it sees any error above tau + 3 bar. */
typedef struct tw_gradcheck_probe {
    size_t block;                             /* SIZE_MAX: all blocks */
    double analytic, numeric, bar, tolerance; /* g'v, the derivative along v */
    unsigned evaluations;
    tw_verdict verdict;
    tw_reason reason;
} tw_gradcheck_probe;

typedef struct tw_gradcheck_block {
    const char *name;              /* as in the objective's space; valid as long as the report */
    size_t offset, count, columns; /* columns: of a block of rank 2, else 1 */
    size_t tested, failed, inconclusive, kinks; /* entries */
    size_t small;                               /* passed as too small to judge */
    size_t worst;           /* index into entries of the largest r / tau, or SIZE_MAX */
    double worst_relative;  /* the largest |a - d| / max(|a|, |d|) among entries >= the floor */
    double median_relative; /* the middle one */
    double cosine;          /* of the angle between a and d over the tested entries; NaN if 0 */
    double largest;         /* largest |a| of the whole block */
    tw_verdict verdict;
    tw_cause cause;
    double factor;           /* of TW_CAUSE_FACTOR, SAMPLES, REGULARIZER (times x); TAIL: samples */
    size_t where, where_end; /* entries where ... where_end - 1 of the vector, if the cause has a
                                place, else both 0 */
    size_t stride;           /* 1, or the distance of the entries of a column */
    size_t probes;           /* of the whole block, that were made */
} tw_gradcheck_block;

/* R(t) = |f(x + t v) - f(x) - t g'v| (- t^2/2 v'Hv) over t: R falls as t^2 where g is right, as t
 * where it is wrong, as t^3 with a right Hessian product. Needs no step size and no tolerance. */
typedef struct tw_gradcheck_taylor {
    size_t count; /* steps, halving; 0: not done */
    double step[32], remainder[32];
    double order;    /* the exponent over the steps above the noise; INFINITY: no remainder */
    double expected; /* 2, or 3 */
    tw_verdict verdict;
} tw_gradcheck_taylor;

/* H v of the objective against differences of its gradient, and <w, H v> against <v, H w>. */
typedef struct tw_gradcheck_hessian {
    int done;
    double error, bar, largest; /* largest |Hv - difference|, its bar there, largest |Hv| */
    size_t worst;               /* entry */
    double asymmetry;           /* |<w,Hv> - <v,Hw>| over the size of the two */
    tw_verdict verdict;
} tw_gradcheck_hessian;

enum { TW_GRADCHECK_NOTE = 256 };

typedef struct tw_gradcheck {
    tw_verdict verdict;
    tw_cause cause; /* of the first failing block, or of the whole */
    double loss;
    size_t parameters, samples;
    double rtol, atol, unit; /* as used */
    double noise;            /* absolute, of one value of the loss near x: the largest met */
    size_t block_count, entry_count, probe_count, note_count;
    tw_gradcheck_block *blocks;
    tw_gradcheck_entry *entries; /* by index */
    tw_gradcheck_probe *probes;
    char (*notes)[TW_GRADCHECK_NOTE]; /* warnings, one line each */
    tw_gradcheck_taylor taylor;
    tw_gradcheck_hessian hessian;
    uint64_t seed;
    unsigned long long evaluations;
    double seconds;
    tw_space *space; /* a copy: owns the blocks' names */
} tw_gradcheck;

/* All zero (or a NULL pointer) means the defaults. */
typedef struct tw_gradcheck_options {
    size_t bytes;    /* sizeof(tw_gradcheck_options), or 0 (thalweg.h) */
    double rtol;     /* 0: 1e-6, or 1e-3 where the noise is that of single precision */
    double atol;     /* 0 */
    double noise;    /* relative noise of one value of the loss, 6e-8 for single precision; 0: what
                        the objective says of itself */
    double floor;    /* 0: 1e-3 */
    int robust;      /* 1: measure the noise at every coordinate from the start */
    uint64_t seed;   /* of what is drawn: coordinates, probes */
    size_t every;    /* check every parameter if there are no more; 0: 2,000 */
    size_t sample;   /* of larger ones: drawn entries a block; 0: 32 */
    size_t extremes; /* the largest and the smallest entries a block; 0: 8 of each */
    size_t probes;   /* a block; 0: 4 where not every parameter is checked, else none */
    size_t locate;   /* wrong entries a block that are searched for; 0: 4 */
    int only_probes; /* 1: no drawn entries: probes, and what they lead to */
    const size_t *indices; /* check these coordinates instead */
    size_t index_count;
    const double *lower, *upper;        /* n each; both NULL: the objective's. Never stepped over */
    const double *scales;               /* typical sizes of the parameters, n, or NULL */
    int no_taylor, no_hessian;          /* 1: leave it out */
    unsigned long long max_evaluations; /* 0: no limit; what is not reached is inconclusive */
    tw_progress_fn progress;
    void *progress_user;
    int brief; /* 1: for losses that take long, as of large networks: a probe takes a dozen
                  evaluations, at steps below the kinks, where they decide; and the wrong entries of
                  the first blocks only are searched for */
} tw_gradcheck_options;

/* Checks the gradient of `objective` at x. On success *out is the report, owned by the caller, and
 * a wrong gradient is a success. Fails with TW_ERR_UNSUPPORTED if the objective has no gradient,
 * TW_ERR_NOT_FINITE for a loss that is not finite at x, TW_ERR_ARGUMENT for bounds that exclude x,
 * a callback that writes to x or an index out of range, and with the callback's status where one
 * fails. x is never written. The same bits for any number of threads. */
TW_API tw_status tw_gradcheck_run(tw_objective *objective, const double *x,
                                  const tw_gradcheck_options *options, tw_gradcheck **out);
TW_API void tw_gradcheck_free(tw_gradcheck *check);

/* One sentence about a block's cause, with its numbers, for people: "every entry has the wrong
 * sign". Writes at most `size` bytes; returns text. */
TW_API const char *tw_gradcheck_explain(const tw_gradcheck *check, const tw_gradcheck_block *block,
                                        char *text, size_t size);

/* The place of entry `index` within its block: "[row, column]" of a block of rank 2, else its
 * number. Writes at most `size` bytes; returns text. */
TW_API const char *tw_gradcheck_place(const tw_gradcheck_block *block, size_t index, char *text,
                                      size_t size);

/* One signed probe over entries first ... first + count - 1. `gradient` is a at x. */
TW_API tw_status tw_gradcheck_probe_range(tw_objective *objective, const double *x,
                                          const double *gradient, size_t first, size_t count,
                                          const tw_gradcheck_options *options, uint64_t number,
                                          tw_gradcheck_probe *out);

TW_END_DECLS

#endif
