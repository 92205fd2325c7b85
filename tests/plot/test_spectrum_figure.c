/* The axis of eigenvalues, where curves of densities end, and ranks. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "curvature_samples.h"
#include "plot/spectrum_scale.h"

/* ---- ticks ---- */

/* The names on an axis from low to high, in order. */
static void names_on(const tw_spectrum_scale *scale, double length, char *out) {
    tw_font font;
    double a = tw_spectrum_at(scale, scale->low), b = tw_spectrum_at(scale, scale->high);
    tw_side side = {.span = {a - 0.05 * (b - a), b + 0.05 * (b - a), 0}};
    assert_ok(tw_font_open(&font));
    tw_spectrum_ticks(scale, &side, &font, length);
    out[0] = '\0';
    for (size_t k = 0; k < side.ticks.count; k++)
        if (side.ticks.tick[k].text[0])
            sprintf(out + strlen(out), "%s ", side.ticks.tick[k].text);
    tw_font_close(&font);
}

/* Both lobes say how far they reach, whatever stands between them. */
static void ticks(void **state) {
    static const struct {
        tw_spectrum_scale scale;
        const char *names;
    } cases[] = {
        {{1e-3, -1.364, 42.4, 42.4}, "\u22121 \u22120.1 \u22120.01 0 0.01 0.1 1 10 40 "},
        {{1e-3, 1e-6, 1, 1}, "0 0.001 0.01 0.1 1 "},
        {{0.2, -0.7, 0.1, 0.7}, "\u22120.7 0 "},
        {{0.2, -0.71, 5.19, 5.19}, "\u22120.7 0 1 5 "},
    };
    char names[400];
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        names_on(&cases[k].scale, 280, names);
        assert_string_equal(names, cases[k].names);
    }
    /* many decades on a short axis: some of them, the ends of both lobes among them */
    names_on(&(tw_spectrum_scale){1e-4, -2e3, 3e5, 3e5}, 150, names);
    assert_non_null(strstr(names, " 0 "));
    assert_non_null(strstr(names, "10"));
    assert_true(strncmp(names, "\u2212", 3) == 0);
}

/* ---- what a picture says ---- */

static char folder[] = "/tmp/thalweg-spectrum-XXXXXX";

static int says(const tw_curvature_report *report, const char *words) {
    char path[64], command[256];
    snprintf(path, sizeof path, "%s/s.pdf", folder);
    assert_ok(tw_plot_spectrum(path, NULL, report));
    snprintf(command, sizeof command, "pdftotext -layout '%s' - | grep -q -e '%s'", path, words);
    return system(command) == 0;
}

/* Nothing is cut where the search has not ended, or a node says that it has missed an eigenvalue.
 */
static void ends(void **state) {
    static const char *const cut = "cut at the extreme eigenvalues";
    tw_curvature_report r;
    if (system("command -v pdftotext > /dev/null 2>&1") != 0)
        skip();
    sample_network_spectrum(&r);
    assert_true(says(&r, cut));
    r.stop = TW_SPECTRUM_PRODUCTS;
    assert_false(says(&r, cut));
    r.stop = TW_SPECTRUM_CONVERGED;
    r.largest[0].value = 97;
    assert_true(says(&r, cut)); /* on the other side */
    r.smallest[0].value = -5;
    assert_false(says(&r, cut));
    tw_curvature_report_release(&r);
    sample_exact_spectrum(&r);
    r.stop = TW_SPECTRUM_CONVERGED;
    assert_false(says(&r, cut));
    tw_curvature_report_release(&r);
}

/* A matrix with one eigenvalue: its peak is not cut away. */
static void one_value(void **state) {
    tw_curvature_report r;
    if (system("command -v pdftotext > /dev/null 2>&1") != 0)
        skip();
    sample_network_spectrum(&r);
    for (size_t k = 0; k < r.density.probes * r.density.steps; k++)
        r.density.nodes[k] = 2;
    for (size_t k = 0; k < r.largest_count; k++)
        r.largest[k] = (tw_eigenpair){2, 1e-15, NULL};
    for (size_t k = 0; k < r.smallest_count; k++)
        r.smallest[k] = (tw_eigenpair){2, 1e-15, NULL};
    assert_false(says(&r, "cut at the extreme eigenvalues"));
    assert_true(says(&r, "smoothed over the distance"));
    tw_curvature_report_release(&r);
}

/* Ranks are whole numbers. */
static void ranks(void **state) {
    tw_curvature_report r;
    if (system("command -v pdftotext > /dev/null 2>&1") != 0)
        skip();
    sample_pairs(&r);
    assert_true(says(&r, " 1  *2  *3  *4  *5$"));
    r.largest_count = 2;
    r.smallest_count = 0;
    assert_true(says(&r, " 1  *2$"));
    assert_false(says(&r, "from the smallest up"));
    r.largest_count = 1;
    assert_true(says(&r, "^ *1$"));
    tw_curvature_report_release(&r);
}

static int make_folder(void **state) {
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
    char path[64];
    snprintf(path, sizeof path, "%s/s.pdf", folder);
    unlink(path);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks),
        cmocka_unit_test(ends),
        cmocka_unit_test(one_value),
        cmocka_unit_test(ranks),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
