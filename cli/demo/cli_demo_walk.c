/* The demo's second and third experiments: the numerical gradient, and ways down. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo/cli_demo.h"
#include "option/cli_picture.h"
#include "report/cli_progress.h"
#include "report/cli_steps_report.h"

static const double demo_h = 1e-5;

static double relative_error(size_t count, const double *numerical, const double *analytic) {
    double difference = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        double d = numerical[i] - analytic[i];
        difference += d * d;
        size += analytic[i] * analytic[i];
    }
    return sqrt(difference) / sqrt(size);
}

static tw_status time_evaluation(const tw_study_model *model, double *seconds) {
    double *values = NULL;
    tw_status status = doubles_new(tw_objective_metrics(model->objective), &values);
    double begun = clock_seconds();
    if (status == TW_OK)
        status = tw_objective_value(model->objective, model->x, values);
    *seconds = clock_seconds() - begun;
    free(values);
    return status;
}

static void print_duration(const cli_context *context, double seconds) {
    if (seconds < 120)
        demo_say(context, "%.2f s", seconds);
    else if (seconds < 7200)
        demo_say(context, "%.0f min", seconds / 60);
    else
        demo_say(context, "%.1f h", seconds / 3600);
}

static tw_status differentiate_it(demo_run *demo, const tw_study_gradient *numerical) {
    const cli_context *context = demo->context;
    const tw_study_model *model = numerical->model;
    tw_study_gradient_options options = tw_study_gradient_defaults();
    tw_study_gradient *analytic = NULL;
    double once = 0;
    options.method = tw_text_find("analytic", tw_study_gradient_method);
    demo_say(context, "\n2. Differentiate it: one coordinate at a time, h = %g\n", demo_h);
    tw_status status = tw_study_gradient_run(model, &options, &analytic);
    if (status == TW_OK)
        status = time_evaluation(model, &once);
    if (status == TW_OK) {
        demo_numbers *numbers = &demo->numbers;
        numbers->gradient_error =
            relative_error(model->size, numerical->gradient, analytic->gradient);
        numbers->gradient_seconds = numerical->seconds;
        numbers->naive_seconds = once * (double)(model->size + 1);
        demo_say(context,
                 "  numerical  norm %.8g in %.3f s\n  analytic   norm %.8g in %.3f s\n"
                 "  relative error of the numerical one: %.2g\n"
                 "  The note's loop evaluates the loss %zu times; with one evaluation in %.2g s "
                 "that is ",
                 numerical->norm, numerical->seconds, analytic->norm, analytic->seconds,
                 numbers->gradient_error, model->size + 1, once);
        print_duration(context, numbers->naive_seconds);
        demo_say(context, ".\n    $ thalweg gradient softmax%s -o g.npy\n", demo->options);
    }
    tw_study_gradient_free(analytic);
    return status;
}

static tw_status step_sizes(demo_run *demo, const tw_study_steps *steps) {
    const char *path;
    if (!demo->context->common.json && !demo->context->common.quiet)
        steps_print(demo->context, steps);
    tw_status status = demo_command(demo, "steps softmax%s --plot steps.png", demo->options);
    if (status == TW_OK)
        status = demo_folder_file(&demo->folder, "steps.png", &path);
    if (status == TW_OK)
        status = tw_study_steps_write(steps, NULL, path);
    if (status == TW_OK)
        demo_announce(
            demo, "steps.png",
            "The loss after one step against the gradient: too short gains nothing, too long "
            "climbs.");
    demo->numbers.best_step =
        status == TW_OK && steps->best < steps->count ? steps->steps[steps->best] : NAN;
    return status;
}

/* The note's strategies; 'thalweg help train' lists all. */
static const char *const demo_methods[] = {"random-search", "local-search", "gd", "sgd", NULL};

/* Enough to see how far each way leads, in seconds: mini-batches are cheap, passes over all data
 * are not. */
static size_t demo_iterations(const tw_optimizer *optimizer) {
    size_t usual = tw_optimizer_default_iterations(optimizer);
    unsigned needs = tw_optimizer_needs(optimizer);
    size_t most = needs & TW_CAN_SAMPLE_GRADIENT ? usual : needs & TW_CAN_GRADIENT ? 100 : 200;
    return usual < most ? usual : most;
}

static size_t report_every(size_t iterations) {
    return iterations / 20 + 1;
}

static tw_status walk(demo_run *demo, const tw_study_model *model, tw_objective *test,
                      const tw_optimizer *optimizer, tw_study_training_result *out) {
    const cli_context *context = demo->context;
    tw_study alone = tw_study_defaults();
    tw_study_training_options options = tw_study_training_defaults();
    tw_study_training *training;
    alone.runner = context->runner;
    alone.seed = context->common.seed;
    options.method = tw_optimizer_name(optimizer);
    options.iterations = demo_iterations(optimizer);
    options.report_every = report_every(options.iterations);
    options.test = test;
    options.no_test = 1;
    tw_status status = tw_study_training_plan(&alone, model, &options, &training);
    if (status == TW_OK)
        status = tw_study_training_run(training, NULL, out);
    tw_study_training_free(training);
    demo_say(context, "  %-14s %5zu iterations  %6.2f s  loss %8.4f  accuracy: train %5.2f %%",
             tw_optimizer_name(optimizer), out->end.iterations, out->end.seconds,
             tw_study_training_last(out, "train_loss"), tw_study_training_last(out, "train_acc"));
    if (test != NULL)
        demo_say(context, ", test %5.2f %%", tw_study_training_last(out, "test_acc"));
    demo_say(context, "\n");
    return status;
}

/* The log of a walk, as the command that walks it writes it. */
static tw_status write_log(demo_run *demo, const tw_study_model *model,
                           const tw_study_training_result *walked, const char *method,
                           size_t iterations) {
    char name[40];
    const char *path;
    tw_provenance provenance = {0};
    snprintf(name, sizeof name, "%s.csv", method);
    tw_status status = demo_folder_file(&demo->folder, name, &path);
    if (status == TW_OK)
        status = demo_command(demo,
                              "train softmax%s --method %s --iterations %zu --report-every %zu "
                              "--log %s",
                              demo->options, method, iterations, report_every(iterations), name);
    if (status == TW_OK)
        status = tw_study_model_provenance(model, &provenance);
    if (status == TW_OK)
        status = tw_table_write(path, &walked->table, &provenance);
    if (status == TW_OK)
        demo_say(demo->context, "    $ %s\n", demo->command);
    tw_provenance_release(&provenance);
    return status;
}

/* The training losses, as 'thalweg plot' draws the logs. */
static tw_status draw_walks(demo_run *demo, const tw_study_training_result *walks, size_t count) {
    const tw_table *logs[MOST_METHODS];
    const char *path;
    char files[160] = "";
    tw_study_picture_options args = tw_study_picture_defaults();
    args.log = 1;
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(files);
        snprintf(files + used, sizeof files - used, " %s.csv", demo->numbers.names[i]);
        logs[i] = &walks[i].table;
    }
    tw_status status = demo_command(demo, "plot%s --log -o descent.png", files);
    args.description = demo->command;
    if (status == TW_OK)
        status = demo_folder_file(&demo->folder, "descent.png", &path);
    if (status == TW_OK)
        status = tw_study_picture_logs(path, &args, count, logs, demo->numbers.names);
    if (status == TW_OK)
        demo_announce(demo, "descent.png", "The loss of each method over its iterations.");
    return status;
}

static tw_status walk_all(demo_run *demo, const tw_study_model *model, tw_objective *test) {
    tw_study_training_result walks[MOST_METHODS] = {0};
    size_t count = 0;
    tw_status status = TW_OK;
    while (status == TW_OK && demo_methods[count] != NULL) {
        const tw_optimizer *optimizer = tw_optimizer_find(demo_methods[count]);
        demo->numbers.names[count] = tw_optimizer_name(optimizer);
        status = walk(demo, model, test, optimizer, &walks[count]);
        if (status == TW_OK)
            status = write_log(demo, model, &walks[count], demo->numbers.names[count],
                               demo_iterations(optimizer));
        demo->numbers.test_accuracy[count] =
            tw_study_training_last(&walks[count], "test_acc") / 100;
        count++;
    }
    demo->numbers.methods = count;
    if (status == TW_OK)
        status = draw_walks(demo, walks, count);
    for (size_t i = 0; i < count; i++)
        tw_study_training_result_release(&walks[i]);
    return status;
}

tw_status demo_differentiate_and_walk(demo_run *demo) {
    tw_study_model *model = NULL;
    tw_dataset *test_data = NULL;
    tw_objective *test = NULL;
    tw_study_steps *steps = NULL;
    tw_study_steps_options options = tw_study_steps_defaults();
    options.gradient.method = TW_DIFF_FORWARD;
    options.gradient.step = demo_h;
    tw_status status = model_open(demo->context, &demo->args, NULL, &model);
    if (status == TW_OK)
        status = tw_study_steps_run(model, &options, &steps);
    if (status == TW_OK)
        status = differentiate_it(demo, steps->gradient);
    demo_say(demo->context, "\n3. Walk down it\n");
    if (status == TW_OK)
        status = step_sizes(demo, steps);
    if (status == TW_OK && demo->args.data.split != TW_SPLIT_TEST)
        status = tw_study_model_test(model, &test_data, &test);
    if (status == TW_OK)
        status = walk_all(demo, model, test);
    tw_objective_free(test);
    tw_dataset_free(test_data);
    tw_study_steps_free(steps);
    tw_study_model_free(model);
    return status;
}
