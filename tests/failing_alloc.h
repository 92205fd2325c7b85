/* failing_alloc.h: lets one allocation fail. A test program that lists failing_alloc.c and is
 * linked with `failing_alloc_link` (tests/meson.build) has malloc and its kin wrapped, in what is
 * linked into it statically. Without arming nothing fails. */
#ifndef TW_TESTS_FAILING_ALLOC_H
#define TW_TESTS_FAILING_ALLOC_H

#include <stddef.h>

/* From now on allocations are counted from 1, and number `which` fails (0: none). */
void failing_alloc_arm(size_t which);

/* Ends that; how many allocations there were. */
size_t failing_alloc_disarm(void);

#endif
