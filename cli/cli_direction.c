#include "cli_direction.h"

#include <math.h>
#include <string.h>

/* The library's list, ended by the first number whose name does not lead back to it. */
const char *norm_name(size_t index) {
    const char *name = index < 64 ? tw_norm_name((tw_norm)index) : NULL;
    return name != NULL && tw_norm_find(name) == (int)index ? name : NULL;
}

static const char *source_name(size_t index) {
    static const char *const names[] = {"random", "gradient"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

const option_spec direction_x_options[] = {
    {"dx", 0, OPTION_FILE, "SOURCE", offsetof(direction_args, dx), .values = source_name,
     .help = "direction of the x axis: a word, or a file (.npy, .npz, .h5)", .shown = "random"},
    {NULL},
};

const option_spec direction_y_options[] = {
    {"dy", 0, OPTION_FILE, "SOURCE", offsetof(direction_args, dy), .values = source_name,
     .help = "direction of the y axis, likewise", .shown = "random"},
    {NULL},
};

const option_spec direction_size_options[] = {
    {"norm", 0, OPTION_CHOICE, "NAME", offsetof(direction_args, norm), .values = norm_name,
     .help = "how directions are brought to the size of the point",
     .shown = "model; none for files"},
    {"scale", 0, OPTION_NUMBER, "S", offsetof(direction_args, scale), RANGE_POSITIVE,
     .help = "multiply directions by S and do not normalise them, as in the note: W1 drawn from S "
             "times the normal distribution"},
    {NULL},
};

double direction_cosine(size_t count, const double *a, const double *b) {
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < count; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return ab / (sqrt(aa) * sqrt(bb));
}

tw_status direction_make(const cli_context *context, const cli_model *model,
                         const direction_args *args, const char *axis, const char *source,
                         double *direction) {
    const tw_space *space = tw_objective_space(model->objective);
    int from_file = 0;
    tw_status status = TW_OK;
    if (!isnan(args->scale) && args->norm > TW_NORM_NONE)
        return tw_fail(TW_ERR_ARGUMENT, "--scale and --norm exclude each other");
    if (source == NULL || strcmp(source, "random") == 0) {
        tw_direction_random(space, context->common.seed, axis, direction);
    } else if (strcmp(source, "gradient") == 0) {
        status = tw_objective_gradient(model->objective, model->x, NULL, direction);
    } else {
        from_file = 1;
        status = tw_weights_read(source, space, direction);
    }
    if (status != TW_OK)
        return tw_fail_prefix(status, "--d%s", axis);
    if (!isnan(args->scale)) {
        for (size_t i = 0; i < model->size; i++)
            direction[i] *= args->scale;
        return TW_OK;
    }
    tw_norm norm = from_file ? TW_NORM_NONE : TW_NORM_MODEL;
    if (args->norm >= 0)
        norm = (tw_norm)args->norm;
    tw_direction_normalize(space, norm, model->x, direction);
    return TW_OK;
}
