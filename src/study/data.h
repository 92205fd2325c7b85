/* data.h: the data set of a study, prepared for a model. */
#ifndef TW_STUDY_DATA_H
#define TW_STUDY_DATA_H

#include "thalweg/study_model.h"

/* The split that the options give, or the training split. */
tw_split tw_study_data_split(const tw_study_data_options *options);
const char *tw_study_data_source(const tw_study_data_options *options);

/* Opens the data, tells the reader what should be known of them, and takes the mean of the features
 * over the whole training split of the same classes, or of the data set itself where the source has
 * no training split; where not NULL also the deviation of the same features from it
 * (tw_dataset_deviation). Caller frees both. */
tw_status tw_study_data_centred(const tw_study *study, const tw_study_data_options *options,
                                tw_dataset **out, double **mean, double *deviation);

/* The same of data that are taken as they are. */
tw_status tw_study_data_raw(const tw_study *study, const tw_study_data_options *options,
                            tw_dataset **out);

/* Whether `status` of opening a split may mean that the source just has no such split, and not that
 * the split is there and broken. */
int tw_study_data_absent(tw_status status);

#endif
