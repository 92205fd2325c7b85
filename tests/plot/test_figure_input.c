/* Odd and bad input: a picture or one clear line, never a crash, never half a file. */
#include "support.h"

#include <glob.h>
#include <math.h>
#include <unistd.h>

#include "gradcheck_samples.h"
#include "plot_samples.h"

static char OUT[64], PARTS[80];

static void check_written(void) {
    assert_int_equal(access(OUT, R_OK), 0);
    assert_int_equal(unlink(OUT), 0);
}

static void check_absent(void) {
    assert_int_not_equal(access(OUT, F_OK), 0);
    glob_t parts;
    assert_int_equal(glob(PARTS, 0, NULL, &parts), GLOB_NOMATCH);
}

static void test_paths(void **state) {
    double x[] = {0, 1}, y[] = {1, 2};
    tw_curve curve = {.count = 2, .x = x, .y = y};
    assert_fails(TW_ERR_ARGUMENT, "path", tw_plot_curves(NULL, NULL, 1, &curve, NULL));
    assert_fails(TW_ERR_ARGUMENT, "'a.gif': end the name in .png",
                 tw_plot_curves("a.gif", NULL, 1, &curve, NULL));
    assert_fails(TW_ERR_ARGUMENT, "'.png'", tw_plot_curves(".png", NULL, 1, &curve, NULL));
    assert_fails(TW_ERR_ARGUMENT, "''", tw_plot_curves("", NULL, 1, &curve, NULL));
    assert_fails(TW_ERR_IO, "/nowhere/a.png': No such",
                 tw_plot_curves("/nowhere/a.png", NULL, 1, &curve, NULL));
    static const char *const endings[] = {"png", "svg", "pdf"};
    for (int i = 0; i < 3; i++) {
        char path[64];
        snprintf(path, sizeof path, "/tmp/thalweg-full-%d.%s", (int)getpid(), endings[i]);
        unlink(path);
        if (access("/dev/full", W_OK) != 0 || symlink("/dev/full", path) != 0)
            continue;
        assert_fails(TW_ERR_IO, "No space left", tw_plot_curves(path, NULL, 1, &curve, NULL));
        unlink(path);
    }
}

static void test_figure_numbers(void **state) {
    static const struct {
        tw_figure figure;
        const char *words;
    } table[] = {
        {{.dpi = 1}, "dots per inch"},
        {{.dpi = -200}, "dots per inch"},
        {{.dpi = NAN}, "dots per inch"},
        {{.width = 1e9}, "inches wide"},
        {{.width = -1}, "inches wide"},
        {{.height = INFINITY}, "inches high"},
        {{.width = 60, .height = 60, .dpi = 2400}, "too large"},
        {{.width = 1, .height = 1, .title = "t", .y_label = "y", .x_label = "x"}, "room"},
        {{.colormap = (tw_colormap)9}, "colour map"},
        {{.view = (tw_view)9}, "view"},
        {{.level_count = 2}, "not given"},
    };
    tw_surface s;
    sample_bowl(&s, 9);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_fails(TW_ERR_ARGUMENT, table[i].words,
                     tw_plot_surface(OUT, &table[i].figure, &s, 0));
        check_absent();
    }
    double bad[] = {1, NAN}, many[100] = {0}, some[] = {5, 1, 1, 1e9, -4};
    tw_figure figure = {.levels = bad, .level_count = 2};
    assert_fails(TW_ERR_ARGUMENT, "level 2", tw_plot_surface(OUT, &figure, &s, 0));
    figure = (tw_figure){.levels = many, .level_count = 100};
    assert_fails(TW_ERR_ARGUMENT, "at most", tw_plot_surface(OUT, &figure, &s, 0));
    figure = (tw_figure){.levels = some, .level_count = 5};
    assert_ok(tw_plot_surface(OUT, &figure, &s, 0));
    figure = (tw_figure){.view = TW_VIEW_3D, .elevation = -20};
    assert_fails(TW_ERR_ARGUMENT, "elevation", tw_plot_surface(OUT, &figure, &s, 0));
    figure = (tw_figure){.view = TW_VIEW_3D, .elevation = NAN};
    assert_fails(TW_ERR_ARGUMENT, "elevation", tw_plot_surface(OUT, &figure, &s, 0));
    sample_free(&s);
}

static void test_empty(void **state) {
    tw_surface s = {0};
    unlink(OUT);
    assert_fails(TW_ERR_ARGUMENT, "empty", tw_plot_surface(OUT, NULL, NULL, 0));
    assert_fails(TW_ERR_ARGUMENT, "empty", tw_plot_surface(OUT, NULL, &s, 0));
    sample_bowl(&s, 5);
    assert_fails(TW_ERR_ARGUMENT, "2 metrics", tw_plot_surface(OUT, NULL, &s, 2));
    memset(s.computed, 0, 25);
    for (int view = 0; view < 4; view++) {
        tw_figure figure = {.view = (tw_view)view};
        assert_fails(TW_ERR_ARGUMENT, "25 points not computed",
                     tw_plot_surface(OUT, &figure, &s, 0));
    }
    sample_free(&s);
    assert_fails(TW_ERR_ARGUMENT, "no curves", tw_plot_curves(OUT, NULL, 0, NULL, NULL));
    tw_curve curve = {.count = 3};
    assert_fails(TW_ERR_ARGUMENT, "no x or y", tw_plot_curves(OUT, NULL, 1, &curve, NULL));
    curve.count = 0;
    assert_fails(TW_ERR_ARGUMENT, "no finite point", tw_plot_curves(OUT, NULL, 1, &curve, NULL));
    assert_fails(TW_ERR_ARGUMENT, "no steps", tw_plot_steps(OUT, NULL, 0, NULL, NULL, 1));
    assert_fails(TW_ERR_ARGUMENT, "no data set", tw_plot_contact_sheet(OUT, NULL, NULL, 3));
    check_absent();
}

/* Values of every ugly kind over every shape, view and scale: drawn, or refused in words. */
static double ugly(int kind, size_t k) {
    double u = (double)(k * 2654435761u % 1000) / 1000;
    switch (kind) {
    case 0:
        return 0;
    case 1:
        return -3.5;
    case 2:
        return k % 2 ? NAN : INFINITY;
    case 3:
        return k % 3 ? u : k % 2 ? NAN : -INFINITY;
    case 4:
        return (u - 0.5) * 2e300;
    case 5:
        return 1e308 * (u - 0.5);
    case 6:
        return 1e-310 * u;
    case 7:
        return 1 + 1e-15 * u;
    case 8:
        return -u;
    case 9:
        return k == 0 ? 0 : pow(10, 600 * (u - 0.5));
    case 10:
        return u - 0.5;
    case 11:
        return k == 3 ? 5 : NAN;
    case 12:
        return 1e15 + u;
    default:
        return k % 4;
    }
}

enum { UGLY = 14 };

static void draw_ugly(int kind, size_t nx, size_t ny, int rank, const char *name) {
    tw_surface s;
    sample_surface(&s, rank, nx, ny, 1, &name);
    for (size_t k = 0; k < s.nx * s.ny; k++) {
        s.values[k] = ugly(kind, k);
        s.computed[k] = k % 11 != 5;
    }
    for (int view = 0; view < 4; view++) {
        for (int scale = TW_SCALE_AUTO; scale <= TW_SCALE_LOG; scale += TW_SCALE_LOG) {
            tw_figure figure = {.view = (tw_view)view,
                                .scale = (tw_scale)scale,
                                .colormap = (tw_colormap)(kind % 4),
                                .dpi = 40,
                                .raw = kind % 2};
            tw_message_clear();
            tw_status status = tw_plot_surface(OUT, &figure, &s, 0);
            if (status == TW_OK) {
                check_written();
            } else {
                if (status != TW_ERR_ARGUMENT)
                    fail_msg("kind %d, %zu x %zu, view %d, scale %d: %s", kind, nx, ny, view, scale,
                             tw_message());
                assert_true(strlen(tw_message()) > 10);
                check_absent();
            }
        }
    }
    sample_free(&s);
}

static void test_ugly_surfaces(void **state) {
    static const size_t shapes[][2] = {{1, 1}, {1, 7}, {7, 1}, {2, 2}, {2, 9}, {8, 6}};
    unlink(OUT);
    for (int kind = 0; kind < UGLY; kind++) {
        for (int i = 0; i < 6; i++)
            draw_ugly(kind, shapes[i][0], shapes[i][1], 2, i % 2 ? "train_loss" : "odd name");
        draw_ugly(kind, 1, 1, 1, "train_acc");
        draw_ugly(kind, 9, 1, 1, "test_loss");
    }
}

static void test_ugly_curves(void **state) {
    unlink(OUT);
    for (int kind = 0; kind < UGLY; kind++) {
        for (int other = 0; other < UGLY; other++) {
            double x[20], y[20];
            for (size_t k = 0; k < 20; k++) {
                x[k] = ugly(kind, k);
                y[k] = ugly(other, k);
            }
            tw_curve curves[] = {{"one", 20, x, y, 0, 0, 1}, {"two", 20, y, x, 1, 1, 0}};
            for (int scale = 0; scale < 3; scale++) {
                tw_figure figure = {
                    .scale = (tw_scale)scale, .x_scale = (tw_scale)(2 - scale), .dpi = 40};
                tw_status status = tw_plot_curves(OUT, &figure, 2, curves, "right");
                if (status != TW_OK && status != TW_ERR_ARGUMENT)
                    fail_msg("kinds %d, %d, scale %d: %s", kind, other, scale, tw_message());
                status == TW_OK ? check_written() : check_absent();
            }
            tw_status status = tw_plot_steps(OUT, &(tw_figure){.dpi = 40}, 20, x, y, y[1]);
            assert_true(status == TW_OK || status == TW_ERR_ARGUMENT);
            status == TW_OK ? check_written() : check_absent();
        }
    }
}

static void test_coordinates(void **state) {
    tw_surface s;
    sample_bowl(&s, 6);
    for (int i = 0; i < 3; i++) { /* falling coordinates are fine */
        double swap = s.x[i];
        s.x[i] = s.x[5 - i];
        s.x[5 - i] = swap;
    }
    assert_ok(tw_plot_surface(OUT, NULL, &s, 0));
    s.x[2] = s.x[3];
    assert_fails(TW_ERR_ARGUMENT, "neither rise nor fall", tw_plot_surface(OUT, NULL, &s, 0));
    s.y[1] = NAN;
    s.x[2] = (s.x[1] + s.x[3]) / 2;
    assert_fails(TW_ERR_ARGUMENT, "y coordinate 2", tw_plot_surface(OUT, NULL, &s, 0));
    sample_free(&s);
}

/* Paths without numbers, names, or places on the page. */
static void test_ugly_paths(void **state) {
    tw_surface s;
    double x[] = {NAN, 1e300, -1e308, 0, 0, 0.5, INFINITY}, y[] = {0, -1e300, 1, 0, 0, 1e200, 0};
    char nowhere[] = "nowhere", broken[] = "\xff \n \x01 broken", empty[] = "", w[] = "w";
    tw_path paths[] = {{.count = 7, .x = x, .y = y},
                       {.count = 1, .x = x, .y = y, .name = nowhere},
                       {.count = 1, .x = x + 3, .y = y, .name = broken},
                       {.count = 2, .x = x + 3, .y = y + 3, .name = empty},
                       {.count = 0}};
    sample_bowl(&s, 8);
    for (int view = 0; view < 4; view++) {
        tw_figure figure = {.view = (tw_view)view, .paths = paths, .path_count = 5, .dpi = 50};
        assert_ok(tw_plot_surface(OUT, &figure, &s, 0));
        check_written();
        for (size_t k = 0; k < 5; k++) { /* each alone */
            figure.paths = paths + k;
            figure.path_count = 1;
            assert_ok(tw_plot_surface(OUT, &figure, &s, 0));
            check_written();
        }
    }
    tw_path many[100]; /* more than a legend or the names have room for */
    for (int k = 0; k < 100; k++)
        many[k] = (tw_path){.count = 1 + (size_t)k % 2, .x = x + 3, .y = y + 3, .name = w};
    tw_figure figure = {.paths = many, .path_count = 100, .dpi = 50};
    tw_status status = tw_plot_surface(OUT, &figure, &s, 0);
    assert_true(status == TW_OK || status == TW_ERR_ARGUMENT);
    figure = (tw_figure){.paths = (tw_path[]){{.count = 3, .x = x}}, .path_count = 1};
    unlink(OUT);
    assert_fails(TW_ERR_ARGUMENT, "path 1 has no coordinates",
                 tw_plot_surface(OUT, &figure, &s, 0));
    figure = (tw_figure){.path_count = 2};
    assert_fails(TW_ERR_ARGUMENT, "path 1 has no coordinates",
                 tw_plot_surface(OUT, &figure, &s, 0));
    check_absent();
    sample_free(&s);
}

/* Text that is long, empty, not UTF-8, or full of control bytes. */
static void test_texts(void **state) {
    static char lengthy[3000];
    memset(lengthy, 'w', sizeof lengthy - 1);
    const char *texts[] = {"", "\xff\xfe broken \xc3", "line\nbreak\ttab \x01\x0e\x0f", "日本 ∇²L",
                           lengthy};
    static const char *const endings[] = {"png", "svg", "pdf"};
    tw_surface s;
    sample_bowl(&s, 8);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (int e = 0; e < 3; e++) {
            for (int view = 0; view < 4; view++) {
                char path[64];
                snprintf(path, sizeof path, "/tmp/thalweg-text-%d.%s", (int)getpid(), endings[e]);
                tw_figure figure = {.title = texts[i],
                                    .x_label = texts[i],
                                    .y_label = texts[i],
                                    .value_label = texts[i],
                                    .description = texts[i],
                                    .view = (tw_view)view,
                                    .dpi = 50};
                tw_status status = tw_plot_surface(path, &figure, &s, 0);
                if (status != TW_OK && status != TW_ERR_ARGUMENT)
                    fail_msg("text %zu, %s, view %d: %s", i, endings[e], view, tw_message());
                char command[128];
                snprintf(command, sizeof command, "xmllint --noout %s 2>&1", path);
                if (e == 1 && status == TW_OK && system("command -v xmllint > /dev/null 2>&1") == 0)
                    assert_int_equal(system(command), 0);
                unlink(path);
            }
        }
    }
    sample_free(&s);
}

/* Sweeps and gradient checks of every ugly kind. */
static void test_ugly_sweeps(void **state) {
    for (int kind = 0; kind < UGLY; kind++)
        for (int other = 0; other < UGLY; other++) {
            enum { STEPS = 20 };
            tw_sweep_step steps[STEPS];
            for (size_t k = 0; k < STEPS; k++)
                steps[k] = (tw_sweep_step){.h = ldexp(1, -(int)k),
                                           .error = {fabs(ugly(kind, k)), fabs(ugly(other, k))}};
            tw_sweep s = {.reference = ugly(other, 1),
                          .bar = fabs(ugly(kind, 2)),
                          .ladder = {.step = fabs(ugly(other, 3)), .value = ugly(other, 1)},
                          .ladder_error = fabs(ugly(kind, 5)),
                          .count = STEPS,
                          .steps = steps,
                          .noise = fabs(ugly(kind, 7)),
                          .not_finite = 3,
                          .mark_count = 10};
            for (size_t m = 0; m < s.mark_count; m++)
                s.marks[m] = (tw_sweep_mark){
                    .rule = tw_step_rule_at(m), .h = ugly(other, m), .error = fabs(ugly(kind, m))};
            for (int scheme = 0; scheme < 2; scheme++)
                s.fit[scheme] = (tw_sweep_fit){.noise = fabs(ugly(other, 9)),
                                               .derivative = fabs(ugly(kind, 11)),
                                               .step = fabs(ugly(kind, 13)),
                                               .error = ugly(other, 13),
                                               .best = scheme ? SIZE_MAX : 3};
            tw_status status = tw_plot_sweep(OUT, &(tw_figure){.dpi = 40}, &s);
            if (status != TW_OK && status != TW_ERR_ARGUMENT)
                fail_msg("kinds %d, %d: %s", kind, other, tw_message());
            status == TW_OK ? check_written() : check_absent();
        }
    assert_fails(TW_ERR_ARGUMENT, "no steps", tw_plot_sweep(OUT, NULL, NULL));
    assert_fails(TW_ERR_ARGUMENT, "no steps", tw_plot_sweep(OUT, NULL, &(tw_sweep){0}));
    check_absent();
}

static void test_ugly_checks(void **state) {
    for (int kind = 0; kind < UGLY; kind++) {
        tw_gradcheck *check = check_of_mlp();
        for (size_t k = 0; k < check->entry_count; k++) {
            tw_gradcheck_entry *entry = &check->entries[k];
            entry->relative = ugly(kind, k);
            entry->bar = ugly(kind, k + 1);
            entry->analytic = ugly(kind, k + 2);
            if (k % 7 == 3)
                entry->block = SIZE_MAX - k;
            if (k % 7 == 4)
                entry->index = SIZE_MAX - k;
            if (k % 7 == 5)
                entry->verdict = (tw_verdict)77;
            if (k % 7 == 6)
                entry->reason = (tw_reason)77;
        }
        check->rtol = ugly(kind, 4);
        check->probes[0].numeric = ugly(kind, 5);
        check->probes[1].block = SIZE_MAX;
        check->blocks[0].factor = ugly(kind, 6);
        check->blocks[1].cause = (tw_cause)99;
        check->blocks[1].verdict = TW_VERDICT_FAIL;
        check->blocks[2].where_end = SIZE_MAX;
        check->blocks[3].count = check->blocks[3].tested = check->blocks[3].columns = 0;
        check->blocks[5].verdict = (tw_verdict)99;
        assert_ok(tw_plot_gradcheck(OUT, &(tw_figure){.dpi = 40}, check));
        check_written();
        check_free(check);
    }
    tw_gradcheck *check = check_of(60);
    assert_fails(TW_ERR_ARGUMENT, "room", tw_plot_gradcheck(OUT, &(tw_figure){.height = 2}, check));
    assert_fails(TW_ERR_ARGUMENT, "room", tw_plot_gradcheck(OUT, &(tw_figure){.width = 2}, check));
    check_free(check);
    assert_fails(TW_ERR_ARGUMENT, "no blocks", tw_plot_gradcheck(OUT, NULL, NULL));
    assert_fails(TW_ERR_ARGUMENT, "no blocks", tw_plot_gradcheck(OUT, NULL, &(tw_gradcheck){0}));
    check_absent();
    /* names of every kind, none at all, and a check without entries */
    static char lengthy[3000];
    memset(lengthy, 'w', sizeof lengthy - 1);
    const char *texts[] = {"",
                           "\xff\xfe broken \xc3",
                           "a\nb\t\x01\x0e\x0f",
                           "日本 ∇²L 日本日本日本日本日本日本日本日本日本日本",
                           lengthy,
                           NULL};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        tw_gradcheck_block block = {.name = texts[k], .count = 3, .columns = 1};
        tw_gradcheck one = {.blocks = &block, .block_count = 1};
        assert_ok(
            tw_plot_gradcheck(OUT, &(tw_figure){.title = texts[k], .x_label = texts[k]}, &one));
        check_written();
    }
}

/* A data set without images, one without names, one class without samples, doubles. */
static void test_sheets(void **state) {
    double features[12] = {0, 1, NAN, 3, 4, 5, 6, INFINITY, 8, 9, 10, 11};
    int32_t labels[3] = {0, 2, 2};
    tw_dataset_memory memory = {
        .doubles = features, .labels = labels, .samples = 3, .features = 4, .classes = 3};
    tw_dataset *dataset = NULL;
    assert_ok(tw_dataset_from_memory(&memory, &dataset));
    assert_fails(TW_ERR_ARGUMENT, "images", tw_plot_contact_sheet(OUT, NULL, dataset, 3));
    tw_dataset_free(dataset);
    memory.channels = 1;
    memory.height = memory.width = 2;
    if (tw_dataset_from_memory(&memory, &dataset) == TW_OK) {
        assert_ok(tw_plot_contact_sheet(OUT, NULL, dataset, 0));
        check_written();
        tw_figure narrow = {.width = 1};
        assert_fails(TW_ERR_ARGUMENT, "room", tw_plot_contact_sheet(OUT, &narrow, dataset, 50));
        assert_fails(TW_ERR_ARGUMENT, "1000", tw_plot_contact_sheet(OUT, NULL, dataset, 5000));
        tw_dataset_free(dataset);
    }
}

int main(void) {
    snprintf(OUT, sizeof OUT, "%s/thalweg-figure-input-%d.png", fast_folder(), (int)getpid());
    snprintf(PARTS, sizeof PARTS, "%s*.part", OUT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),       cmocka_unit_test(test_figure_numbers),
        cmocka_unit_test(test_empty),       cmocka_unit_test(test_ugly_surfaces),
        cmocka_unit_test(test_ugly_curves), cmocka_unit_test(test_coordinates),
        cmocka_unit_test(test_ugly_paths),  cmocka_unit_test(test_texts),
        cmocka_unit_test(test_sheets),      cmocka_unit_test(test_ugly_sweeps),
        cmocka_unit_test(test_ugly_checks),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(OUT);
    return failed;
}
