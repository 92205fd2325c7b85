/* pickle_objects.c: opcodes of globals and of the objects made with them, which stay records. */
#include <string.h>

#include "format/pickle_machine.h"

static void show_global(char shown[81], const tw_pickle_value *module,
                        const tw_pickle_value *name) {
    tw_pickle_show(module, shown, 81);
    size_t length = strlen(shown);
    if (length < 79) {
        shown[length] = '.';
        tw_pickle_show(name, shown + length + 1, 81 - length - 1);
    }
}

/* Modules by which a pickle reaches the system when Python loads it. Nothing is called here in any
 * case: they are refused so that nobody loads such a file elsewhere because it did no harm here. */
static int is_module_of_system(const tw_pickle_value *module) {
    static const char *const modules[] = {"posix",      "nt",
                                          "os",         "sys",
                                          "subprocess", "shutil",
                                          "socket",     "pty",
                                          "importlib",  "runpy",
                                          "code",       "codeop",
                                          "commands",   "ctypes",
                                          "imp",        "marshal",
                                          "pickle",     "cPickle",
                                          "_pickle",    "webbrowser",
                                          "popen2",     "platform",
                                          "pdb",        "timeit",
                                          "asyncio",    "multiprocessing.popen_fork"};
    for (size_t k = 0; k < sizeof modules / sizeof *modules; k++) {
        size_t length = strlen(modules[k]);
        if (module->as.text.length >= length &&
            memcmp(module->as.text.data, modules[k], length) == 0 &&
            (module->as.text.length == length || module->as.text.data[length] == '.'))
            return 1;
    }
    return 0;
}

static int is_builtin_that_runs(const tw_pickle_value *module, const tw_pickle_value *name) {
    static const char *const names[] = {"eval",  "exec",       "execfile",   "compile", "open",
                                        "input", "__import__", "breakpoint", "globals", "file",
                                        "apply", "vars",       "raw_input",  "setattr", "delattr"};
    if (!tw_pickle_is_text(module, "builtins") && !tw_pickle_is_text(module, "__builtin__") &&
        !tw_pickle_is_text(module, "__builtins__"))
        return 0;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (tw_pickle_is_text(name, names[k]))
            return 1;
    return 0;
}

static tw_status push_any(tw_pickle_machine *m, tw_pickle_value module, tw_pickle_value name) {
    if (is_module_of_system(&module) || is_builtin_that_runs(&module, &name)) {
        char shown[81];
        show_global(shown, &module, &name);
        return tw_fail(TW_ERR_FORMAT,
                       "pickle global '%s' at byte %zu refused: weights do not need it, and where "
                       "Python loads this file it can run code; do not load it there either",
                       shown, m->start);
    }
    tw_pickle_value value = {.kind = TW_PICKLE_GLOBAL};
    tw_status status = tw_pickle_new(m, TW_PICKLE_TEXT, &value.as.global.module);
    if (status == TW_OK)
        status = tw_pickle_new(m, TW_PICKLE_TEXT, &value.as.global.name);
    if (status != TW_OK)
        return status;
    m->pickle->values[value.as.global.module] = module;
    m->pickle->values[value.as.global.name] = name;
    return tw_pickle_push_new(m, value);
}

static tw_status push_global(tw_pickle_machine *m, tw_pickle_value module, tw_pickle_value name) {
    module.kind = name.kind = TW_PICKLE_TEXT;
    if (m->globals == NULL)
        return push_any(m, module, name);
    for (const tw_pickle_global *g = m->globals; g->module != NULL; g++)
        if (tw_pickle_is_text(&module, g->module) && tw_pickle_is_text(&name, g->name)) {
            tw_pickle_value value = {.kind = TW_PICKLE_GLOBAL, .count = g->number};
            value.as.global.module = value.as.global.name = TW_PICKLE_MISSING;
            return tw_pickle_push_new(m, value);
        }
    char shown[81];
    show_global(shown, &module, &name);
    return tw_fail(TW_ERR_FORMAT,
                   "pickle global '%s' at byte %zu refused: only arrays and plain values are read, "
                   "nothing is executed",
                   shown, m->start);
}

tw_status tw_pickle_do_global(tw_pickle_machine *m, int parameter) {
    tw_pickle_value module = {0}, name = {0};
    tw_status status = tw_pickle_take_line(m, &module.as.text.data, &module.as.text.length);
    if (status == TW_OK)
        status = tw_pickle_take_line(m, &name.as.text.data, &name.as.text.length);
    return status == TW_OK ? push_global(m, module, name) : status;
}

tw_status tw_pickle_do_stack_global(tw_pickle_machine *m, int parameter) {
    uint32_t module, name;
    tw_status status = tw_pickle_pop(m, &name);
    if (status == TW_OK)
        status = tw_pickle_pop(m, &module);
    if (status != TW_OK)
        return status;
    const tw_pickle_value *a = &m->pickle->values[module], *b = &m->pickle->values[name];
    if (a->kind != TW_PICKLE_TEXT || b->kind != TW_PICKLE_TEXT)
        return tw_pickle_fail(m, "a global is named by two texts");
    return push_global(m, *a, *b);
}

static tw_status push_object(tw_pickle_machine *m, uint32_t callable, uint32_t arguments) {
    const tw_pickle_value *called = &m->pickle->values[callable];
    tw_pickle_value value = {.kind = TW_PICKLE_OBJECT,
                             .count = called->kind == TW_PICKLE_GLOBAL ? called->count : 0};
    value.as.object.arguments = arguments;
    value.as.object.callable = callable;
    value.as.object.state = value.as.object.items = TW_PICKLE_MISSING;
    return tw_pickle_push_new(m, value);
}

tw_status tw_pickle_do_reduce(tw_pickle_machine *m, int keywords) {
    uint32_t ignored, arguments, callable;
    tw_status status = keywords ? tw_pickle_pop(m, &ignored) : TW_OK;
    if (status == TW_OK)
        status = tw_pickle_pop(m, &arguments);
    if (status == TW_OK)
        status = tw_pickle_pop(m, &callable);
    if (status != TW_OK)
        return status;
    if ((m->globals != NULL && m->pickle->values[callable].kind != TW_PICKLE_GLOBAL) ||
        m->pickle->values[arguments].kind != TW_PICKLE_TUPLE)
        return tw_pickle_fail(m, "needs a global and a tuple");
    return push_object(m, callable, arguments);
}

/* A mark, a class, its arguments. */
tw_status tw_pickle_do_obj(tw_pickle_machine *m, int parameter) {
    const uint32_t *items = NULL;
    size_t count = 0;
    uint32_t tuple = 0;
    tw_status status = tw_pickle_pop_to_mark(m, &items, &count);
    if (status == TW_OK && count == 0)
        status = tw_pickle_fail(m, "needs a class");
    if (status == TW_OK)
        status = tw_pickle_new(m, TW_PICKLE_TUPLE, &tuple);
    if (status == TW_OK)
        status = tw_pickle_append(m, tuple, items + 1, count - 1);
    return status == TW_OK ? push_object(m, items[0], tuple) : status;
}

tw_status tw_pickle_do_build(tw_pickle_machine *m, int parameter) {
    uint32_t state;
    tw_status status = tw_pickle_pop(m, &state);
    if (status != TW_OK)
        return status;
    if (m->depth == 0 || m->stack[m->depth - 1] == TW_PICKLE_MARK)
        return tw_pickle_fail(m, "there is no object to give a state");
    tw_pickle_value *object = &m->pickle->values[m->stack[m->depth - 1]];
    if (object->kind == TW_PICKLE_OBJECT)
        object->as.object.state = state;
    else if (m->globals != NULL) /* of what is stored elsewhere, say, it is passed over */
        return tw_pickle_fail(m, "there is no object to give a state");
    return TW_OK;
}

tw_status tw_pickle_do_stored(tw_pickle_machine *m, int parameter) {
    tw_pickle_value value = {.kind = TW_PICKLE_STORED};
    value.as.object.state = value.as.object.items = value.as.object.callable = TW_PICKLE_MISSING;
    tw_status status = tw_pickle_pop(m, &value.as.object.arguments);
    return status == TW_OK ? tw_pickle_push_new(m, value) : status;
}

tw_status tw_pickle_object_items(tw_pickle_machine *m, uint32_t object, tw_pickle_kind kind,
                                 uint32_t *items) {
    *items = m->pickle->values[object].as.object.items;
    if (*items != TW_PICKLE_MISSING)
        return m->pickle->values[*items].kind == kind
                   ? TW_OK
                   : tw_pickle_fail(m, "an object that is a list and a dictionary");
    tw_status status = tw_pickle_new(m, kind, items);
    if (status == TW_OK)
        m->pickle->values[object].as.object.items = *items;
    return status;
}
