#include "cli_direction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_axis.h"

static const char TOWARDS[] = "to:";
static const char *const direction_endings[] = {".h5", ".npz", NULL};

/* The library's list, ended by the first number whose name does not lead back to it. */
const char *norm_name(size_t index) {
    const char *name = index < 64 ? tw_norm_name((tw_norm)index) : NULL;
    return name != NULL && tw_norm_find(name) == (int)index ? name : NULL;
}

static const char *source_name(size_t index) {
    static const char *const names[] = {"random", "gradient", "to:FILE", "axis:ENTRY"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static const char *ignore_name(size_t index) {
    static const char *const names[] = {"none", "biasbn"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

const option_spec direction_x_options[] = {
    {"dx", 0, OPTION_FILE, "SOURCE", offsetof(direction_args, dx), .values = source_name,
     .endings = cli_array_endings,
     .help =
         "direction of the x axis: a word, or a file (.npy, .npz, .h5, .txt); to:FILE leads to the "
         "parameters in FILE, axis:ENTRY is one parameter, by its place as axis:0 or by its "
         "block as axis:fc1.weight[3,7], and the axis shows its values",
     .shown = "random; the parameters where the model has no more", .usual = 1},
    {"directions", 0, OPTION_FILE, "FILE", offsetof(direction_args, directions),
     .endings = direction_endings,
     .help = "all directions from a file, of --save-directions or of "
             "tomgoldstein/loss-landscape (.h5, .npz)"},
    {"save-directions", 0, OPTION_FILE, "FILE", offsetof(direction_args, save), .use = FILE_WRITTEN,
     .endings = direction_endings, .help = "write the directions: .h5 or .npz"},
    {NULL},
};

const option_spec direction_y_options[] = {
    {"dy", 0, OPTION_FILE, "SOURCE", offsetof(direction_args, dy), .values = source_name,
     .endings = cli_array_endings, .help = "direction of the y axis, likewise", .usual = 1},
    {"orthogonal", 0, OPTION_FLAG, NULL, offsetof(direction_args, orthogonal),
     .help = "make the y direction orthogonal to the x direction, after the norm; done without "
             "asking where random directions are not nearly orthogonal"},
    {NULL},
};

const option_spec direction_size_options[] = {
    {"norm", 0, OPTION_CHOICE, "NAME", offsetof(direction_args, norm), .values = norm_name,
     .help = "how directions are brought to the size of the point",
     .shown = "model; none for files, to:FILE and under --peer-rules", .usual = 1},
    {"ignore", 0, OPTION_CHOICE, "WHAT", offsetof(direction_args, ignore), .values = ignore_name,
     .help = "biasbn: directions, including the components of a trajectory, are zero in biases and "
             "normalisations, the blocks of fewer than two axes",
     .shown = "none"},
    {"peer-rules", 0, OPTION_FLAG, NULL, offsetof(direction_args, peer_rules),
     .help = "random directions as tomgoldstein/loss-landscape makes them: biases and "
             "normalisations that are not ignored are those of the point itself"},
    {"scale", 0, OPTION_NUMBER, "S", offsetof(direction_args, scale), RANGE_POSITIVE,
     .help = "multiply directions by S and do not normalise them, as in the note: W1 drawn from S "
             "times the normal distribution"},
    {NULL},
};

tw_status direction_check(const direction_args *args) {
    if (!isnan(args->scale) && args->norm > TW_NORM_NONE)
        return tw_fail(TW_ERR_ARGUMENT, "--scale and --norm cannot be used together");
    if (!isnan(args->scale) && args->peer_rules)
        return tw_fail(TW_ERR_ARGUMENT, "--scale and --peer-rules cannot be used together");
    if (args->peer_rules && args->norm == TW_NORM_MODEL)
        return tw_fail(TW_ERR_ARGUMENT, "--peer-rules: the peer has no norm 'model'");
    if (args->directions != NULL && (args->dx != NULL || args->dy != NULL))
        return tw_fail(TW_ERR_ARGUMENT, "--directions and --%s cannot be used together",
                       args->dx != NULL ? "dx" : "dy");
    return TW_OK;
}

/* ---- where directions come from ---- */

typedef enum origin { RANDOM, GRADIENT, TO_WEIGHTS, ONE_ENTRY, FROM_FILE } origin;

static origin origin_of(const char *source) {
    if (source == NULL || strcmp(source, "random") == 0)
        return RANDOM;
    if (strcmp(source, "gradient") == 0)
        return GRADIENT;
    if (axis_label(source) != NULL)
        return ONE_ENTRY;
    return strncmp(source, TOWARDS, strlen(TOWARDS)) == 0 ? TO_WEIGHTS : FROM_FILE;
}

static tw_status towards(const tw_study_model *model, const char *path, double *direction) {
    tw_status status = tw_weights_read(path, tw_objective_space(model->objective), direction);
    for (size_t i = 0; i < model->size && status == TW_OK; i++)
        direction[i] -= model->x[i];
    return status;
}

static tw_status along_entry(const tw_study_model *model, const char *source, double *direction) {
    size_t entry = 0;
    tw_status status = axis_find(source, tw_objective_space(model->objective), &entry);
    memset(direction, 0, model->size * sizeof *direction);
    if (status == TW_OK)
        direction[entry] = 1;
    return status;
}

/* A file of directions has one for each axis; if it has one alone, that. */
static tw_status read_file(const tw_study_model *model, const char *path, int second,
                           double *direction) {
    const tw_space *space = tw_objective_space(model->objective);
    tw_result_kind kind;
    tw_status status = tw_result_kind_of(path, &kind);
    if (status != TW_OK || kind != TW_RESULT_DIRECTIONS)
        return status == TW_OK ? tw_weights_read(path, space, direction) : status;
    tw_plane read;
    status = tw_directions_read(path, space, &read, NULL);
    if (status == TW_OK)
        memcpy(direction, second && read.y != NULL ? read.y : read.x,
               model->size * sizeof *direction);
    tw_plane_release(&read);
    return status;
}

/* ---- their size ---- */

static tw_norm norm_of(const direction_args *args, origin from) {
    if (args->norm >= 0)
        return (tw_norm)args->norm;
    if (!isnan(args->scale) || args->peer_rules)
        return TW_NORM_NONE;
    return from == RANDOM || from == GRADIENT ? TW_NORM_MODEL : TW_NORM_NONE;
}

static tw_status resize(const tw_study_model *model, const direction_args *args, origin from,
                        double *direction) {
    const tw_direction_rules rules = {.norm = norm_of(args, from),
                                      .ignore_biasbn = args->ignore == 1,
                                      .peer_rules = args->peer_rules && from == RANDOM};
    tw_status status =
        tw_direction_apply(tw_objective_space(model->objective), &rules, model->x, direction);
    for (size_t i = 0; i < model->size && !isnan(args->scale); i++)
        direction[i] *= args->scale;
    if (status == TW_OK && rules.ignore_biasbn && tw_direction_length(model->size, direction) == 0)
        status =
            tw_fail(TW_ERR_ARGUMENT, "--ignore biasbn leaves nothing: the direction is zero in "
                                     "all blocks of two axes or more");
    return status;
}

tw_status direction_make(const cli_context *context, const tw_study_model *model,
                         const direction_args *args, const char *axis, const char *source,
                         double *direction) {
    origin from = origin_of(source);
    tw_status status = TW_OK;
    switch (from) {
    case RANDOM:
        tw_direction_random(tw_objective_space(model->objective), context->common.seed, axis,
                            direction);
        break;
    case GRADIENT:
        status = tw_objective_gradient(model->objective, model->x, NULL, direction);
        break;
    case TO_WEIGHTS:
        status = towards(model, source + strlen(TOWARDS), direction);
        break;
    case ONE_ENTRY:
        status = along_entry(model, source, direction);
        break;
    case FROM_FILE:
        status = read_file(model, source, strcmp(axis, "y") == 0, direction);
        break;
    }
    if (status == TW_OK && from != ONE_ENTRY)
        status = resize(model, args, from, direction);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--d%s", axis);
}

/* ---- all of them ---- */

static tw_status read_all(const tw_study_model *model, const direction_args *args, double *dx,
                          double *dy) {
    tw_plane read;
    size_t size = model->size * sizeof *dx;
    tw_status status =
        tw_directions_read(args->directions, tw_objective_space(model->objective), &read, NULL);
    if (status == TW_OK && dy != NULL && read.y == NULL)
        status = tw_fail(TW_ERR_ARGUMENT,
                         "'%s' has one direction, and a plane needs two; give it "
                         "as --dx, and --dy",
                         args->directions);
    if (status == TW_OK)
        memcpy(dx, read.x, size);
    if (status == TW_OK && dy != NULL)
        memcpy(dy, read.y, size);
    tw_plane_release(&read);
    if (status == TW_OK)
        status = resize(model, args, FROM_FILE, dx);
    if (status == TW_OK && dy != NULL)
        status = resize(model, args, FROM_FILE, dy);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--directions");
}

static tw_status make_each(const cli_context *context, const tw_study_model *model,
                           const direction_args *args, double *dx, double *dy) {
    tw_status status = direction_make(context, model, args, "x", args->dx, dx);
    if (status == TW_OK && dy != NULL)
        status = direction_make(context, model, args, "y", args->dy, dy);
    return status;
}

tw_status directions_save(const direction_args *args, const tw_space *space, const tw_plane *made,
                          const tw_provenance *provenance) {
    return args->save != NULL ? tw_directions_write(args->save, space, made, provenance) : TW_OK;
}

/* Whether a pair is to be made orthogonal unasked: of few dimensions random directions are far from
 * it, and beside the axis of a parameter the other must leave that parameter alone. Directions
 * brought to size filter by filter, or block by block, would lose that where it is not needed. */
static int wants_right_angle(const direction_args *args, size_t size, const double *dx,
                             const double *dy) {
    const double near = 0.1, parallel = 1 - 1e-10;
    enum { FEW = 100 };
    origin x = origin_of(args->dx), y = origin_of(args->dy);
    if (args->directions != NULL || args->peer_rules || args->as_drawn ||
        (x != RANDOM && y != RANDOM))
        return 0;
    double cosine = fabs(tw_direction_cosine(size, dx, dy));
    tw_norm norm = norm_of(args, RANDOM);
    int one_size = norm == TW_NORM_NONE || norm == TW_NORM_MODEL;
    return cosine < parallel &&
           (size < FEW || x == ONE_ENTRY || y == ONE_ENTRY || (one_size && cosine > near));
}

tw_status directions_make(const cli_context *context, const tw_study_model *model,
                          direction_args *args, double *dx, double *dy) {
    tw_status status = args->directions != NULL ? read_all(model, args, dx, dy)
                                                : make_each(context, model, args, dx, dy);
    if (status != TW_OK || dy == NULL)
        return status;
    int asked = args->orthogonal;
    args->orthogonal = asked || wants_right_angle(args, model->size, dx, dy);
    if (!asked && args->orthogonal && origin_of(args->dy) != RANDOM) /* what is given stays */
        status = tw_direction_orthogonalize(model->size, dy, dx);
    else if (args->orthogonal)
        status = tw_direction_orthogonalize(model->size, dx, dy);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--orthogonal");
}

/* ---- in words ---- */

const char *direction_source(const direction_args *args, int axis) {
    const char *source = axis == 0 ? args->dx : args->dy;
    return args->directions != NULL ? args->directions : source != NULL ? source : "random";
}

tw_status direction_provenance(const direction_args *args, tw_provenance *provenance) {
    const char *file = args->save != NULL ? args->save : args->directions;
    const struct {
        const char *key, *text;
    } texts[] = {
        {"norm", args->norm >= 0 ? tw_norm_name((tw_norm)args->norm) : NULL},
        {"ignore", args->ignore == 1 ? "biasbn" : NULL},
        {"rules", args->peer_rules ? "peer" : NULL},
        {"orthogonal", args->orthogonal ? "yes" : NULL},
        {"dir_file", file},
    };
    tw_status status = TW_OK;
    for (size_t k = 0; k < sizeof texts / sizeof texts[0] && status == TW_OK; k++)
        if (texts[k].text != NULL)
            status = tw_provenance_add(provenance, texts[k].key, "%s", texts[k].text);
    if (status == TW_OK && !isnan(args->scale))
        status = tw_provenance_add(provenance, "scale", "%.17g", args->scale);
    return status;
}
