#include "net/engine/engine_pool.h"

#include <math.h>
#include <string.h>

enum { MOST_BLOCK = 16 };

/* The part of a window that lies on the image, and where that is. */
typedef struct view {
    ptrdiff_t first[2], end[2], from[2];
} view;

static view look(const tw_engine_pool *plan, ptrdiff_t y, ptrdiff_t x) {
    const tw_net_window_axis *axes = plan->window.axis + 1;
    ptrdiff_t at[2] = {y, x};
    view seen;
    for (int i = 0; i < 2; i++) {
        seen.from[i] = at[i] * axes[i].stride - axes[i].before;
        tw_net_window_inside(seen.from[i], axes[i].dilation, axes[i].kernel, axes[i].in,
                             &seen.first[i], &seen.end[i]);
    }
    return seen;
}

static size_t place(const tw_engine_pool *plan, const view *seen, ptrdiff_t ky, ptrdiff_t kx) {
    const tw_net_window_axis *axes = plan->window.axis + 1;
    ptrdiff_t y = seen->from[0] + ky * axes[0].dilation, x = seen->from[1] + kx * axes[1].dilation;
    return (size_t)(y * axes[1].in + x) * plan->block;
}

/* What a sum is divided by: of entries that are seen, or of those that are there with padding. */
static float divisor(const tw_engine_pool *plan, const view *seen) {
    const tw_net_window_axis *axes = plan->window.axis + 1;
    ptrdiff_t count = 1;
    if (plan->divisor == TW_NET_POOL_SUM)
        return 1;
    for (int i = 0; i < 2; i++) {
        ptrdiff_t first = seen->first[i], end = seen->end[i];
        if (plan->divisor == TW_NET_POOL_PADDED)
            tw_net_window_inside(seen->from[i] + axes[i].before, axes[i].dilation, axes[i].kernel,
                                 axes[i].before + axes[i].in + axes[i].after, &first, &end);
        count *= end - first;
    }
    return count > 0 ? (float)count : 1;
}

typedef void (*window_fn)(const tw_engine_pool *plan, const view *seen, const float *image,
                          const float *other, float *to);

/* Every window of every slab: `image` and `other` advance with it, as does what is written, which
 * is like the images or like the results. */
static void each(const tw_engine_pool *plan, window_fn window, const float *image,
                 const float *other, float *to, int to_image) {
    const tw_net_window_axis *axes = plan->window.axis + 1;
    size_t in = tw_net_window_in(&plan->window) * plan->block;
    for (size_t slab = 0; slab < plan->slabs; slab++) {
        for (ptrdiff_t y = 0; y < axes[0].out; y++)
            for (ptrdiff_t x = 0; x < axes[1].out; x++) {
                view seen = look(plan, y, x);
                window(plan, &seen, image, other, to);
                other += other != NULL ? plan->block : 0;
                to += to_image ? 0 : plan->block;
            }
        image += image != NULL ? in : 0;
        to += to_image ? in : 0;
    }
}

/* ---- sums ---- */

static void sum_window(const tw_engine_pool *plan, const view *seen, const float *image,
                       const float *other, float *to) {
    float sums[MOST_BLOCK] = {0}, by = divisor(plan, seen);
    for (ptrdiff_t ky = seen->first[0]; ky < seen->end[0]; ky++)
        for (ptrdiff_t kx = seen->first[1]; kx < seen->end[1]; kx++) {
            const float *from = image + place(plan, seen, ky, kx);
            for (size_t i = 0; i < plan->block; i++)
                sums[i] += from[i];
        }
    for (size_t i = 0; i < plan->block; i++)
        to[i] = sums[i] / by;
}

static void spread_window(const tw_engine_pool *plan, const view *seen, const float *image,
                          const float *other, float *to) {
    float by = divisor(plan, seen);
    for (ptrdiff_t ky = seen->first[0]; ky < seen->end[0]; ky++)
        for (ptrdiff_t kx = seen->first[1]; kx < seen->end[1]; kx++) {
            float *at = to + place(plan, seen, ky, kx);
            for (size_t i = 0; i < plan->block; i++)
                at[i] += other[i] / by;
        }
}

static tw_status sum_forward(const void *plan, void *state, const float *const *in, float *out) {
    each(plan, sum_window, in[0], NULL, out, 0);
    return TW_OK;
}

static tw_status sum_backward(const void *plan, void *state, const float *const *in,
                              const float *out, const float *gout, float *const *gin) {
    if (gin[0] != NULL)
        each(plan, spread_window, NULL, gout, gin[0], 1);
    return TW_OK;
}

/* ---- maxima ---- */

/* The place of the first of the largest in each channel; -1 if the window sees nothing. */
static void find_largest(const tw_engine_pool *plan, const view *seen, const float *image,
                         float *most, ptrdiff_t *where) {
    for (size_t i = 0; i < plan->block; i++) {
        most[i] = -INFINITY;
        where[i] = -1;
    }
    for (ptrdiff_t ky = seen->first[0]; ky < seen->end[0]; ky++)
        for (ptrdiff_t kx = seen->first[1]; kx < seen->end[1]; kx++) {
            size_t at = place(plan, seen, ky, kx);
            for (size_t i = 0; i < plan->block; i++)
                if (where[i] < 0 || image[at + i] > most[i] ||
                    (isnan(image[at + i]) && !isnan(most[i]))) {
                    most[i] = image[at + i];
                    where[i] = (ptrdiff_t)(at + i);
                }
        }
}

static void max_window(const tw_engine_pool *plan, const view *seen, const float *image,
                       const float *other, float *to) {
    ptrdiff_t where[MOST_BLOCK];
    find_largest(plan, seen, image, to, where);
}

static tw_status max_forward(const void *plan, void *state, const float *const *in, float *out) {
    each(plan, max_window, in[0], NULL, out, 0);
    return TW_OK;
}

/* Between like images and like results, at the places of the largest: to the results (out), or to
 * the images, which are added to. */
static void pass_largest(const tw_engine_pool *plan, const float *image, const float *from,
                         float *to, int to_image) {
    const tw_net_window_axis *axes = plan->window.axis + 1;
    size_t in = tw_net_window_in(&plan->window) * plan->block;
    float most[MOST_BLOCK];
    ptrdiff_t where[MOST_BLOCK];
    for (size_t slab = 0; slab < plan->slabs; slab++, image += in) {
        for (ptrdiff_t y = 0; y < axes[0].out; y++)
            for (ptrdiff_t x = 0; x < axes[1].out; x++) {
                view seen = look(plan, y, x);
                find_largest(plan, &seen, image, most, where);
                for (size_t i = 0; i < plan->block; i++) {
                    if (to_image && where[i] >= 0)
                        to[where[i]] += from[i];
                    if (!to_image)
                        to[i] = where[i] >= 0 ? from[where[i]] : 0;
                }
                from += to_image ? plan->block : 0;
                to += to_image ? 0 : plan->block;
            }
        from += to_image ? 0 : in;
        to += to_image ? in : 0;
    }
}

static tw_status max_backward(const void *plan, void *state, const float *const *in,
                              const float *out, const float *gout, float *const *gin) {
    if (gin[0] != NULL)
        pass_largest(plan, in[0], gout, gin[0], 1);
    return TW_OK;
}

static tw_status max_tangent(const void *plan, void *state, const float *const *in,
                             const float *const *din, const float *out, float *dout) {
    if (din[0] == NULL)
        memset(dout, 0,
               ((const tw_engine_pool *)plan)->slabs * ((const tw_engine_pool *)plan)->block *
                   tw_net_window_out(&((const tw_engine_pool *)plan)->window) * sizeof *dout);
    else
        pass_largest(plan, in[0], din[0], dout, 0);
    return TW_OK;
}

static tw_status max_backward_tangent(const void *plan, void *state, const float *const *in,
                                      const float *const *din, const float *out, const float *dout,
                                      const float *gout, const float *dgout, float *const *dgin) {
    if (dgin[0] != NULL)
        pass_largest(plan, in[0], dgout, dgin[0], 1);
    return TW_OK;
}

/* ---- selections ---- */

int32_t tw_engine_selected(const tw_engine_selection *plan, size_t i) {
    int32_t first = plan->index[i / plan->run];
    return first < 0 ? -1 : first + (int32_t)(i % plan->run);
}

/* Whether pairs of runs are runs themselves. */
static int pairs_join(const tw_engine_selection *plan) {
    if (plan->run == MOST_BLOCK || plan->count % 2 != 0)
        return 0;
    for (size_t i = 0; i < plan->count; i += 2) {
        int32_t first = plan->index[i], second = plan->index[i + 1];
        if (first < 0 ? second >= 0 : second != first + (int32_t)plan->run)
            return 0;
    }
    return 1;
}

void tw_engine_selection_join(tw_engine_selection *plan) {
    while (pairs_join(plan)) {
        plan->count /= 2;
        plan->run *= 2;
        for (size_t i = 0; i < plan->count; i++)
            plan->index[i] = plan->index[2 * i];
    }
}

/* Runs of a length that the compiler knows become vectors. */
static inline void copy_runs(const tw_engine_selection *plan, size_t run, const float *from,
                             float *to) {
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->index[i] < 0)
            memset(to + i * run, 0, run * sizeof *to);
        else
            memcpy(to + i * run, from + plan->index[i], run * sizeof *to);
    }
}

static tw_status select_forward(const void *plan_, void *state, const float *const *in,
                                float *out) {
    const tw_engine_selection *plan = plan_;
    if (plan->run == 16)
        copy_runs(plan, 16, in[0], out);
    else if (plan->run == 8)
        copy_runs(plan, 8, in[0], out);
    else
        copy_runs(plan, plan->run, in[0], out);
    return TW_OK;
}

static inline void add_runs(const tw_engine_selection *plan, size_t run, const float *from,
                            float *to) {
    for (size_t i = 0; i < plan->count; i++)
        for (size_t k = 0; k < run && plan->index[i] >= 0; k++)
            to[(size_t)plan->index[i] + k] += from[i * run + k];
}

static tw_status select_backward(const void *plan_, void *state, const float *const *in,
                                 const float *out, const float *gout, float *const *gin) {
    const tw_engine_selection *plan = plan_;
    if (gin[0] == NULL)
        return TW_OK;
    if (plan->run == 16)
        add_runs(plan, 16, gout, gin[0]);
    else if (plan->run == 8)
        add_runs(plan, 8, gout, gin[0]);
    else
        add_runs(plan, plan->run, gout, gin[0]);
    return TW_OK;
}

static const tw_net_functions_f32 sum_functions = {.forward = sum_forward,
                                                   .backward = sum_backward},
                                  max_functions = {max_forward, max_backward, max_tangent,
                                                   max_backward_tangent, NULL},
                                  select_functions = {.forward = select_forward,
                                                      .backward = select_backward};

const tw_net_kernel tw_engine_sum_pool = {"sums in windows", TW_NET_LINEAR, &sum_functions},
                    tw_engine_max_pool = {"maxima in windows", TW_NET_GENERAL, &max_functions},
                    tw_engine_select = {"selection", TW_NET_LINEAR, &select_functions};
