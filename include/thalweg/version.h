/* version.h: the version of the headers and of the library that is running. */
#ifndef THALWEG_VERSION_H
#define THALWEG_VERSION_H

#include "export.h"

TW_BEGIN_DECLS

/* Version of these headers. The build reads it from here, so that it stands in one place. */
#define TW_VERSION_MAJOR 0
#define TW_VERSION_MINOR 1
#define TW_VERSION_PATCH 0
#define TW_VERSION_STRING "0.1.0"

/* Version of the library linked at run time, such as "0.1.0". Static storage; never NULL. */
TW_API const char *tw_version(void);

TW_END_DECLS

#endif
