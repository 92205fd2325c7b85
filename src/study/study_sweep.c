/* study_sweep.c: the step-size sweep of one coordinate, as a picture or a table. */
#include <math.h>
#include <stdio.h>

#include "file/file_kind.h"
#include "study/study_private.h"
#include "thalweg/plot.h"
#include "thalweg/study_gradient.h"
#include "thalweg/sweep.h"

static tw_status write_table(const char *path, const tw_sweep *sweep,
                             const tw_provenance *provenance) {
    static const char *const names[] = {"h", "forward", "central", "forward_error",
                                        "central_error"};
    tw_table table = {0};
    tw_status status = tw_table_init(&table, "sweep", sizeof names / sizeof names[0], names);
    for (size_t k = 0; k < sweep->count && status == TW_OK; k++) {
        const tw_sweep_step *step = &sweep->steps[k];
        const double row[] = {step->h, step->difference[0], step->difference[1], step->error[0],
                              step->error[1]};
        status = tw_table_append(&table, row);
    }
    if (status == TW_OK)
        status = tw_table_write(path, &table, provenance);
    tw_table_release(&table);
    return status;
}

/* "fc1.weight[3, 7]", or "x[3]". */
static void coordinate_name(const tw_study_model *model, size_t index, char *text, size_t size) {
    const tw_block *block = tw_space_at(tw_objective_space(model->objective), index);
    char place[128];
    snprintf(text, size, "%s%s", block->name,
             tw_block_place(block, index - block->offset, place, sizeof place));
}

static void tell(const tw_study *study, const tw_sweep *sweep, const char *name) {
    static const char *const schemes[] = {"forward", "central"};
    char text[256];
    tw_study_say(study, "derivative along %s: %.10g +- %.1g", name, sweep->reference, sweep->bar);
    for (int k = 0; k < 2; k++)
        if (isfinite(sweep->fit[k].step))
            tw_study_say(study, "best step, %s: %.1e, with an error of about %.1e", schemes[k],
                         sweep->fit[k].step, sweep->fit[k].error);
    if (tw_sweep_explain(sweep, text, sizeof text)[0] != '\0')
        tw_study_say(study, "%s", text);
}

tw_status tw_study_sweep(const tw_study_model *model, size_t index, const char *path) {
    TW_NEED(model);
    TW_NEED(path);
    tw_provenance provenance = {0};
    tw_sweep sweep;
    char name[128], title[192];
    tw_status status = tw_diff_sweep(model->objective, model->x, NULL, index, NULL, &sweep);
    if (status != TW_OK)
        return status;
    coordinate_name(model, index, name, sizeof name);
    snprintf(title, sizeof title, "%s, along %s", model->kind, name);
    status = tw_study_model_provenance(model, &provenance);
    if (status == TW_OK && tw_file_kind_of(path) == TW_FILE_CSV)
        status = write_table(path, &sweep, &provenance);
    else if (status == TW_OK)
        status = tw_plot_sweep(
            path,
            &(tw_figure){.title = title, .description = tw_provenance_get(&provenance, "command")},
            &sweep);
    if (status == TW_OK)
        tell(model->study, &sweep, name);
    tw_provenance_release(&provenance);
    tw_sweep_release(&sweep);
    return status;
}
