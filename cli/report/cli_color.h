/* cli_color.h: colours of the few words that have one. */
#ifndef CLI_COLOR_H
#define CLI_COLOR_H

#include "cli_context.h"

/* Writes the report as text; on a terminal PASS is green, FAIL red, INCONCLUSIVE yellow. */
tw_status color_report(const tw_gradcheck *check, int only_failures, FILE *out);

#endif
