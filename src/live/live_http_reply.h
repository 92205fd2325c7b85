/* live_http_reply.h: answers over HTTP, with the headers that all of them carry. */
#ifndef TW_LIVE_HTTP_REPLY_H
#define TW_LIVE_HTTP_REPLY_H

#include <microhttpd.h>

/* Sends an answer of a type, and lets go of it; NULL (there was no memory) ends the connection. A
 * policy of NULL lets a page load nothing. */
enum MHD_Result tw_live_reply(struct MHD_Connection *connection, unsigned code,
                              struct MHD_Response *response, const char *type, const char *policy);
enum MHD_Result tw_live_reply_json(struct MHD_Connection *connection, unsigned code,
                                   const char *json);
/* A refusal, whose connection ends with it: what follows on it may be its body. */
enum MHD_Result tw_live_reply_refuse(struct MHD_Connection *connection, unsigned code,
                                     const char *words);

#endif
