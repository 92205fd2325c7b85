/* Images of another size: an output entry is a sum of input entries near its place, axis by axis.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_move.h"
#include "net/operator/net_operators.h"
#include "net/step/step_sparse.h"

/* ---- where an output entry stands among the input's ---- */

/* Along one axis. `length` is scale * in, of which `out` is the whole part where scales are given.
 */
typedef struct stretch {
    size_t in, out;
    double scale, length;
    double start, end; /* of the region, as shares of the input */
} stretch;

typedef double (*place_fn)(const stretch *s, double x);

static double half_pixel(const stretch *s, double x) {
    return (x + 0.5) / s->scale - 0.5;
}

static double pytorch_half_pixel(const stretch *s, double x) {
    return s->length == 1 ? -0.5 : half_pixel(s, x);
}

/* The centre stays where it is, though `out` is not scale * in. */
static double half_pixel_symmetric(const stretch *s, double x) {
    return (double)s->in / 2 * (1 - (double)s->out / s->length) + half_pixel(s, x);
}

static double tf_half_pixel_for_nn(const stretch *s, double x) {
    return (x + 0.5) / s->scale;
}

static double align_corners(const stretch *s, double x) {
    return s->length == 1 ? 0 : x * ((double)s->in - 1) / (s->length - 1);
}

static double asymmetric(const stretch *s, double x) {
    return x / s->scale;
}

static double tf_crop_and_resize(const stretch *s, double x) {
    double last = (double)s->in - 1, part = s->end - s->start;
    return s->start * last + (s->length == 1 ? part * last / 2 : x * part * last / (s->length - 1));
}

static const struct {
    const char *name;
    place_fn place;
} coordinates[] = {
    {"half_pixel", half_pixel},
    {"pytorch_half_pixel", pytorch_half_pixel},
    {"half_pixel_symmetric", half_pixel_symmetric},
    {"tf_half_pixel_for_nn", tf_half_pixel_for_nn},
    {"align_corners", align_corners},
    {"asymmetric", asymmetric},
    {"tf_crop_and_resize", tf_crop_and_resize},
};

/* ---- the node ---- */

typedef double (*nearest_fn)(double place);
typedef double (*weight_fn)(double distance, double a);

typedef struct resize {
    tw_net_shape from, shape;
    stretch axes[TW_NET_RANK];
    place_fn place;
    nearest_fn nearest; /* NULL: interpolated, with weights that are 0 from `reach` on */
    weight_fn weight;
    double a; /* of cubic weights */
    int reach, exclude_outside, antialias;
    double extrapolation;
} resize;

static double round_prefer_floor(double place) {
    return ceil(place - 0.5);
}

static double round_prefer_ceil(double place) {
    return floor(place + 0.5);
}

static const struct {
    const char *name;
    nearest_fn nearest;
} roundings[] = {
    {"round_prefer_floor", round_prefer_floor},
    {"round_prefer_ceil", round_prefer_ceil},
    {"floor", floor},
    {"ceil", ceil},
};

static double linear_weight(double distance, double a) {
    return fabs(distance) < 1 ? 1 - fabs(distance) : 0;
}

static double cubic_weight(double distance, double a) {
    double t = fabs(distance);
    if (t <= 1)
        return ((a + 2) * t - (a + 3)) * t * t + 1;
    return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
}

/* Whether an output entry gets the value that stands for all outside. */
static int is_outside(const resize *r, double place, size_t in) {
    return r->place == tf_crop_and_resize && (place < 0 || place > (double)in - 1);
}

static int64_t clamp(double index, size_t in) {
    return index < 0 ? 0 : index > (double)in - 1 ? (int64_t)in - 1 : (int64_t)index;
}

/* ---- one axis as a step ---- */

static tw_status nearest_axis(tw_net_call *call, const resize *r, size_t axis, size_t *edge) {
    tw_net_shape shape = tw_net_edge_at(call, *edge)->shape;
    const stretch *s = &r->axes[axis];
    tw_net_gather *table;
    tw_status status = tw_net_gather_new(call, s->out, &table);
    if (status != TW_OK)
        return status;
    table->outer = tw_net_shape_span(&shape, 0, axis);
    table->rows = s->in;
    table->run = tw_net_shape_span(&shape, axis + 1, shape.rank);
    for (size_t i = 0; i < s->out; i++) {
        double place = r->place(s, (double)i);
        table->index[i] = is_outside(r, place, s->in) ? -1 : clamp(r->nearest(place), s->in);
    }
    shape.size[axis] = s->out;
    return tw_net_gather_emit(call, table, *edge, &shape, edge);
}

/* The weights of one output entry: those of `count` input entries from `first` on, the ones past an
 * end being of the entry there. When sizes shrink, antialiasing widens the weights. */
static void set_row(const resize *r, const stretch *s, size_t row, size_t most,
                    tw_net_sparse *plan) {
    double place = r->place(s, (double)row), narrow = r->antialias && s->scale < 1 ? s->scale : 1;
    double left = floor(place), first = floor(-r->reach / narrow) + 1, sum = 0;
    size_t at = plan->start[row], count = (size_t)(2 - 2 * first);
    plan->start[row + 1] = at;
    if (is_outside(r, place, s->in))
        return;
    for (size_t i = 0; i < count && i < most; i++) {
        double index = left + first + (double)i;
        double weight = r->weight((index - place) * narrow, r->a);
        if (r->exclude_outside && (index < 0 || index > (double)s->in - 1))
            continue;
        sum += weight;
        plan->column[at] = (size_t)clamp(index, s->in);
        plan->weight[at++] = weight;
    }
    for (size_t k = plan->start[row]; k < at && (r->antialias || r->exclude_outside); k++)
        plan->weight[k] /= sum;
    plan->start[row + 1] = at;
}

static tw_status weighted_axis(tw_net_call *call, const resize *r, size_t axis, size_t *edge) {
    tw_net_shape shape = tw_net_edge_at(call, *edge)->shape;
    const stretch *s = &r->axes[axis];
    double narrow = r->antialias && s->scale < 1 ? s->scale : 1;
    double each = 2 - 2 * (floor(-r->reach / narrow) + 1), all = each * (double)s->out;
    tw_net_sparse *plan = all * sizeof(double) < (double)TW_NET_KNOWN_BYTES
                              ? tw_net_sparse_new(s->out, (size_t)all)
                              : NULL;
    if (plan == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory for %g weights", all);
    plan->outer = tw_net_shape_span(&shape, 0, axis);
    plan->run = tw_net_shape_span(&shape, axis + 1, shape.rank);
    plan->columns = s->in;
    for (size_t row = 0; row < s->out; row++)
        set_row(r, s, row, (size_t)each, plan);
    shape.size[axis] = s->out;
    return tw_net_emit(call, &tw_net_sparse_product, plan, 1, edge,
                       tw_net_edge_at(call, *edge)->type, &shape, edge);
}

/* ---- outside of the region ---- */

static tw_status extrapolate(tw_net_call *call, const resize *r, size_t *edge) {
    unsigned char *inside[TW_NET_RANK] = {NULL};
    tw_status status = TW_OK;
    for (size_t axis = 0; axis < r->from.rank; axis++) {
        const stretch *s = &r->axes[axis];
        if (s->out == s->in && s->start == 0 && s->end == 1)
            continue;
        if ((inside[axis] = calloc(s->out + 1, 1)) == NULL)
            status = tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
        for (size_t i = 0; status == TW_OK && i < s->out; i++)
            inside[axis][i] = !is_outside(r, r->place(s, (double)i), s->in);
    }
    if (status == TW_OK)
        status = tw_net_add_outside(call, r->extrapolation, inside, edge);
    for (size_t axis = 0; axis < r->from.rank; axis++)
        free(inside[axis]);
    return status;
}

/* ---- reading the node ---- */

static tw_status unsupported(const tw_net_call *call, const char *what, const char *name) {
    return tw_net_call_fail(call, TW_ERR_UNSUPPORTED, "%s '%s' is not supported", what, name);
}

static tw_status read_nearest(const tw_net_call *call, resize *r) {
    const char *name = tw_net_node_text(call->node, "nearest_mode", roundings[0].name);
    for (size_t i = 0; i < sizeof roundings / sizeof *roundings; i++)
        if (strcmp(name, roundings[i].name) == 0)
            r->nearest = roundings[i].nearest;
    return r->nearest != NULL ? TW_OK : unsupported(call, "nearest_mode", name);
}

/* "linear" and "cubic"; "bilinear" and the like are names of the first opset. */
static tw_status read_mode(const tw_net_call *call, resize *r) {
    const char *mode = tw_net_node_text(call->node, "mode", "nearest");
    r->a = tw_net_node_real(call->node, "cubic_coeff_a", -0.75);
    r->antialias = tw_net_node_number(call->node, "antialias", 0) != 0;
    r->exclude_outside = tw_net_node_number(call->node, "exclude_outside", 0) != 0;
    r->extrapolation = tw_net_node_real(call->node, "extrapolation_value", 0);
    if (strcmp(mode, "nearest") == 0)
        return read_nearest(call, r);
    if (strcmp(mode, "linear") != 0 && strcmp(mode, "bilinear") != 0 && strcmp(mode, "cubic") != 0)
        return unsupported(call, "mode", mode);
    r->reach = strcmp(mode, "cubic") == 0 ? 2 : 1;
    r->weight = r->reach == 2 ? cubic_weight : linear_weight;
    return TW_OK;
}

static tw_status read_coordinates(const tw_net_call *call, resize *r) {
    const char *name =
        tw_net_node_text(call->node, "coordinate_transformation_mode", coordinates[0].name);
    for (size_t i = 0; i < sizeof coordinates / sizeof *coordinates; i++)
        if (strcmp(name, coordinates[i].name) == 0)
            r->place = coordinates[i].place;
    return r->place != NULL ? TW_OK : unsupported(call, "coordinate_transformation_mode", name);
}

static tw_status set_scale(const tw_net_call *call, resize *r, size_t axis, double scale,
                           double out) {
    stretch *s = &r->axes[axis];
    if (!(scale > 0) || !(out >= 0) || !(out <= (double)TW_NET_ENTRIES))
        return tw_net_call_fail(call, TW_ERR_SHAPE, "axis %zu cannot be scaled by %g", axis, scale);
    s->scale = scale;
    s->length = scale * (double)s->in;
    if (fabs(s->length - out) <= 1e-6 * out) /* a scale that was rounded to single precision */
        s->length = out;
    s->out = r->shape.size[axis] = (size_t)out;
    if (s->in == 0 && s->out > 0)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "axis %zu has nothing to be resized", axis);
    if (s->out != s->in && tw_net_is_batch_axis(call, 0, axis))
        return tw_net_batch_fail(call, "resized");
    return TW_OK;
}

/* Each axis by its size; where the aspect ratio is kept, all by the scale that is the smallest, or
 * the largest, of them. A size that is the file's batch stands for ours. */
static tw_status set_sizes(const tw_net_call *call, resize *r, size_t count, const size_t *axes,
                           const double *sizes) {
    const char *policy = tw_net_node_text(call->node, "keep_aspect_ratio_policy", "stretch");
    int stretched = strcmp(policy, "stretch") == 0, larger = strcmp(policy, "not_smaller") == 0;
    tw_status status = stretched || larger || strcmp(policy, "not_larger") == 0
                           ? TW_OK
                           : unsupported(call, "keep_aspect_ratio_policy", policy);
    double common = larger ? 0 : INFINITY;
    for (size_t i = 0; i < count; i++) {
        double scale = sizes[i] / (double)r->from.size[axes[i]];
        common = larger ? fmax(common, scale) : fmin(common, scale);
    }
    for (size_t i = 0; i < count && status == TW_OK; i++) {
        double in = (double)r->from.size[axes[i]], size = sizes[i];
        if (tw_net_is_batch_axis(call, 0, axes[i]) &&
            size == (double)tw_net_declared_input(call, 0)->shape.size[axes[i]])
            size = in;
        status = stretched ? set_scale(call, r, axes[i], size / in, size)
                           : set_scale(call, r, axes[i], common, floor(common * in + 0.5));
    }
    return status;
}

/* The axes that scales, sizes and the region speak of. */
static tw_status read_axes(const tw_net_call *call, const resize *r, size_t *axes, size_t *count) {
    tw_status status = tw_net_axes(call, "axes", SIZE_MAX, r->from.rank, axes, count);
    if (status != TW_OK || *count > 0)
        return status;
    for (*count = 0; *count < r->from.rank; ++*count)
        axes[*count] = *count;
    return TW_OK;
}

/* Inputs `scales` and `sizes` of the node; one of them is there, or not empty. */
static tw_status read_sizes(const tw_net_call *call, resize *r, size_t scales, size_t sizes) {
    double numbers[TW_NET_RANK];
    size_t axes[TW_NET_RANK], count, given;
    tw_status status = read_axes(call, r, axes, &count);
    if (status == TW_OK)
        status = tw_net_reals(call, "scales", scales, TW_NET_RANK, numbers, &given);
    if (status != TW_OK)
        return status;
    if (given == count) {
        for (size_t i = 0; i < count && status == TW_OK; i++)
            status = set_scale(call, r, axes[i], numbers[i],
                               floorf((float)numbers[i] * (float)r->from.size[axes[i]]));
        return status;
    }
    if (given == 0)
        status = tw_net_reals(call, NULL, sizes, TW_NET_RANK, numbers, &given);
    if (status == TW_OK && given != count)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "%zu scales or sizes for %zu axes", given,
                                count);
    return status == TW_OK ? set_sizes(call, r, count, axes, numbers) : status;
}

/* The starts along the axes and then the ends. */
static tw_status read_region(const tw_net_call *call, resize *r) {
    double numbers[2 * TW_NET_RANK];
    size_t axes[TW_NET_RANK], count, given;
    tw_status status = read_axes(call, r, axes, &count);
    if (status == TW_OK)
        status = tw_net_reals(call, NULL, 1, 2 * TW_NET_RANK, numbers, &given);
    if (status == TW_OK && given != 2 * count)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "a region of %zu numbers for %zu axes", given,
                                count);
    for (size_t i = 0; i < count && status == TW_OK; i++) {
        r->axes[axes[i]].start = numbers[i];
        r->axes[axes[i]].end = numbers[count + i];
    }
    return status;
}

static resize resize_of(const tw_net_call *call) {
    resize r = {.from = tw_net_edge_at(call, call->inputs[0])->shape};
    r.shape = r.from;
    for (size_t axis = 0; axis < r.from.rank; axis++)
        r.axes[axis] = (stretch){.in = r.from.size[axis],
                                 .out = r.from.size[axis],
                                 .scale = 1,
                                 .length = (double)r.from.size[axis],
                                 .end = 1};
    return r;
}

static tw_status emit(tw_net_call *call, resize *r) {
    size_t edge = call->inputs[0];
    tw_status status = TW_OK;
    for (size_t axis = 0; axis < r->from.rank && status == TW_OK; axis++) {
        const stretch *s = &r->axes[axis];
        if (s->scale == 1 && s->out == s->in && s->start == 0 && s->end == 1)
            continue;
        status = r->nearest != NULL ? nearest_axis(call, r, axis, &edge)
                                    : weighted_axis(call, r, axis, &edge);
    }
    if (status == TW_OK && r->place == tf_crop_and_resize && r->extrapolation != 0)
        status = extrapolate(call, r, &edge);
    call->outputs[0] = edge;
    return status;
}

/* Opset 10 has scales alone, and no mode of coordinates: entries stand at x / scale, and the
 * nearest one is the one before, or where sizes shrink the one after. */
static tw_status old_resize(tw_net_call *call) {
    resize r = resize_of(call);
    tw_status status = read_mode(call, &r);
    r.place = asymmetric;
    if (status == TW_OK)
        status = read_sizes(call, &r, 1, SIZE_MAX);
    if (status != TW_OK)
        return status;
    if (r.nearest != NULL) {
        r.nearest = floor;
        for (size_t axis = 0; axis < r.from.rank; axis++)
            if (r.axes[axis].scale < 1)
                r.nearest = ceil;
    }
    return emit(call, &r);
}

static tw_status new_resize(tw_net_call *call) {
    if (call->node->opset < 11)
        return old_resize(call);
    resize r = resize_of(call);
    tw_status status = read_mode(call, &r);
    if (status == TW_OK)
        status = read_coordinates(call, &r);
    if (status == TW_OK)
        status = read_sizes(call, &r, 2, 3);
    if (status == TW_OK && r.place == tf_crop_and_resize)
        status = read_region(call, &r);
    return status == TW_OK ? emit(call, &r) : status;
}

const tw_net_operator tw_net_family_resize[] = {
    {"Resize", 1, 4, new_resize, "y = x in another size: nearest, linear or cubic"},
    {"Upsample", 1, 2, old_resize, "y = x in a larger size: nearest or linear"},
    {NULL},
};
