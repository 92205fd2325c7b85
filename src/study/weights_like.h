/* weights_like.h: parameters of a model from a file, which says what it is where it does not fit.
 */
#ifndef TW_STUDY_WEIGHTS_LIKE_H
#define TW_STUDY_WEIGHTS_LIKE_H

#include "thalweg/space.h"

/* tw_weights_read; of a file of another model the message names the architectures that it fits by
 * its shapes. */
tw_status tw_study_weights_read(const char *path, const tw_space *space, double *x);

#endif
