/* landscape.c DATA TRAJECTORY OUT.h5: in thirty lines what 'thalweg plane mlp:64 --data DATA
 * --trajectory TRAJECTORY --adaptive 1% -o OUT.h5' does; called again after an end of any kind, it
 * goes on where it was. */
#include <stdio.h>
#include <thalweg/thalweg.h>

int main(int argc, char **argv) {
    tw_study study = tw_study_defaults();
    tw_study_landscape_options options = tw_study_landscape_defaults(2);
    tw_study_landscape_plan *plan = NULL;
    tw_study_landscape_result result = {0};
    if (argc != 4)
        return fprintf(stderr, "usage: landscape DATA TRAJECTORY OUT.h5\n"), 2;
    options.model.model = "mlp:64";
    options.model.data.source = argv[1];
    options.plane.trajectory = argv[2];
    options.adaptive = "1%";
    options.output = argv[3];
    tw_status status = tw_runner_new(0, &study.runner);
    if (status == TW_OK)
        status = tw_study_landscape_plan_new(&study, &options, &plan);
    if (status == TW_OK)
        status = tw_study_landscape_run(plan, &result);
    for (size_t k = 0; k < result.notes.count; k++)
        printf("note: %s\n", result.notes.note[k].text);
    if (status != TW_OK)
        fprintf(stderr, "%s\n", tw_message());
    tw_study_landscape_release(&result);
    tw_study_landscape_plan_free(plan);
    tw_runner_free(study.runner);
    return status == TW_OK ? 0 : 1;
}
