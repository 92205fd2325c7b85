/* cli_team.h: whether this process was started together with others. */
#ifndef THALWEG_CLI_TEAM_H
#define THALWEG_CLI_TEAM_H

#include "thalweg/team.h"

/* Joins the team if mpirun, srun or their like started this process as one of several; otherwise
 * *out is NULL, and MPI is not touched. */
tw_status team_join(tw_team **out);

#endif
