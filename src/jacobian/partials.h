/* partials.h: the derivatives of a function with several values, column by column or by colours. */
#ifndef TW_JACOBIAN_PARTIALS_H
#define TW_JACOBIAN_PARTIALS_H

#include "jacobian/moved.h"
#include "jacobian/row_probe.h"

typedef enum tw_entry_rule {
    TW_ENTRY_FORWARD,
    TW_ENTRY_CENTRAL,
    TW_ENTRY_PAIRS, /* two central differences, or three one-sided ones, extrapolated */
    TW_ENTRY_LADDER
} tw_entry_rule;

typedef struct tw_entry {
    double value, bar;
} tw_entry;

typedef struct tw_partials {
    /* set by the caller */
    const tw_vector_function *function;
    tw_entry_rule rule;
    const double *x;
    const double *typical, *lower, *upper; /* n, or NULL */
    const tw_space *space;                 /* blocks that share a scale; NULL: all one */
    double step;                           /* > 0: the same for all columns */
    int measure;                           /* 1: the noise of the rows is measured */
    unsigned long long seed;               /* of the probe */
    tw_progress_fn progress;
    void *progress_user;

    /* found by tw_partials_begin */
    double *base;         /* m: the values at x */
    double *scales;       /* n; 0 of what does not move in `space`, whose partials are 0 */
    double *steps;        /* n: h, with the ladder its scale; no step leaves the room */
    tw_room *rooms;       /* n */
    signed char *sides;   /* n: 0 both, +1, -1 */
    tw_row_probe probe;   /* where `probe` is asked for */
    const double *noises; /* m, the probe's: error of one value; NULL: no bars */
    unsigned long long evaluations;

    /* what to do, and the results */
    const tw_pattern *pattern;      /* NULL: dense */
    const size_t *members, *starts; /* columns members[starts[g]] ... move together; NULL: one by
                                       one */
    size_t groups;
    double *values, *bars; /* of all entries; bars NULL: not wanted */
    tw_moves *moves;       /* one a worker */
} tw_partials;

/* Evaluates the function at x, settles scales and steps, and probes the rows (which bars, pairs and
 * the ladder need). Release in any case. */
tw_status tw_partials_begin(tw_partials *columns, int probe);
void tw_partials_release(tw_partials *columns);

/* Fills values and bars; adds up evaluations. */
tw_status tw_partials_run(tw_partials *columns);

/* Entries that got no value, and the largest finite bar (NaN: bars is NULL). */
size_t tw_partials_without(size_t count, const double *values);
double tw_partials_bar(size_t count, const double *bars);

/* Columns of a colour side by side: members (n) and starts (colors + 1), in one block of memory to
 * be freed through *members. */
tw_status tw_partials_by_color(size_t n, const size_t *groups, size_t colors, size_t **members,
                               size_t **starts);

/* One entry. The moves are at a group that column j is in. */
tw_status tw_entry_derivative(const tw_partials *columns, tw_moves *moves, size_t row, size_t j,
                              tw_entry *out);

#endif
