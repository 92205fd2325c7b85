/* plugin_objective.c: a plug-in's model as an objective. What goes in is a copy, what comes out is
 * checked for having been written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "plugin/plugin_modes.h"
#include "plugin/plugin_private.h"

enum { SPARES = 16, MOST_VALUES = TW_PLUGIN_METRICS + 1 };

typedef struct plugin_model {
    tw_plugin_code *code;
    void *model; /* the plug-in's own */
    int created;
    size_t n, metrics;
    /* Copies of x to hand out, one for each caller at the same time. */
    _Atomic(double *) spares[SPARES];
} plugin_model;

/* ---- copies of x ---- */

static double *take_copy(plugin_model *model, const double *x) {
    double *copy = NULL;
    for (int k = 0; k < SPARES && copy == NULL; k++)
        copy = atomic_exchange(&model->spares[k], NULL);
    if (copy == NULL)
        copy = tw_alloc_raw(model->n, sizeof *copy);
    if (copy != NULL)
        memcpy(copy, x, model->n * sizeof *copy);
    return copy;
}

static void give_back(plugin_model *model, double *copy) {
    for (int k = 0; k < SPARES; k++) {
        double *none = NULL;
        if (atomic_compare_exchange_strong(&model->spares[k], &none, copy))
            return;
    }
    free(copy);
}

static tw_status no_memory(const plugin_model *model) {
    return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for a point of %zu parameters",
                   model->code->name, model->n);
}

/* ---- answers ---- */

/* A NaN that arithmetic does not make. It also survives being added to, so that an answer that is
 * summed up from what was there before shows it as well. */
static const uint64_t unwritten_bits = 0x7ff8746877756e77u;

static void mark_unwritten(size_t count, double *answer) {
    double mark;
    memcpy(&mark, &unwritten_bits, sizeof mark);
    for (size_t i = 0; i < count; i++)
        answer[i] = mark;
}

static tw_status check_written(const plugin_model *model, const char *operation, size_t count,
                               const double *answer) {
    for (size_t i = 0; i < count; i++)
        if (memcmp(&answer[i], &unwritten_bits, sizeof unwritten_bits) == 0)
            return tw_fail(TW_ERR_CALLBACK,
                           "'%s': %s left entry %zu of its answer unwritten, or added to it "
                           "before it was set",
                           model->code->name, operation, i);
    return TW_OK;
}

/* The plug-in's own words on one line. */
static void own_words(const tw_plugin_code *code, void *model, char *out, size_t size) {
    tw_plugin_modes modes = tw_plugin_enter();
    const char *text = code->table.error != NULL ? code->table.error(model) : NULL;
    tw_plugin_leave(modes);
    size_t length = text != NULL ? strnlen(text, size - 1) : 0;
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)text[i] < ' ' || text[i] == 127 ? ' ' : text[i];
    while (length > 0 && out[length - 1] == ' ')
        length--;
    out[length] = '\0';
}

static tw_status failed(const tw_plugin_code *code, void *model, const char *operation,
                        int result) {
    char words[256];
    own_words(code, model, words, sizeof words);
    if (words[0] != '\0')
        return tw_fail(TW_ERR_CALLBACK, "'%s': %s failed: %s", code->name, operation, words);
    return tw_fail(
        TW_ERR_CALLBACK,
        "'%s': %s failed with %d without saying why; it must return 0 where all went well",
        code->name, operation, result);
}

static tw_status wrote_to_x(const plugin_model *model, const char *operation, size_t index,
                            double before, double after) {
    return tw_fail(TW_ERR_CALLBACK,
                   "'%s': %s wrote to x (parameter %zu: %.17g became %.17g); it must leave x as it "
                   "is",
                   model->code->name, operation, index, before, after);
}

/* Judges a call by what it returned, what it did to its copy of x (`count` doubles), and what it
 * answered. */
static tw_status judge(const plugin_model *model, const char *operation, int result, size_t count,
                       const double *x, const double *copy, size_t answers, const double *answer) {
    if (result != 0)
        return failed(model->code, model->model, operation, result);
    if (memcmp(x, copy, count * sizeof *x) != 0) {
        size_t i = 0;
        while (memcmp(&x[i], &copy[i], sizeof *x) == 0)
            i++;
        return wrote_to_x(model, operation, i % model->n, x[i], copy[i]);
    }
    return check_written(model, operation, answers, answer);
}

/* ---- the operations ---- */

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    plugin_model *model = ctx;
    double *copy = take_copy(model, x);
    if (copy == NULL)
        return no_memory(model);
    mark_unwritten(model->metrics, values);
    tw_plugin_modes modes = tw_plugin_enter();
    int result = model->code->table.value(model->model, n, copy, values);
    tw_plugin_leave(modes);
    tw_status status = judge(model, "value", result, n, x, copy, model->metrics, values);
    give_back(model, copy);
    return status;
}

static tw_status batch(void *ctx, size_t n, size_t count, const double *x, double *values) {
    plugin_model *model = ctx;
    size_t entries;
    if (__builtin_mul_overflow(count, n, &entries) || entries > PTRDIFF_MAX / sizeof *x)
        return no_memory(model);
    double *copy = tw_alloc_raw(entries, sizeof *copy);
    if (copy == NULL)
        return no_memory(model);
    memcpy(copy, x, entries * sizeof *x);
    mark_unwritten(count * model->metrics, values);
    tw_plugin_modes modes = tw_plugin_enter();
    int result = model->code->table.batch(model->model, n, count, copy, values);
    tw_plugin_leave(modes);
    tw_status status =
        judge(model, "batch", result, entries, x, copy, count * model->metrics, values);
    free(copy);
    return status;
}

static tw_status coordinate_differences(void *ctx, size_t n, const double *x, size_t count,
                                        const size_t *indices, const double *steps,
                                        double *differences) {
    plugin_model *model = ctx;
    double *copy = take_copy(model, x);
    if (copy == NULL)
        return no_memory(model);
    mark_unwritten(count, differences);
    tw_plugin_modes modes = tw_plugin_enter();
    int result = model->code->table.coordinate_differences(model->model, n, copy, count, indices,
                                                           steps, differences);
    tw_plugin_leave(modes);
    tw_status status =
        judge(model, "coordinate_differences", result, n, x, copy, count, differences);
    give_back(model, copy);
    return status;
}

/* The last step of both gradients. */
static tw_status judge_gradient(const plugin_model *model, const char *operation, int result,
                                const double *x, const double *copy, const double *own,
                                double *values, const double *gradient) {
    tw_status status = judge(model, operation, result, model->n, x, copy, model->n, gradient);
    if (status != TW_OK || values == NULL)
        return status;
    memcpy(values, own, model->metrics * sizeof *values);
    return check_written(model, operation, model->metrics, own);
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *gradient) {
    plugin_model *model = ctx;
    double own[MOST_VALUES], *copy = take_copy(model, x);
    if (copy == NULL)
        return no_memory(model);
    mark_unwritten(model->metrics, own);
    mark_unwritten(n, gradient);
    tw_plugin_modes modes = tw_plugin_enter();
    int result = model->code->table.gradient(model->model, n, copy, own, gradient);
    tw_plugin_leave(modes);
    tw_status status = judge_gradient(model, "gradient", result, x, copy, own, values, gradient);
    give_back(model, copy);
    return status;
}

static tw_status sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                 double *values, double *gradient) {
    plugin_model *model = ctx;
    double own[MOST_VALUES], *copy = take_copy(model, x);
    if (copy == NULL)
        return no_memory(model);
    mark_unwritten(model->metrics, own);
    mark_unwritten(n, gradient);
    tw_plugin_modes modes = tw_plugin_enter();
    int result = model->code->table.sample_gradient(model->model, n, copy, batch->count,
                                                    batch->samples, own, gradient);
    tw_plugin_leave(modes);
    tw_status status =
        judge_gradient(model, "sample_gradient", result, x, copy, own, values, gradient);
    give_back(model, copy);
    return status;
}

static tw_status hessian_product(plugin_model *model, size_t n, const double *x,
                                 const double *vector, double *product) {
    double *copy = take_copy(model, x);
    if (copy == NULL)
        return no_memory(model);
    mark_unwritten(n, product);
    tw_plugin_modes modes = tw_plugin_enter();
    int result = model->code->table.hessian_product(model->model, n, copy, vector, product);
    tw_plugin_leave(modes);
    tw_status status = judge(model, "hessian_product", result, n, x, copy, n, product);
    give_back(model, copy);
    return status;
}

static tw_status hessian_products(void *ctx, size_t n, const double *x, size_t count,
                                  const double *vectors, double *products) {
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = hessian_product(ctx, n, x, vectors + k * n, products + k * n);
    return status;
}

/* z has the parts of each number side by side. */
static tw_status complex_value(void *ctx, size_t n, const double *x, const double *y,
                               double *value) {
    plugin_model *model = ctx;
    double *z = n <= SIZE_MAX / 2 ? tw_alloc_raw(2 * n, sizeof *z) : NULL;
    if (z == NULL)
        return no_memory(model);
    for (size_t i = 0; i < n; i++) {
        z[2 * i] = x[i];
        z[2 * i + 1] = y[i];
    }
    mark_unwritten(2, value);
    tw_plugin_modes modes = tw_plugin_enter();
    int result = model->code->table.complex_value(model->model, n, z, value);
    tw_plugin_leave(modes);
    tw_status status = judge(model, "complex_value", result, 0, x, z, 2, value);
    for (size_t i = 0; i < n && status == TW_OK; i++) {
        if (memcmp(&z[2 * i], &x[i], sizeof *x) != 0)
            status = wrote_to_x(model, "complex_value", i, x[i], z[2 * i]);
        else if (memcmp(&z[2 * i + 1], &y[i], sizeof *y) != 0)
            status = wrote_to_x(model, "complex_value", i, y[i], z[2 * i + 1]);
    }
    free(z);
    return status;
}

/* ---- making and unmaking ---- */

static void destroy(void *ctx) {
    plugin_model *model = ctx;
    if (model == NULL)
        return;
    const tw_plugin *table = &model->code->table;
    if (table->create != NULL && table->destroy != NULL && model->created) {
        tw_plugin_modes modes = tw_plugin_enter();
        table->destroy(model->model);
        tw_plugin_leave(modes);
    }
    for (int k = 0; k < SPARES; k++)
        free(model->spares[k]);
    tw_plugin_code_release(model->code);
    free(model);
}

/* Creates and describes. */
static tw_status create(tw_plugin_code *code, plugin_model *model, tw_plugin_facts *facts) {
    tw_plugin_modes modes = tw_plugin_enter();
    const char *operation = "create";
    const char *argument = code->argument != NULL ? code->argument : "";
    int result = 0;
    model->model = &code->functions;
    if (code->table.create != NULL)
        result = code->table.create(argument, &model->model);
    else if (code->table.describe != tw_plugin_short_table.describe)
        model->model = NULL;
    model->created = result == 0;
    if (!model->created)
        model->model = NULL;
    if (model->created) {
        operation = "describe";
        result = code->table.describe(model->model, facts);
    }
    tw_plugin_leave(modes);
    return result == 0 ? TW_OK : failed(code, model->model, operation, result);
}

/* A model that shares the code; *out is released by destroy. */
static tw_status new_model(tw_plugin_code *code, tw_plugin_facts *facts, plugin_model **out) {
    plugin_model *model = tw_alloc(1, sizeof *model);
    if (model == NULL)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for a model", code->name);
    atomic_fetch_add(&code->users, 1);
    model->code = code;
    tw_status status = create(code, model, facts);
    if (status != TW_OK) {
        destroy(model);
        return status;
    }
    model->n = facts->size;
    model->metrics = facts->metric_count + 1;
    *out = model;
    return TW_OK;
}

static tw_status clone(void *ctx, void **out) {
    const plugin_model *first = ctx;
    tw_plugin_facts facts = {0};
    plugin_model *copy = NULL;
    tw_status status = new_model(first->code, &facts, &copy);
    if (status != TW_OK)
        return status;
    if (facts.size != first->n || facts.metric_count + 1 != first->metrics) {
        destroy(copy);
        return tw_fail(TW_ERR_CALLBACK,
                       "'%s': a second model has %zu parameters and %zu metrics, the first %zu and "
                       "%zu",
                       first->code->name, facts.size, facts.metric_count, first->n,
                       first->metrics - 1);
    }
    *out = copy;
    return TW_OK;
}

static tw_objective_ops make_ops(const tw_plugin *table) {
    int copies = table->callers == TW_PLUGIN_INSTANCES && table->create != NULL;
    return (tw_objective_ops){
        .value = value,
        .batch = table->batch != NULL ? batch : NULL,
        .coordinate_differences =
            table->coordinate_differences != NULL ? coordinate_differences : NULL,
        .gradient = table->gradient != NULL ? gradient : NULL,
        .hessian_products = table->hessian_product != NULL ? hessian_products : NULL,
        .sample_gradient = table->sample_gradient != NULL ? sample_gradient : NULL,
        .complex_value = table->complex_value != NULL ? complex_value : NULL,
        .clone = copies ? clone : NULL,
        .destroy = destroy,
        .concurrent = table->callers == TW_PLUGIN_SHARED,
    };
}

tw_status tw_plugin_objective(tw_plugin_code *code, tw_runner *runner, tw_objective **out) {
    tw_metric *metrics = NULL;
    tw_objective_traits traits = {.name = code->name};
    tw_plugin_facts facts = {0};
    plugin_model *model = NULL;
    tw_status status = new_model(code, &facts, &model);
    if (status != TW_OK)
        return status;
    status = tw_plugin_check_facts(&facts, &metrics, &traits);
    if (status == TW_OK) {
        tw_objective_ops ops = make_ops(&code->table);
        status = tw_objective_new(&ops, model, facts.size, &traits, out);
    }
    free(metrics);
    if (status == TW_OK) {
        tw_objective_set_runner(*out, runner);
        tw_plugin_code_release(code); /* the model has its own use of it */
        return TW_OK;
    }
    tw_space_free(traits.space);
    if (status == TW_ERR_ARGUMENT)
        status = TW_ERR_FORMAT; /* the caller gave none of it: a start, bounds */
    status = tw_fail_prefix(status, "'%s'", code->name);
    destroy(model);
    return status;
}
