#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "core/plain.h"
#include "thalweg/landscape.h"

enum { MOST_POINTS = 1000000 };
static const double LARGE = 1e300; /* above it a product with a count may overflow */

double tw_axis_value(const tw_axis *axis, size_t index) {
    if (index + 1 >= axis->count)
        return axis->count <= 1 ? axis->first : axis->last;
    if (index == 0)
        return axis->first;
    /* The mean of both ends, weighted: for ends such as -10 and 10 the products are exact, so that
     * one rounding is left, 0 is met exactly and both halves mirror each other bit for bit. */
    double intervals = (double)(axis->count - 1), from_first = (double)index,
           from_last = intervals - from_first;
    double divisor = fmax(fabs(axis->first), fabs(axis->last)) > LARGE ? intervals : 1;
    double value = (axis->first / divisor * from_last + axis->last / divisor * from_first) /
                   (intervals / divisor);
    /* -0.3 ... 0.6 would miss 0 by the rounding of its ends, but means the point itself */
    double noise = 4 * DBL_EPSILON * fmax(fabs(axis->first), fabs(axis->last));
    return fabs(value) <= noise ? 0 : value;
}

static tw_status parse_number(const char *text, const char **at, const char *what, double *out) {
    char *end;
    *out = tw_plain_read(*at, &end);
    if (end == *at)
        return tw_fail(TW_ERR_ARGUMENT,
                       "range '%s': no number for %s; write FIRST:LAST:COUNT, as "
                       "in -1:1:51",
                       text, what);
    if (!isfinite(*out))
        return tw_fail(TW_ERR_ARGUMENT, "range '%s': %s must be finite", text, what);
    *at = end;
    return TW_OK;
}

static tw_status parse_count(const char *text, const char *at, size_t *out) {
    char *end;
    errno = 0;
    long long count = strtoll(at, &end, 10);
    if (end == at || *end != '\0')
        return tw_fail(TW_ERR_ARGUMENT,
                       "range '%s': '%s' is not a count; write FIRST:LAST:COUNT, as in -1:1:51",
                       text, at);
    if (errno == ERANGE || count < 1 || count > MOST_POINTS)
        return tw_fail(TW_ERR_ARGUMENT, "range '%s': the count must be 1 ... %d", text,
                       MOST_POINTS);
    *out = (size_t)count;
    return TW_OK;
}

tw_status tw_axis_parse(const char *text, tw_axis *out) {
    const char *at = text;
    tw_axis axis;
    tw_status status = parse_number(text, &at, "FIRST", &axis.first);
    if (status != TW_OK)
        return status;
    if (*at++ != ':')
        return tw_fail(TW_ERR_ARGUMENT,
                       "range '%s': a ':' is missing; write FIRST:LAST:COUNT, as in -1:1:51", text);
    status = parse_number(text, &at, "LAST", &axis.last);
    if (status != TW_OK)
        return status;
    if (*at++ != ':')
        return tw_fail(TW_ERR_ARGUMENT,
                       "range '%s': the count is missing; write FIRST:LAST:COUNT, as in -1:1:51",
                       text);
    status = parse_count(text, at, &axis.count);
    if (status != TW_OK)
        return status;
    if (!isfinite(axis.last - axis.first))
        return tw_fail(TW_ERR_ARGUMENT, "range '%s': too wide for a double", text);
    if (axis.count > 1 && axis.first == axis.last)
        return tw_fail(TW_ERR_ARGUMENT,
                       "range '%s': %zu points on no length; make FIRST and LAST differ", text,
                       axis.count);
    if (axis.count == 1 && axis.first != axis.last)
        return tw_fail(TW_ERR_ARGUMENT,
                       "range '%s': one point cannot span a length; ask for 2 or more", text);
    *out = axis;
    return TW_OK;
}
