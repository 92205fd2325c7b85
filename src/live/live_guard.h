/* live_guard.h: who may ask. */
#ifndef TW_LIVE_GUARD_H
#define TW_LIVE_GUARD_H

#include <stddef.h>

#include "thalweg/status.h"

enum { TW_LIVE_TOKEN = 32 }; /* letters */

/* 128 bits of the system's, as hexadecimal digits with a 0 behind. */
tw_status tw_live_token_make(char token[TW_LIVE_TOKEN + 1]);
/* Whether a path is "/TOKEN/REST"; *rest is what follows. Takes as long wherever the first wrong
 * letter is, so that nobody finds it letter by letter. */
int tw_live_token_fits(const char *token, const char *path, const char **rest);

/* Whether a Host header names this server: a name of the loopback, or `host`, with the port. A name
 * that somebody pointed here (DNS rebinding) is none. Where `host` stands for all addresses any IP
 * address is one. NULL is none. */
int tw_live_host_fits(const char *header, const char *host, unsigned port);
/* Whether an Origin header (NULL: the request has none, as those of no page) is that of our pages,
 * which are at "http://" and the Host. */
int tw_live_origin_fits(const char *origin, const char *host_header);

/* A bucket of requests, filled at `rate` a second up to as many as come in one second, or 20. */
typedef struct tw_live_rate {
    double rate, level, at; /* zeroed but for the rate */
} tw_live_rate;
/* Takes one at the time `now`; 0: there is none. */
int tw_live_rate_take(tw_live_rate *rate, double now);

#endif
