/* export.h: which symbols the shared library shows, and the C++ brackets. */
#ifndef THALWEG_EXPORT_H
#define THALWEG_EXPORT_H

#if defined(__GNUC__) || defined(__clang__)
#define TW_API __attribute__((visibility("default")))
#define TW_PRINTF(format_index, first_argument)                                                    \
    __attribute__((format(printf, format_index, first_argument)))
#else
#define TW_API
#define TW_PRINTF(format_index, first_argument)
#endif

#ifdef __cplusplus
#define TW_BEGIN_DECLS extern "C" {
#define TW_END_DECLS }
#else
#define TW_BEGIN_DECLS
#define TW_END_DECLS
#endif

#endif
