/* spectrum_hidden.c: whether an eigenvalue beyond the wanted ones may not have been seen.
 *
 * The basis grows from a random vector v that is orthogonal to what has been found, so it is
 * Lanczos of M without that: its vectors are q_j = p_j(M) v, with polynomials that T holds the
 * three-term recurrence of. Let u be the vector of an eigenvalue lambda. Then u'q_j = p_j(lambda)
 * u'v, and since the q_j are orthonormal
 *
 *     (u'v)^2 <= 1 / sum_j p_j(lambda)^2                  (the Christoffel function)
 *
 * whatever M is. A random v has a smaller share than epsilon^2 / dimension along a given u with a
 * probability of epsilon sqrt(2 / pi) at most. So, once the sum is larger than dimension /
 * epsilon^2, an eigenvalue lambda is not there, or has been missed with just this probability. What
 * holds at a lambda that the zeros of all p_j lie below holds beyond it too, where p_j^2 grow.
 *
 * After a restart the basis holds Ritz vectors y_i, with M y_i = theta_i y_i + sigma_i q, and so
 * u'y_i = sigma_i u'q / (lambda - theta_i): it goes on from q, at the lambda that there was. */
#include <math.h>

#include "curvature/curvature_unit.h"
#include "curvature/spectrum_private.h"

/* The probability of 1 in 1,000 that the header states. */
static const double EPSILON = 1.25e-3;

/* The smallest end is the largest of -M, with every other vector negative. */
static double ahead(const tw_spectrum *s, int end, double at, size_t row) {
    double value = s->space.projected[row * s->space.room + row];
    return end == 0 ? at - value : value - at;
}

/* Behind the wanted values, by so much. */
static double behind(const tw_spectrum *s, int end, double distance) {
    return end == 0 ? s->wanted[s->largest - 1] + distance
                    : s->wanted[tw_spectrum_wanted(s) - 1] - distance;
}

static double place_of_edge(const tw_spectrum *s, int end) {
    return isnan(s->edge[end]) ? behind(s, end, tw_spectrum_tolerance(s)) : s->edge[end];
}

/* What u has of the Ritz vectors in front of the anchor, as a sum of squares, and what they take
 * from its next vector. Not 0: one of them lies beyond. */
static int add_kept(const tw_spectrum *s, int end, double at, double *sum, double *pull) {
    const double *couplings = s->space.projected + s->anchor * s->space.room;
    for (size_t i = s->locked; i < s->anchor; i++) {
        double distance = ahead(s, end, at, i);
        if (!(distance > 0))
            return 1;
        double part = couplings[i] * s->lead[end] / distance;
        *sum += part * part;
        *pull += couplings[i] * part;
    }
    return 0;
}

/* What is random in a vector that is started with has the part along u that all of it has, but for
 * a number that does not depend on it. */
static double smallest_part(const tw_spectrum *s) {
    return s->rounds == 0 && s->options.start_count > 0 ? EPSILON * s->share : EPSILON;
}

/* *last: u'q over u'v, of the vector that has no product yet. */
static tw_spectrum_beyond look_at(const tw_spectrum *s, int end, double at, double *last) {
    const tw_krylov *space = &s->space;
    const double need = (double)space->dimension / (smallest_part(s) * smallest_part(s));
    double part = s->lead[end], sum = 0, pull = 0;
    if (isinf(part))
        return TW_BEYOND_NOTHING;
    if (!(part > 0) || add_kept(s, end, at, &sum, &pull) != 0)
        return TW_BEYOND_FOUND;
    for (size_t j = s->anchor; j < space->done; j++) {
        sum += part * part;
        if (sum >= need)
            return TW_BEYOND_NOTHING;
        double next = ahead(s, end, at, j) * part - pull;
        double beta = j + 1 < space->count ? space->projected[(j + 1) * space->room + j] : 0;
        if (beta == 0 && space->slack[j] == 0)
            return TW_BEYOND_NOTHING; /* all that v has anything of */
        if (!(next > 0))
            return TW_BEYOND_FOUND;
        pull = beta * part;
        part = next / beta;
        if (beta > 0)
            continue;
        /* the remainder was dropped, and a random vector is next */
        if (sum + pow(next / space->slack[j], 2) >= need)
            return TW_BEYOND_NOTHING;
        part = 1;
        sum = pull = 0;
    }
    *last = part;
    return sum + part * part >= need ? TW_BEYOND_NOTHING : TW_BEYOND_OPEN;
}

static tw_spectrum_beyond look(const tw_spectrum *s, int end, double *last) {
    return look_at(s, end, place_of_edge(s, end), last);
}

static size_t wanted_at(const tw_spectrum *s, int end) {
    return end == 0 ? s->largest : s->smallest;
}

tw_spectrum_beyond tw_spectrum_look_beyond(const tw_spectrum *s) {
    tw_spectrum_beyond all = TW_BEYOND_NOTHING;
    double last;
    for (int end = 0; end < 2; end++) {
        tw_spectrum_beyond one = wanted_at(s, end) > 0 ? look(s, end, &last) : TW_BEYOND_NOTHING;
        all = one > all ? one : all;
    }
    return all;
}

/* How far behind the wanted values, to a hundredth, nothing has been missed; an edge that was fixed
 * is the one there is. */
static double reach(const tw_spectrum *s, int end) {
    double far = 4 * s->space.scale, near = tw_spectrum_rounding(s), last;
    if (s->space.done == s->space.dimension)
        return 0;
    if (!isnan(s->edge[end]))
        far = near = fabs(s->edge[end] - behind(s, end, 0));
    if (look_at(s, end, behind(s, end, far), &last) != TW_BEYOND_NOTHING)
        return INFINITY;
    while (far > 1.01 * near) {
        double middle = sqrt(far * near);
        if (look_at(s, end, behind(s, end, middle), &last) == TW_BEYOND_NOTHING)
            far = middle;
        else
            near = middle;
    }
    return far;
}

void tw_spectrum_find_bounds(tw_spectrum *s) {
    for (int end = 0; end < 2; end++)
        if (wanted_at(s, end) > 0) {
            double bound = behind(s, end, reach(s, end));
            s->bound[end] = end == 0 ? fmin(s->bound[end], bound) : fmax(s->bound[end], bound);
        }
}

double tw_spectrum_reach(const tw_spectrum *s, int end) {
    double value = behind(s, end, 0);
    double off = end == 0 ? s->bound[end] - value : value - s->bound[end];
    return tw_curvature_unit(s->space.curvature) * fmax(off, 0);
}

void tw_spectrum_start_has(tw_spectrum *s, double share) {
    s->share = share;
}

void tw_spectrum_chain_begin(tw_spectrum *s, size_t locked, int fixed) {
    s->locked = s->anchor = locked;
    for (int end = 0; end < 2; end++) {
        s->lead[end] = 1;
        s->edge[end] = NAN;
        if (fixed && wanted_at(s, end) > 0)
            s->edge[end] = place_of_edge(s, end);
    }
}

void tw_spectrum_chain_keep(tw_spectrum *s) {
    int alone = s->space.count == s->space.done + 1;
    for (int end = 0; end < 2; end++) {
        double last = 0;
        if (wanted_at(s, end) == 0)
            continue;
        tw_spectrum_beyond one = look(s, end, &last);
        s->edge[end] = place_of_edge(s, end);
        s->lead[end] = one == TW_BEYOND_NOTHING         ? INFINITY
                       : one == TW_BEYOND_OPEN && alone ? last
                                                        : 0;
    }
}
