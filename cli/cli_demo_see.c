/* The demo's first experiment: slices and a plane, drawn. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_demo.h"
#include "cli_figure.h"
#include "cli_survey.h"

enum { SHEET_COLUMNS = 10 };
static const tw_axis line_axis = {-10, 10, 201}, plane_axis = {-10, 10, 51};

static model_args args_of(const demo_run *demo, const char *kind, size_t example) {
    model_args args = demo->args;
    args.model = kind;
    args.example = example;
    return args;
}

tw_status demo_contact_sheet(demo_run *demo) {
    tw_dataset *data = NULL;
    const char *path;
    size_t channels, height, width;
    tw_status status = data_open(demo->context, &demo->args.data, &data);
    if (status != TW_OK)
        return status;
    tw_dataset_image_shape(data, &channels, &height, &width);
    demo_say(demo->context, "data: %s, %zu samples of %zu features in %zu classes\n",
             tw_dataset_kind(data), tw_dataset_samples(data), tw_dataset_features(data),
             tw_dataset_classes(data));
    if (channels > 0) {
        status = demo_folder_file(&demo->folder, "samples.png", &path);
        if (status == TW_OK)
            status = tw_plot_contact_sheet(path, NULL, data, SHEET_COLUMNS);
        if (status == TW_OK)
            demo_announce(demo, "samples.png", "The first images of each class.",
                          "info%s --sheet samples.png", demo->source);
    }
    tw_dataset_free(data);
    return status;
}

typedef struct demo_survey {
    cli_model model;
    tw_surface surface;
    survey_summary summary;
    tw_provenance provenance;
} demo_survey;

static void survey_release(demo_survey *survey) {
    tw_provenance_release(&survey->provenance);
    tw_surface_release(&survey->surface);
    model_release(&survey->model);
}

/* A slice or a plane around the random point along random directions. */
static tw_status survey_make(const demo_run *demo, const model_args *args, int rank,
                             demo_survey *out) {
    const cli_context *context = demo->context;
    const direction_args direction = {.norm = -1, .scale = NAN};
    const tw_axis *axis = rank == 1 ? &line_axis : &plane_axis;
    double *dx = NULL, *dy = NULL;
    memset(out, 0, sizeof *out);
    tw_status status = model_open(context, args, NULL, &out->model);
    if (status == TW_OK)
        status = doubles_new(out->model.size, &dx);
    if (status == TW_OK)
        status = direction_make(context, &out->model, &direction, "x", NULL, dx);
    if (status == TW_OK && rank == 2)
        status = doubles_new(out->model.size, &dy);
    if (status == TW_OK && rank == 2)
        status = direction_make(context, &out->model, &direction, "y", NULL, dy);
    if (status == TW_OK)
        status = survey_surface(&out->model, axis, rank == 2 ? axis : NULL, &out->surface);
    if (status == TW_OK)
        status = survey_fill(context, &out->model, dx, dy, &out->surface, &out->summary);
    if (status == TW_OK)
        status = model_provenance(context, args, &out->model, &out->provenance);
    free(dy);
    free(dx);
    return status;
}

static tw_status slice(demo_run *demo, const char *kind, size_t example, const char *name,
                       const char *meaning) {
    model_args args = args_of(demo, kind, example);
    const char *path;
    demo_survey made;
    char one[32] = "";
    tw_status status = survey_make(demo, &args, 1, &made);
    if (status == TW_OK)
        status = demo_folder_file(&demo->folder, name, &path);
    if (status == TW_OK)
        status = figure_surface(path, NULL, &made.surface, &made.provenance);
    if (example != OPTION_UNSET)
        snprintf(one, sizeof one, " --example %zu", example);
    if (status == TW_OK)
        demo_announce(demo, name, meaning, "slice %s%s%s --x=-10:10:201 --plot %s", kind,
                      demo->options, one, name);
    survey_release(&made);
    return status;
}

/* The plane drawn one way, from the file. */
static tw_status draw_view(demo_run *demo, const demo_survey *made, const char *view,
                           const char *meaning) {
    char name[64];
    const char *path;
    figure_args figure = figure_defaults();
    figure.view = tw_view_find(view);
    snprintf(name, sizeof name, "plane-%s.png", view);
    tw_status status = demo_folder_file(&demo->folder, name, &path);
    if (status == TW_OK)
        status = figure_surface(path, &figure, &made->surface, &made->provenance);
    if (status == TW_OK)
        demo_announce(demo, name, meaning, "plot plane.h5 --view %s -o %s", view, name);
    return status;
}

static tw_status plane(demo_run *demo) {
    model_args args = args_of(demo, "softmax", OPTION_UNSET);
    const char *path;
    demo_survey made;
    tw_status status = survey_make(demo, &args, 2, &made);
    if (status == TW_OK)
        status = demo_folder_file(&demo->folder, "plane.h5", &path);
    if (status == TW_OK)
        status = tw_surface_write(path, &made.surface, &made.provenance);
    if (status == TW_OK) {
        demo_announce(demo, "plane.h5",
                      "Softmax loss and accuracy over a plane along two random directions.",
                      "plane softmax%s --x=-10:10:51 --y=-10:10:51 -o plane.h5", demo->options);
        demo_say(demo->context, "    %zu points in %.2f s, from %.4f to %.4f; at the point %.4f\n",
                 made.summary.points, made.summary.seconds, made.summary.minimum,
                 made.summary.maximum, made.summary.center);
        status = draw_view(demo, &made, "contour", "The same as contour lines.");
    }
    if (status == TW_OK)
        status = draw_view(demo, &made, "heat", "The same as colours.");
    if (status == TW_OK)
        status = draw_view(demo, &made, "3d", "The same as a surface in space.");
    survey_release(&made);
    return status;
}

tw_status demo_see(demo_run *demo) {
    demo_say(demo->context, "\n1. See it: the loss around a random point W\n");
    tw_status status = slice(demo, "svm", 0, "slice-svm-one.png",
                             "SVM loss of one example along a random line: straight pieces and "
                             "kinks.");
    if (status == TW_OK)
        status = slice(demo, "svm", OPTION_UNSET, "slice-svm.png",
                       "SVM loss of all examples along the same line: the kinks average out to a "
                       "bowl.");
    return status == TW_OK ? plane(demo) : status;
}
