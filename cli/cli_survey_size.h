/* cli_survey_size.h: whether a survey fits into this machine. */
#ifndef THALWEG_CLI_SURVEY_SIZE_H
#define THALWEG_CLI_SURVEY_SIZE_H

#include "cli_survey.h"

/* TW_ERR_ARGUMENT with the size in bytes where the values of `metrics` at every point, and with -o
 * the file that is put together from them, are more than the memory of this machine. */
tw_status survey_size(const survey_args *args, size_t metrics);

#endif
