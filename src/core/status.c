#include "thalweg/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/plain.h"

enum { MESSAGE_SIZE = 512 };
static _Thread_local char message[MESSAGE_SIZE];

const char *tw_status_text(tw_status status) {
    switch (status) {
#define TW_STATUS_CASE(name, number, text)                                                         \
    case name:                                                                                     \
        return text;
        TW_STATUS_LIST(TW_STATUS_CASE)
#undef TW_STATUS_CASE
    }
    return "unknown status";
}

tw_status tw_fail(tw_status status, const char *format, ...) {
    char text[MESSAGE_SIZE]; /* the arguments may point into `message` itself */
    va_list arguments;
    va_start(arguments, format);
    tw_plain_vprint(text, sizeof text, format, arguments);
    va_end(arguments);
    memcpy(message, text, sizeof text);
    return status;
}

tw_status tw_fail_prefix(tw_status status, const char *format, ...) {
    char text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = tw_plain_vprint(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= 0 && length < MESSAGE_SIZE - 1) {
        const char *cause = message[0] != '\0' ? message : tw_status_text(status);
        size_t room = sizeof text - (size_t)length;
        snprintf(text + length, room, ": %.*s", (int)room, cause);
    }
    memcpy(message, text, sizeof text);
    return status;
}

const char *tw_message(void) {
    return message;
}

void tw_message_clear(void) {
    message[0] = '\0';
}
