/* The plane of a landscape: where its axes come from, its origin, the paths in it, its ranges. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "study/landscape.h"
#include "study/model_kind.h"

enum { POINTS = 51, POINTS_OF_DOMAIN = 101 }; /* a test function costs nothing */

tw_plane_ask tw_landscape_ask(const tw_study_landscape_plan *plan) {
    const tw_study_plane_options *options = &plan->options.plane;
    return (tw_plane_ask){.objective = plan->model->objective,
                          .model = plan->model->kind,
                          .point = plan->model->x,
                          .seed = plan->study->seed,
                          .mean = options->mean,
                          .ignore_biasbn = options->ignore == 1,
                          .file = options->directions,
                          .vectors = {options->x_vector, options->y_vector},
                          .still = tw_model_buffers_stay(plan->model),
                          .runner = plan->study->runner};
}

/* ---- a file of before ---- */

/* What made the file that the survey may go on with; nothing where it is none. Whether it is of the
 * same survey is found out later. */
static void read_before(const tw_study_landscape_options *options, tw_provenance *out) {
    struct stat info;
    tw_surface surface = {0};
    if (options->output == NULL || options->restart || stat(options->output, &info) != 0 ||
        !S_ISREG(info.st_mode))
        return;
    if (tw_surface_read(options->output, &surface, out) != TW_OK)
        tw_message_clear();
    tw_surface_release(&surface);
}

/* Axes that were chosen unasked when the file was made are chosen again. */
static void go_on(const tw_provenance *before, int rank, tw_plane_recipe *recipe) {
    const char *dx = tw_provenance_get(before, "dx"), *dy = tw_provenance_get(before, "dy");
    if (dx == NULL || (dy != NULL) != (rank == 2))
        return;
    recipe->as_drawn = tw_provenance_get(before, "orthogonal") == NULL;
    if (!tw_plane_options_name_axes(recipe->options) && strcmp(dx, "random") == 0) {
        recipe->text[0] = "random";
        recipe->text[1] = rank == 2 ? "random" : NULL;
    }
}

/* ---- parameters as axes ---- */

/* Whether something is asked for that parameters as axes do not have. */
static int wants_others(const tw_study_landscape_options *options, const tw_provenance *before) {
    const tw_study_plane_options *plane = &options->plane;
    const char *size = tw_landscape_size_option(plane), *dx = tw_provenance_get(before, "dx");
    return plane->directions != NULL || plane->to != NULL || plane->mean ||
           tw_landscape_draws_repeats(options) || plane->norm > TW_NORM_NONE ||
           plane->ignore == 1 ||
           (size != NULL && strcmp(size, "norm") != 0 && strcmp(size, "ignore") != 0 &&
            strcmp(size, "orthogonal") != 0) ||
           (dx != NULL && strcmp(dx, tw_plane_components.word) == 0);
}

/* Of a model that has as many parameters as the picture has axes, these are the axes. */
static void take_parameters(const tw_study_landscape_plan *plan, const tw_provenance *before,
                            tw_plane_recipe *recipe) {
    const int rank = plan->options.rank;
    if (plan->model->size != (size_t)rank || wants_others(&plan->options, before) ||
        recipe->text[0] != NULL || recipe->text[1] != NULL)
        return;
    recipe->text[0] = "axis:0";
    recipe->text[1] = rank == 2 ? "axis:1" : NULL;
}

/* Beside one parameter of two the other is the axis. */
static tw_status find_entries(tw_study_landscape_plan *plan, tw_plane_recipe *recipe,
                              size_t entry[2]) {
    const tw_space *space = tw_objective_space(plan->model->objective);
    const int rank = plan->options.rank;
    tw_status status = TW_OK;
    for (int k = 0; k < rank && status == TW_OK; k++) {
        const char *own = recipe->text[k], *other = rank == 2 ? recipe->text[1 - k] : NULL;
        if (own == NULL && tw_plane_parameter_label(other) != NULL && plan->model->size == 2) {
            status = tw_plane_parameter_find(other, space, &entry[k]); /* the other of two */
            entry[k] = status == TW_OK ? 1 - entry[k] : 0;
        } else if (tw_plane_parameter_label(own) != NULL) {
            status = tw_plane_parameter_find(own, space, &entry[k]);
        } else {
            continue;
        }
        if (status == TW_OK)
            status = tw_plane_parameter_name(space, entry[k], &plan->names[k]);
        if (status != TW_OK)
            return tw_fail_prefix(status, "--d%c", "xy"[k]);
    }
    for (int k = 0; k < rank; k++)
        if (plan->names[k] != NULL)
            recipe->text[k] = plan->names[k];
    if (plan->names[0] != NULL && plan->names[1] != NULL && entry[0] == entry[1])
        return tw_fail(TW_ERR_ARGUMENT, "--dy: '%s' is the parameter of the other axis as well",
                       plan->names[1]);
    return TW_OK;
}

static tw_status check_sizes(const tw_study_landscape_plan *plan) {
    const tw_study_plane_options *plane = &plan->options.plane;
    tw_study_plane_options others = *plane;
    if (plane->norm == TW_NORM_NONE) /* which is what they have */
        others.norm = -1;
    const char *option = tw_landscape_size_option(&others);
    const int rank = plan->options.rank;
    if (rank == 2 && plan->model->size == 1)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' has one parameter, and a plane needs two directions; "
                       "'thalweg slice' draws it",
                       plan->model->kind);
    if (plan->names[0] == NULL || (rank == 2 && plan->names[1] == NULL) || option == NULL ||
        plane->orthogonal)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "--%s does not apply to axes that are parameters", option);
}

/* Coefficients of such axes are values: they begin where the parameter is 0. */
static void set_origin(const size_t entry[2], tw_study_landscape_plan *plan) {
    const tw_study_model *model = plan->model;
    memcpy(plan->plane.origin, model->x, model->size * sizeof *model->x);
    for (int k = 0; k < 2; k++)
        if (plan->names[k] != NULL) {
            plan->at[k] = model->x[entry[k]];
            plan->plane.origin[entry[k]] = 0;
        }
    plan->whole = (plan->names[0] != NULL) + (plan->names[1] != NULL) == (int)model->size;
}

/* ---- ranges ---- */

static int domain_of(const tw_study_model *model, size_t entry, tw_axis *out) {
    double *lower = NULL, *upper = NULL;
    int known = tw_doubles_new(model->size, &lower) == TW_OK &&
                tw_doubles_new(model->size, &upper) == TW_OK &&
                tw_study_model_domain(model, lower, upper);
    if (known)
        *out = (tw_axis){lower[entry], upper[entry], POINTS_OF_DOMAIN};
    free(lower);
    free(upper);
    tw_message_clear();
    return known;
}

/* Where parameter `entry` is looked at: the domain of a test function, or its bounds if both are
 * finite; otherwise 1.5 times as far to both sides of its present value as that is from 0, 1 at
 * least, and not beyond a bound. */
static tw_axis parameter_range(const tw_study_model *model, size_t entry) {
    const double *lower = tw_objective_lower(model->objective);
    const double *upper = tw_objective_upper(model->objective);
    double low = lower != NULL ? lower[entry] : -INFINITY, at = model->x[entry];
    double high = upper != NULL ? upper[entry] : INFINITY, reach = fmax(1, 1.5 * fabs(at));
    tw_axis range;
    if (domain_of(model, entry, &range) && at >= range.first && at <= range.last)
        return range;
    if (isfinite(high - low) && low <= at && at <= high)
        return (tw_axis){low, high, POINTS};
    reach = fmin(reach, 0x1p1020); /* the range must be a number, too */
    low = fmax(low, at - reach);
    high = fmin(high, at + reach);
    return low < high ? (tw_axis){low, high, POINTS} : (tw_axis){at - reach, at + reach, POINTS};
}

static tw_status choose_range(const tw_study_landscape_plan *plan, int axis, size_t entry,
                              tw_axis *out) {
    const int is_parameter = plan->names[axis] != NULL;
    const size_t count = axis == 0 ? plan->options.x.count : plan->options.y.count;
    tw_axis wanted;
    if (is_parameter)
        wanted = parameter_range(plan->model, entry);
    if (is_parameter && count > 0)
        wanted.count = count;
    if (plan->points.paths.count > 0 && plan->options.rank == 2)
        return tw_landscape_paths_range(plan, axis, is_parameter ? &wanted : NULL, out);
    *out = is_parameter                              ? wanted
           : tw_landscape_has_points(&plan->options) ? (tw_axis){-0.5, 1.5, POINTS_OF_DOMAIN}
                                                     : (tw_axis){-1, 1, POINTS};
    if (count > 0)
        out->count = count;
    return TW_OK;
}

static tw_status choose_ranges(tw_study_landscape_plan *plan, const size_t entry[2]) {
    tw_axis *const axes[] = {&plan->x, &plan->y};
    const tw_axis given[] = {plan->options.x, plan->options.y};
    tw_status status = TW_OK;
    for (int k = 0; k < plan->options.rank && status == TW_OK; k++) {
        const int whole = given[k].count > 0 && !isnan(given[k].first);
        if (whole)
            *axes[k] = given[k];
        else
            status = choose_range(plan, k, entry[k], axes[k]);
    }
    return status;
}

/* ---- all of it ---- */

/* The sources of the directions, as far as they are not said. */
static tw_status choose_sources(tw_study_landscape_plan *plan, tw_plane_recipe *recipe,
                                size_t entry[2]) {
    tw_provenance before = {0};
    read_before(&plan->options, &before);
    go_on(&before, plan->options.rank, recipe);
    take_parameters(plan, &before, recipe);
    tw_provenance_release(&before);
    tw_status status = find_entries(plan, recipe, entry);
    return status == TW_OK ? check_sizes(plan) : status;
}

/* Paths and points make the axes unless these are named. */
static tw_status make_plane(tw_study_landscape_plan *plan, const tw_plane_recipe *recipe) {
    const tw_landscape_points *points = &plan->points;
    tw_study_work work = tw_study_work_begin(plan->study, "directions", 0, 0);
    tw_rows rows = {0};
    tw_plane_ask ask = tw_landscape_ask(plan);
    ask.corners = plan->corners;
    ask.labels = plan->labels;
    ask.eigenvalues = plan->eigenvalues;
    ask.progress = tw_study_work_step;
    ask.progress_user = &work;
    if (recipe->text[0] == NULL && recipe->text[1] == NULL && ask.file == NULL) {
        rows = tw_landscape_all_rows(points, plan->model->size);
        ask.rows = points->sources > 0 ? &rows : NULL;
        ask.second = points->to;
        ask.third = points->third;
    }
    tw_status status = tw_plane_make(recipe, &ask, &plan->plane, &plan->orthogonal);
    tw_study_work_end(&work);
    return status;
}

tw_status tw_landscape_axes(tw_study_landscape_plan *plan) {
    const tw_study_plane_options *options = &plan->options.plane;
    tw_plane_recipe recipe = {.options = options, .text = {options->dx, options->dy}};
    size_t entry[2] = {0, 0};
    tw_status status = tw_plane_init(&plan->plane, plan->options.rank, plan->model->size);
    if (status == TW_OK)
        status = choose_sources(plan, &recipe, entry);
    if (status == TW_OK)
        set_origin(entry, plan);
    if (status == TW_OK)
        status = make_plane(plan, &recipe);
    if (status == TW_OK)
        status = tw_landscape_paths_place(plan);
    if (status == TW_OK)
        status = choose_ranges(plan, entry);
    return status;
}
