/* net_real.h: the number type of a file that is compiled twice, for single and for double
 * precision. Such files are listed in src/net/step/meson.build; every symbol of theirs with linkage
 * is wrapped in TW_NET_REAL, which appends _f32 or _f64. */
#ifndef TW_NET_STEP_NET_REAL_H
#define TW_NET_STEP_NET_REAL_H

#ifdef TW_NET_SINGLE
typedef float real;
#define TW_NET_REAL(name) name##_f32
#else
typedef double real;
#define TW_NET_REAL(name) name##_f64
#endif

#endif
