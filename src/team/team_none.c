#include "team/team_private.h"

tw_status tw_team_mpi(tw_team *out) {
    return tw_fail(TW_ERR_UNSUPPORTED, "this build is without MPI, so each of the processes that "
                                       "were started would do the whole work; start it without "
                                       "mpirun, or build it with -Dmpi=enabled");
}
