/* keras_h5.c: the weights of Keras in HDF5, of whole models and of weights alone.
 *
 *     Keras 2   [model_weights/]LAYER/LAYER/NAME:0, attribute layer_names beside the layers
 *     Keras 3   layers/LAYER/vars/NUMBER, which says nothing of what a variable is: the first of
 *               two axes or more is a kernel, a bias is behind it; four of one axis are a batch
 *               normalisation's
 *
 * Names and shapes become PyTorch's: kernels (height, width, in, out) are seen as (out, in, height,
 * width), and dense ones (in, out) as (out, in), by strides alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "format/h5_quiet.h"
#include "format/h5_read.h"
#include "format/keras_h5.h"
#include "format/keras_order.h"

enum { MOST_SETS = 20000 };

typedef struct set {
    char *path;   /* from the group, owned */
    size_t place; /* of its layer */
    tw_array shape;
    tw_number number;
    const char *dtype;
} set;

typedef struct job {
    tw_checkpoint *checkpoint;
    hid_t file;
    const char *group; /* "/" or "/model_weights" */
    set *sets;
    size_t count, room;
} job;

/* ---- which datasets there are ---- */

static void find_type(hid_t dataset, set *s) {
    static const struct {
        H5T_class_t class;
        size_t item;
        const char *dtype;
    } types[] = {{H5T_FLOAT, 2, "float16"}, {H5T_FLOAT, 4, "float32"}, {H5T_FLOAT, 8, "float64"},
                 {H5T_INTEGER, 1, "int8"},  {H5T_INTEGER, 2, "int16"}, {H5T_INTEGER, 4, "int32"},
                 {H5T_INTEGER, 8, "int64"}};
    hid_t type = H5Dget_type(dataset);
    H5T_class_t class = H5Tget_class(type);
    size_t item = H5Tget_size(type);
    H5Tclose(type);
    s->dtype = "float64";
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        if (types[k].class == class && types[k].item == item)
            s->dtype = types[k].dtype;
}

static tw_status look_at(job *j, set *s) {
    char *full;
    hid_t dataset;
    if (asprintf(&full, "%s/%s", strcmp(j->group, "/") == 0 ? "" : j->group, s->path) < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", s->path);
    tw_status status = tw_h5_open_numbers(j->checkpoint->path, j->file, full, &dataset, &s->shape);
    if (status == TW_OK) {
        h5_quiet quiet = quiet_begin();
        find_type(dataset, s);
        H5Dclose(dataset);
        quiet_end(quiet);
    }
    free(full);
    return status;
}

static tw_status collect(const char *name, void *user) {
    job *j = user;
    if (strncmp(name, "optimizer", 9) == 0)
        return TW_OK;
    if (j->count == MOST_SETS)
        return tw_fail(TW_ERR_FORMAT, "more than %d datasets", MOST_SETS);
    if (j->count == j->room) {
        size_t room = j->room > 0 ? 2 * j->room : 64;
        set *grown = reallocarray(j->sets, room, sizeof *grown);
        if (grown == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu datasets", room);
        j->sets = grown;
        j->room = room;
    }
    set *s = &j->sets[j->count];
    *s = (set){.path = tw_strdup(name)};
    if (s->path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", name);
    j->count++;
    return look_at(j, s);
}

/* ---- what they are ---- */

/* What Keras calls the weights of its layers. */
static const struct {
    const char *keras, *torch;
    int is_kernel;
} words[] = {{"kernel", "weight", 1},
             {"depthwise_kernel", "weight", 1},
             {"pointwise_kernel", "pointwise.weight", 1},
             {"bias", "bias", 0},
             {"gamma", "weight", 0},
             {"beta", "bias", 0},
             {"moving_mean", "running_mean", 0},
             {"moving_variance", "running_var", 0},
             {"embeddings", "weight", 0}};

/* How long the part is that all variables of a layer of Keras 3 share: to behind "vars/", or 0. */
static size_t stem_of(const char *path) {
    const char *last = strrchr(path, '/');
    return last != NULL && last - path >= 5 && strncmp(last - 5, "/vars", 5) == 0
               ? (size_t)(last - path) + 1
               : 0;
}

/* The variables of one layer stand beside each other: how many, and how many of one axis. */
static void count_beside(const job *j, size_t index, size_t *count, size_t *flat) {
    size_t stem = stem_of(j->sets[index].path), first = index;
    while (first > 0 && stem_of(j->sets[first - 1].path) == stem &&
           strncmp(j->sets[first - 1].path, j->sets[index].path, stem) == 0)
        first--;
    *count = *flat = 0;
    for (size_t k = first; k < j->count && stem_of(j->sets[k].path) == stem &&
                           strncmp(j->sets[k].path, j->sets[index].path, stem) == 0;
         k++) {
        ++*count;
        *flat += j->sets[k].shape.rank == 1;
    }
}

/* What variable NUMBER of a layer of Keras 3 is, in Keras' words; or its number. */
static const char *word_of_variable(const job *j, size_t index) {
    static const char *const norm[] = {"gamma", "beta", "moving_mean", "moving_variance"};
    const set *s = &j->sets[index];
    const char *number = s->path + stem_of(s->path);
    unsigned variable = (unsigned)number[0] - '0';
    size_t count, flat;
    if (number[0] == '\0' || number[1] != '\0' || variable > 3)
        return number;
    count_beside(j, index, &count, &flat);
    if (flat == count && (count == 4 || count == 2))
        return norm[variable];
    if (variable == 0 && s->shape.rank >= 2)
        return strstr(s->path, "embedding") != NULL ? "embeddings" : "kernel";
    return variable == 1 && s->shape.rank == 1 ? "bias" : number;
}

/* The last word of a path, in Keras' words, without ":0". */
static const char *word_of(const job *j, size_t index, char text[48]) {
    const char *path = j->sets[index].path, *last = strrchr(path, '/');
    if (stem_of(path) > 0)
        return word_of_variable(j, index);
    snprintf(text, 48, "%s", last != NULL ? last + 1 : path);
    text[strcspn(text, ":")] = '\0';
    return text;
}

/* The layers on the way, joined by dots: without "layers" and "vars", and a layer that stands
 * twice once. */
static void put_layers(const char *path, char *out, size_t room) {
    const char *before = "";
    size_t length = 0, before_length = 0;
    out[0] = '\0';
    for (const char *slash; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        size_t part = (size_t)(slash - path);
        int leaves_out = (part == 6 && strncmp(path, "layers", 6) == 0) ||
                         (part == 4 && strncmp(path, "vars", 4) == 0) ||
                         (part == 30 && strncmp(path, "_layer_checkpoint_dependencies", 30) == 0) ||
                         (part == before_length && strncmp(path, before, part) == 0);
        before = path;
        before_length = part;
        if (!leaves_out && length + part + 2 < room)
            length += (size_t)snprintf(out + length, room - length, "%.*s.", (int)part, path);
    }
}

/* ---- tensors ---- */

/* The last two axes go to the front, the last first. */
static void turn_kernel(tw_checkpoint_tensor *tensor) {
    tw_checkpoint_tensor before = *tensor;
    for (int k = 0; k < tensor->rank; k++) {
        int from = k < 2 ? tensor->rank - 1 - k : k - 2;
        tensor->shape[k] = before.shape[from];
        tensor->stride[k] = before.stride[from];
    }
}

/* (height, width, in, each) as (in * each, 1, height, width). */
static void turn_depthwise(tw_checkpoint_tensor *tensor) {
    tw_checkpoint_tensor before = *tensor;
    *tensor->shape = before.shape[2] * before.shape[3];
    tensor->shape[1] = 1;
    *tensor->stride = tensor->stride[1] = 1;
    for (int k = 0; k < 2; k++) {
        tensor->shape[2 + k] = before.shape[k];
        tensor->stride[2 + k] = before.stride[k];
    }
}

static tw_status add_set(job *j, size_t index) {
    const set *s = &j->sets[index];
    tw_checkpoint_tensor tensor = {.rank = s->shape.rank, .dtype = s->dtype};
    char text[48], name[512], *full;
    const char *word = word_of(j, index, text);
    tensor.number = (tw_number){'f', sizeof(double), __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__};
    memcpy(tensor.shape, s->shape.shape, sizeof tensor.shape);
    tw_checkpoint_rows(&tensor);
    put_layers(s->path, name, sizeof name);
    size_t length = strlen(name), k = 0;
    while (k < sizeof words / sizeof *words && strcmp(words[k].keras, word) != 0)
        k++;
    int is_known = k < sizeof words / sizeof *words;
    snprintf(name + length, sizeof name - length, "%s", is_known ? words[k].torch : word);
    int is_depthwise = strstr(s->path, "depthwise") != NULL && tensor.rank == 4;
    if (is_known && words[k].is_kernel && is_depthwise)
        turn_depthwise(&tensor);
    else if (is_known && words[k].is_kernel && tensor.rank >= 2)
        turn_kernel(&tensor);
    if (asprintf(&full, "%s/%s", strcmp(j->group, "/") == 0 ? "" : j->group, s->path) < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", name);
    tensor.dataset = full;
    tw_status status = tw_checkpoint_add(j->checkpoint, name, &tensor, s->shape.count);
    free(full);
    return status;
}

/* ---- the file ---- */

static const char *find_group(hid_t file) {
    static const char *const groups[] = {"/model_weights", "/"};
    for (size_t k = 0; k < 2; k++)
        if (tw_h5_has_attribute(file, groups[k], "layer_names") ||
            tw_h5_has_attribute(file, groups[k], "layer_names0"))
            return groups[k];
    return (tw_h5_has(file, "layers") || tw_h5_has(file, "_layer_checkpoint_dependencies")) &&
                   !tw_h5_has(file, "weights")
               ? "/"
               : NULL;
}

static int is_keras(const tw_checkpoint *checkpoint) {
    hid_t file;
    if (memcmp(checkpoint->head, "\x89HDF\r\n\x1a\n", 8) != 0 ||
        tw_h5_open(checkpoint->path, &file) != TW_OK)
        return 0;
    int is = find_group(file) != NULL;
    tw_h5_close(file);
    return is;
}

static int by_order(const void *a, const void *b) {
    const set *x = a, *y = b;
    return x->place != y->place ? (x->place > y->place) - (x->place < y->place)
                                : tw_keras_order_numbers(x->path, y->path);
}

/* HDF5 lists groups by their names, and conv2d_10 before conv2d_2. */
static void sort_sets(job *j) {
    tw_keras_order order;
    tw_keras_order_read(j->file, j->group, &order);
    for (size_t k = 0; k < j->count; k++)
        j->sets[k].place = tw_keras_order_place(&order, j->sets[k].path);
    if (j->count > 1)
        qsort(j->sets, j->count, sizeof *j->sets, by_order);
    tw_keras_order_release(&order);
}

static tw_status add_notes(tw_checkpoint *checkpoint) {
    tw_status status = tw_checkpoint_add_note(
        checkpoint, "names and shapes are PyTorch's; of a dense layer behind a Flatten the inputs "
                    "stay in Keras' order (height, width, channels)");
    return status == TW_OK
               ? tw_checkpoint_add_note(checkpoint, "Keras' batch normalisation has an epsilon of "
                                                    "1e-3 where PyTorch's has 1e-5")
               : status;
}

tw_status tw_keras_add(tw_checkpoint *checkpoint) {
    job j = {.checkpoint = checkpoint};
    checkpoint->kind = "Keras file";
    tw_status status =
        tw_h5_open_image(checkpoint->path, checkpoint->image, checkpoint->image_size, &j.file);
    if (status != TW_OK)
        return status;
    j.group = find_group(j.file);
    status = j.group != NULL ? tw_h5_each_below(checkpoint->path, j.file, j.group, collect, &j)
                             : tw_fail(TW_ERR_FORMAT, "it has no layers as Keras stores them");
    if (status == TW_OK)
        sort_sets(&j);
    for (size_t k = 0; k < j.count && status == TW_OK; k++)
        status = add_set(&j, k);
    for (size_t k = 0; k < j.count; k++)
        free(j.sets[k].path);
    free(j.sets);
    tw_h5_close(j.file);
    return status == TW_OK ? add_notes(checkpoint) : status;
}

const tw_checkpoint_reader tw_keras_reader = {.is = is_keras, .open = tw_keras_add};
