/* Contour lines against circles, straight lines and contourpy; refinement against polynomials. */
#include "support.h"

#include <math.h>

#include "plot/contour.h"
#include "plot/contour_label.h"
#include "plot/refine.h"
#include "plot_samples.h"

static double length_of(const tw_contours *c, size_t l) {
    const tw_line *line = &c->line[l];
    double length = 0;
    for (size_t k = 1; k < line->count + (size_t)line->closed; k++) {
        size_t a = line->first + k - 1, b = line->first + k % line->count;
        length += hypot(c->x[b] - c->x[a], c->y[b] - c->y[a]);
    }
    return length;
}

/* A cone: circles, whose polygons are shorter by about (h / r)^2 / 24. */
static void test_circles(void **state) {
    enum { N = 201 };
    static double x[N], z[N * N];
    double levels[] = {0.1, 0.3, 0.6, 0.9};
    for (int i = 0; i < N; i++)
        x[i] = -1 + 2.0 * i / (N - 1);
    for (int k = 0; k < N * N; k++)
        z[k] = hypot(x[k % N], x[k / N]);
    tw_contours c = {0};
    assert_ok(tw_contours_trace(N, N, x, x, z, 4, levels, &c));
    assert_int_equal(c.lines, 4);
    for (size_t l = 0; l < 4; l++) {
        assert_true(c.line[l].closed);
        assert_int_equal(c.line[l].level, l);
        assert_close(length_of(&c, l), 2 * M_PI * levels[l], 2e-3, 0);
        for (size_t k = 0; k < c.line[l].count; k++)
            assert_close(hypot(c.x[c.line[l].first + k], c.y[c.line[l].first + k]), levels[l], 2e-3,
                         0);
    }
    tw_contours_release(&c);
}

/* A plane: one open line through the whole grid, exact; a missing sample parts it in two. */
static void test_open_lines(void **state) {
    enum { NX = 11, NY = 7 };
    double x[NX], y[NY], z[NX * NY], level = 0.37;
    for (int i = 0; i < NX; i++)
        x[i] = i * i; /* not evenly spaced */
    for (int j = 0; j < NY; j++)
        y[j] = j;
    for (int k = 0; k < NX * NY; k++)
        z[k] = y[k / NX] / 6;
    tw_contours c = {0};
    assert_ok(tw_contours_trace(NX, NY, x, y, z, 1, &level, &c));
    assert_int_equal(c.lines, 1);
    assert_false(c.line[0].closed);
    assert_int_equal(c.line[0].count, NX);
    assert_close(length_of(&c, 0), 100, 1e-14, 0);
    tw_contours_release(&c);
    z[2 * NX + 4] = NAN;
    assert_ok(tw_contours_trace(NX, NY, x, y, z, 1, &level, &c));
    assert_int_equal(c.lines, 2);
    assert_close(length_of(&c, 0) + length_of(&c, 1), 100 - (25 - 9), 1e-14, 0);
    tw_contours_release(&c);
}

/* z = xy: the saddle's level 0.1 has two branches, the mean decides where. */
static void test_saddle(void **state) {
    double x[] = {0, 1}, z[] = {1, 0, 0, 1}, low = 0.4, high = 0.6;
    tw_contours c = {0};
    assert_ok(tw_contours_trace(2, 2, x, x, z, 1, &low, &c));
    assert_int_equal(c.lines, 2); /* the middle, 0.5, belongs to the high corners */
    double cut = 0.4 * sqrt(2);
    assert_close(length_of(&c, 0), cut, 1e-12, 0);
    tw_contours_release(&c);
    assert_ok(tw_contours_trace(2, 2, x, x, z, 1, &high, &c));
    assert_int_equal(c.lines, 2);
    assert_close(length_of(&c, 0), cut, 1e-12, 0);
    assert_close(c.x[0] * (1 - c.x[0]) + c.y[0] * (1 - c.y[0]), 0.24, 1e-12, 0);
    tw_contours_release(&c);
}

static void write_grid(FILE *file, const tw_surface *s, size_t count, const double *levels) {
    fprintf(file, "%zu %zu %zu\n", s->nx, s->ny, count);
    for (size_t i = 0; i < s->nx; i++)
        fprintf(file, "%.17g ", s->x[i]);
    for (size_t j = 0; j < s->ny; j++)
        fprintf(file, "%.17g ", s->y[j]);
    for (size_t k = 0; k < s->nx * s->ny; k++)
        fprintf(file, "%.17g ", s->values[k]);
    for (size_t l = 0; l < count; l++)
        fprintf(file, "%.17g ", levels[l]);
}

static void compare(tw_surface *s, const char *python) {
    static const double levels[] = {0.3, 0.5, 1, 2, 3, 5, 7.5, 10, 20, 50, 100, 200};
    enum { LEVELS = sizeof levels / sizeof *levels };
    char command[4096], name[] = "/tmp/thalweg-contours-XXXXXX";
    int descriptor = mkstemp(name);
    assert_true(descriptor >= 0);
    FILE *grid = fdopen(descriptor, "w");
    write_grid(grid, s, LEVELS, levels);
    fclose(grid);
    snprintf(command, sizeof command, "'%s' '%s/tests/plot/contours_reference.py' < %s", python,
             getenv("THALWEG_SOURCE"), name);
    FILE *reference = popen(command, "r");
    tw_contours c = {0};
    assert_ok(tw_contours_trace(s->nx, s->ny, s->x, s->y, s->values, LEVELS, levels, &c));
    for (size_t level = 0; level < LEVELS; level++) {
        size_t lines = 0, expected_lines;
        double length = 0, expected;
        for (size_t l = 0; l < c.lines; l++) {
            lines += c.line[l].level == level;
            length += c.line[l].level == level ? length_of(&c, l) : 0;
        }
        assert_int_equal(fscanf(reference, "%zu %lf", &expected_lines, &expected), 2);
        assert_int_equal(lines, expected_lines);
        assert_close(length, expected, 1e-12, 0);
    }
    pclose(reference);
    remove(name);
    tw_contours_release(&c);
}

static void test_contourpy(void **state) {
    const char *python = getenv("THALWEG_MATPLOTLIB");
    if (python == NULL || *python == '\0')
        skip();
    tw_surface s;
    sample_bowl(&s, 51);
    compare(&s, python);
    sample_free(&s);
    sample_bumpy(&s, 101);
    compare(&s, python);
    sample_free(&s);
    sample_holes(&s, 51);
    compare(&s, python);
    sample_free(&s);
}

static double bilinear(double x, double y) {
    return 2 - 3 * x + 0.5 * y + 7 * x * y;
}

static void test_refinement(void **state) {
    enum { NX = 6, NY = 5, R = 4, RX = (NX - 1) * R + 1, RY = (NY - 1) * R + 1 };
    double x[NX], y[NY], z[NX * NY], fx[RX], fy[RY], scratch[RX * NY], out[RX * RY];
    for (int i = 0; i < NX; i++)
        x[i] = i + 0.3 * i * i;
    for (int j = 0; j < NY; j++)
        y[j] = 1 - sqrt(NY - j);
    for (int k = 0; k < NX * NY; k++)
        z[k] = bilinear(x[k % NX], y[k / NX]);
    tw_refine_positions(NX, x, R, fx);
    tw_refine_positions(NY, y, R, fy);
    for (int straight = 0; straight < 2; straight++) {
        tw_refine_grid(NX, NY, x, y, z, R, straight, scratch, out);
        for (int k = 0; k < RX * RY; k++)
            assert_close(out[k], bilinear(fx[k % RX], fy[k / RX]), 1e-13, 1e-13);
    }
    /* a missing sample spoils its four cells and no more */
    z[2 * NX + 3] = NAN;
    tw_refine_grid(NX, NY, x, y, z, R, 0, scratch, out);
    for (int j = 0; j < RY; j++) {
        for (int i = 0; i < RX; i++) {
            int near = abs(i - 3 * R) < R && abs(j - 2 * R) < R;
            assert_int_equal(isnan(out[j * RX + i]), near);
            if (!near)
                assert_close(out[j * RX + i], bilinear(fx[i], fy[j]), 1e-13, 1e-13);
        }
    }
}

/* Quadratics come back exactly inside, since central differences are exact for them. */
static void test_refined_curve(void **state) {
    enum { N = 9, R = 5, M = (N - 1) * R + 1 };
    double x[N], z[N], fx[M], out[M];
    for (int i = 0; i < N; i++) {
        x[i] = i - 4;
        z[i] = 3 * x[i] * x[i] - x[i] + 2;
    }
    tw_refine_positions(N, x, R, fx);
    tw_refine_line(N, x, z, 1, R, 0, out, 1);
    for (int k = R; k <= M - 1 - R; k++)
        assert_close(out[k], 3 * fx[k] * fx[k] - fx[k] + 2, 1e-13, 1e-13);
}

/* Labels of many circles: inside the box, apart from each other, upright, cut into their lines. */
static void test_labels(void **state) {
    tw_contours c = {0};
    tw_rect box = {10, 20, 200, 180};
    double widths[12];
    for (size_t l = 0; l < 12; l++) {
        assert_ok(tw_contours_add_line(&c, l));
        c.line[l].closed = 1;
        widths[l] = 12;
        double r = 4 + 13.0 * (double)l;
        for (int k = 0; k < 400; k++)
            assert_ok(tw_contours_add_point(&c, 110 + r * cos(k * M_PI / 200),
                                            110 + r * sin(k * M_PI / 200)));
    }
    tw_labels labels = {0};
    assert_ok(tw_labels_place(&c, 12, widths, 6.2, &box, NULL, &labels));
    assert_true(labels.count >= 11 && labels.count <= 22);
    for (size_t i = 0; i < labels.count; i++) {
        const tw_label *a = &labels.label[i];
        assert_true(fabs(a->angle) <= M_PI / 2 + 1e-12);
        assert_true(a->x > box.x && a->x < box.x + box.w && a->y > box.y && a->y < box.y + box.h);
        assert_close(hypot(a->x - 110, a->y - 110), 4 + 13.0 * (double)a->line, 0, 3);
        assert_close(a->to - a->from, 2 * a->half, 1e-12, 0);
        assert_true(a->line > 0); /* the innermost circle is too short */
        for (size_t k = 0; k < i; k++)
            assert_true(hypot(a->x - labels.label[k].x, a->y - labels.label[k].y) > 6.2);
    }
    tw_labels_release(&labels);

    /* of a line over them that begins at the centre all stay as far as half a label */
    tw_contours cover = {0};
    assert_ok(tw_contours_add_line(&cover, 0));
    assert_ok(tw_contours_add_point(&cover, 110, 110));
    assert_ok(tw_contours_add_point(&cover, 110, 0));
    assert_ok(tw_labels_place(&c, 12, widths, 6.2, &box, &cover, &labels));
    assert_true(labels.count >= 8);
    for (size_t i = 0; i < labels.count; i++) {
        const tw_label *a = &labels.label[i];
        double across = fabs(cos(a->angle)) * a->half + fabs(sin(a->angle)) * 3.1;
        assert_true(a->y > 110 || fabs(a->x - 110) > across);
        assert_true(hypot(a->x - 110, a->y - 110) > 5);
    }
    tw_labels_release(&labels);
    tw_contours_release(&cover);
    tw_contours_release(&c);
}

/* Of twenty rings of one level and one each of four others: every level has its label, the many no
 * more than three, which stand apart. */
static void test_turns(void **state) {
    tw_contours c = {0};
    tw_rect box = {0, 0, 400, 320};
    double widths[5] = {10, 10, 10, 10, 10};
    for (size_t l = 0; l < 24; l++) {
        assert_ok(tw_contours_add_line(&c, l < 20 ? 0 : l - 19));
        c.line[l].closed = 1;
        double r = l < 20 ? 30 : 18;
        for (int k = 0; k < 90; k++)
            assert_ok(
                tw_contours_add_point(&c, 40 + 80.0 * (double)(l % 5) + r * cos(k * M_PI / 45),
                                      40 + 80.0 * (double)(l / 5 % 4) + r * sin(k * M_PI / 45)));
    }
    tw_labels labels = {0};
    size_t have[5] = {0};
    assert_ok(tw_labels_place(&c, 5, widths, 6.2, &box, NULL, &labels));
    for (size_t i = 0; i < labels.count; i++) {
        have[c.line[labels.label[i].line].level]++;
        for (size_t k = 0; k < i; k++)
            if (c.line[labels.label[k].line].level == c.line[labels.label[i].line].level)
                assert_true(hypot(labels.label[i].x - labels.label[k].x,
                                  labels.label[i].y - labels.label[k].y) >= 70);
    }
    assert_int_equal(have[0], 3);
    for (int level = 1; level < 5; level++)
        assert_int_equal(have[level], 1);
    tw_labels_release(&labels);
    tw_contours_release(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_circles),    cmocka_unit_test(test_open_lines),
        cmocka_unit_test(test_saddle),     cmocka_unit_test(test_contourpy),
        cmocka_unit_test(test_refinement), cmocka_unit_test(test_refined_curve),
        cmocka_unit_test(test_labels),     cmocka_unit_test(test_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
