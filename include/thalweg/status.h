/* status.h: what a function returns when it can fail, and the words that go with it.
 *
 * Every function that can fail returns a tw_status. TW_OK is 0; errors are negative. Beside the
 * code, the library keeps one line of text a thread: what failed, where (file, line, entry), and
 * the remedy. A callback of yours that fails uses the same idiom:
 *
 *     if (file == NULL)
 *         return tw_fail(TW_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
 *
 * A loss that is not finite is data, not an error; an error means that the evaluation did not
 * happen.
 */
#ifndef THALWEG_STATUS_H
#define THALWEG_STATUS_H

#include "export.h"

TW_BEGIN_DECLS

/* name, number, default text. Numbers are pinned: they are part of the interface. */
#define TW_STATUS_LIST(X)                                                                          \
    X(TW_OK, 0, "success")                                                                         \
    X(TW_DECLINED, 1, "declined: the front door takes the general way")                            \
    X(TW_ERR_ARGUMENT, -1, "invalid argument")                                                     \
    X(TW_ERR_MEMORY, -2, "not enough memory")                                                      \
    X(TW_ERR_UNSUPPORTED, -3, "operation not supported")                                           \
    X(TW_ERR_IO, -4, "input or output failed")                                                     \
    X(TW_ERR_FORMAT, -5, "malformed file")                                                         \
    X(TW_ERR_SHAPE, -6, "shapes do not match")                                                     \
    X(TW_ERR_CALLBACK, -7, "a callback failed")                                                    \
    X(TW_ERR_CANCELLED, -8, "cancelled")                                                           \
    X(TW_ERR_SYSTEM, -9, "the system refused")                                                     \
    X(TW_ERR_NOT_FINITE, -10, "a value is not finite where it must be")

#define TW_STATUS_ENUM(name, number, text) name = number,
typedef enum tw_status { TW_STATUS_LIST(TW_STATUS_ENUM) } tw_status;
#undef TW_STATUS_ENUM

/* Default text of a code; "unknown status" for a number that is not a code. Static storage. */
TW_API const char *tw_status_text(tw_status status);

/* Records one line of text for the calling thread (at most 511 bytes, longer text is cut; no
 * allocation) and returns `status` unchanged. Style: lower case, one line, no full stop, names in
 * single quotes. */
TW_API tw_status tw_fail(tw_status status, const char *format, ...) TW_PRINTF(2, 3);

/* Puts "prefix: " before the recorded text, for callers that know the file or block. Returns
 * `status` unchanged. */
TW_API tw_status tw_fail_prefix(tw_status status, const char *format, ...) TW_PRINTF(2, 3);

/* The text recorded last on this thread by tw_fail, or "" if there is none. Valid until the next
 * tw_fail on this thread. */
TW_API const char *tw_message(void);

/* Forgets the recorded text of this thread. */
TW_API void tw_message_clear(void);

TW_END_DECLS

#endif
