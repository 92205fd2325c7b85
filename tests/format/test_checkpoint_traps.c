/* Checkpoints made to trip a reader, and those of other people, judged by what PyTorch read there
 * (shared data; skipped where they are absent). */
#include "support.h"

#include <math.h>
#include <unistd.h>

#include "format/checkpoint.h"
#include "format/json_pull.h"

/* ---- the expectations: JSON with Python's NaN and Infinity ---- */

static double number(tw_json_pull *json) {
    while (json->position < json->size && strchr(" \n", json->text[json->position]) != NULL)
        json->position++;
    char *end;
    double value = strtod(json->text + json->position, &end);
    assert_true(end > json->text + json->position);
    json->position = (size_t)(end - json->text);
    return value;
}

typedef struct expected {
    char *name, *dtype;
    size_t rank, shape[8], values_count, count;
    double values[64], sum;
} expected;

static void read_tensor_field(tw_json_pull *json, const char *key, expected *e) {
    int first = 1;
    if (strcmp(key, "dtype") == 0)
        e->dtype = tw_json_pull_string(json);
    else if (strcmp(key, "sum") == 0)
        e->sum = number(json);
    else if (strcmp(key, "count") == 0)
        e->count = (size_t)number(json);
    else
        for (tw_json_pull_expect(json, '['); tw_json_pull_more(json, ']', &first);)
            if (strcmp(key, "shape") == 0)
                e->shape[e->rank++] = (size_t)number(json);
            else
                e->values[e->values_count++] = number(json);
}

static size_t read_tensors(tw_json_pull *json, expected *out) {
    size_t count = 0;
    int first = 1, inner;
    for (tw_json_pull_expect(json, '{'); tw_json_pull_more(json, '}', &first); count++) {
        expected *e = &out[count];
        memset(e, 0, sizeof *e);
        e->name = tw_json_pull_string(json);
        tw_json_pull_expect(json, ':');
        inner = 1;
        for (tw_json_pull_expect(json, '{'); tw_json_pull_more(json, '}', &inner);) {
            char *key = tw_json_pull_string(json);
            tw_json_pull_expect(json, ':');
            read_tensor_field(json, key, e);
            free(key);
        }
    }
    return count;
}

/* ---- a file against them ---- */

/* Keras names layers itself: what the trap's are in PyTorch's module. */
static int is_name(const char *found, const char *wanted) {
    static const char *const keras[][2] = {
        {"conv2d.", "conv."}, {"batch_normalization.", "bn."}, {"dense.", "fc."}};
    for (size_t k = 0; k < 3; k++) {
        size_t length = strlen(keras[k][0]);
        if (strncmp(found, keras[k][0], length) == 0 &&
            strncmp(wanted, keras[k][1], strlen(keras[k][1])) == 0)
            return strcmp(found + length, wanted + strlen(keras[k][1])) == 0;
    }
    return strcmp(found, wanted) == 0;
}

static const tw_checkpoint_tensor *find(const tw_checkpoint *checkpoint, const char *name) {
    size_t k = 0;
    while (k < tw_checkpoint_count(checkpoint) &&
           !is_name(tw_checkpoint_tensor_at(checkpoint, k)->name, name))
        k++;
    return tw_checkpoint_tensor_at(checkpoint, k);
}

static int same_number(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static void compare_tensor(const char *file, const tw_checkpoint *checkpoint, const expected *e) {
    const tw_checkpoint_tensor *tensor = find(checkpoint, e->name);
    if (tensor == NULL)
        fail_msg("%s: no tensor '%s'", file, e->name);
    if (strcmp(tensor->dtype, e->dtype) != 0 || (size_t)tensor->rank != e->rank ||
        tensor->count != e->count ||
        memcmp(tensor->shape, e->shape, e->rank * sizeof *e->shape) != 0)
        fail_msg("%s: '%s': another type or shape", file, e->name);
    double *values = malloc((tensor->count + 1) * sizeof *values), sum = 0, size = 0;
    assert_ok(tw_checkpoint_read(checkpoint, tensor, values));
    for (size_t k = 0; k < tensor->count; k++) {
        sum += values[k];
        size += fabs(values[k]);
        if (k < e->values_count && !same_number(values[k], e->values[k]))
            fail_msg("%s: '%s'[%zu] is %g, not %g", file, e->name, k, values[k], e->values[k]);
    }
    if (!same_number(sum, e->sum) && !(fabs(sum - e->sum) <= 1e-12 * size))
        fail_msg("%s: '%s': sum %.17g, not %.17g", file, e->name, sum, e->sum);
    free(values);
}

typedef struct trap {
    char *file, *outcome, *names;
    expected tensors[16];
    size_t count;
} trap;

static void judge(const trap *t, const char *path) {
    tw_checkpoint *checkpoint = NULL;
    tw_status status = tw_checkpoint_open(path, &checkpoint);
    if (strcmp(t->outcome, "refuse") == 0) {
        if (status != TW_ERR_FORMAT || strncmp(tw_message(), "'", 1) != 0)
            fail_msg("%s: not refused: %s", t->file, tw_message());
        if (t->names != NULL) /* "builtins.eval or __builtin__.eval" */
            assert_non_null(strstr(tw_message(), strrchr(t->names, '.')));
        print_message("    %s\n", tw_message());
        return;
    }
    if (status != TW_OK)
        fail_msg("%s: %d, %s", t->file, (int)status, tw_message());
    for (size_t k = 0; k < t->count; k++)
        compare_tensor(t->file, checkpoint, &t->tensors[k]);
    if (tw_checkpoint_count(checkpoint) != t->count)
        fail_msg("%s: %zu tensors, not %zu", t->file, tw_checkpoint_count(checkpoint), t->count);
    tw_checkpoint_close(checkpoint);
}

static void read_trap(tw_json_pull *json, trap *t) {
    int first = 1;
    memset(t, 0, sizeof *t);
    t->file = tw_json_pull_string(json);
    tw_json_pull_expect(json, ':');
    for (tw_json_pull_expect(json, '{'); tw_json_pull_more(json, '}', &first);) {
        char *key = tw_json_pull_string(json);
        tw_json_pull_expect(json, ':');
        if (strcmp(key, "outcome") == 0)
            t->outcome = tw_json_pull_string(json);
        else if (strcmp(key, "names") == 0)
            t->names = tw_json_pull_string(json);
        else if (strcmp(key, "tensors") == 0)
            t->count = read_tensors(json, t->tensors);
        else
            tw_json_pull_skip(json);
        free(key);
    }
}

static void release(trap *t) {
    for (size_t k = 0; k < t->count; k++) {
        free(t->tensors[k].name);
        free(t->tensors[k].dtype);
    }
    free(t->file);
    free(t->outcome);
    free(t->names);
}

static void traps_are_loaded_or_refused(void **state) {
    char *text = read_text(shared_path("models/checkpoint-traps/expected.json"));
    tw_json_pull json = {.text = text, .size = strlen(text)};
    trap *t = malloc(sizeof *t);
    int first = 1;
    size_t count = 0;
    for (tw_json_pull_expect(&json, '{'); tw_json_pull_more(&json, '}', &first); count++) {
        char path[256];
        read_trap(&json, t);
        snprintf(path, sizeof path, "models/checkpoint-traps/%s", t->file);
        judge(t, shared_path(path));
        release(t);
    }
    assert_null(json.fault);
    assert_int_equal(count, 25);
    free(t);
    free(text);
}

static void opens(const char *path, const char *kind, size_t count, const char *name) {
    tw_checkpoint *checkpoint = NULL;
    assert_ok(tw_checkpoint_open(shared_path(path), &checkpoint));
    assert_string_equal(tw_checkpoint_kind(checkpoint), kind);
    assert_int_equal(tw_checkpoint_count(checkpoint), count);
    assert_string_equal(tw_checkpoint_tensor_at(checkpoint, 0)->name, name);
    for (size_t k = 0; tw_checkpoint_note(checkpoint, k) != NULL; k++)
        print_message("    %s\n", tw_checkpoint_note(checkpoint, k));
    tw_checkpoint_close(checkpoint);
}

static void real_ones_are_opened(void **state) {
    opens("models/resnet20-12fca82f.th", "PyTorch checkpoint", 97, "conv1.weight");
    opens("models/resnet56-4bfd9763.th", "PyTorch checkpoint", 277, "conv1.weight");
    opens("models/checkpoints/kejeon-rn20.pth", "PyTorch checkpoint", 116, "conv1.weight");
    opens("models/checkpoints/alyhg-cifar_net.pth", "PyTorch checkpoint", 10, "conv1.weight");
    opens("models/checkpoints/marabou-cnn_max_mnist2.h5", "Keras file", 8, "conv2d_14.bias");
    opens("models/checkpoints/tinygrad-mnist.safetensors", "safetensors file", 2, "l1.weight");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_ones_are_opened),
        cmocka_unit_test(traps_are_loaded_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
