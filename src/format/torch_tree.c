#include "format/torch_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "format/torch_tensor.h"

/* Shared objects are met once by each way that leads to them, and what is in them looked through
 * again: without a bound on the entries looked at (a visit counts as some) a small file could ask
 * for more than a computer's time. */
enum { NAME = 1024, DEPTH = 64, STEPS = 1 << 24, VISIT = 16 };

typedef struct walk {
    const tw_pickle *pickle;
    tw_torch_visit_fn visit;
    void *user;
    size_t *steps; /* entries looked at, by all walks through this pickle */
    int depth;
    char name[NAME];
    size_t length;
} walk;

/* ---- what a value is ---- */

/* The dictionary that a value is, or that an object is filled like. */
static uint32_t dict_of(const tw_pickle *pickle, uint32_t index) {
    const tw_pickle_value *value = tw_pickle_at(pickle, index);
    uint32_t dict = value->kind == TW_PICKLE_OBJECT ? value->as.object.items : index;
    return tw_pickle_at(pickle, dict)->kind == TW_PICKLE_DICT ? dict : TW_PICKLE_MISSING;
}

/* The attributes of an object: its state, or the first of (attributes, slots). */
static uint32_t attributes_of(const tw_pickle *pickle, uint32_t index) {
    const tw_pickle_value *value = tw_pickle_at(pickle, index);
    if (value->kind != TW_PICKLE_OBJECT)
        return TW_PICKLE_MISSING;
    uint32_t state = value->as.object.state;
    if (tw_pickle_at(pickle, state)->kind == TW_PICKLE_TUPLE)
        state = tw_pickle_item(pickle, state, 2, 0);
    return tw_pickle_at(pickle, state)->kind == TW_PICKLE_DICT ? state : TW_PICKLE_MISSING;
}

static int is_module(const tw_pickle *pickle, uint32_t index) {
    uint32_t attributes = attributes_of(pickle, index);
    return attributes != TW_PICKLE_MISSING &&
           tw_pickle_find(pickle, attributes, "_parameters") != TW_PICKLE_MISSING &&
           tw_pickle_find(pickle, attributes, "_modules") != TW_PICKLE_MISSING;
}

/* An object of a class of TorchScript has its parameters, buffers and modules as attributes. */
static int is_script(const tw_pickle *pickle, uint32_t index) {
    char name[TW_PICKLE_NAME];
    return attributes_of(pickle, index) != TW_PICKLE_MISSING &&
           strncmp(tw_pickle_name(pickle, index, name), "__torch__", 9) == 0;
}

/* ---- walking ---- */

static tw_status visit_value(walk *w, uint32_t index);

static tw_status count_steps(walk *w, size_t count) {
    *w->steps += count;
    return *w->steps <= STEPS && w->depth < DEPTH
               ? TW_OK
               : tw_fail(TW_ERR_FORMAT, "its objects are too many, nested too deep, or in circles");
}

/* One part of a name behind the others, for as long as `value` is visited. */
static tw_status visit_under(walk *w, const tw_pickle_value *key, uint32_t value) {
    size_t before = w->length, room = NAME - before;
    int length;
    if (key->kind == TW_PICKLE_INTEGER)
        length = snprintf(w->name + before, room, "%s%lld", before > 0 ? "." : "",
                          (long long)key->as.integer);
    else if (key->kind != TW_PICKLE_TEXT && key->kind != TW_PICKLE_BYTES)
        return TW_OK;
    else if (memchr(key->as.text.data, 0, key->as.text.length) != NULL)
        return tw_fail(TW_ERR_FORMAT, "a name with a byte of 0");
    else
        length = snprintf(w->name + before, room, "%s%.*s", before > 0 ? "." : "",
                          (int)(key->as.text.length < NAME ? key->as.text.length : NAME),
                          (const char *)key->as.text.data);
    if (length < 0 || (size_t)length >= room)
        return tw_fail(TW_ERR_FORMAT, "a name of more than %d bytes", NAME - 1);
    w->length += (size_t)length;
    tw_status status = visit_value(w, value);
    w->length = before;
    w->name[before] = '\0';
    return status;
}

static tw_status visit_dict(walk *w, uint32_t dict) {
    tw_status status = TW_OK;
    for (uint32_t k = 0; status == TW_OK && k + 1 < tw_pickle_at(w->pickle, dict)->count; k += 2) {
        const uint32_t *items = tw_pickle_at(w->pickle, dict)->as.list.items;
        status = visit_under(w, tw_pickle_at(w->pickle, items[k]), items[k + 1]);
    }
    return status;
}

/* Protocol 4 has sets; before, one is set([...]). */
static const tw_pickle_value *list_of(const tw_pickle *pickle, uint32_t set) {
    const tw_pickle_value *list = tw_pickle_at(pickle, set);
    if (list->kind == TW_PICKLE_OBJECT)
        list = tw_pickle_at(pickle, tw_pickle_item(pickle, list->as.object.arguments, 1, 0));
    return list;
}

static size_t set_size(const tw_pickle *pickle, uint32_t set) {
    const tw_pickle_value *list = list_of(pickle, set);
    return list->kind == TW_PICKLE_LIST ? list->count : 0;
}

static int holds_text(const tw_pickle *pickle, uint32_t set, const tw_pickle_value *key) {
    const tw_pickle_value *list = list_of(pickle, set);
    for (uint32_t k = 0; list->kind == TW_PICKLE_LIST && k < list->count; k++) {
        const tw_pickle_value *item = tw_pickle_at(pickle, list->as.list.items[k]);
        if (item->kind == TW_PICKLE_TEXT && key->kind == TW_PICKLE_TEXT &&
            item->as.text.length == key->as.text.length &&
            memcmp(item->as.text.data, key->as.text.data, key->as.text.length) == 0)
            return 1;
    }
    return 0;
}

/* Buffers that the module keeps out of its state_dict are passed over, as there. */
static tw_status visit_buffers(walk *w, uint32_t attributes) {
    uint32_t dict = dict_of(w->pickle, tw_pickle_find(w->pickle, attributes, "_buffers"));
    uint32_t kept = tw_pickle_find(w->pickle, attributes, "_non_persistent_buffers_set");
    tw_status status = TW_OK;
    for (uint32_t k = 0; status == TW_OK && k + 1 < tw_pickle_at(w->pickle, dict)->count; k += 2) {
        const uint32_t *items = tw_pickle_at(w->pickle, dict)->as.list.items;
        const tw_pickle_value *key = tw_pickle_at(w->pickle, items[k]);
        status = count_steps(w, set_size(w->pickle, kept));
        if (status == TW_OK && !holds_text(w->pickle, kept, key))
            status = visit_under(w, key, items[k + 1]);
    }
    return status;
}

static tw_status visit_module(walk *w, uint32_t attributes) {
    const tw_pickle *pickle = w->pickle;
    tw_status status =
        visit_dict(w, dict_of(pickle, tw_pickle_find(pickle, attributes, "_parameters")));
    if (status == TW_OK)
        status = visit_buffers(w, attributes);
    if (status == TW_OK)
        status = visit_dict(w, dict_of(pickle, tw_pickle_find(pickle, attributes, "_modules")));
    return status;
}

static tw_status visit_value(walk *w, uint32_t index) {
    const tw_pickle *pickle = w->pickle;
    tw_status status =
        count_steps(w, VISIT + tw_pickle_at(pickle, attributes_of(pickle, index))->count);
    if (status != TW_OK)
        return status;
    if (tw_torch_is_tensor(pickle, index))
        return w->visit(w->name, index, w->user);
    w->depth++;
    if (is_module(pickle, index))
        status = visit_module(w, attributes_of(pickle, index));
    else if (is_script(pickle, index))
        status = visit_dict(w, attributes_of(pickle, index));
    else if (dict_of(pickle, index) != TW_PICKLE_MISSING)
        status = visit_dict(w, dict_of(pickle, index));
    w->depth--;
    return status;
}

static tw_status visit_from(const tw_pickle *pickle, uint32_t index, size_t *steps,
                            tw_torch_visit_fn visit, void *user) {
    walk *w = calloc(1, sizeof *w);
    if (w == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to look through a checkpoint");
    w->pickle = pickle;
    w->visit = visit;
    w->user = user;
    w->steps = steps;
    tw_status status = visit_value(w, index);
    free(w);
    return status;
}

/* ---- where the weights are ---- */

static tw_status stop(const char *name, uint32_t index, void *user) {
    *(int *)user = 1;
    return TW_DECLINED;
}

static tw_status look_for_tensors(const tw_pickle *pickle, uint32_t index, size_t *steps,
                                  int *found) {
    *found = 0;
    if (index == TW_PICKLE_MISSING || tw_torch_is_tensor(pickle, index))
        return TW_OK;
    tw_status status = visit_from(pickle, index, steps, stop, found);
    return *found ? TW_OK : status;
}

static tw_status note_rest(tw_checkpoint *checkpoint, const tw_pickle *pickle, uint32_t dict,
                           const char *taken) {
    char rest[160] = "", name[48];
    const tw_pickle_value *value = tw_pickle_at(pickle, dict);
    for (uint32_t k = 0; k + 1 < value->count; k += 2) {
        const tw_pickle_value *key = tw_pickle_at(pickle, value->as.list.items[k]);
        size_t length = strlen(rest);
        tw_pickle_show(key, name, sizeof name);
        if (name[0] == '\0' || strcmp(name, taken) == 0)
            continue;
        if (length + strlen(name) + 8 > sizeof rest) {
            snprintf(rest + length, sizeof rest - length, ", ...");
            break;
        }
        snprintf(rest + length, sizeof rest - length, "%s%s", length > 0 ? ", " : "", name);
    }
    if (rest[0] == '\0')
        return TW_OK;
    return tw_checkpoint_add_note(checkpoint, "weights taken from '%s'; left out: %s", taken, rest);
}

/* What people call the dictionary, or the module, that holds the weights. */
static const char *const wrappers[] = {
    "state_dict", "model_state_dict", "model_state",     "model",   "net",    "net_state_dict",
    "network",    "module",           "best_state_dict", "weights", "params", "state"};

enum { WRAPPERS = sizeof wrappers / sizeof *wrappers };

/* The first of these entries that holds tensors: its number, or how many there are. */
static tw_status find_wrapper(const tw_pickle *pickle, uint32_t dict, size_t *steps, size_t *out) {
    tw_status status = TW_OK;
    int found = 0;
    for (*out = 0; *out < WRAPPERS; ++*out) {
        status =
            look_for_tensors(pickle, tw_pickle_find(pickle, dict, wrappers[*out]), steps, &found);
        if (status != TW_OK || found)
            break;
    }
    return status;
}

/* Goes down from the root, as long as an entry of that name holds tensors. */
static tw_status find_weights(tw_checkpoint *checkpoint, const tw_pickle *pickle, size_t *steps,
                              uint32_t *root) {
    tw_status status = TW_OK;
    size_t k = 0;
    for (int depth = 0; depth < 8 && k < WRAPPERS && status == TW_OK; depth++) {
        uint32_t dict = dict_of(pickle, *root);
        if (dict == TW_PICKLE_MISSING || is_module(pickle, *root))
            break;
        status = find_wrapper(pickle, dict, steps, &k);
        if (status == TW_OK && k < WRAPPERS) {
            status = note_rest(checkpoint, pickle, dict, wrappers[k]);
            *root = tw_pickle_find(pickle, dict, wrappers[k]);
        }
    }
    return status;
}

typedef struct top {
    tw_torch_visit_fn visit;
    void *user;
    int left_out;
} top;

/* What has its own tensors beside the weights where nothing says which the weights are. */
static tw_status visit_weights(const char *name, uint32_t index, void *user) {
    static const char *const others[] = {"optim", "scheduler", "lr_sched", "scaler", "rng", "amp."};
    top *t = user;
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        if (strncasecmp(name, others[k], strlen(others[k])) == 0) {
            t->left_out = 1;
            return TW_OK;
        }
    return t->visit(name[0] != '\0' ? name : "x", index, t->user);
}

/* torch.save(list(model.parameters()), ...) */
static tw_status visit_list(const tw_pickle *pickle, const tw_pickle_value *list, top *t) {
    tw_status status = TW_OK;
    char name[16];
    for (uint32_t k = 0; status == TW_OK && k < list->count; k++)
        if (tw_torch_is_tensor(pickle, list->as.list.items[k])) {
            snprintf(name, sizeof name, "%u", k);
            status = t->visit(name, list->as.list.items[k], t->user);
        }
    return status;
}

static tw_status note_class(tw_checkpoint *checkpoint, const tw_pickle *pickle, uint32_t root) {
    char name[TW_PICKLE_NAME];
    if (!is_module(pickle, root))
        return TW_OK;
    return tw_checkpoint_add_note(checkpoint, "a whole module (%s): its parameters and buffers",
                                  tw_pickle_name(pickle, root, name));
}

tw_status tw_torch_walk(tw_checkpoint *checkpoint, const tw_pickle *pickle, tw_torch_visit_fn visit,
                        void *user) {
    uint32_t root = pickle->root;
    top t = {visit, user, 0};
    size_t steps = 0;
    tw_status status = find_weights(checkpoint, pickle, &steps, &root);
    if (status != TW_OK)
        return status;
    const tw_pickle_value *value = tw_pickle_at(pickle, root);
    size_t before = checkpoint->count;
    if (value->kind == TW_PICKLE_LIST || value->kind == TW_PICKLE_TUPLE)
        status = visit_list(pickle, value, &t);
    else
        status = visit_from(pickle, root, &steps, visit_weights, &t);
    if (status == TW_OK && t.left_out)
        status = tw_checkpoint_add_note(checkpoint, "the state of an optimizer left out");
    if (status == TW_OK && checkpoint->count > before)
        return note_class(checkpoint, pickle, root);
    char name[TW_PICKLE_NAME];
    if (status == TW_OK && value->kind == TW_PICKLE_OBJECT)
        status = tw_fail(TW_ERR_FORMAT,
                         "it holds an object of class %s without tensors that can be found; in "
                         "Python: torch.save(model.state_dict(), FILE)",
                         tw_pickle_name(pickle, root, name));
    return status;
}
