/* hinge.c: the multi-class hinge of one image at many points of a span, the lanes being points. */
#include "kernel/vector.h"

void KERNEL(hinge_points)(const tw_image_span *image, const tw_point_row *rows, size_t row_count,
                          double margin, double *loss, double *correct) {
    size_t others = image->others, below = image->below;
    for (size_t r = 0; r < row_count; r++) {
        const tw_point_row *row = &rows[r];
        for (size_t p = 0; p < row->padded; p += LANES) {
            vec a = load(row->a + p), sum = splat(0.0);
            vec before = splat(-INFINITY), after = splat(-INFINITY);
            ivec bad = {0};
            for (size_t c = 0; c < others; c++) {
                vec d = (image->u[c] + row->b * image->w[c]) + a * splat(image->v[c]);
                bad |= d != d; /* NaN, which max() would hide */
                sum += larger(d + margin, splat(0.0));
                if (c < below)
                    before = larger(d, before);
                else
                    after = larger(d, after);
            }
            ivec wins = (before < splat(0.0)) & (after <= splat(0.0)) & ~bad;
            sum = choose(bad, splat(NAN), sum);
            size_t at = row->offset + p;
            store(loss + at, load(loss + at) + sum);
            store(correct + at, load(correct + at) + choose(wins, splat(1.0), splat(0.0)));
        }
    }
}
