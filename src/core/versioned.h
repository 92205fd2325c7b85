/* versioned.h: structs that users fill in, of which a program and the library that it runs with may
 * know different versions. Each begins with `size_t bytes`: thalweg.h says what users are told. */
#ifndef TW_CORE_VERSIONED_H
#define TW_CORE_VERSIONED_H

#include <stddef.h>

#include "thalweg/status.h"

/* *out = *given as this library knows the struct: members that the program did not know are zero,
 * and so is everything where given is NULL. `last` is the last member of the first version, up to
 * which `bytes` 0 reaches: it stays when members are added. TW_ERR_ARGUMENT for a size that holds
 * not even `bytes`, TW_ERR_UNSUPPORTED where the program knows more members and has set one.
 *
 * Members are added at the end, and are 8 bytes wide: none then lies in what was padding before. */
#define TW_TAKE(type, last, out, given)                                                            \
    tw_versioned_take(#type, 1 ? (out) : (type *)NULL, sizeof(type),                               \
                      1 ? (given) : (const type *)NULL,                                            \
                      offsetof(type, last) + sizeof(((type *)NULL)->last))

tw_status tw_versioned_take(const char *type, void *out, size_t size, const void *given,
                            size_t first);

#endif
