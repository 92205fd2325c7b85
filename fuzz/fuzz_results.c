/* fuzz_results.c: whatever the file, one reader after the other. */
#include <string.h>

#include "file/state_file.h"
#include "format/checkpoint.h"
#include "fuzz_input.h"

static void require(int condition) {
    if (!condition)
        abort();
}

static void check_surface(const char *path) {
    tw_surface surface;
    tw_provenance provenance = {0};
    tw_message_clear();
    if (tw_surface_read(path, &surface, &provenance) == TW_OK) {
        require(surface.nx > 0 && surface.ny > 0 && surface.metrics > 0);
        for (size_t p = 0; p < surface.nx * surface.ny; p++)
            require(surface.computed[p] <= 2);
        require(tw_surface_metric(&surface, surface.names[0]) == 0);
    } else
        require(tw_message()[0] != '\0' && surface.values == NULL);
    tw_surface_release(&surface);
    tw_provenance_release(&provenance);
}

static void check_tables(const char *path) {
    tw_table table;
    if (tw_table_read(path, &table, NULL) == TW_OK)
        require(table.columns > 0);
    tw_table_release(&table);
    if (tw_projection_read(path, &table, NULL) == TW_OK)
        require(table.columns > 1 && table.rows > 0);
    tw_table_release(&table);
}

static const tw_space *model(void) {
    static tw_space *space;
    const tw_block blocks[] = {{.name = "W", .rank = 2, .shape = {2, 3}},
                               {.name = "b", .rank = 1, .shape = {3}}};
    if (space == NULL)
        require(tw_space_new(&space) == TW_OK && tw_space_add(space, &blocks[0]) == TW_OK &&
                tw_space_add(space, &blocks[1]) == TW_OK);
    return space;
}

static void check_finite(size_t count, const double *x) {
    for (size_t k = 0; k < count; k++)
        require(x[k] - x[k] == 0);
}

static void check_weights(const char *path) {
    double x[9];
    if (tw_weights_read(path, model(), x) == TW_OK)
        check_finite(9, x);
    tw_space *found = NULL;
    if (tw_weights_space(path, &found) == TW_OK)
        require(tw_space_size(found) > 0);
    tw_space_free(found);
}

static void check_directions(const char *path) {
    tw_plane read;
    tw_provenance provenance = {0};
    tw_space *found = NULL;
    if (tw_directions_read(path, model(), &read, &provenance) == TW_OK) {
        check_finite(9, read.x);
        if (read.y != NULL)
            check_finite(9, read.y);
    } else
        require(read.x == NULL && read.y == NULL);
    tw_plane_release(&read);
    tw_provenance_release(&provenance);
    if (tw_directions_space(path, &found) == TW_OK &&
        tw_directions_read(path, found, &read, NULL) == TW_OK) {
        check_finite(tw_space_size(found), read.x);
        tw_plane_release(&read);
    }
    tw_space_free(found);
}

static void check_spectrum(const char *path) {
    tw_curvature_report r;
    double x[9], value, residual;
    tw_message_clear();
    if (tw_curvature_report_read(path, &r, NULL) != TW_OK)
        require(tw_message()[0] != '\0');
    else {
        for (size_t k = 0; k < r.largest_count; k++)
            require(r.largest[k].value - r.largest[k].value == 0 && r.largest[k].residual >= 0);
        check_finite(r.eigenvalue_count, r.eigenvalues);
        for (size_t k = 0; k < r.trace.block_count; k++)
            require(r.block_names[k] != NULL);
        for (size_t p = 0; p < r.density.probes; p++)
            require(r.density.counts[p] >= 1 && r.density.counts[p] <= r.density.steps);
        if (r.density.probes > 0)
            require(tw_density_below(&r.density, 0) <= 1 + 1e-6);
    }
    tw_curvature_report_release(&r);
    for (int k = -2; k <= 2; k++)
        if (tw_curvature_report_direction(path, model(), k, x, &value, &residual) == TW_OK)
            check_finite(9, x);
}

static tw_status bowl_value(void *context, size_t n, const double *x, double *values) {
    values[0] = 0;
    for (size_t i = 0; i < n; i++)
        values[0] += 0.5 * (double)i * x[i] * x[i];
    return TW_OK;
}

static tw_status bowl_products(void *context, size_t n, const double *x, size_t count,
                               const double *vectors, double *products) {
    for (size_t k = 0; k < count * n; k++)
        products[k] = (double)(k % n) * vectors[k];
    return TW_OK;
}

/* A search that goes on from whatever the parts say ends. */
static void check_state(const char *path) {
    static tw_curvature *curvature;
    const tw_objective_ops ops = {
        .bytes = sizeof ops, .value = bowl_value, .hessian_products = bowl_products};
    static const double zero[6];
    tw_objective *bowl;
    tw_descent_part *parts;
    tw_spectrum *search = NULL;
    size_t count;
    if (curvature == NULL)
        require(tw_objective_new(&ops, NULL, 6, NULL, &bowl) == TW_OK &&
                tw_curvature_open(bowl, zero, NULL, &curvature) == TW_OK);
    if (tw_state_read(path, TW_SPECTRUM_STATE_KIND, &count, &parts, NULL) != TW_OK)
        return;
    tw_spectrum_part *state = calloc(count + 1, sizeof *state);
    require(state != NULL && tw_spectrum_open(curvature, NULL, &search) == TW_OK);
    size_t own = 0;
    for (size_t k = 0; k < count; k++)
        if (strncmp(parts[k].name, "search.", 7) == 0) /* as studies keep them */
            state[own++] = (tw_spectrum_part){parts[k].name + 7, parts[k].count, parts[k].values};
    if (tw_spectrum_restore(search, own, state) == TW_OK) {
        tw_status status = tw_spectrum_run(search, 1000);
        require(status != TW_OK || tw_spectrum_ended(search));
    }
    tw_spectrum_close(search);
    free(state);
    tw_descent_parts_free(count, parts);
}

void fuzz_checkpoint(const char *path) {
    tw_checkpoint *checkpoint;
    int is;
    tw_message_clear();
    require(tw_checkpoint_probe(path, &is) == TW_OK);
    tw_status status = tw_checkpoint_open(path, &checkpoint);
    require((status == TW_OK) == (checkpoint != NULL));
    require(is ? status != TW_DECLINED : status == TW_DECLINED);
    if (status != TW_OK) {
        require(!is || strncmp(tw_message(), "'", 1) == 0);
        return;
    }
    for (size_t k = 0; k < tw_checkpoint_count(checkpoint); k++) {
        const tw_checkpoint_tensor *tensor = tw_checkpoint_tensor_at(checkpoint, k);
        double *numbers = malloc((tensor->count + 1) * sizeof *numbers);
        size_t count = 1;
        for (int axis = 0; axis < tensor->rank; axis++)
            count *= tensor->shape[axis];
        require(count == tensor->count && tensor->rank >= 0 && tensor->dtype != NULL);
        if (numbers != NULL)
            tw_checkpoint_read(checkpoint, tensor, numbers);
        free(numbers);
    }
    tw_checkpoint_close(checkpoint);
    check_weights(path);
}

void fuzz_results(const char *path) {
    tw_result_kind kind;
    require(tw_result_kind_of(path, &kind) == TW_OK || tw_message()[0] != '\0');
    check_surface(path);
    check_tables(path);
    check_weights(path);
    check_directions(path);
    check_spectrum(path);
    check_state(path);
}
