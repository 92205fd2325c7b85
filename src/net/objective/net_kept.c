#include "net/objective/net_kept.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static const size_t MOST_BYTES = (size_t)1 << 30;
enum { SHARE = 8 }; /* of the machine's memory */

void tw_net_kept_release(tw_net_kept *kept) {
    for (size_t k = 0; k < kept->pieces; k++)
        free(kept->rooms[k]);
    free(kept->rooms);
    free(kept->gradient);
    free(kept->x);
    *kept = (tw_net_kept){0};
}

/* Without memory for it there is less, or none: products do without. */
static int make_rooms(tw_net_kept *kept, const tw_net_engine *engine, size_t pieces) {
    if (kept->rooms != NULL)
        return 1;
    size_t bytes = engine->kind->kept_bytes(engine->crew), most = tw_memory_of_machine() / SHARE;
    most = most < MOST_BYTES ? most : MOST_BYTES;
    kept->rooms = tw_alloc(pieces, sizeof *kept->rooms);
    kept->gradient = tw_alloc(engine->early.active_size, sizeof(double));
    if (kept->rooms == NULL || kept->gradient == NULL) {
        free(kept->rooms);
        free(kept->gradient);
        kept->rooms = NULL;
        kept->gradient = NULL;
        return 0;
    }
    kept->pieces = pieces;
    for (size_t k = 0; bytes > 0 && k < pieces && k < most / bytes; k++)
        kept->rooms[k] = tw_alloc_raw(bytes, 1);
    return 1;
}

int tw_net_kept_wanted(tw_net_kept *kept, const tw_net_engine *engine, size_t pieces,
                       const double *x, size_t count) {
    size_t size = engine->program->size;
    int again = kept->size == size && memcmp(kept->x, x, size * sizeof *x) == 0;
    if (again && kept->is_full)
        return 1;
    kept->is_full = 0;
    if (kept->x == NULL && (kept->x = tw_alloc_raw(size, sizeof *x)) == NULL)
        return 0;
    memcpy(kept->x, x, size * sizeof *x);
    kept->size = size;
    return (again || count > 1) && make_rooms(kept, engine, pieces);
}
