/* cli_survey_axes.h: the directions of a survey, from the options or from the paths. */
#ifndef THALWEG_CLI_SURVEY_AXES_H
#define THALWEG_CLI_SURVEY_AXES_H

#include "cli_survey.h"

/* Makes the plane of the run, opens the paths into run->paths and places them. What these decide is
 * put into args: the ranges that are to be chosen, "components" or "points" as the source of both
 * directions, and the point where it is the last checkpoint. */
tw_status survey_axes(const cli_context *context, survey_args *args, survey *run);

#endif
