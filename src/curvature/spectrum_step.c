/* spectrum_step.c: what is done with the Ritz pairs after every block of products: go on, restart,
 * look for what was missed, check, end. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "curvature/curvature_scale.h"
#include "curvature/curvature_unit.h"
#include "curvature/spectrum_private.h"

tw_status tw_spectrum_begin(tw_spectrum *s) {
    tw_krylov *space = &s->space;
    const double *scale = tw_curvature_scale(s->space.curvature);
    tw_status status = TW_OK;
    for (size_t k = 0; k < s->options.start_count && status == TW_OK; k++) {
        double *to = space->basis + space->count * space->n;
        const double *from = s->options.start + k * space->n;
        tw_scale_keep(space->n, scale, from, to);
        status = tw_krylov_take(space);
    }
    tw_spectrum_chain_begin(s, 0, 0);
    size_t first = s->options.start_count < space->block ? space->count : space->block;
    for (size_t k = first; k < space->block && space->count < space->dimension && status == TW_OK;
         k++)
        status = tw_krylov_draw(space);
    return status;
}

/* Place of wanted pair k among the Ritz pairs, which fall. */
static size_t place(const tw_spectrum *s, size_t k) {
    return k < s->largest ? k : s->space.done - 1 - (k - s->largest);
}

static tw_status look(tw_spectrum *s) {
    size_t done = s->space.done;
    tw_status status = tw_krylov_ritz(&s->space, s->ritz, s->ritz_vectors, s->ritz_residual);
    s->found = done;
    for (size_t k = 0; k < tw_spectrum_wanted(s) && status == TW_OK; k++) {
        int there = (k < s->largest ? k : k - s->largest) < done;
        s->wanted[k] = there ? s->ritz[place(s, k)] : NAN;
        s->residual[k] = there ? s->ritz_residual[place(s, k)] : INFINITY;
    }
    return status;
}

static double worst_estimate(const tw_spectrum *s) {
    double worst = 0;
    for (size_t k = 0; k < tw_spectrum_wanted(s); k++)
        worst = fmax(worst, s->residual[k]);
    return worst;
}

/* Next to rounding, residuals that have not come down for two spaces' worth of products will not.
 */
static void note_best(tw_spectrum *s) {
    double worst = worst_estimate(s);
    if (s->best == 0 || worst < 0.9 * s->best) {
        s->best = worst;
        s->best_at = s->space.products;
    }
}

static int has_stalled(const tw_spectrum *s) {
    return s->best > 0 && s->best <= 1000 * tw_spectrum_rounding(s) &&
           s->space.products - s->best_at > 2 * s->space.room;
}

static size_t converged(const tw_spectrum *s) {
    size_t count = 0;
    for (size_t k = 0; k < tw_spectrum_wanted(s); k++)
        count += s->residual[k] <= tw_spectrum_tolerance(s);
    return count;
}

static int is_whole(const tw_spectrum *s) {
    return s->space.done == s->space.dimension;
}

/* All wanted pairs are different ones, and small enough. */
static int has_converged(const tw_spectrum *s) {
    return is_whole(s) ||
           (s->space.done >= tw_spectrum_wanted(s) && converged(s) == tw_spectrum_wanted(s));
}

/* ---- restarts ---- */

/* Rows of the Ritz vectors in the order: wanted largest, wanted smallest, then `more` from either
 * end in proportion. Returns how many. */
static size_t choose(const tw_spectrum *s, size_t more, size_t *rows) {
    size_t done = s->space.done, count = 0;
    for (size_t k = 0; k < s->largest && k < done; k++)
        rows[count++] = k;
    for (size_t k = 0; k < s->smallest && s->largest + k < done; k++)
        rows[count++] = done - 1 - k;
    size_t top = s->largest, bottom = s->smallest;
    for (size_t k = 0; k < more && top + bottom < done; k++) {
        int from_top = top * s->smallest <= bottom * s->largest;
        if (s->largest == 0 || s->smallest == 0)
            from_top = s->largest > 0;
        rows[count++] = from_top ? top++ : done - 1 - bottom++;
    }
    return count;
}

static tw_status restart(tw_spectrum *s, size_t more, int alone) {
    tw_krylov *space = &s->space;
    size_t done = space->done, *rows = tw_alloc(done + 1, sizeof *rows);
    double *kept = tw_alloc_raw(done, done * sizeof *kept);
    double *values = tw_alloc_raw(done, 2 * sizeof *values);
    tw_status status = TW_ERR_MEMORY;
    if (rows != NULL && kept != NULL && values != NULL) {
        size_t count = choose(s, more, rows);
        for (size_t k = 0; k < count; k++) {
            memcpy(kept + k * done, s->ritz_vectors + rows[k] * done, done * sizeof *kept);
            values[k] = s->ritz[rows[k]];
            values[done + k] = s->ritz_residual[rows[k]];
        }
        status = tw_krylov_restart(space, count, kept, values, values + done, alone);
    } else {
        tw_fail(status, "not enough memory to restart with %zu vectors", done);
    }
    free(rows);
    free(kept);
    free(values);
    return status;
}

/* Room for the next block, if there is none. */
static tw_status make_room(tw_spectrum *s) {
    tw_krylov *space = &s->space;
    size_t wanted = tw_spectrum_wanted(s);
    if (!tw_krylov_is_full(space))
        return TW_OK;
    tw_status status = look(s); /* of this very basis */
    double lead[2] = {s->lead[0], s->lead[1]}, edge[2] = {s->edge[0], s->edge[1]};
    if (status == TW_OK)
        tw_spectrum_chain_keep(s);
    size_t rest = space->count - space->done, free_rows = space->room - wanted - rest;
    if (status == TW_OK)
        status = restart(s, free_rows > space->block ? (free_rows - space->block) / 2 : 0, 0);
    if (status != TW_OK) { /* all is as it was, for who tries again */
        memcpy(s->lead, lead, sizeof s->lead);
        memcpy(s->edge, edge, sizeof s->edge);
        return status;
    }
    s->restarts++;
    s->anchor = space->done;
    return TW_OK;
}

/* ---- what the space has missed ---- */

/* The best pair beside the wanted ones has settled, or is far from them. */
static int end_is_clear(const tw_spectrum *s, size_t next, double last) {
    double scale = s->space.scale, gap = fabs(last - s->ritz[next]);
    return s->ritz_residual[next] <= fmax(sqrt(s->options.tolerance) * scale, gap / 10);
}

/* Vectors to start with may be pairs of the middle: what is beside them is looked at, though they
 * are not random and nothing is known for sure. */
static int ends_are_clear(const tw_spectrum *s) {
    size_t done = s->space.done, wanted = tw_spectrum_wanted(s);
    if (done <= wanted)
        return 0;
    return (s->largest == 0 || end_is_clear(s, s->largest, s->wanted[s->largest - 1])) &&
           (s->smallest == 0 || end_is_clear(s, done - 1 - s->smallest, s->wanted[wanted - 1]));
}

/* Any vector shows one of several copies: where no more is wanted, the first one will do. */
static int first_round_serves(const tw_spectrum *s) {
    return s->largest <= 1 && s->smallest <= 1 && s->space.block == 1 &&
           (s->options.start_count == 0 || s->share > 0);
}

/* All of a small matrix costs little more than a part of it, and leaves no doubt. */
static int takes_all(const tw_spectrum *s) {
    enum { SMALL = 50 };
    return s->space.dimension <= SMALL && s->space.dimension < s->space.room;
}

static int nothing_missed(const tw_spectrum *s) {
    if (is_whole(s))
        return 1;
    if (s->options.unconfirmed)
        return s->options.start_count == 0 || ends_are_clear(s);
    if (takes_all(s) || (s->rounds == 0 && !first_round_serves(s)))
        return 0;
    return tw_spectrum_look_beyond(s) == TW_BEYOND_NOTHING;
}

static int round_is_over(const tw_spectrum *s) {
    if (s->options.unconfirmed || takes_all(s))
        return 0;
    return (s->rounds == 0 && !first_round_serves(s)) ||
           tw_spectrum_look_beyond(s) == TW_BEYOND_FOUND;
}

/* One vector, whatever the block: its polynomials are what is looked at. */
static tw_status next_round(tw_spectrum *s) {
    tw_status status = restart(s, 0, 1);
    if (status != TW_OK)
        return status;
    tw_spectrum_chain_begin(s, s->space.done, 1);
    status = tw_krylov_draw(&s->space);
    s->rounds += status == TW_OK;
    return status;
}

/* ---- the check ---- */

static void turn_positive(tw_spectrum *s, size_t row) {
    double *v = s->space.basis + row * s->space.n, most = 0;
    size_t room = s->space.room;
    int negative = 0;
    for (size_t i = 0; i < s->space.n; i++)
        if (fabs(v[i]) > most) {
            most = fabs(v[i]);
            negative = v[i] < 0;
        }
    if (!negative)
        return;
    tw_long_scale(s->space.runner, s->space.n, -1, v);
    for (size_t j = 0; j < room; j++)
        if (j != row) {
            s->space.projected[row * room + j] *= -1;
            s->space.projected[j * room + row] *= -1;
        }
}

/* Residual of the vector in row k; r is left in `product`. */
static tw_status true_residual(tw_spectrum *s, size_t k, double *product, double *residual) {
    tw_krylov *space = &s->space;
    const double *v = space->basis + k * space->n;
    double error;
    tw_status status = tw_curvature_unit_products(s->space.curvature, 1, v, product, &error);
    if (status != TW_OK)
        return status;
    space->products++;
    space->error = fmax(space->error, error);
    double value = -tw_long_dot(space->runner, space->n, v, product);
    const tw_long_set one = {space->runner, space->n, 1, (double *)v};
    status = tw_long_add(&one, &value, product);
    *residual = tw_long_length(space->runner, space->n, product);
    space->projected[k * space->room + k] = -value;
    return status;
}

/* Goes on from the true residuals: those that are too large join the basis. */
static tw_status refine(tw_spectrum *s, const double *true_ones) {
    tw_krylov *space = &s->space;
    size_t kept = space->count = space->done; /* whatever an earlier try has left */
    tw_status status = TW_OK;
    for (size_t k = 0; k < kept && status == TW_OK; k++) {
        space->slack[k] = true_ones[k];
        if (!(true_ones[k] > tw_spectrum_tolerance(s)))
            continue;
        double again;
        status = true_residual(s, k, space->basis + space->count * space->n, &again);
        if (status == TW_OK)
            status = tw_krylov_take(space);
    }
    if (status == TW_OK && space->count == kept)
        status = tw_krylov_draw(space);
    s->lead[0] = s->lead[1] = 0; /* no random vector stands behind: another round, if need be */
    s->refined++;
    s->phase = TW_SPECTRUM_GROWING;
    return status;
}

static void end(tw_spectrum *s, tw_spectrum_stop stop) {
    s->phase = TW_SPECTRUM_ENDED;
    s->stop = stop;
}

/* The basis holds the wanted vectors, and the smaller ones of them are rows of the larger where the
 * two lists overlap. */
static tw_status check(tw_spectrum *s) {
    enum { MOST = 3 };
    tw_krylov *space = &s->space;
    size_t kept = space->done;
    double *residuals = tw_alloc(kept, sizeof *residuals), worst = 0;
    double *product = tw_alloc_raw(space->n, sizeof *product);
    tw_status status = residuals != NULL && product != NULL
                           ? TW_OK
                           : tw_fail(TW_ERR_MEMORY, "not enough memory for a product");
    for (size_t k = 0; k < kept && status == TW_OK; k++) {
        turn_positive(s, k);
        status = true_residual(s, k, product, &residuals[k]);
        worst = fmax(worst, residuals[k]);
    }
    free(product);
    if (status == TW_OK) {
        for (size_t k = 0; k < tw_spectrum_wanted(s); k++) {
            size_t row = tw_spectrum_row(s, k);
            s->wanted[k] = space->projected[row * space->room + row];
            s->residual[k] = residuals[row];
        }
        double least = s->options.tolerance * space->scale;
        int stuck =
            has_stalled(s) || s->refined >= MOST || (s->refined > 0 && worst > s->worst / 2);
        if (worst <= least)
            end(s, s->confirmed                             ? TW_SPECTRUM_CONVERGED
                   : space->products >= s->options.products ? TW_SPECTRUM_PRODUCTS
                                                            : TW_SPECTRUM_ROUNDING);
        else if (worst <= tw_spectrum_rounding(s) || stuck || is_whole(s))
            end(s, TW_SPECTRUM_ROUNDING);
        else if (space->products >= s->options.products)
            end(s, TW_SPECTRUM_PRODUCTS);
        else
            status = refine(s, residuals);
        s->worst = worst;
    }
    free(residuals);
    return status;
}

/* ---- a step ---- */

static tw_status to_check(tw_spectrum *s) {
    tw_status status = restart(s, 0, 1);
    s->locked = s->anchor = 0;
    if (status == TW_OK)
        s->phase = TW_SPECTRUM_CHECKING;
    return status;
}

static tw_status report(const tw_spectrum *s) {
    double unit = tw_curvature_unit(s->space.curvature);
    tw_spectrum_progress progress = {.bytes = sizeof progress,
                                     .products = s->space.products,
                                     .wanted = tw_spectrum_wanted(s),
                                     .converged = converged(s),
                                     .rounds = s->rounds,
                                     .largest = s->largest > 0 ? unit * s->wanted[0] : NAN,
                                     .smallest =
                                         s->smallest > 0 ? unit * s->wanted[s->largest] : NAN,
                                     .residual = unit * worst_estimate(s),
                                     .tolerance = unit * tw_spectrum_tolerance(s)};
    if (s->options.report != NULL && s->options.report(s->options.user, &progress) != 0)
        return tw_fail(TW_ERR_CANCELLED, "cancelled after %llu products", s->space.products);
    return TW_OK;
}

static tw_status decide(tw_spectrum *s) {
    int there = has_converged(s), all = s->space.done >= tw_spectrum_wanted(s);
    int enough = all && s->space.products >= s->options.products;
    note_best(s);
    if (all && !there && has_stalled(s))
        enough = 1;
    s->confirmed = s->confirmed || (there && nothing_missed(s));
    if (enough || (there && s->confirmed)) {
        tw_spectrum_find_bounds(s);
        return to_check(s);
    }
    return there && round_is_over(s) ? next_round(s) : TW_OK;
}

/* The pairs of a large basis cost more than a cheap product: they are looked at now and then. */
static int is_time_to_look(const tw_spectrum *s) {
    const tw_krylov *space = &s->space;
    size_t done = space->done, every = 1 + done / 32;
    size_t last = done > space->block ? done - space->block : 0;
    return done / every != last / every || tw_krylov_is_full(space) || is_whole(s) ||
           space->products >= s->options.products;
}

tw_status tw_spectrum_step(tw_spectrum *s) {
    if (s->phase == TW_SPECTRUM_CHECKING)
        return check(s);
    tw_status status = TW_OK;
    if (!s->unseen) {
        status = make_room(s);
        if (status == TW_OK)
            status = tw_krylov_grow(&s->space);
        s->unseen = status == TW_OK && is_time_to_look(s);
    }
    if (s->unseen) {
        status = look(s);
        if (status == TW_OK)
            status = decide(s);
        s->unseen = status != TW_OK;
    }
    return status == TW_OK ? report(s) : status;
}
