/* study_sharpness.h: how far the loss of a model rises in balls around its point (sharpness.h).
 * What 'thalweg sharpness' does.
 *
 *     tw_study_sharpness_options options = tw_study_sharpness_defaults();
 *     tw_sharpness_result result;
 *     if (tw_study_sharpness_run(model, &options, &result) == TW_OK)
 *         printf("%g\n", result.rises[0].worst);
 *     tw_sharpness_result_release(&result);
 */
#ifndef THALWEG_STUDY_SHARPNESS_H
#define THALWEG_STUDY_SHARPNESS_H

#include "sharpness.h"
#include "study_model.h"

TW_BEGIN_DECLS

/* "plain", "filter", "layer", "elementwise": the balls by the numbers of tw_norm; NULL past the
 * end. */
TW_API const char *tw_study_ball_name(size_t index);

typedef struct tw_study_sharpness_options {
    size_t bytes;
    int ball;         /* position in tw_study_ball_name; plain */
    const char *only; /* blocks that may move, by their names, separated by commas; all */
    int ignore;       /* 1: what has fewer than two axes stays ("biasbn"); 0 or -1 */
    tw_numbers radii; /* 0.05, 0.1, 0.2 and 0.5 where neither they nor a rise are given */
    double rise;      /* of the loss, whose radii are to be found; none */
    size_t draws;     /* pairs of random directions; 32 */
    size_t steps;     /* of an ascent, at most; 20 */
} tw_study_sharpness_options;

TW_API tw_study_sharpness_options tw_study_sharpness_defaults(void);

/* At model->x, by the seed of its study. TW_ERR_CANCELLED after an interruption. Released by the
 * caller on success. */
TW_API tw_status tw_study_sharpness_run(const tw_study_model *model,
                                        const tw_study_sharpness_options *options,
                                        tw_sharpness_result *out);

TW_END_DECLS

#endif
