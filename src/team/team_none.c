#include "team/team_private.h"

tw_status tw_team_mpi(tw_team *out) {
    return tw_fail(TW_ERR_UNSUPPORTED,
                   "this build has no MPI, so each of the processes started would do the whole "
                   "work; start it without mpirun, or build it with -Dmpi=enabled");
}
