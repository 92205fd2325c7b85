/* model_kinks.h: what bends a loss, and what its second derivatives then mean. */
#ifndef TW_STUDY_MODEL_KINKS_H
#define TW_STUDY_MODEL_KINKS_H

#include "thalweg/curvature.h"
#include "thalweg/study_model.h"

enum { TW_KINK_TEXT = 200 };

/* What has kinks, in words ("ReLU"); NULL: nothing that is known. */
const char *tw_model_kinks(const tw_study_model *model);
/* Whether the loss is known to have one right at x. */
int tw_model_is_kink(const tw_study_model *model, const double *x);
/* What the matrix of such a loss is; "" where there is nothing to say. */
void tw_model_kinks_say(const tw_study_model *model, tw_curvature_matrix matrix,
                        tw_product_source source, char text[TW_KINK_TEXT]);

#endif
