/* plane.c: the loss over a plane of its parameters, as a file and as a picture.
 *
 *     plane [DATA [OUT.h5 [OUT.png]]]
 *
 * Take any objective of yours in place of the linear classifier: nothing below asks what it is.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <thalweg/thalweg.h>

/* Two directions through w: normal draws, brought to the length of w, so that a coefficient of 1
 * is as far away as the origin. For networks, TW_NORM_FILTER does it filter by filter. */
static void draw_directions(const tw_space *space, const double *w, double *dx, double *dy) {
    tw_direction_random(space, 1, "x", dx);
    tw_direction_random(space, 1, "y", dy);
    tw_direction_normalize(space, TW_NORM_MODEL, w, dx);
    tw_direction_normalize(space, TW_NORM_MODEL, w, dy);
}

/* A surface is a grid with room for some metrics; the survey fills what is not computed yet. It
 * opens one span w + a dx + b dy, for which a linear classifier multiplies its data three times in
 * all, not once a point. */
static tw_status survey(tw_objective *f, const double *w, tw_surface *surface) {
    static const char *const names[] = {"train_loss"};
    size_t n = tw_objective_size(f);
    double *dx = malloc(n * sizeof *dx), *dy = malloc(n * sizeof *dy);
    tw_plane plane = tw_plane_of(n, w, dx, dy);
    tw_axis axis = {-10, 10, 41};
    tw_status status = TW_OK;
    if (dx == NULL || dy == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for two directions");
    if (status == TW_OK)
        status = tw_surface_init(surface, &axis, &axis, 1, names);
    if (status == TW_OK) {
        draw_directions(tw_objective_space(f), w, dx, dy);
        status = tw_survey_run(f, &plane, NULL, surface);
    }
    free(dx);
    free(dy);
    return status;
}

/* An HDF5 file in the layout of tomgoldstein/loss-landscape, with what made it, and a figure. */
static tw_status write_results(const tw_surface *surface, const char *source, const char *file,
                               const char *picture) {
    tw_provenance made = {0};
    tw_status status = tw_provenance_add(&made, "data", "%s", source);
    if (status == TW_OK)
        status = tw_surface_write(file, surface, &made);
    tw_provenance_release(&made);
    if (status != TW_OK || !tw_plot_available())
        return status;
    tw_figure figure = {.title = "softmax loss around a random point", .view = TW_VIEW_FILLED};
    return tw_plot_surface(picture, &figure, surface, 0);
}

/* The middle of the grid is w itself: there the survey must find the loss of a plain evaluation. */
static tw_status check_centre(tw_objective *f, const double *w, const tw_surface *surface) {
    double centre = tw_surface_plane(surface, 0)[surface->nx * surface->ny / 2];
    double *values = malloc(tw_objective_metrics(f) * sizeof *values); /* the loss comes first */
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the metrics");
    tw_status status = tw_objective_value(f, w, values);
    double loss = status == TW_OK ? values[0] : 0;
    free(values);
    if (status != TW_OK)
        return status;
    printf("loss at the centre %.12f, evaluated alone %.12f\n", centre, loss);
    if (!(fabs(centre - loss) <= 1e-10 * fabs(loss)))
        return tw_fail(TW_ERR_CALLBACK, "the span and the value of the objective differ");
    return TW_OK;
}

static tw_status explore(tw_objective *f, const char *source, const char *file,
                         const char *picture) {
    size_t n = tw_objective_size(f);
    double *w = malloc(n * sizeof *w);
    tw_surface surface = {0};
    tw_status status = TW_OK;
    if (w == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", n);
    tw_rng_fill_normal(0, tw_rng_stream("init"), 0, n, w);
    for (size_t k = 0; k < n; k++)
        w[k] *= 1e-4;
    status = survey(f, w, &surface);
    if (status == TW_OK)
        status = check_centre(f, w, &surface);
    if (status == TW_OK)
        status = write_results(&surface, source, file, picture);
    tw_surface_release(&surface);
    free(w);
    return status;
}

int main(int argc, char **argv) {
    const char *source = argc > 1 ? argv[1] : "synthetic:1000";
    const char *file = argc > 2 ? argv[2] : "plane.h5", *picture = argc > 3 ? argv[3] : "plane.png";
    tw_dataset *data = NULL;
    tw_runner *runner = NULL;
    tw_objective *f = NULL;
    tw_linear_options options = {.loss = TW_LINEAR_SOFTMAX, .reg = 5e-6};
    tw_status status = tw_dataset_open(source, NULL, &data);
    if (status == TW_OK)
        status = tw_runner_new(0, &runner);
    if (status == TW_OK)
        status = tw_linear_new(data, &options, runner, &f);
    if (status == TW_OK)
        status = explore(f, source, file, picture);
    if (status != TW_OK)
        fprintf(stderr, "%s: %s\n", tw_status_text(status), tw_message());
    tw_objective_free(f);
    tw_runner_free(runner);
    tw_dataset_free(data);
    return status == TW_OK ? 0 : 1;
}
