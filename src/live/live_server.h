/* live_server.h: the HTTP side of a live page: live_http.c and its parts live_http_*.c alone know
 * the library that it takes, and live_http_none.c stands in for them where there is none. */
#ifndef TW_LIVE_SERVER_H
#define TW_LIVE_SERVER_H

#include "live/live_hub.h"
#include "thalweg/live.h"

typedef struct tw_live_server tw_live_server;

int tw_live_server_available(void);
/* Begins to serve: `options` are settled, host and numbers given. The hub's `changed` becomes the
 * server's. *out is NULL after a failure. */
tw_status tw_live_server_start(const tw_live_options *options, tw_live_hub *hub,
                               tw_live_server **out);
const char *tw_live_server_address(const tw_live_server *server);
/* Sends what there is to send, and stops. NULL is fine. */
void tw_live_server_stop(tw_live_server *server);

#endif
