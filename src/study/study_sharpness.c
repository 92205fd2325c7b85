/* study_sharpness.c: the rises of a model's loss within balls. */
#include "thalweg/study_sharpness.h"

#include <math.h>

#include "core/versioned.h"
#include "study/block_names.h"
#include "study/option_range.h"
#include "study/study_private.h"

const char *tw_study_ball_name(size_t index) {
    static const char *const names[] = {[TW_NORM_NONE] = "plain",
                                        [TW_NORM_FILTER] = "filter",
                                        [TW_NORM_LAYER] = "layer",
                                        [TW_NORM_WEIGHT] = "elementwise"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

tw_study_sharpness_options tw_study_sharpness_defaults(void) {
    return (tw_study_sharpness_options){.bytes = sizeof(tw_study_sharpness_options),
                                        .ball = -1,
                                        .ignore = -1,
                                        .rise = NAN,
                                        .draws = TW_UNSET,
                                        .steps = TW_UNSET};
}

/* Between two pieces of work; non-zero where it is to end. */
static int step(void *user, size_t done, size_t total) {
    tw_study_work *work = user;
    return tw_study_interrupted(work->study) != 0 || tw_study_work_step(work, done, total);
}

static tw_status run(const tw_study_model *model, const tw_study_sharpness_options *o,
                     const tw_block_names *only, tw_sharpness_result *out) {
    static const double usual[] = {0.05, 0.1, 0.2, 0.5};
    int given = o->radii.count > 0 || !isnan(o->rise);
    tw_study_work work = tw_study_work_begin(model->study, "sharpness", 0, 1);
    const tw_sharpness_options options = {.bytes = sizeof options,
                                          .ball = o->ball >= 0 ? (tw_norm)o->ball : TW_NORM_NONE,
                                          .only = only->names,
                                          .only_count = only->count,
                                          .ignore_biasbn = o->ignore == 1,
                                          .radii = given ? o->radii.values : usual,
                                          .radius_count = given ? o->radii.count
                                                                : sizeof usual / sizeof usual[0],
                                          .rise = isnan(o->rise) ? 0 : o->rise,
                                          .draws = o->draws == TW_UNSET ? 0 : o->draws,
                                          .steps = o->steps == TW_UNSET ? 0 : o->steps,
                                          .seed = model->study->seed,
                                          .progress = step,
                                          .user = &work};
    tw_study_watch(model->study, 1);
    tw_status status = tw_sharpness(model->objective, model->x, &options, out);
    tw_study_watch(model->study, 0);
    tw_study_work_end(&work);
    return status;
}

tw_status tw_study_sharpness_run(const tw_study_model *model,
                                 const tw_study_sharpness_options *options,
                                 tw_sharpness_result *out) {
    static const tw_option_range ranges[] = {
        {"ball", offsetof(tw_study_sharpness_options, ball), TW_OPTION_CHOICE, tw_study_ball_name},
        {"ignore", offsetof(tw_study_sharpness_options, ignore), TW_OPTION_CHOICE,
         tw_study_ignore_name},
        {"rise", offsetof(tw_study_sharpness_options, rise), TW_OPTION_POSITIVE},
        {"draws", offsetof(tw_study_sharpness_options, draws), TW_OPTION_COUNT},
        {"ascent", offsetof(tw_study_sharpness_options, steps), TW_OPTION_COUNT},
    };
    *out = (tw_sharpness_result){0};
    TW_NEED(model);
    tw_study_sharpness_options taken = tw_study_sharpness_defaults();
    tw_block_names only;
    tw_status status =
        TW_TAKE_OVER(tw_study_sharpness_options, tw_study_sharpness_defaults, &taken, options);
    if (status == TW_OK)
        status = tw_option_ranges_check(&taken, sizeof ranges / sizeof ranges[0], ranges);
    if (status != TW_OK)
        return status;
    tw_study_model_say_drawn(model);
    status = tw_block_names_split(taken.only, &only);
    if (status == TW_OK)
        status = run(model, &taken, &only, out);
    tw_block_names_release(&only);
    return status;
}
