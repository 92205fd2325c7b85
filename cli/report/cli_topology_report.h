/* cli_topology_report.h: the shape of a surface, as text or as JSON. */
#ifndef THALWEG_CLI_TOPOLOGY_REPORT_H
#define THALWEG_CLI_TOPOLOGY_REPORT_H

#include "cli_context.h"

/* `json`: an object "topology" within the one that is open; NULL: lines on the context's output. */
void topology_report(const cli_context *context, tw_json *json, const tw_study_topology *found);

#endif
