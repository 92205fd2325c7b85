/* shared_object.h: a function in a shared object as an objective. What the file must export is said
 * in plugin.h; docs/plugins.md has examples in C, C++, Fortran and Rust.
 *
 * Opening runs code of the file. Open only what you would run.
 */
#ifndef THALWEG_SHARED_OBJECT_H
#define THALWEG_SHARED_OBJECT_H

#include <stdint.h>

#include "objective.h"

TW_BEGIN_DECLS

/* Loads the file at `path` (a path, never searched for elsewhere) and makes the objective, whose
 * name is `path`, or `path:argument`. `argument` goes to the plug-in's own `create`; NULL: none.
 * `runner` is not owned and must outlive the objective (NULL: one thread). *out is owned by the
 * caller.
 *
 * The code stays loaded until the process ends, since threads that it started may outlive the
 * objective (those of OpenMP do). A file that was rebuilt is therefore refused by a process that
 * has loaded it before; another name, or another process, takes it.
 *
 * After this and after every evaluation the calling thread's floating-point modes (rounding, traps,
 * denormal numbers; initialisers of -ffast-math switch the last off) and its locale (uselocale) are
 * as they were. What a plug-in does to the whole process stays: setlocale, which nothing here
 * depends on; what it prints, which goes to the host's standard output; exit.
 *
 * Errors, each naming the file: TW_ERR_IO if it cannot be read; TW_ERR_FORMAT if it is not a shared
 * object, one for another machine, one that lacks a library or a symbol, exports neither form of
 * plugin.h, is of another version, or describes itself in a way that cannot be (no parameters, a
 * start that is not finite, blocks of another length, two metrics of one name); TW_ERR_ARGUMENT for
 * an argument that the plug-in does not use; TW_ERR_CALLBACK if it fails to create or describe
 * itself, with its own words.
 *
 * Evaluations give TW_ERR_CALLBACK with the plug-in's words when it fails, writes to x, or leaves
 * an answer unwritten. */
TW_API tw_status tw_plugin_open(const char *path, const char *argument, tw_runner *runner,
                                tw_objective **out);

/* A 64-bit hash of the file's bytes (FNV-1a), by which results say what made them. TW_ERR_IO if it
 * cannot be read. */
TW_API tw_status tw_plugin_hash(const char *path, uint64_t *hash);

TW_END_DECLS

#endif
