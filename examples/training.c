/* A training that survives: killed at any instant, and called again, it ends with the same bytes.
 *
 *     training MODEL DATA FOLDER, as in: training mlp:64 cifar-10-batches-py /tmp
 */
#include <stdio.h>

#include <thalweg/thalweg.h>

static void say(void *user, const char *line) {
    fprintf(stderr, "%s\n", line);
}

static tw_status train(const tw_study_model *model, const char *folder) {
    tw_study_training_options options = tw_study_training_defaults();
    tw_study_training *training = NULL;
    tw_study_training_result result;
    char weights[512], log[512], trajectory[512];
    snprintf(weights, sizeof weights, "%s/w.npy", folder);
    snprintf(log, sizeof log, "%s/log.csv", folder);
    snprintf(trajectory, sizeof trajectory, "%s/run.h5", folder);
    options.method = "adam";
    options.iterations = 200;
    options.output = weights;
    options.log = log;
    options.trajectory = trajectory;
    options.checkpoints = 10;
    tw_status status = tw_study_training_plan(NULL, model, &options, &training);
    if (status != TW_OK)
        return status;
    status = tw_study_training_run(training, NULL, &result);
    if (status == TW_OK)
        printf("loss %.6g, accuracy on test data %.1f %%; %s\n", result.end.loss,
               tw_study_training_last(&result, "test_acc"), result.end.why);
    if (status == TW_OK && !result.is_down)
        status = tw_fail(TW_ERR_UNSUPPORTED, "it has not learnt: %s", result.verdict);
    tw_study_training_result_release(&result);
    tw_study_training_free(training);
    return status;
}

int main(int argc, char **argv) {
    tw_study study = tw_study_defaults();
    tw_study_model_options options = tw_study_model_defaults();
    tw_study_model *model = NULL;
    if (argc < 4) {
        fprintf(stderr, "training MODEL DATA FOLDER\n");
        return 2;
    }
    study.say = say; /* with study.interrupted, Ctrl-C would be asked for as well */
    options.model = argv[1];
    options.data.source = argv[2];
    tw_status status = tw_study_model_open(&study, &options, &model);
    if (status == TW_OK)
        status = train(model, argv[3]);
    if (status != TW_OK)
        fprintf(stderr, "%s\n", tw_message());
    tw_study_model_free(model);
    return status == TW_OK ? 0 : 1;
}
