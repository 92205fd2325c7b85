/* team.h: the processes of one job, on one machine or on many, started by mpirun or srun.
 *
 * Rank 0 has the files and speaks to the user; the others compute for it. A survey hands its points
 * out over the team (landscape.h). NULL is a team of one everywhere below.
 */
#ifndef THALWEG_TEAM_H
#define THALWEG_TEAM_H

#include "status.h"

TW_BEGIN_DECLS

typedef struct tw_team tw_team;

/* Joins the processes that were started together. To be called once in a process, by its first
 * thread, which is the one that calls all functions that take the team. TW_ERR_UNSUPPORTED if the
 * library was built without MPI; TW_ERR_SYSTEM if MPI cannot start. *out is owned by the caller. */
TW_API tw_status tw_team_join(tw_team **out);
/* Leaves; waits for the others to do so. NULL is allowed. */
TW_API void tw_team_leave(tw_team *team);

/* 0 ... size - 1. */
TW_API int tw_team_rank(const tw_team *team);
TW_API int tw_team_size(const tw_team *team);

/* All ranks call this together, each with how it fared so far and with a text of lines, which may
 * be NULL. If one of them failed, all fail, with the status and the words of the lowest that did;
 * and with TW_ERR_ARGUMENT if the texts are not the same, such as the hashes of their data. */
TW_API tw_status tw_team_agree(tw_team *team, tw_status status, const char *text);

TW_END_DECLS

#endif
