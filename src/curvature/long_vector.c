#include "curvature/long_vector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* Numbers of a piece: 16 KB of each vector, of which one stays in the first cache. */
enum { PIECE = 2048, LANES = 8 };

typedef struct long_job {
    const tw_long_set *set;
    const double *given; /* y, or s */
    const double *c;
    double *y;
    double *sums; /* pieces x count, or workers x kept x PIECE of scratch */
    size_t kept;
    double factor;
} long_job;

static size_t pieces_of(size_t n) {
    return (n + PIECE - 1) / PIECE;
}

/* Few pieces are done sooner than threads are woken. */
static int is_few(size_t pieces) {
    return pieces <= 4;
}

static tw_status map(tw_runner *runner, size_t pieces, tw_piece_fn function, void *argument) {
    return tw_runner_map(is_few(pieces) ? NULL : runner, pieces, function, argument);
}

static size_t length_of(size_t n, size_t piece) {
    return n - piece * PIECE < PIECE ? n - piece * PIECE : PIECE;
}

/* Eight sums, in one order whatever the compiler makes of them. */
static double dot(size_t count, const double *a, const double *b) {
    double lane[LANES] = {0}, rest = 0;
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lane[k] += a[i + k] * b[i + k];
    for (size_t i = whole; i < count; i++)
        rest += a[i] * b[i];
    return ((lane[0] + lane[4]) + (lane[1] + lane[5])) +
           ((lane[2] + lane[6]) + (lane[3] + lane[7])) + rest;
}

static tw_status dots_piece(void *argument, size_t piece, int worker) {
    const long_job *job = argument;
    const tw_long_set *set = job->set;
    size_t at = piece * PIECE, length = length_of(set->n, piece);
    for (size_t j = 0; j < set->count; j++)
        job->sums[piece * set->count + j] =
            dot(length, set->vectors + j * set->n + at, job->given + at);
    return TW_OK;
}

tw_status tw_long_dots(const tw_long_set *set, const double *y, double *out) {
    size_t pieces = pieces_of(set->n);
    long_job job = {.set = set, .given = y, .sums = tw_alloc_raw(pieces, set->count * sizeof *y)};
    if (job.sums == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu inner products", set->count);
    tw_status status = map(set->runner, pieces, dots_piece, &job);
    memset(out, 0, set->count * sizeof *out);
    for (size_t p = 0; p < pieces; p++)
        for (size_t j = 0; j < set->count; j++)
            out[j] += job.sums[p * set->count + j];
    free(job.sums);
    return status;
}

/* The same sums without memory for them, which lengths and inner products, having no status, must
 * do without. */
static double dot_in_order(size_t n, const double *a, const double *b) {
    double sum = 0;
    for (size_t p = 0; p < pieces_of(n); p++)
        sum += dot(length_of(n, p), a + p * PIECE, b + p * PIECE);
    return sum;
}

double tw_long_dot(tw_runner *runner, size_t n, const double *a, const double *b) {
    double out;
    const tw_long_set one = {runner, n, 1, (double *)a};
    if (is_few(pieces_of(n)))
        return dot_in_order(n, a, b);
    if (tw_long_dots(&one, b, &out) == TW_OK)
        return out;
    tw_message_clear();
    return dot_in_order(n, a, b);
}

/* Squares that are too large or too small for a double: once more, of shares of the largest. */
static double length_of_shares(size_t n, const double *a) {
    double most = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(a[i]));
    if (most == 0 || isinf(most))
        return most;
    for (size_t i = 0; i < n; i++)
        squares += (a[i] / most) * (a[i] / most);
    return most * sqrt(squares);
}

double tw_long_length(tw_runner *runner, size_t n, const double *a) {
    double squares = tw_long_dot(runner, n, a, a);
    return isnan(squares) || (squares > 0x1p-900 && squares < INFINITY) ? sqrt(squares)
                                                                        : length_of_shares(n, a);
}

static tw_status add_piece(void *argument, size_t piece, int worker) {
    const long_job *job = argument;
    const tw_long_set *set = job->set;
    size_t at = piece * PIECE, length = length_of(set->n, piece);
    for (size_t j = 0; j < set->count; j++) {
        const double *v = set->vectors + j * set->n + at, c = job->c[j];
        double *y = job->y + at;
        for (size_t i = 0; i < length; i++)
            y[i] += c * v[i];
    }
    return TW_OK;
}

tw_status tw_long_add(const tw_long_set *set, const double *c, double *y) {
    long_job job = {.set = set, .c = c, .y = y};
    return map(set->runner, pieces_of(set->n), add_piece, &job);
}

tw_status tw_long_project(const tw_long_set *set, double *sums, double *y) {
    tw_status status = tw_long_dots(set, y, sums);
    for (size_t j = 0; j < set->count; j++)
        sums[j] = -sums[j];
    return status == TW_OK ? tw_long_add(set, sums, y) : status;
}

static tw_status turn_piece(void *argument, size_t piece, int worker) {
    const long_job *job = argument;
    const tw_long_set *set = job->set;
    size_t at = piece * PIECE, length = length_of(set->n, piece);
    double *turned = job->sums + (size_t)worker * job->kept * PIECE;
    memset(turned, 0, job->kept * PIECE * sizeof *turned);
    for (size_t j = 0; j < set->count; j++)
        for (size_t k = 0; k < job->kept; k++) {
            const double *v = set->vectors + j * set->n + at;
            double *to = turned + k * PIECE, s = job->given[k * set->count + j];
            for (size_t i = 0; i < length; i++)
                to[i] += s * v[i];
        }
    for (size_t k = 0; k < job->kept; k++)
        memcpy(set->vectors + k * set->n + at, turned + k * PIECE, length * sizeof *turned);
    return TW_OK;
}

tw_status tw_long_turn(const tw_long_set *set, size_t kept, const double *s) {
    long_job job = {.set = set, .given = s, .kept = kept};
    job.sums = tw_alloc_raw((size_t)tw_runner_threads(set->runner), kept * PIECE * sizeof *s);
    if (job.sums == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to turn %zu vectors", kept);
    tw_status status = map(set->runner, pieces_of(set->n), turn_piece, &job);
    free(job.sums);
    return status;
}

static tw_status scale_piece(void *argument, size_t piece, int worker) {
    const long_job *job = argument;
    double *y = job->y + piece * PIECE;
    for (size_t i = 0; i < length_of(job->set->n, piece); i++)
        y[i] *= job->factor;
    return TW_OK;
}

void tw_long_scale(tw_runner *runner, size_t n, double factor, double *a) {
    const tw_long_set set = {.runner = runner, .n = n};
    long_job job = {.set = &set, .y = a, .factor = factor};
    map(runner, pieces_of(n), scale_piece, &job);
}
