/* plugin_private.h: from a table of plugin.h to an objective, wherever the table came from. */
#ifndef TW_PLUGIN_PRIVATE_H
#define TW_PLUGIN_PRIVATE_H

#include <stdatomic.h>

#include "thalweg/objective.h"
#include "thalweg/plugin.h"

/* The functions of the short form; size and value are there. */
typedef struct tw_plugin_short {
    size_t (*size)(void);
    double (*value)(size_t n, const double *x);
    int (*gradient)(size_t n, const double *x, double *gradient);
    int (*complex_value)(size_t n, const double *z, double *value);
    void (*start)(size_t n, double *x);
    double *start_point; /* made by describe */
} tw_plugin_short;

/* The short form as a table; the functions are the model. */
extern const tw_plugin tw_plugin_short_table;

/* A plug-in in memory, shared by a model and its copies for other threads. */
typedef struct tw_plugin_code {
    atomic_int users;
    char *name;     /* the path and the argument, for messages */
    char *argument; /* NULL: none was given */
    tw_plugin table;
    tw_plugin_short functions; /* of the short form */
    void *handle;              /* of dlopen, or NULL */
} tw_plugin_code;

/* Of the file at `path`, with one user and nothing loaded yet; argument may be NULL. */
tw_status tw_plugin_code_new(const char *path, const char *argument, tw_plugin_code **out);

/* One user less; the last one frees this, but the code itself stays loaded. NULL is allowed. */
void tw_plugin_code_release(tw_plugin_code *code);

/* Creates the model and its objective, which on success takes over the caller's use of `code`. */
tw_status tw_plugin_objective(tw_plugin_code *code, tw_runner *runner, tw_objective **out);

enum { TW_PLUGIN_METRICS = 15 };

/* Checks what a plug-in says of itself and puts it into `traits`: space and
 * *metrics, which is in it, are the caller's to free. TW_ERR_FORMAT says what cannot be. */
tw_status tw_plugin_check_facts(const tw_plugin_facts *facts, tw_metric **metrics,
                                tw_objective_traits *traits);

/* Whether the file can be read and is for this machine, as far as its head says. */
tw_status tw_plugin_check_file(const char *path);

/* For one that was loaded already: whether the file is still the one in memory (what is not written
 * to while it runs, byte by byte). */
tw_status tw_plugin_check_loaded(const char *path, void *handle);

#endif
