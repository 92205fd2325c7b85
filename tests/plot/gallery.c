/* gallery: every kind of figure into a folder, for a look by eye: gallery FOLDER ENDING [dark|light
 * [POINTS]] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "curvature_samples.h"
#include "gradcheck_samples.h"
#include "plot_samples.h"
#include "thalweg/functions.h"

static const char *folder, *ending;
static int failures;

static const char *path_of(const char *name) {
    static char path[1024];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    return path;
}

static tw_figure style;

/* A figure in the theme and the size of font that are looked at. */
static const tw_figure *styled(const tw_figure *figure) {
    static tw_figure out;
    out = figure != NULL ? *figure : (tw_figure){0};
    out.bytes = sizeof out;
    out.theme = style.theme;
    out.font_size = style.font_size;
    return &out;
}

static void report(const char *name, tw_status status) {
    if (status != TW_OK) {
        fprintf(stderr, "%s: %s\n", name, tw_message());
        failures++;
    }
}

static void maps(const char *what, const tw_surface *surface) {
    for (int view = 0; view < 4; view++) {
        char name[64];
        snprintf(name, sizeof name, "%s-%s", what, tw_view_name((tw_view)view));
        tw_figure figure = {.title = what, .view = (tw_view)view};
        if (view == TW_VIEW_HEAT)
            figure.colormap = TW_COLORMAP_MAGMA;
        report(name, tw_plot_surface(path_of(name), styled(&figure), surface, 0));
    }
}

static void surfaces(void) {
    tw_surface s;
    sample_bowl(&s, 51);
    maps("bowl", &s);
    tw_figure linear = {.title = "linear", .scale = TW_SCALE_LINEAR, .view = TW_VIEW_3D};
    report("bowl-linear", tw_plot_surface(path_of("bowl-linear"), styled(&linear), &s, 0));
    tw_figure accuracy = {.view = TW_VIEW_FILLED, .colormap = TW_COLORMAP_CIVIDIS};
    report("bowl-acc", tw_plot_surface(path_of("bowl-acc"), styled(&accuracy), &s, 1));
    accuracy.view = TW_VIEW_CONTOUR;
    report("bowl-acc-contour",
           tw_plot_surface(path_of("bowl-acc-contour"), styled(&accuracy), &s, 1));
    for (size_t k = 0; k < 51 * 51; k++)
        s.values[k] = sin(3 * s.x[k % 51]) * cos(2 * s.y[k / 51]);
    tw_figure sign = {.view = TW_VIEW_FILLED, .colormap = TW_COLORMAP_RDBU, .value_label = "slope"};
    report("signed", tw_plot_surface(path_of("signed"), styled(&sign), &s, 0));
    sample_free(&s);
    sample_bumpy(&s, 51);
    maps("bumpy", &s);
    sample_free(&s);
    sample_holes(&s, 51);
    maps("holes", &s);
    sample_free(&s);
    sample_line(&s, 101);
    tw_figure line = {0};
    report("line", tw_plot_surface(path_of("line"), styled(&line), &s, 0));
    report("line-acc", tw_plot_surface(path_of("line-acc"), styled(&line), &s, 1));
    sample_free(&s);
    sample_hinge(&s, 81);
    report("hinge", tw_plot_surface(path_of("hinge"), styled(&line), &s, 0));
    s.computed[10] = s.computed[11] = 0;
    s.values[60] = INFINITY;
    report("hinge-holes", tw_plot_surface(path_of("hinge-holes"), styled(&line), &s, 0));
    sample_free(&s);
}

/* Two runs over the bumpy surface, one of them leaving the plane, and three named points. */
static void paths(void) {
    enum { N = 60 };
    tw_surface s;
    tw_path path[5] = {{0}};
    static const char *const names[] = {"sgd", "adam", "A", "B", "C"};
    sample_bumpy(&s, 51);
    for (int p = 0; p < 5; p++)
        report("path", tw_path_init(&path[p], names[p], p < 2 ? N : 1));
    for (int k = 0; k < N; k++) {
        double t = 1 - k / (N - 1.0), turn = 3 * t;
        path[0].x[k] = 0.9 * t * cos(turn);
        path[0].y[k] = 0.9 * t * sin(turn);
        path[1].x[k] = 0.9 * t * t * cos(3) - 0.35 * sin(M_PI * t);
        path[1].y[k] = 0.9 * t * t * sin(3) + 0.1 * sin(9 * t) * t;
        for (int p = 0; p < 2; p++) {
            path[p].distance[k] = (p == 0 ? 0.02 : 0.4) * t;
            path[p].length[k] = hypot(hypot(path[p].x[k], path[p].y[k]), path[p].distance[k]);
        }
    }
    static const double points[3][2] = {{0, 0}, {0.7, -0.6}, {-0.5, -0.8}};
    for (int p = 2; p < 5; p++) {
        path[p].x[0] = points[p - 2][0];
        path[p].y[0] = points[p - 2][1];
    }
    for (int view = 0; view < 4; view++) {
        char name[64];
        tw_figure figure = {
            .title = "two runs", .view = (tw_view)view, .paths = path, .path_count = 2};
        figure.x_label = "PC1, 87.3 %";
        figure.y_label = "PC2, 9.4 %";
        if (view == TW_VIEW_HEAT)
            figure.colormap = TW_COLORMAP_MAGMA;
        snprintf(name, sizeof name, "paths-%s", tw_view_name((tw_view)view));
        report(name, tw_plot_surface(path_of(name), styled(&figure), &s, 0));
        figure = (tw_figure){.view = (tw_view)view, .paths = path + 2, .path_count = 3};
        snprintf(name, sizeof name, "points-%s", tw_view_name((tw_view)view));
        report(name, tw_plot_surface(path_of(name), styled(&figure), &s, 0));
    }
    for (int p = 0; p < 5; p++)
        tw_path_release(&path[p]);
    sample_free(&s);
}

/* Over a surface, over a line, and as a barcode. */
static void shapes(void) {
    tw_surface s;
    tw_topology shape = {0};
    tw_pass pass = {0};
    sample_valleys(&s, 41);
    report("shape", tw_topology_find(&s, 0, NULL, &shape));
    report("shape",
           tw_pass_find(&s, 0, shape.minimum[0].place.at, shape.minimum[1].place.at, &pass));
    tw_figure figure = {.bytes = sizeof figure, .topology = &shape, .pass = &pass};
    report("shape", tw_plot_surface(path_of("shape"), styled(&figure), &s, 0));
    figure.view = TW_VIEW_FILLED;
    report("shape-filled", tw_plot_surface(path_of("shape-filled"), styled(&figure), &s, 0));
    report("barcode", tw_plot_barcode(path_of("barcode"), styled(NULL), &shape, &s.metric[0]));
    tw_pass_release(&pass);
    tw_topology_release(&shape);
    sample_free(&s);
}

static void curvature(void) {
    static void (*const samples[])(tw_curvature_report *) = {sample_network_spectrum,
                                                             sample_exact_spectrum, sample_pairs};
    static const char *const names[] = {"spectrum", "spectrum-exact", "spectrum-pairs"};
    static const char *const maps_of[] = {"curvature-ratio", "curvature-signs"};
    for (int k = 0; k < 3; k++) {
        tw_curvature_report r;
        samples[k](&r);
        report(names[k], tw_plot_spectrum(path_of(names[k]), styled(NULL), &r));
        tw_curvature_report_release(&r);
    }
    tw_surface s;
    sample_curved(&s, 41, 41);
    report(maps_of[0], sample_draw_curved(path_of(maps_of[0]), &s, TW_PICTURE_RATIO));
    report(maps_of[1], sample_draw_curved(path_of(maps_of[1]), &s, TW_PICTURE_SIGNS));
    sample_free(&s);
    sample_curved(&s, 81, 1);
    report("curvature-line", tw_plot_surface(path_of("curvature-line"), styled(NULL), &s, 0));
    sample_free(&s);
}

static void descents(void) {
    enum { N = 200 };
    static double x[N], train[N], test[N], train_acc[N], test_acc[N];
    for (int i = 0; i < N; i++) {
        x[i] = 25 * i;
        train[i] = 0.3 + 2 * exp(-i / 25.0) + 0.02 * sin(i * 1.7);
        test[i] = 0.55 + 1.75 * exp(-i / 22.0) + 0.0008 * i + 0.015 * sin(i * 2.1);
        train_acc[i] = 92 - 82 * exp(-i / 30.0) + sin(i * 1.3);
        test_acc[i] = 81 - 71 * exp(-i / 28.0) + sin(i * 1.9);
    }
    tw_curve curves[] = {{"train", N, x, train, 0, 0, 0},
                         {"test", N, x, test, 0, 1, 0},
                         {"train", N, x, train_acc, 1, 0, 0},
                         {"test", N, x, test_acc, 1, 1, 0}};
    tw_figure figure = {.x_label = "iteration", .y_label = "loss"};
    report("descent",
           tw_plot_curves(path_of("descent"), styled(&figure), 4, curves, "accuracy (%)"));
    report("descent-loss",
           tw_plot_curves(path_of("descent-loss"), styled(&figure), 2, curves, NULL));
    tw_figure log = {.x_label = "iteration",
                     .y_label = "loss",
                     .title = "gradient descent, both axes logarithmic",
                     .x_scale = TW_SCALE_LOG,
                     .scale = TW_SCALE_LOG};
    report("descent-log", tw_plot_curves(path_of("descent-log"), styled(&log), 2, curves, NULL));
    static const char *const names[] = {"gradient descent", "momentum", "nesterov",
                                        "adagrad",          "rmsprop",  "adam"};
    static double many[6][N];
    tw_curve methods[6];
    for (int m = 0; m < 6; m++) {
        for (int i = 0; i < N; i++)
            many[m][i] = 2.3 * exp(-i * (m + 1) / 120.0) + 0.002 * (m + 1);
        methods[m] = (tw_curve){.label = names[m], .count = N, .x = x, .y = many[m]};
    }
    report("methods", tw_plot_curves(path_of("methods"), styled(&figure), 6, methods, NULL));
}

static double smooth(size_t n, const double *x, void *user) {
    return exp(x[0]);
}

static double kinked(size_t n, const double *x, void *user) {
    return fabs(x[0] - 1) + exp(x[0]);
}

static double single(size_t n, const double *x, void *user) {
    return expf((float)x[0]);
}

static double flat(size_t n, const double *x, void *user) {
    return 7;
}

static void sweep_one(const char *name, tw_objective *f, const double *x) {
    tw_sweep sweep;
    tw_figure figure = {.title = name};
    tw_status status = tw_diff_sweep(f, x, NULL, 0, NULL, &sweep);
    if (status == TW_OK)
        status = tw_plot_sweep(path_of(name), styled(&figure), &sweep);
    report(name, status);
    tw_sweep_release(&sweep);
    tw_objective_free(f);
}

static void sweeps(void) {
    static const struct {
        const char *name;
        tw_function f;
    } functions[] = {{"sweep-smooth", smooth},
                     {"sweep-kinked", kinked},
                     {"sweep-single", single},
                     {"sweep-flat", flat}};
    for (size_t k = 0; k < 4; k++) {
        tw_objective *f = NULL;
        double x = 1;
        report(functions[k].name, tw_objective_from_function(functions[k].f, NULL, 1, &f));
        sweep_one(functions[k].name, f, &x);
    }
    tw_objective *f = NULL;
    double x[10];
    report("rosenbrock", tw_function_new("rosenbrock:10", NULL, &f));
    report("rosenbrock", tw_function_start("rosenbrock:10", 10, x));
    sweep_one("sweep-rosenbrock", f, x);
}

static void checks(void) {
    tw_gradcheck *check[] = {check_of_one(), check_of_mlp(), check_of(60), check_of(200)};
    static const char *const names[] = {"gradcheck-one", "gradcheck-mlp", "gradcheck-60",
                                        "gradcheck-200"};
    for (int k = 0; k < 4; k++) {
        report(names[k], tw_plot_gradcheck(path_of(names[k]), styled(NULL), check[k]));
        check_free(check[k]);
    }
}

int main(int argc, char **argv) {
    if (argc < 3)
        return 2;
    style.theme = argc > 3 && strcmp(argv[3], "dark") == 0 ? TW_THEME_DARK : TW_THEME_LIGHT;
    style.font_size = argc > 4 ? strtod(argv[4], NULL) : 0;
    folder = argv[1];
    ending = argv[2];
    surfaces();
    paths();
    shapes();
    curvature();
    descents();
    sweeps();
    checks();
    report("steps", tw_plot_steps(path_of("steps"), styled(NULL), 10, sample_steps, sample_losses,
                                  sample_original));
    tw_figure titled = {.title = "softmax, 50,000 images"};
    report("steps-title", tw_plot_steps(path_of("steps-title"), styled(&titled), 10, sample_steps,
                                        sample_losses, sample_original));
    return failures > 0;
}
