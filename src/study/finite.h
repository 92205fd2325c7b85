/* finite.h: vectors of the caller's, in which every number must be finite. */
#ifndef TW_STUDY_FINITE_H
#define TW_STUDY_FINITE_H

#include <stddef.h>

#include "thalweg/status.h"

/* TW_ERR_ARGUMENT, "WHAT 3 is nan, which is not finite", of the first number that is not. */
tw_status tw_study_check_finite(const char *what, size_t count, const double *values);

#endif
