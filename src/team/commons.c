#include "team/commons.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "core/alloc.h"
#include "core/run_private.h"
#include "team/team_private.h"

/* In front of the shared memory. Pieces are claimed one by one, so that a claimed one is always
 * computed, whoever else gives up. */
typedef struct tw_commons_head {
    atomic_size_t next, done;
    atomic_int broken;
} tw_commons_head;

/* Its room: what follows begins on a line of the cache. */
enum { HEAD = 64 };
_Static_assert(sizeof(tw_commons_head) <= HEAD, "the head has less room than it needs");

static int can_share(const tw_team *team) {
    return tw_team_size(team) > 1 && team->ops.share != NULL;
}

void tw_commons_open(tw_runner *runner, tw_team *team) {
    if (!can_share(team))
        return;
    team->ops.unshare(team->ctx);
    tw_runner_set_team(runner, team);
}

/* The first answer without memory ends the sharing, on all ranks of the machine at once: if nothing
 * ended it before, this does. */
void tw_commons_close(tw_runner *runner) {
    tw_team *team = tw_runner_team(runner);
    void *none;
    if (team != NULL)
        team->ops.share(team->ctx, 0, &none);
    tw_runner_set_team(runner, NULL);
}

tw_status tw_commons_take(tw_runner *runner, size_t size, tw_commons *out) {
    tw_team *team = tw_runner_team(runner);
    void *memory = NULL;
    *out = (tw_commons){NULL, NULL};
    if (team != NULL && size > 0 && size < SIZE_MAX - HEAD)
        team->ops.share(team->ctx, HEAD + size, &memory);
    if (memory != NULL) {
        *out = (tw_commons){(char *)memory + HEAD, memory};
        return TW_OK;
    }
    tw_runner_set_team(runner, NULL);
    out->memory = tw_alloc_raw(size, 1);
    return out->memory != NULL ? TW_OK
                               : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu bytes", size);
}

typedef struct claims {
    tw_commons_head *head;
    size_t count;
    tw_piece_fn function;
    void *argument;
} claims;

/* What one thread does of all pieces. */
static tw_status claim(void *argument, size_t piece, int worker) {
    const claims *c = argument;
    size_t next;
    while ((next = atomic_fetch_add(&c->head->next, 1)) < c->count) {
        tw_status status = c->function(c->argument, next, worker);
        if (status != TW_OK) {
            atomic_store(&c->head->broken, 1);
            return status;
        }
        atomic_fetch_add(&c->head->done, 1);
    }
    return TW_OK;
}

tw_status tw_commons_map(tw_runner *runner, tw_commons *commons, size_t count, tw_piece_fn function,
                         void *argument) {
    static const struct timespec PAUSE = {.tv_nsec = 100 * 1000};
    tw_commons_head *head = commons->head;
    if (head == NULL)
        return tw_runner_map(runner, count, function, argument);
    claims c = {head, count, function, argument};
    tw_status status = tw_runner_map(runner, (size_t)tw_runner_threads(runner), claim, &c);
    while (status == TW_OK && atomic_load(&head->done) < count) {
        if (atomic_load(&head->broken))
            return tw_fail(TW_ERR_SYSTEM,
                           "another rank of this machine failed at the work that all share");
        nanosleep(&PAUSE, NULL);
    }
    return status;
}

void tw_commons_release(tw_commons *commons) {
    if (commons->head == NULL)
        free(commons->memory);
    *commons = (tw_commons){NULL, NULL};
}
