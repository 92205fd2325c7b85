#include "hdf5_stand_in.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 512, ATTRIBUTES = 512, HANDLES = 1024, RANK = 32, DEPTH = 16 };
enum { VARIABLE = 1, UNSIGNED = 2 };
enum { LAYOUT = 3, NULL_SPACE = 4, EXTERNAL = 8, FILTERED = 16 };

typedef struct bytes {
    const uint8_t *at;
    size_t size;
} bytes;

typedef struct type {
    int class, flags;
    size_t size;
} type;

typedef struct space {
    int rank, null, selected;
    hsize_t dims[RANK], chosen[RANK];
} space;

typedef struct attribute {
    char name[64];
    type type;
    int flags;
    bytes data;
} attribute;

typedef struct node {
    char kind, name[64];
    size_t parent, attributes, attribute_count;
    type type;
    int flags;
    space space;
    bytes data;
} node;

typedef enum kind { FREE, A_FILE, AN_OBJECT, AN_ATTRIBUTE, A_TYPE, A_SPACE, A_LIST } kind;

typedef struct handle {
    kind kind;
    size_t node; /* or attribute */
    type type;
    space space;
} handle;

/* A stand-in for a library with global state has it, too. */
static node nodes[NODES];
static attribute attributes[ATTRIBUTES];
static handle handles[HANDLES];
static size_t node_count, attribute_count, calls, failing;
static bytes rest;

/* ---- the bytes ---- */

static unsigned take_byte(void) {
    if (rest.size == 0)
        return 0;
    rest.size--;
    return *rest.at++;
}

static uint64_t take_number(void) {
    uint64_t value = take_byte();
    if (value < 255)
        return value;
    value = 0;
    for (int k = 0; k < 8; k++)
        value |= (uint64_t)take_byte() << 8 * k;
    return value;
}

static bytes take_bytes(uint64_t size) {
    bytes taken = {rest.at, size < rest.size ? (size_t)size : rest.size};
    rest.at += taken.size;
    rest.size -= taken.size;
    return taken;
}

static void take_name(char out[64]) {
    bytes name = take_bytes(take_byte() & 63);
    memset(out, 0, 64);
    memcpy(out, name.at, name.size);
    for (size_t k = 0; k < name.size; k++)
        if (out[k] == '/')
            out[k] = '_'; /* no name has one */
}

static type take_type(void) {
    type t = {.class = (int)(take_byte() % 11)};
    t.size = (size_t)take_number();
    t.size += t.size == 0; /* the library knows no type of none */
    t.flags = (int)take_byte();
    return t;
}

static void take_attributes(node *n) {
    size_t count = take_byte();
    n->attributes = attribute_count;
    for (; n->attribute_count < count && attribute_count < ATTRIBUTES && rest.size > 0;
         n->attribute_count++) {
        attribute *a = &attributes[attribute_count++];
        take_name(a->name);
        a->type = take_type();
        a->flags = (int)take_byte();
        a->data = take_bytes(take_number());
    }
}

static void take_set(node *n) {
    n->type = take_type();
    n->flags = (int)take_byte();
    n->space.null = (n->flags & NULL_SPACE) != 0;
    n->space.rank = (int)(take_byte() % (RANK + 1));
    for (int k = 0; k < n->space.rank; k++)
        n->space.dims[k] = take_number();
    n->data = take_bytes(take_number());
}

static void take_node(size_t parent, int depth) {
    char kind = (char)take_byte();
    if (node_count == NODES || (kind != 'G' && kind != 'D' && kind != 'L' && kind != 'T'))
        return;
    size_t own = node_count++;
    nodes[own] = (node){.kind = kind, .parent = parent};
    take_name(nodes[own].name);
    if (kind == 'G' || kind == 'D')
        take_attributes(&nodes[own]);
    if (kind == 'D')
        take_set(&nodes[own]);
    while (kind == 'G' && depth < DEPTH && rest.size > 0 && *rest.at != 'E')
        take_node(own, depth + 1);
    if (kind == 'G')
        take_byte();
}

void stand_in_set(const uint8_t *data, size_t size) {
    rest = (bytes){data, size};
    node_count = attribute_count = calls = 0;
    memset(handles, 0, sizeof handles);
    failing = take_byte();
    take_node(NODES, 0);
    if (node_count == 0) /* at least the root is there */
        nodes[node_count++] = (node){.kind = 'G', .parent = NODES};
    nodes[0].kind = 'G';
}

size_t stand_in_open(void) {
    size_t count = 0;
    for (size_t k = 0; k < HANDLES; k++)
        count += handles[k].kind != FREE;
    return count;
}

/* ---- handles ---- */

static int fails(void) {
    return failing > 0 && ++calls == failing;
}

static hid_t new_handle(handle what) {
    if (fails())
        return -1;
    for (size_t k = 0; k < HANDLES; k++)
        if (handles[k].kind == FREE) {
            handles[k] = what;
            return (hid_t)k + 1;
        }
    return -1;
}

static handle *get(hid_t id, kind wanted) {
    if (id < 1 || id > HANDLES || handles[id - 1].kind != wanted)
        return NULL;
    return &handles[id - 1];
}

static herr_t drop(hid_t id, kind wanted) {
    handle *h = get(id, wanted);
    if (h == NULL)
        return -1;
    h->kind = FREE;
    return 0;
}

/* The node that a file or an object is. */
static node *node_of(hid_t id) {
    handle *h = get(id, AN_OBJECT);
    if (h != NULL)
        return &nodes[h->node];
    return get(id, A_FILE) != NULL ? &nodes[0] : NULL;
}

static node *find(node *from, const char *path) {
    if (path[0] == '/')
        from = &nodes[0];
    while (from != NULL && *path != '\0') {
        size_t length = strcspn(path, "/"), parent = (size_t)(from - nodes);
        node *next = length == 0 || (length == 1 && path[0] == '.') ? from : NULL;
        for (size_t k = 0; next == NULL && k < node_count && from->kind == 'G'; k++)
            if (nodes[k].parent == parent && strlen(nodes[k].name) == length &&
                memcmp(nodes[k].name, path, length) == 0)
                next = &nodes[k];
        from = next;
        path += length;
        path += *path == '/';
    }
    return from;
}

static hid_t open_node(hid_t at, const char *path, const char *kinds) {
    node *from = node_of(at), *found = from != NULL ? find(from, path) : NULL;
    if (found == NULL || strchr(kinds, found->kind) == NULL)
        return -1;
    return new_handle((handle){.kind = AN_OBJECT, .node = (size_t)(found - nodes)});
}

/* ---- the library: itself, files, objects ---- */

hid_t H5T_NATIVE_DOUBLE_g = HANDLES + 1, H5T_NATIVE_UINT8_g = HANDLES + 2;

herr_t H5open(void) {
    return 0;
}

herr_t H5free_memory(void *block) {
    free(block);
    return 0;
}

herr_t H5Eget_auto2(hid_t stack, H5E_auto2_t *function, void **data) {
    *function = NULL;
    *data = NULL;
    return 0;
}

herr_t H5Eset_auto2(hid_t stack, H5E_auto2_t function, void *data) {
    return 0;
}

htri_t H5Fis_hdf5(const char *path) {
    return 1;
}

hid_t H5Fopen(const char *path, unsigned flags, hid_t access) {
    calls = 0;
    return new_handle((handle){.kind = A_FILE});
}

herr_t H5Fclose(hid_t file) {
    return drop(file, A_FILE);
}

herr_t H5Fget_eoa(hid_t file, haddr_t *end) {
    *end = nodes[0].flags;
    return get(file, A_FILE) != NULL && !fails() ? 0 : -1;
}

hid_t H5Pcreate(hid_t class) {
    return new_handle((handle){.kind = A_LIST, .node = NODES});
}

herr_t H5Pclose(hid_t list) {
    return drop(list, A_LIST);
}

herr_t H5Pset_elink_cb(hid_t list, H5L_elink_traverse_t function, void *data) {
    return get(list, A_LIST) != NULL ? 0 : -1;
}

/* Images in memory are refused. */
herr_t H5Pset_fapl_core(hid_t list, size_t growth, hbool_t store) {
    return -1;
}

herr_t H5Pset_file_image(hid_t list, void *image, size_t size) {
    return -1;
}

htri_t H5Lexists(hid_t at, const char *path, hid_t access) {
    node *from = node_of(at);
    return from == NULL || fails() ? -1 : find(from, path) != NULL;
}

htri_t H5Oexists_by_name(hid_t at, const char *path, hid_t access) {
    node *from = node_of(at), *found = from != NULL ? find(from, path) : NULL;
    return found != NULL && found->kind != 'L';
}

hid_t H5Oopen(hid_t at, const char *path, hid_t access) {
    return open_node(at, path, "GDT");
}

/* Every object has one link. */
herr_t H5Oget_info2(hid_t object, H5O_info_t *info, unsigned fields) {
    memset(info, 0, sizeof *info);
    info->rc = 1;
    return 0;
}

herr_t H5Oclose(hid_t object) {
    return drop(object, AN_OBJECT);
}

hid_t H5Gopen2(hid_t at, const char *path, hid_t access) {
    return open_node(at, path, "G");
}

herr_t H5Gclose(hid_t group) {
    return drop(group, AN_OBJECT);
}

hid_t H5Dopen2(hid_t at, const char *path, hid_t access) {
    return open_node(at, path, "D");
}

herr_t H5Dclose(hid_t set) {
    return drop(set, AN_OBJECT);
}

H5I_type_t H5Iget_type(hid_t id) {
    node *n = node_of(id);
    if (n == NULL)
        return H5I_BADID;
    return n->kind == 'G' ? H5I_GROUP : n->kind == 'D' ? H5I_DATASET : H5I_DATATYPE;
}

herr_t H5Gget_info(hid_t group, H5G_info_t *info) {
    node *from = node_of(group);
    if (from == NULL || fails())
        return -1;
    memset(info, 0, sizeof *info);
    for (size_t k = 0; k < node_count; k++)
        info->nlinks += nodes[k].parent == (size_t)(from - nodes);
    return 0;
}

/* ---- one after the other; the order of creation is kept where the number of nodes is even ---- */

static int keeps_order(void) {
    return node_count % 2 == 0;
}

herr_t H5Literate(hid_t group, H5_index_t index, H5_iter_order_t order, hsize_t *at,
                  H5L_iterate_t function, void *user) {
    node *from = node_of(group);
    if (from == NULL || (index == H5_INDEX_CRT_ORDER && !keeps_order()) || fails())
        return -1;
    herr_t result = 0;
    for (size_t k = 0; k < node_count && result == 0; k++)
        if (nodes[k].parent == (size_t)(from - nodes)) {
            H5L_info_t info = {.type = nodes[k].kind == 'L' ? H5L_TYPE_SOFT : H5L_TYPE_HARD};
            result = function(group, nodes[k].name, &info, user);
        }
    return result;
}

static herr_t visit_below(hid_t group, size_t parent, const char *path, H5O_iterate_t function,
                          void *user) {
    herr_t result = 0;
    for (size_t k = 0; k < node_count && result == 0; k++) {
        if (nodes[k].parent != parent || nodes[k].kind == 'L')
            continue;
        char name[DEPTH * 66 + 128];
        H5O_info_t info = {.type = nodes[k].kind == 'G'   ? H5O_TYPE_GROUP
                                   : nodes[k].kind == 'D' ? H5O_TYPE_DATASET
                                                          : H5O_TYPE_NAMED_DATATYPE};
        snprintf(name, sizeof name, "%s%s%s", path, *path != '\0' ? "/" : "", nodes[k].name);
        result = function(group, name, &info, user);
        if (result == 0 && nodes[k].kind == 'G')
            result = visit_below(group, k, name, function, user);
    }
    return result;
}

herr_t H5Ovisit2(hid_t group, H5_index_t index, H5_iter_order_t order, H5O_iterate_t function,
                 void *user, unsigned fields) {
    node *from = node_of(group);
    const H5O_info_t own = {.type = H5O_TYPE_GROUP};
    if (from == NULL || fails())
        return -1;
    herr_t result = function(group, ".", &own, user);
    if (result == 0 && index == H5_INDEX_CRT_ORDER && !keeps_order())
        return -1;
    return result == 0 ? visit_below(group, (size_t)(from - nodes), "", function, user) : result;
}

/* ---- types and spaces ---- */

static hid_t new_type(type t) {
    return new_handle((handle){.kind = A_TYPE, .type = t});
}

static type *type_of(hid_t id) {
    static type numbers[2] = {{H5T_FLOAT, 0, 8}, {H5T_INTEGER, UNSIGNED, 1}};
    if (id > HANDLES && id <= HANDLES + 2)
        return &numbers[id - HANDLES - 1];
    handle *h = get(id, A_TYPE);
    return h != NULL ? &h->type : NULL;
}

hid_t H5Tcopy(hid_t id) {
    type *t = type_of(id);
    return t != NULL ? new_type(*t) : -1;
}

herr_t H5Tclose(hid_t id) {
    return drop(id, A_TYPE);
}

H5T_class_t H5Tget_class(hid_t id) {
    type *t = type_of(id);
    return t != NULL ? (H5T_class_t)t->class : H5T_NO_CLASS;
}

size_t H5Tget_size(hid_t id) {
    type *t = type_of(id);
    return t != NULL ? t->size : 0;
}

H5T_sign_t H5Tget_sign(hid_t id) {
    type *t = type_of(id);
    return t == NULL ? H5T_SGN_ERROR : (t->flags & UNSIGNED) != 0 ? H5T_SGN_NONE : H5T_SGN_2;
}

htri_t H5Tis_variable_str(hid_t id) {
    type *t = type_of(id);
    return t == NULL ? -1 : t->class == H5T_STRING && (t->flags & VARIABLE) != 0;
}

hid_t H5Screate_simple(int rank, const hsize_t dims[], const hsize_t most[]) {
    handle h = {.kind = A_SPACE, .space.rank = rank};
    if (rank < 0 || rank > RANK)
        return -1;
    memcpy(h.space.dims, dims, (size_t)rank * sizeof *dims);
    return new_handle(h);
}

herr_t H5Sclose(hid_t id) {
    return drop(id, A_SPACE);
}

H5S_class_t H5Sget_simple_extent_type(hid_t id) {
    handle *h = get(id, A_SPACE);
    if (h == NULL)
        return H5S_NO_CLASS;
    return h->space.null ? H5S_NULL : h->space.rank == 0 ? H5S_SCALAR : H5S_SIMPLE;
}

int H5Sget_simple_extent_ndims(hid_t id) {
    handle *h = get(id, A_SPACE);
    return h != NULL ? h->space.rank : -1;
}

int H5Sget_simple_extent_dims(hid_t id, hsize_t dims[], hsize_t most[]) {
    handle *h = get(id, A_SPACE);
    if (h == NULL || fails())
        return -1;
    memcpy(dims, h->space.dims, (size_t)h->space.rank * sizeof *dims);
    return h->space.rank;
}

/* As the library does: what overflows, wraps round. */
static hsize_t points_of(const space *s) {
    hsize_t points = !s->null;
    for (int k = 0; k < s->rank; k++)
        points *= s->selected ? s->chosen[k] : s->dims[k];
    return points;
}

hssize_t H5Sget_simple_extent_npoints(hid_t id) {
    handle *h = get(id, A_SPACE);
    return h != NULL && !fails() ? (hssize_t)points_of(&h->space) : -1;
}

herr_t H5Sselect_hyperslab(hid_t id, H5S_seloper_t how, const hsize_t start[],
                           const hsize_t stride[], const hsize_t count[], const hsize_t block[]) {
    handle *h = get(id, A_SPACE);
    if (h == NULL || fails())
        return -1;
    h->space.selected = 1;
    for (int k = 0; k < h->space.rank; k++) {
        if (start[k] > h->space.dims[k] || count[k] > h->space.dims[k] - start[k])
            return -1;
        h->space.chosen[k] = count[k];
    }
    return 0;
}

/* ---- datasets ---- */

static node *set_of(hid_t id) {
    node *n = get(id, AN_OBJECT) != NULL ? node_of(id) : NULL;
    return n != NULL && n->kind == 'D' ? n : NULL;
}

hid_t H5Dget_type(hid_t id) {
    node *set = set_of(id);
    return set != NULL ? new_type(set->type) : -1;
}

hid_t H5Dget_space(hid_t id) {
    node *set = set_of(id);
    return set != NULL ? new_handle((handle){.kind = A_SPACE, .space = set->space}) : -1;
}

hid_t H5Dget_create_plist(hid_t id) {
    node *set = set_of(id);
    return set != NULL ? new_handle((handle){.kind = A_LIST, .node = (size_t)(set - nodes)}) : -1;
}

hsize_t H5Dget_storage_size(hid_t id) {
    node *set = set_of(id);
    return set != NULL ? set->data.size : 0;
}

haddr_t H5Dget_offset(hid_t id) {
    node *set = set_of(id);
    return set != NULL && set->data.size % 3 != 0 ? set->data.size : HADDR_UNDEF;
}

static node *listed(hid_t list) {
    handle *h = get(list, A_LIST);
    return h != NULL && h->node < NODES ? &nodes[h->node] : NULL;
}

int H5Pget_external_count(hid_t list) {
    node *set = listed(list);
    return set == NULL ? -1 : (set->flags & EXTERNAL) != 0;
}

H5D_layout_t H5Pget_layout(hid_t list) {
    static const H5D_layout_t layouts[] = {H5D_COMPACT, H5D_CONTIGUOUS, H5D_CHUNKED, H5D_VIRTUAL};
    node *set = listed(list);
    return set == NULL ? H5D_LAYOUT_ERROR : layouts[set->flags & LAYOUT];
}

int H5Pget_chunk(hid_t list, int most, hsize_t dims[]) {
    node *set = listed(list);
    for (int k = 0; set != NULL && k < most && k < set->space.rank; k++)
        dims[k] = set->space.dims[k] / 2 + 1;
    return set != NULL ? set->space.rank : -1;
}

int H5Pget_nfilters(hid_t list) {
    node *set = listed(list);
    return set == NULL ? -1 : (set->flags & FILTERED) != 0;
}

H5Z_filter_t H5Pget_filter2(hid_t list, unsigned index, unsigned *flags, size_t *count,
                            unsigned values[], size_t room, char name[], unsigned *config) {
    node *set = listed(list);
    if (set == NULL)
        return -1;
    if (room > 0)
        strncpy(name, set->name, room); /* as the library: without an end where there is no room */
    return (H5Z_filter_t)(set->data.size & 31);
}

htri_t H5Zfilter_avail(H5Z_filter_t filter) {
    return filter < 3;
}

static char *text_of(bytes data) {
    char *text = malloc(data.size + 1);
    if (text != NULL) {
        memcpy(text, data.at, data.size);
        text[data.size] = '\0';
    }
    return text;
}

/* As many items as the shape says are written, to wherever the caller has room for them. */
static void pour(bytes data, size_t bytes_wanted, uint8_t *out) {
    size_t there = data.size < bytes_wanted ? data.size : bytes_wanted;
    memset(out, 0, there == 0 ? bytes_wanted : 0);
    memcpy(out, data.at, there);
    for (size_t more; there > 0 && there < bytes_wanted; there += more) {
        more = there < bytes_wanted - there ? there : bytes_wanted - there;
        memcpy(out + there, out, more);
    }
}

herr_t H5Dread(hid_t id, hid_t memory_type, hid_t memory, hid_t in_file, hid_t list, void *out) {
    node *set = set_of(id);
    type *as = type_of(memory_type);
    handle *chosen = get(memory, A_SPACE), *file = get(in_file, A_SPACE);
    if (set == NULL || as == NULL || fails())
        return -1;
    if ((as->class == H5T_STRING) != (set->type.class == H5T_STRING))
        return -1; /* no conversion */
    hsize_t points = points_of(chosen != NULL ? &chosen->space : &set->space);
    if (chosen != NULL && file != NULL && points != points_of(&file->space))
        return -1;
    if (as->class == H5T_STRING && (as->flags & VARIABLE) != 0) {
        for (hsize_t k = 0; k < points; k++)
            ((char **)out)[k] = set->data.size % 5 == 4 ? NULL : text_of(set->data);
    } else
        pour(set->data, (size_t)points * as->size, out);
    return 0;
}

/* ---- attributes ---- */

static attribute *attribute_at(node *n, const char *name) {
    for (size_t k = 0; n != NULL && k < n->attribute_count; k++)
        if (strcmp(attributes[n->attributes + k].name, name) == 0)
            return &attributes[n->attributes + k];
    return NULL;
}

htri_t H5Aexists(hid_t at, const char *name) {
    return fails() ? -1 : attribute_at(node_of(at), name) != NULL;
}

hid_t H5Aopen(hid_t at, const char *name, hid_t access) {
    attribute *a = attribute_at(node_of(at), name);
    return a != NULL ? new_handle((handle){.kind = AN_ATTRIBUTE, .node = (size_t)(a - attributes)})
                     : -1;
}

static attribute *opened(hid_t id) {
    handle *h = get(id, AN_ATTRIBUTE);
    return h != NULL ? &attributes[h->node] : NULL;
}

herr_t H5Aclose(hid_t id) {
    return drop(id, AN_ATTRIBUTE);
}

hid_t H5Aget_type(hid_t id) {
    attribute *a = opened(id);
    return a != NULL ? new_type(a->type) : -1;
}

/* Of one dimension, and two items, where it is not a scalar. */
hid_t H5Aget_space(hid_t id) {
    attribute *a = opened(id);
    space s = {.null = a != NULL && (a->flags & NULL_SPACE) != 0};
    if (a != NULL && (a->flags & EXTERNAL) != 0)
        s = (space){.rank = 1, .dims = {2}};
    return a != NULL ? new_handle((handle){.kind = A_SPACE, .space = s}) : -1;
}

hsize_t H5Aget_storage_size(hid_t id) {
    attribute *a = opened(id);
    return a == NULL ? 0 : (a->flags & EXTERNAL) != 0 ? 2 * a->type.size : a->type.size;
}

herr_t H5Aread(hid_t id, hid_t memory_type, void *out) {
    attribute *a = opened(id);
    if (a == NULL || type_of(memory_type) == NULL || fails())
        return -1;
    if (H5Tis_variable_str(memory_type) > 0)
        *(char **)out = text_of(a->data);
    else
        pour(a->data, H5Aget_storage_size(id), out);
    return 0;
}

herr_t H5Aiterate2(hid_t at, H5_index_t index, H5_iter_order_t order, hsize_t *from,
                   H5A_operator2_t function, void *user) {
    node *n = node_of(at);
    const H5A_info_t info = {0};
    if (n == NULL || (index == H5_INDEX_CRT_ORDER && !keeps_order()) || fails())
        return -1;
    herr_t result = 0;
    for (size_t k = 0; k < n->attribute_count && result == 0; k++)
        result = function(at, attributes[n->attributes + k].name, &info, user);
    return result;
}
