/* commons.h: work that the processes of one machine need alike, done once by all of them.
 *
 * Ranks of a team that open the same span on one machine would each compute the same products and
 * keep them. Between tw_commons_open and tw_commons_close what is taken here is memory of all those
 * ranks, and a map over it hands every piece to one of them; elsewhere, and wherever something
 * stands in the way, it is memory of the process, and it maps alone. Which it is changes no bit.
 */
#ifndef TW_TEAM_COMMONS_H
#define TW_TEAM_COMMONS_H

#include <stddef.h>

#include "thalweg/run.h"
#include "thalweg/team.h"

typedef struct tw_commons {
    void *memory;
    struct tw_commons_head *head; /* NULL: this process's own */
} tw_commons;

/* All ranks of the team open and close together, failed or not, and take the same sizes in between,
 * on their first threads; one that fails just closes. NULL team or runner: nothing is shared. What
 * was shared since the last opening must not be in use any more. */
void tw_commons_open(tw_runner *runner, tw_team *team);
void tw_commons_close(tw_runner *runner);

/* `size` bytes, not initialised. *out is released with tw_commons_release. */
tw_status tw_commons_take(tw_runner *runner, size_t size, tw_commons *out);
/* As tw_runner_map, with pieces that fill memory of `commons`: when it returns all of them are
 * there. Once for each. TW_ERR_SYSTEM if another rank failed at a piece. */
tw_status tw_commons_map(tw_runner *runner, tw_commons *commons, size_t count, tw_piece_fn function,
                         void *argument);
void tw_commons_release(tw_commons *commons);

#endif
