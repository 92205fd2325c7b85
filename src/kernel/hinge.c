/* hinge.c: the multi-class hinge of one image at many points of a span, the lanes being points. */
#include "kernel/vector.h"

void KERNEL(hinge_points)(const tw_image_span *image, const tw_point_row *rows, size_t row_count,
                          double margin, double *loss, double *correct) {
    for (size_t r = 0; r < row_count; r++) {
        const tw_point_row *row = &rows[r];
        win_interval wins = winning(image, row->b);
        for (size_t p = 0; p < row->padded; p += LANES) {
            vec a = load(row->a + p), sum = splat(0.0);
            for (size_t c = 0; c < image->others; c++) {
                double at_zero = image->u[c] + row->b * image->w[c];
                vec m = (at_zero + margin) + a * splat(image->v[c]);
                sum += choose(m <= splat(0.0), splat(0.0), m); /* NaN comes through */
            }
            size_t at = row->offset + p;
            store(loss + at, load(loss + at) + sum);
            store(correct + at, load(correct + at) + won(&wins, a));
        }
    }
}
