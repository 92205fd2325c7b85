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

/* The same for structs in which "not given" is not zero, and which therefore begin as the function
 * `maker` makes them: members that the program did not know stay as they are in *out, which holds
 * the defaults, and `bytes` 0 is refused, being that of a struct that nobody began. */
#define TW_TAKE_OVER(type, maker, out, given)                                                      \
    tw_versioned_take_over(#type, #maker, 1 ? (out) : (type *)NULL, sizeof(type),                  \
                           1 ? (given) : (const type *)NULL)

tw_status tw_versioned_take_over(const char *type, const char *maker, void *out, size_t size,
                                 const void *given);

/* Of a struct of that sort within another, which has been taken. It cannot grow, what lies behind
 * it would move: a program that knows another size of it is refused. */
#define TW_TAKE_INNER(type, maker, inner)                                                          \
    tw_versioned_take_inner(#type, #maker, sizeof(type), (inner).bytes)

tw_status tw_versioned_take_inner(const char *type, const char *maker, size_t size, size_t bytes);

#endif
