/* What figures say, by the text of their PDFs, and where paths and arrows lie, by the numbers of
 * their SVGs. */
#include "figure_folder.h"
#include "figure_kinds.h"
#include "gradcheck_samples.h"
#include "plot_samples.h"

/* What figures of some kinds say. */
typedef struct said {
    const char *kind, *words[18]; /* up to NULL */
} said;

static void check_said(const said *cases, size_t count) {
    if (!has_tool("pdftotext"))
        skip();
    for (size_t k = 0; k < count; k++) {
        assert_ok(draw_figure(cases[k].kind, path_of(cases[k].kind, "pdf")));
        assert_says(path_of(cases[k].kind, "pdf"), cases[k].words);
    }
}

static void test_said_of_derivatives(void **state) {
    static const said cases[] = {
        {"sweep",
         {"forward", "central", "fitted", "best step", "SciPy 2-point", "SciPy 3-point",
          "CS231n forward", "Ipopt", "JAX", "TensorFlow", "PyTorch, Ceres", "Stan",
          "CS231n central", "ladder", "step h", "known to", "noise"}},
        {"gradcheck",
         {"layer2.weight", "fail 48 of 48: factor 2", "inconclusive 12 of 48: noise",
          "fail 1 of 10: one entry [6]", "pass, 48 tested, 5 kinks", "uneasy", "tolerance",
          "of 8 blocks 2 wrong, 1 inconclusive", "another x would avoid them"}},
    };
    check_said(cases, sizeof cases / sizeof cases[0]);
}

static void test_said_of_blocks(void **state) {
    static const char *const left_out[] = {"not moved", "not tested", "1 block not moved",
                                           "1 block not tested", NULL};
    /* of 200 blocks the eight that are wrong are among the 80 rows */
    static const char *const many[] = {"120 further blocks are not shown", "factor 1.001", NULL};
    if (!has_tool("pdftotext"))
        skip();
    tw_gradcheck *part = check_of(3);
    part->blocks[1].verdict = TW_VERDICT_NOT_MOVED;
    part->blocks[2].verdict = TW_VERDICT_NOT_TESTED;
    assert_ok(tw_plot_gradcheck(path_of("part", "pdf"), NULL, part));
    assert_says(path_of("part", "pdf"), left_out);
    check_free(part);
    tw_gradcheck *large = check_of(200);
    assert_ok(tw_plot_gradcheck(path_of("many", "pdf"), NULL, large));
    assert_says(path_of("many", "pdf"), many);
    check_free(large);
    char command[512];
    snprintf(command, sizeof command, "test $(grep -c 'fail 24 of 24' '%s') = 8",
             path_of("said", "txt"));
    assert_int_equal(system(command), 0);
}

static void test_said_of_paths(void **state) {
    static const said cases[] = {
        {"paths",
         {"sgd", "adam", "PC1, 87.3 %",
          "circle: start, diamond: end; the plane holds 87 % of the trajectories",
          "the fainter a dot", "up to 36 % of the path's extent"}},
        {"pathsalone", {"sgd", "second", "direction", "circle: start"}},
        {"outside",
         {"1 checkpoint lies outside the picture",
          "1 point lies outside the picture, where the arrow points", "C"}},
    };
    static const char *const hidden[] = {"1 point lies outside the picture\n", NULL};
    check_said(cases, sizeof cases / sizeof cases[0]);
    assert_ok(draw_outside(path_of("hidden", "pdf"), TW_VIEW_3D));
    assert_says(path_of("hidden", "pdf"), hidden);
}

static void test_said_of_shapes(void **state) {
    static const said cases[] = {
        {"shape",
         {"  m1", "m2: 0.791", "minimum, with its persistence",
          "32 minima within the errors: noise", "is 1.2 above its start", "0.791 above its end"}},
        {"barcode",
         {"m10\n", "as long as its persistence",
          "grey: within 2 standard errors of the difference: noise (32)",
          "24 shallower minima not shown", "training loss"}},
    };
    check_said(cases, sizeof cases / sizeof cases[0]);
}

static void test_said_of_curvature(void **state) {
    static const said cases[] = {
        {"spectrum",
         {"5 largest: 98.18 ± 0.003", "3 smallest: −5.19", "eigenvalue of the Hessian",
          "share of eigenvalues per decade", "by 4 random probes of 60 nodes",
          "trace 856 ± 21; of this density 871 ± 42", "Frobenius norm 206 ± 7.7",
          "cut at the extreme eigenvalues"}},
        {"spectrumexact",
         {"all 12 eigenvalues", "density of eigenvalues", "trace of this density 21.2"}},
        {"spectrumpairs",
         {"from the largest down", "from the smallest up", "rank", "eigenvalue of the Hessian",
          "residuals, as bars where they can be seen: at most 0.003"}},
        {"ratio", {"|λmin / λmax|, 0 where convex", "direction δ", "1 value not finite"}},
        {"signs",
         {"λmin and λmax of the Hessian", "convex", "saddle", "concave", "direction η",
          "points: convex: "}},
        {"curvedline",
         {"λmax", "λmin", "eigenvalues of the Hessian", "training loss",
          "1 point without eigenvalues"}},
    };
    check_said(cases, sizeof cases / sizeof cases[0]);
}

/* A path from corner to corner of a plane that is no square, by the numbers of the SVG. */
static void test_path_places(void **state) {
    tw_surface s;
    tw_path line;
    sample_bowl(&s, 9);
    for (int i = 0; i < 9; i++)
        s.y[i] = 3 - 0.5 * s.y[i]; /* 3.5 ... 2.5, falling */
    assert_ok(tw_path_init(&line, "run", 3));
    static const double x[] = {-1, 0.5, 1}, y[] = {2.5, 3.5, 2.75};
    memcpy(line.x, x, sizeof x);
    memcpy(line.y, y, sizeof y);
    tw_figure figure = {.paths = &line, .path_count = 1};
    assert_ok(tw_plot_surface(path_of("places", "svg"), &figure, &s, 0));
    bytes svg = read_file(path_of("places", "svg"));
    const char *own = strstr((char *)svg.data, "stroke-width:1.1;"), *box = own;
    assert_non_null(own);
    double p[6], left, top, right, low;
    own = strstr(own, "d=\"M ");
    assert_int_equal(
        sscanf(own, "d=\"M %lf %lf L %lf %lf L %lf %lf", &p[0], &p[1], &p[2], &p[3], &p[4], &p[5]),
        6);
    do { /* the frame comes after it: the first closed path of four corners with a stroke of 0.6 */
        box = strstr(box + 1, "stroke-width:0.6;");
        assert_non_null(box);
    } while (sscanf(strstr(box, "d=\"M "), "d=\"M %lf %lf L %lf %*f L %*f %lf", &left, &top, &right,
                    &low) != 4 ||
             right - left < 100);
    assert_close(p[0], left, 0, 0.01);
    assert_close(p[1], low, 0, 0.01);
    assert_close(p[2], left + 0.75 * (right - left), 0, 0.01);
    assert_close(p[3], top, 0, 0.01);
    assert_close(p[4], right, 0, 0.01);
    assert_close(p[5], low - 0.25 * (low - top), 0, 0.01);
    free(svg.data);
    tw_path_release(&line);
    sample_free(&s);
}

/* What an arrow's tip is to the edge of the box: it points there, at what lies to the right and
 * below, and no square stands inside for a point that is not there. */
static void test_arrow(void **state) {
    assert_ok(draw_figure("outside", path_of("arrow", "svg")));
    bytes svg = read_file(path_of("arrow", "svg"));
    /* the only closed outline of three corners */
    size_t found = 0;
    double a[6];
    for (const char *at = (char *)svg.data; (at = strstr(at, "d=\"M ")) != NULL; at++) {
        char end;
        if (sscanf(at, "d=\"M %lf %lf L %lf %lf L %lf %lf Z %c", &a[0], &a[1], &a[2], &a[3], &a[4],
                   &a[5], &end) == 7 &&
            (end == '"' || end == 'M')) {
            found++;
            assert_true(a[0] > a[2] && a[0] > a[4]); /* to the right, and down */
            assert_true(a[1] > (a[3] + a[5]) / 2);
        }
    }
    assert_true(found >= 1);
    free(svg.data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_said_of_derivatives),
        cmocka_unit_test(test_said_of_blocks),
        cmocka_unit_test(test_said_of_paths),
        cmocka_unit_test(test_said_of_shapes),
        cmocka_unit_test(test_said_of_curvature),
        cmocka_unit_test(test_path_places),
        cmocka_unit_test(test_arrow),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
