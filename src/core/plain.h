/* plain.h: numbers as text, the same in every locale. Text is written and read in "C", whatever the
 * process or the thread has set (a host with a German locale, a plug-in that calls setlocale), so
 * that a decimal point is a point. Everything in the library that prints or reads a number which
 * may have one uses these. Nothing here fails or allocates beyond what printf does. */
#ifndef TW_CORE_PLAIN_H
#define TW_CORE_PLAIN_H

#include <locale.h>
#include <stdarg.h>
#include <stddef.h>

#include "thalweg/export.h"

/* snprintf and vsnprintf. */
int tw_plain_print(char *out, size_t size, const char *format, ...) TW_PRINTF(3, 4);
int tw_plain_vprint(char *out, size_t size, const char *format, va_list arguments);

/* strtod. */
double tw_plain_read(const char *text, char **end);

/* For longer stretches: this thread is in "C" until `leave` is given what `enter` returned. */
locale_t tw_plain_enter(void);
void tw_plain_leave(locale_t before);

#endif
