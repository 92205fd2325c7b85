#include "figure_kinds.h"

#include <math.h>
#include <string.h>

#include "curvature_samples.h"
#include "gradcheck_samples.h"
#include "plot_samples.h"

static tw_status draw_map(const char *path, tw_view view) {
    tw_surface s;
    sample_holes(&s, 25);
    tw_figure figure = {.view = view, .title = "map & <title>", .description = "made by a test"};
    tw_status status = tw_plot_surface(path, &figure, &s, 0);
    sample_free(&s);
    return status;
}

static tw_status draw_contour(const char *path) {
    return draw_map(path, TW_VIEW_CONTOUR);
}

static tw_status draw_filled(const char *path) {
    return draw_map(path, TW_VIEW_FILLED);
}

static tw_status draw_heat(const char *path) {
    return draw_map(path, TW_VIEW_HEAT);
}

static tw_status draw_3d(const char *path) {
    return draw_map(path, TW_VIEW_3D);
}

/* Two runs and a named point over a surface with holes. */
static tw_status draw_paths(const char *path, tw_view view) {
    enum { N = 30 };
    static const char *const names[] = {"sgd", "adam", "B"};
    tw_surface s;
    tw_path runs[3] = {{0}};
    tw_status status = TW_OK;
    for (int p = 0; p < 3 && status == TW_OK; p++)
        status = tw_path_init(&runs[p], names[p], p < 2 ? N : 1);
    for (int k = 0; k < N && status == TW_OK; k++) {
        double t = 1 - k / (N - 1.0);
        for (int p = 0; p < 2; p++) {
            runs[p].x[k] = t * cos(2 * t + p);
            runs[p].y[k] = t * sin(2 * t + p);
            runs[p].length[k] = 1.1 * t;
            runs[p].distance[k] = 0.4 * t;
        }
    }
    sample_holes(&s, 25);
    tw_figure figure = {.view = view, .paths = runs, .path_count = 3, .x_label = "PC1, 87.3 %"};
    if (status == TW_OK)
        status = tw_plot_surface(path, &figure, &s, 0);
    sample_free(&s);
    for (int p = 0; p < 3; p++)
        tw_path_release(&runs[p]);
    return status;
}

static tw_status draw_paths_contour(const char *path) {
    return draw_paths(path, TW_VIEW_CONTOUR);
}

static tw_status draw_paths_3d(const char *path) {
    return draw_paths(path, TW_VIEW_3D);
}

/* Two runs without a surface. */
static tw_status draw_paths_alone(const char *path) {
    static const char *const names[] = {"sgd", NULL};
    tw_path runs[2] = {{0}};
    tw_status status = TW_OK;
    for (int p = 0; p < 2 && status == TW_OK; p++)
        status = tw_path_init(&runs[p], names[p], 9);
    for (int k = 0; k < 9 && status == TW_OK; k++)
        for (int p = 0; p < 2; p++) {
            runs[p].x[k] = 8 - k;
            runs[p].y[k] = (p + 1) * (8 - k) * (8 - k) / 16.0;
        }
    const tw_figure figure = {.paths = runs, .path_count = 2, .y_label = "second"};
    if (status == TW_OK)
        status = tw_plot_paths(path, &figure);
    for (int p = 0; p < 2; p++)
        tw_path_release(&runs[p]);
    return status;
}

tw_status draw_outside(const char *path, tw_view view) {
    tw_path paths[2] = {{0}};
    tw_surface s;
    sample_bowl(&s, 9); /* -1 ... 1 */
    tw_status status = tw_path_init(&paths[0], "run", 3);
    if (status == TW_OK)
        status = tw_path_init(&paths[1], "C", 1);
    if (status == TW_OK) {
        paths[0].x[1] = 0.5;
        paths[0].x[2] = 1.5;
        paths[1].x[0] = 3;
        paths[1].y[0] = -2;
        const tw_figure figure = {.view = view, .paths = paths, .path_count = 2};
        status = tw_plot_surface(path, &figure, &s, 0);
    }
    tw_path_release(&paths[0]);
    tw_path_release(&paths[1]);
    sample_free(&s);
    return status;
}

static tw_status draw_outside_map(const char *path) {
    return draw_outside(path, TW_VIEW_CONTOUR);
}

static tw_status draw_slice(const char *path) {
    tw_surface s;
    sample_line(&s, 61);
    tw_status status = tw_plot_surface(path, NULL, &s, 0);
    sample_free(&s);
    return status;
}

/* The shape of a surface over it, with the way between its two real minima; or as a barcode. */
static tw_status draw_shape_as(const char *path, int barcode, int rank) {
    tw_surface s;
    tw_topology shape = {0};
    tw_pass pass = {0};
    sample_valleys(&s, 41);
    if (rank == 1) {
        s.rank = 1;
        s.ny = 1;
        for (size_t k = 0; k < s.nx; k++) {
            s.values[k] = sin(7 * s.x[k]) + s.x[k];
            s.values[s.nx + k] = 0.1;
        }
    }
    tw_status status = tw_topology_find(&s, 0, NULL, &shape);
    if (status == TW_OK)
        status = tw_pass_find(&s, 0, shape.minimum[0].place.at, shape.minimum[1].place.at, &pass);
    tw_figure figure = {.bytes = sizeof figure, .topology = &shape, .pass = &pass};
    if (status == TW_OK)
        status = barcode ? tw_plot_barcode(path, NULL, &shape, &s.metric[0])
                         : tw_plot_surface(path, &figure, &s, 0);
    tw_pass_release(&pass);
    tw_topology_release(&shape);
    sample_free(&s);
    return status;
}

static tw_status draw_shape(const char *path) {
    return draw_shape_as(path, 0, 2);
}

static tw_status draw_shape_line(const char *path) {
    return draw_shape_as(path, 0, 1);
}

static tw_status draw_barcode(const char *path) {
    return draw_shape_as(path, 1, 2);
}

static tw_status draw_spectrum_of(const char *path, void (*sample)(tw_curvature_report *)) {
    tw_curvature_report r;
    sample(&r);
    tw_status status = tw_plot_spectrum(path, NULL, &r);
    tw_curvature_report_release(&r);
    return status;
}

static tw_status draw_spectrum(const char *path) {
    return draw_spectrum_of(path, sample_network_spectrum);
}

static tw_status draw_exact(const char *path) {
    return draw_spectrum_of(path, sample_exact_spectrum);
}

static tw_status draw_pairs(const char *path) {
    return draw_spectrum_of(path, sample_pairs);
}

static tw_status draw_curved(const char *path, tw_curvature_picture map) {
    tw_surface s;
    sample_curved(&s, 21, 21);
    tw_status status = sample_draw_curved(path, &s, map);
    sample_free(&s);
    return status;
}

static tw_status draw_ratio(const char *path) {
    return draw_curved(path, TW_PICTURE_RATIO);
}

static tw_status draw_signs(const char *path) {
    return draw_curved(path, TW_PICTURE_SIGNS);
}

static tw_status draw_curved_line(const char *path) {
    tw_surface s;
    sample_curved(&s, 41, 1);
    tw_status status = tw_plot_surface(path, NULL, &s, 0);
    sample_free(&s);
    return status;
}

static tw_status draw_curves(const char *path) {
    double x[] = {1, 2, 3, 4}, y[] = {1, 0.1, NAN, 0.001}, z[] = {10, 40, 80, 90};
    tw_curve curves[] = {{"loss", 4, x, y, 0, 0, 1}, {"accuracy", 4, x, z, 1, 1, 0}};
    tw_figure figure = {.x_scale = TW_SCALE_LOG, .x_label = "iteration", .y_label = "loss"};
    return tw_plot_curves(path, &figure, 2, curves, "accuracy (%)");
}

static tw_status draw_steps(const char *path) {
    return tw_plot_steps(path, NULL, 10, sample_steps, sample_losses, sample_original);
}

static double exponential(size_t n, const double *x, void *user) {
    return exp(x[0]);
}

static tw_status draw_sweep(const char *path) {
    tw_objective *f = NULL;
    tw_sweep sweep = {0};
    double x = 1;
    tw_status status = tw_objective_from_function(exponential, NULL, 1, &f);
    if (status == TW_OK)
        status = tw_diff_sweep(f, &x, NULL, 0, NULL, &sweep);
    if (status == TW_OK)
        status = tw_plot_sweep(path, NULL, &sweep);
    tw_sweep_release(&sweep);
    tw_objective_free(f);
    return status;
}

static tw_status draw_check(const char *path) {
    tw_gradcheck *check = check_of_mlp();
    tw_status status = tw_plot_gradcheck(path, NULL, check);
    check_free(check);
    return status;
}

static tw_status draw_sheet(const char *path) {
    enum { SIDE = 8, SAMPLES = 20, FEATURES = 3 * SIDE * SIDE };
    static uint8_t pixels[SAMPLES * FEATURES];
    static int32_t labels[SAMPLES];
    for (int i = 0; i < SAMPLES * FEATURES; i++)
        pixels[i] = (uint8_t)(i * 37 + i / FEATURES * 11);
    for (int i = 0; i < SAMPLES; i++)
        labels[i] = i % 3;
    tw_dataset_memory memory = {.bytes = pixels,
                                .labels = labels,
                                .samples = SAMPLES,
                                .features = FEATURES,
                                .classes = 4,
                                .channels = 3,
                                .height = SIDE,
                                .width = SIDE};
    tw_dataset *dataset = NULL;
    tw_status status = tw_dataset_from_memory(&memory, &dataset);
    if (status == TW_OK)
        status = tw_plot_contact_sheet(path, NULL, dataset, 6);
    tw_dataset_free(dataset);
    return status;
}

const figure_kind figure_kinds[FIGURE_KINDS] = {
    {"contour", draw_contour},
    {"filled", draw_filled},
    {"heat", draw_heat},
    {"3d", draw_3d},
    {"slice", draw_slice},
    {"curves", draw_curves},
    {"steps", draw_steps},
    {"sheet", draw_sheet},
    {"gradcheck", draw_check},
    {"sweep", draw_sweep},
    {"paths", draw_paths_contour},
    {"paths3d", draw_paths_3d},
    {"pathsalone", draw_paths_alone},
    {"outside", draw_outside_map},
    {"shape", draw_shape},
    {"shapeline", draw_shape_line},
    {"barcode", draw_barcode},
    {"spectrum", draw_spectrum},
    {"spectrumexact", draw_exact},
    {"spectrumpairs", draw_pairs},
    {"ratio", draw_ratio},
    {"signs", draw_signs},
    {"curvedline", draw_curved_line},
};

tw_status draw_figure(const char *name, const char *path) {
    size_t k = 0;
    while (strcmp(figure_kinds[k].name, name) != 0)
        k++;
    return figure_kinds[k].draw(path);
}
