/* The demo's first experiment: slices and a plane, drawn. */
#include <stdlib.h>
#include <string.h>

#include "command/cli_command.h"
#include "command/cli_survey.h"
#include "demo/cli_demo.h"
#include "option/cli_picture.h"

enum { SHEET_COLUMNS = 10 };
static const tw_axis line_axis = {-10, 10, 201}, plane_axis = {-10, 10, 51};

tw_status demo_contact_sheet(demo_run *demo) {
    tw_dataset *data = NULL;
    const char *path;
    size_t channels, height, width;
    tw_status status = tw_study_data_open(demo->context->study, &demo->args.data, &data);
    if (status != TW_OK)
        return status;
    tw_dataset_image_shape(data, &channels, &height, &width);
    demo_say(demo->context, "data: %s, %zu samples of %zu features in %zu classes\n",
             tw_dataset_kind(data), tw_dataset_samples(data), tw_dataset_features(data),
             tw_dataset_classes(data));
    if (channels > 0) {
        status = demo_folder_file(&demo->folder, "samples.png", &path);
        if (status == TW_OK)
            status = demo_command(demo, "info%s --sheet samples.png", demo->source);
        if (status == TW_OK)
            status = tw_plot_contact_sheet(path, NULL, data, SHEET_COLUMNS);
        if (status == TW_OK)
            demo_announce(demo, "samples.png", "The first images of each class.");
    }
    tw_dataset_free(data);
    return status;
}

/* A slice or a plane around the random point along random directions: what the command's options
 * say when none is given, but for the model and the axes. */
static tw_status survey_of(const demo_run *demo, const char *kind, int rank, survey_args *args) {
    const cli_command *command = rank == 1 ? &command_slice : &command_plane;
    const option_binding bindings[] = {{command->groups, args}, {NULL}};
    *args = (survey_args){.options = tw_study_landscape_defaults(rank)};
    tw_status status = options_defaults(bindings);
    args->options.model = demo->args;
    args->options.model.model = kind;
    args->options.x = rank == 1 ? line_axis : plane_axis;
    args->options.y = rank == 1 ? (tw_axis){0} : plane_axis;
    return status;
}

typedef struct made_landscape {
    tw_study_landscape_plan *plan;
    tw_study_landscape_result result;
} made_landscape;

static tw_status make(demo_run *demo, const survey_args *args, made_landscape *out) {
    *out = (made_landscape){0};
    tw_status status = survey_plan(demo->context, args, NULL, &out->plan);
    return status == TW_OK ? tw_study_landscape_run(out->plan, &out->result) : status;
}

static void release(made_landscape *made) {
    tw_study_landscape_release(&made->result);
    tw_study_landscape_plan_free(made->plan);
}

static const tw_provenance *provenance_of(const made_landscape *made) {
    return tw_study_landscape_plan_provenance(made->plan);
}

static tw_status draw_slice(demo_run *demo, const survey_args *args, const char *name,
                            const char *meaning) {
    const char *path;
    made_landscape made;
    tw_status status = make(demo, args, &made);
    if (status == TW_OK)
        status = demo_folder_file(&demo->folder, name, &path);
    if (status == TW_OK)
        status = tw_study_picture_surface(path, &args->figure, &made.result.surface, NULL,
                                          provenance_of(&made));
    if (status == TW_OK)
        demo_announce(demo, name, meaning);
    release(&made);
    return status;
}

static tw_status slices(demo_run *demo) {
    survey_args args;
    tw_status status = survey_of(demo, "svm", 1, &args);
    args.figure.linear = 1;
    static const tw_setting one[] = {{"reg", DEMO_REG}, {"example", "0"}};
    const tw_settings all = args.options.model.settings;
    args.options.model.settings = (tw_settings){2, one};
    if (status == TW_OK)
        status = demo_command(
            demo, "slice svm%s --example 0 --x=-10:10:201 --linear --plot slice-svm-one.png",
            demo->options);
    if (status == TW_OK)
        status = draw_slice(demo, &args, "slice-svm-one.png",
                            "SVM loss of one example along a random line: straight pieces and "
                            "kinks.");
    args.options.model.settings = all;
    if (status == TW_OK)
        status = demo_command(demo, "slice svm%s --x=-10:10:201 --linear --plot slice-svm.png",
                              demo->options);
    if (status == TW_OK)
        status = draw_slice(demo, &args, "slice-svm.png",
                            "SVM loss of all examples along the same line: the kinks average out "
                            "to a bowl.");
    return status;
}

/* The plane drawn one way, as from its file. */
static tw_status draw_view(demo_run *demo, const made_landscape *made, const char *view,
                           const char *meaning) {
    char name[64];
    const char *path;
    tw_study_picture_options figure = tw_study_picture_defaults();
    figure.view = tw_view_find(view);
    snprintf(name, sizeof name, "plane-%s.png", view);
    tw_status status = demo_folder_file(&demo->folder, name, &path);
    if (status == TW_OK)
        status = tw_study_picture_surface(path, &figure, &made->result.surface, NULL,
                                          provenance_of(made));
    if (status == TW_OK)
        status = demo_command(demo, "plot plane.h5 --view %s -o %s", view, name);
    if (status == TW_OK)
        demo_announce(demo, name, meaning);
    return status;
}

static tw_status write_plane(demo_run *demo, const made_landscape *made) {
    const char *path;
    tw_status status = demo_folder_file(&demo->folder, "plane.h5", &path);
    if (status == TW_OK)
        status = tw_surface_write(path, &made->result.surface, provenance_of(made));
    if (status == TW_OK) {
        demo_announce(demo, "plane.h5",
                      "Softmax loss and accuracy over a plane along two random directions.");
        demo_say(demo->context, "    %zu points in %.2f s, from %.4f to %.4f; at the point %.4f\n",
                 made->result.summary.points, made->result.summary.seconds,
                 made->result.summary.minimum, made->result.summary.maximum,
                 made->result.summary.center);
    }
    return status;
}

static tw_status plane(demo_run *demo) {
    survey_args args;
    made_landscape made = {0};
    tw_status status = survey_of(demo, "softmax", 2, &args);
    if (status == TW_OK)
        status = demo_command(demo, "plane softmax%s --x=-10:10:51 --y=-10:10:51 -o plane.h5",
                              demo->options);
    if (status == TW_OK)
        status = make(demo, &args, &made);
    if (status == TW_OK)
        status = write_plane(demo, &made);
    if (status == TW_OK)
        status = draw_view(demo, &made, "contour", "The same as contour lines.");
    if (status == TW_OK)
        status = draw_view(demo, &made, "heat", "The same as colours.");
    if (status == TW_OK)
        status = draw_view(demo, &made, "3d", "The same as a surface in space.");
    release(&made);
    return status;
}

tw_status demo_see(demo_run *demo) {
    demo_say(demo->context, "\n1. See it: the loss around a random point W\n");
    tw_status status = slices(demo);
    return status == TW_OK ? plane(demo) : status;
}
