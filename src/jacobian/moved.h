/* moved.h: a function with several values at moved copies of x, each evaluated once and kept, so
 * that all rows share the evaluations of a column or a colour. */
#ifndef TW_JACOBIAN_MOVED_H
#define TW_JACOBIAN_MOVED_H

#include "diff/numbers.h"
#include "thalweg/jacobian.h"
#include "thalweg/objective.h"

typedef struct tw_vector_function {
    tw_status (*evaluate)(void *user, int worker, const double *x, double *values);
    void *user;
    size_t n, m;
    double unit;       /* relative rounding of a value */
    tw_runner *runner; /* whose workers may evaluate at once */
} tw_vector_function;

/* Residuals, or the gradient or the loss of an objective, as such a function. */
tw_vector_function tw_vector_of_residuals(const tw_residuals *residuals, tw_runner *runner);
tw_status tw_vector_of_gradients(tw_objective *objective, tw_vector_function *out);
/* m = the number of metrics; the loss is values[0]. */
tw_status tw_vector_of_values(tw_objective *objective, tw_vector_function *out);

/* The bounds of one coordinate as the distances that it may move by; a point x + t with
 * -below <= t <= above, rounded, is within. */
typedef struct tw_room {
    double below, above;
} tw_room;
/* TW_ERR_ARGUMENT if x_i is not finite or not within its bounds, or a bound is NaN. */
tw_status tw_room_find(size_t i, double x, const double *lower, const double *upper, tw_room *out);

/* scales[i] = typical[i] where that is given and not 0, else max(|x_i|, min(1, root mean square of
 * the n numbers)), 1 where next to 0. */
tw_status tw_typical_scales(size_t n, const double *x, const double *typical, double *scales);

enum { TW_MOVE_EXPONENTS = 128, TW_MOST_MOVES = 512 };

/* Moves are keyed by a sign and an exponent k: coordinate i of the group goes to x_i + sign 2^k
 * steps[i], unless that is out of its room. */
typedef struct tw_moves {
    const tw_vector_function *function;
    int worker;
    const double *x, *base; /* n, and the function's m values at x */
    const double *steps;    /* n */
    const tw_room *rooms;   /* n, or NULL */
    const size_t *group;    /* the coordinates that move together; NULL: 0, 1, 2, ... */
    size_t group_size;
    unsigned long long evaluations;
    double *point; /* a copy of x, as it is between evaluations */
    int used;
    short keys[TW_MOST_MOVES];
    short index[4 * TW_MOVE_EXPONENTS]; /* by key: which block, -1 none */
    double *blocks[TW_MOST_MOVES];      /* m values each */
} tw_moves;

/* Fields up to `rooms` are set by the caller, the rest zeroed. */
tw_status tw_moves_begin(tw_moves *moves);
void tw_moves_group(tw_moves *moves, const size_t *group, size_t group_size);
/* The values at such a move. *values stays valid until the next group. */
tw_status tw_moves_at(tw_moves *moves, int sign, int exponent, const double **values);
/* TW_ERR_CALLBACK if the function has written to its x. */
tw_status tw_moves_check(const tw_moves *moves);
tw_status tw_moves_changed(size_t i); /* the error itself */
void tw_moves_release(tw_moves *moves);

/* Where coordinate i of the group goes in a move, less x_i, as stored; 0: it stays. */
double tw_moves_step(const tw_moves *moves, size_t i, int sign, int exponent);

#endif
