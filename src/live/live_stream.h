/* clang-format off */
/* live_stream.h: what a page has not received yet, as Server-Sent Events:
 *
 *     event: panel    {"id": ID, "done": POINTS, "panel": [PANEL as in viewer/data.js]}: a surface
 *                     as it is now, at first and after each change but that of points
 *     event: points   {"id": ID, "indices": {"u1": BASE64}, uint32 with the lowest byte first,
 *                     "computed": {"u1": BASE64}, "values": [{"f8": BASE64}, ...]}: points that
 *                     are new, of every metric; "f4" where float32 has all that is in them
 *     event: gone     {"id": ID}: it is shown no more
 *     event: status   {"done", "total", "left", "text"}
 *     event: answer   {"question": NUMBER, "kind": KIND, ...}: "point" with what was found;
 *                     "zoom" or "line" with the id of the surface that comes, and "done" with it
 *                     when it has; "error" with a text
 *     event: end      {}: the server ends
 *     :               a line that says nothing but that there is somebody
 */
/* clang-format on */
#ifndef TW_LIVE_STREAM_H
#define TW_LIVE_STREAM_H

#include "live/live_hub.h"

/* Moves the cursor on. *text, *size bytes and to be freed, is what comes next; NULL: nothing now.
 * TW_ERR_MEMORY. */
tw_status tw_live_stream_next(tw_live_hub *hub, tw_live_cursor *cursor, char **text, size_t *size);

#endif
