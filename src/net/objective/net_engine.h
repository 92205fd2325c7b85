/* net_engine.h: a program in one precision with all that runs it: the point, and a crew of passes
 * over micro-batches. */
#ifndef TW_NET_OBJECTIVE_NET_ENGINE_H
#define TW_NET_OBJECTIVE_NET_ENGINE_H

#include "net/objective/net_crew.h"
#include "net/objective/net_point.h"

typedef struct tw_net_engine {
    tw_net_program *program; /* owned */
    const tw_net_crew_kind *kind;
    const tw_preparation *preparation;
    size_t workers;
    tw_net_early early;
    size_t lanes, together; /* tw_net_lanes, tw_net_together */
    int made;               /* for `order`: */
    tw_net_order order;
    tw_net_point point;
    void *crew;
} tw_net_engine;

/* What `graph` is to take. */
typedef struct tw_net_engine_options {
    tw_net_shape sample;
    size_t batch, workers;
    int is_double;
    int fast; /* by what accelerates single precision, where the library was built with it */
} tw_net_engine_options;

/* Graph and preparation outlive it. Released by the caller, whatever is returned. */
tw_status tw_net_engine_open(const tw_net_graph *graph, const tw_preparation *preparation,
                             const tw_net_engine_options *options, tw_net_engine *out);
void tw_net_engine_release(tw_net_engine *engine);

/* Makes what derivatives of that order need, if it is not there. */
tw_status tw_net_engine_order(tw_net_engine *engine, tw_net_order order);
/* TW_ERR_MEMORY with the network's name and what would need less of it. */
tw_status tw_net_engine_memory(const tw_net_engine *engine);
/* Goes to a point; x stays as long as the engine is asked. */
tw_status tw_net_engine_set(tw_net_engine *engine, const double *x);

#endif
