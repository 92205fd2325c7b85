/* cli_spectrum_report.h: a report on curvature (curvature_report.h), as text and as JSON. */
#ifndef THALWEG_CLI_SPECTRUM_REPORT_H
#define THALWEG_CLI_SPECTRUM_REPORT_H

#include <stdio.h>

#include "thalweg/curvature_report.h"
#include "thalweg/json.h"

/* Lines that begin with `indent`. */
void spectrum_report_text(FILE *out, const char *indent, const tw_curvature_report *report);
/* The members of an object that is open. */
void spectrum_report_json(tw_json *writer, const tw_curvature_report *report);

#endif
