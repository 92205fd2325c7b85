/* run_private.h: what a runner knows beside its threads. */
#ifndef TW_CORE_RUN_PRIVATE_H
#define TW_CORE_RUN_PRIVATE_H

#include "thalweg/run.h"
#include "thalweg/team.h"

/* The team with which work is shared at present (commons.h), or NULL; not owned. */
void tw_runner_set_team(tw_runner *runner, tw_team *team);
tw_team *tw_runner_team(const tw_runner *runner);

#endif
