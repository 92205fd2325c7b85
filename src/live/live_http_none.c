/* live_http_none.c: stands in for live_http.c and its parts in libraries built without
 * libmicrohttpd. */
#include "live/live_server.h"

int tw_live_server_available(void) {
    return 0;
}

tw_status tw_live_server_start(const tw_live_options *options, tw_live_hub *hub,
                               tw_live_server **out) {
    *out = NULL;
    return tw_fail(TW_ERR_UNSUPPORTED,
                   "live pages need libmicrohttpd, which this thalweg was built without; build it "
                   "with -Dlive=enabled, or make a page that stands alone: thalweg view FILE");
}

const char *tw_live_server_address(const tw_live_server *server) {
    return "";
}

void tw_live_server_stop(tw_live_server *server) {
}
