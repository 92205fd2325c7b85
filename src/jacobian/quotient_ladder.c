#include "jacobian/quotient_ladder.h"

#include <math.h>
#include <string.h>

#include "diff/exact.h"
#include "diff/ladder.h"

enum { LEAST = -48, MOST = 48, RAISES = 8 };

/* Quotients are kept: the way down passes the steps of the way up. */
typedef struct quotients {
    tw_quotient_fn quotient;
    void *user;
    int most;
    unsigned char known[MOST - LEAST + 1];
    tw_quotient kept[MOST - LEAST + 1];
} quotients;

static tw_status at(quotients *q, int exponent, tw_quotient *out) {
    *out = (tw_quotient){NAN, INFINITY};
    if (exponent > q->most || exponent < LEAST)
        return TW_OK;
    tw_quotient *kept = &q->kept[exponent - LEAST];
    if (!q->known[exponent - LEAST]) {
        tw_status status = q->quotient(q->user, exponent, kept);
        if (status != TW_OK)
            return status;
        q->known[exponent - LEAST] = 1;
    }
    *out = *kept;
    return TW_OK;
}

/* The first step with a finite quotient, then wider ones while two steps differ by noise alone and
 * the noise falls. */
static tw_status first_step(quotients *q, int *exponent, int *found) {
    tw_quotient here, half, wide;
    tw_status status = TW_OK;
    *found = 0;
    for (*exponent = q->most < -3 ? q->most : -3; *exponent > LEAST; *exponent -= 2) {
        status = at(q, *exponent, &here);
        if (status != TW_OK)
            return status;
        *found = isfinite(here.value);
        if (*found)
            break;
    }
    for (int k = 0; k < RAISES && *found; k++) {
        status = at(q, *exponent - 1, &half);
        if (status != TW_OK || !(fabs(here.value - half.value) <= 4 * (here.noise + half.noise)))
            break;
        status = at(q, *exponent + 3, &wide);
        if (status != TW_OK || !isfinite(wide.value) || !(wide.noise < here.noise / 2))
            break;
        here = wide;
        *exponent += 3;
    }
    return status;
}

static tw_status descend(quotients *q, double ratio, int exponent, tw_quotient_limit *best) {
    tw_tableau tableau;
    tw_status status = TW_OK;
    tw_tableau_begin(&tableau, ratio);
    for (int stop = 0; !stop && status == TW_OK; exponent--) {
        tw_quotient here;
        status = at(q, exponent, &here);
        if (status != TW_OK || !isfinite(here.value))
            break;
        stop = tw_tableau_push(&tableau, ldexp(1, exponent), here.value, here.noise);
    }
    *best = (tw_quotient_limit){tableau.value, tableau.error,
                                tableau.rows > 0 ? ilogb(tableau.step) : 0};
    return status;
}

/* The small step that the result is held against: the smallest of three at which the quotient
 * stands clear of the noise and agrees with the next wider one; in doubt the widest of them, below
 * which second differences are rounding. */
static tw_status find_guard(quotients *q, int unit, int *guard, tw_quotient *small) {
    const int candidates[] = {unit / 2, unit * 20 / 52};
    for (int k = 0; k < 2; k++) {
        tw_quotient wider;
        *guard = candidates[k];
        tw_status status = at(q, *guard, small);
        if (status != TW_OK)
            return status;
        if (!(fabs(small->value) > 64 * small->noise))
            continue;
        status = at(q, *guard + 1, &wider);
        if (status != TW_OK || fabs(wider.value - small->value) <= fabs(small->value) / 4)
            return status;
    }
    *guard = unit / 4;
    return at(q, *guard, small);
}

tw_status tw_quotient_ladder(tw_quotient_fn quotient, void *user, double ratio, int most, int unit,
                             tw_quotient_limit *out) {
    quotients q = {.quotient = quotient, .user = user, .most = most < MOST ? most : MOST};
    tw_quotient small;
    int exponent, found, guard;
    *out = (tw_quotient_limit){NAN, INFINITY, 0};
    tw_status status = first_step(&q, &exponent, &found);
    if (status == TW_OK && found)
        status = find_guard(&q, unit, &guard, &small);
    if (status != TW_OK || !found)
        return status;
    for (;; exponent -= 3) {
        status = descend(&q, ratio, exponent, out);
        if (status != TW_OK || out->exponent <= guard)
            return status;
        double off = fabs(small.value - out->value);
        if (!(off > 4 * small.noise + out->error + 0.05 * fabs(small.value)))
            return TW_OK;
        if (exponent - 3 <= guard) {
            *out = (tw_quotient_limit){small.value, off + small.noise, guard};
            return TW_OK;
        }
    }
}
