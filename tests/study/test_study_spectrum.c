/* Spectra of models as a C program has them: what options mean, what is kept in the file, what is
 * refused. What is computed is judged in tests/curvature. */
#include <math.h>
#include <unistd.h>

#include "file/scratch.h"
#include "file/state_file.h"
#include "support.h"

static char lines[4096];

static void say(void *user, const char *line) {
    size_t used = strlen(lines);
    snprintf(lines + used, sizeof lines - used, "%s\n", line);
}

static tw_study study;

static tw_study_model *open_model(const char *name) {
    tw_study_model *model = NULL;
    tw_study_model_options options = tw_study_model_defaults();
    study = tw_study_defaults();
    study.say = say;
    lines[0] = '\0';
    options.model = name;
    options.init = "normal:1";
    assert_ok(tw_study_model_open(&study, &options, &model));
    return model;
}

/* ---- a quadratic form whose products can be wrong ---- */

enum { SIZE = 6 };
typedef enum fault { NONE, SKEW, NOT_A_NUMBER } fault;

static tw_status form_value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = 0;
    for (size_t i = 0; i < n; i++)
        values[0] += 0.5 * ((double)i - 2) * x[i] * x[i];
    return TW_OK;
}

static unsigned long long products_made;

/* diag(-2, -1, 0, 1, 2, 3), and what the fault adds. */
static tw_status form_products(void *ctx, size_t n, const double *x, size_t count,
                               const double *vectors, double *products) {
    const fault *how = ctx;
    products_made += count;
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < n; i++)
            products[k * n + i] = ((double)i - 2) * vectors[k * n + i];
        if (*how == SKEW)
            products[k * n] += vectors[k * n + 1];
        if (*how == NOT_A_NUMBER)
            products[k * n + 3] = NAN;
    }
    return TW_OK;
}

static tw_study_model *open_form(fault *how) {
    const tw_objective_ops ops = {
        .bytes = sizeof ops, .value = form_value, .hessian_products = form_products};
    tw_study_model *model = open_model("sphere:6");
    tw_objective *form = NULL;
    tw_objective_traits traits = {.bytes = sizeof traits, .name = "form"};
    assert_ok(tw_objective_new(&ops, how, SIZE, &traits, &form));
    tw_study_model_use(model, form); /* which frees the name that the model had */
    model->kind = "form";
    return model;
}

static void pairs_are_directions_in_the_file(void **state) {
    fault how = NONE;
    tw_study_model *model = open_form(&how);
    const tw_space *space = tw_objective_space(model->objective);
    tw_study_spectrum_options options = tw_study_spectrum_defaults();
    tw_study_spectrum *made = NULL;
    tw_curvature_report read;
    tw_plane plane;
    double direction[SIZE], value, residual;
    options.largest = 2;
    options.smallest = 3;
    options.trace = options.density = 1;
    options.output = scratch("form.h5");
    assert_ok(tw_study_spectrum_run(model, &options, &made));
    const tw_curvature_report *r = &made->report;
    assert_true(r->complete && r->largest_count == 2 && r->smallest_count == 3);
    assert_true(fabs(r->largest[0].value - 3) < 1e-12 && fabs(r->smallest[0].value + 2) < 1e-12);
    assert_true(fabs(r->trace.trace - 3) < 1e-12 && fabs(r->density.trace - 3) < 3);
    assert_true(fabs(fabs(r->largest[1].vector[4]) - 1) < 1e-12);

    assert_ok(tw_curvature_report_read(scratch("form.h5"), &read, NULL));
    assert_true(read.complete && read.facts.dimension == SIZE &&
                read.facts.products == r->facts.products);
    assert_true(read.largest[1].value == r->largest[1].value &&
                read.smallest[2].residual == r->smallest[2].residual);
    assert_null(read.largest[0].vector);
    assert_true(read.trace.trace == r->trace.trace && read.trace.block_count == 1);
    assert_string_equal(read.block_names[0], "x");
    assert_int_equal(read.density.probes, 4);
    assert_memory_equal(read.density.nodes, r->density.nodes, 4 * SIZE * sizeof(double));
    tw_curvature_report_release(&read);

    assert_ok(
        tw_curvature_report_direction(scratch("form.h5"), space, -2, direction, &value, &residual));
    assert_memory_equal(direction, r->smallest[1].vector, sizeof direction);
    assert_true(value == r->smallest[1].value && residual == r->smallest[1].residual);
    assert_fails(
        TW_ERR_ARGUMENT, "has no vector 3: it has 2 of the largest",
        tw_curvature_report_direction(scratch("form.h5"), space, 3, direction, &value, &residual));
    assert_ok(tw_directions_read(scratch("form.h5"), space, &plane, NULL));
    assert_memory_equal(plane.x, r->largest[0].vector, sizeof direction);
    assert_memory_equal(plane.y, r->smallest[0].vector, sizeof direction);
    tw_plane_release(&plane);
    tw_study_spectrum_free(made);
    tw_study_model_free(model);
}

static void faulty_products_are_refused(void **state) {
    fault how = SKEW;
    tw_study_model *model = open_form(&how);
    tw_study_spectrum_options options = tw_study_spectrum_defaults();
    tw_study_spectrum *made = NULL;
    assert_fails(TW_ERR_CALLBACK, "symmetric", tw_study_spectrum_run(model, &options, &made));
    assert_null(made);
    options.asymmetric = 1;
    options.products = 20;
    assert_ok(tw_study_spectrum_run(model, &options, &made));
    assert_non_null(strstr(lines, "note: the matrix is not symmetric"));
    tw_study_spectrum_free(made);
    how = NOT_A_NUMBER;
    assert_fails(TW_ERR_NOT_FINITE, "is nan in entry 3 of block 'x'",
                 tw_study_spectrum_run(model, &options, &made));
    tw_study_model_free(model);
}

/* All eigenvalues bring the trace, its blocks and the diagonal with them, without a product more.
 */
static void the_whole_matrix_has_its_trace(void **state) {
    fault how = NONE;
    tw_study_model *model = open_form(&how);
    tw_study_spectrum_options options = tw_study_spectrum_defaults();
    tw_study_spectrum *made = NULL;
    options.exact = options.diagonal = 1;
    products_made = 0;
    assert_ok(tw_study_spectrum_run(model, &options, &made));
    const tw_curvature_report *r = &made->report;
    assert_int_equal(products_made, SIZE + 2);
    assert_int_equal(r->facts.products, SIZE + 2);
    assert_int_equal(r->trace.method, TW_TRACE_EXACT);
    assert_true(r->trace.trace == 3 && r->trace.standard_error == 0);
    assert_true(r->trace.block_count == 1 && r->trace.blocks[0].trace == 3);
    assert_true(fabs(r->trace.squares - 19) < 1e-12 && r->trace.frobenius_error == 0);
    for (size_t i = 0; i < SIZE; i++)
        assert_true(r->diagonal[i] == (double)i - 2 && r->diagonal_error[i] == 0);
    tw_study_spectrum_free(made);
    options.method = TW_TRACE_HUTCHINSON; /* a way that is named is gone */
    options.draws = 20;
    assert_ok(tw_study_spectrum_run(model, &options, &made));
    assert_int_equal(made->report.trace.draws, 20);
    tw_study_spectrum_free(made);
    options.method = -1;
    assert_fails(TW_ERR_ARGUMENT, "--draws: only with --trace without --exact",
                 tw_study_spectrum_run(model, &options, &made));
    tw_study_model_free(model);
}

static int interrupts;
static int interrupted(void *user) {
    return interrupts > 0 && --interrupts == 0 ? 2 : 0;
}

/* One that ends early holds what it has; it goes on, and another one is refused. */
static void goes_on_after(int polls) {
    fault how = NONE;
    tw_study_model *model = open_form(&how);
    tw_study_spectrum_options options = tw_study_spectrum_defaults();
    tw_study_spectrum *made = NULL;
    tw_curvature_report read;
    options.largest = 1;
    options.trace = 1;
    options.draws = 64;
    options.method = TW_TRACE_HUTCHINSON; /* six parameters have a trace without it */
    options.output = scratch("cut.h5");
    options.save_every = 0;
    study.interrupted = interrupted;
    interrupts = polls;
    products_made = 0;
    assert_int_equal(tw_study_spectrum_run(model, &options, &made), TW_ERR_CANCELLED);
    assert_null(made);
    assert_int_equal(access(scratch("cut.h5.unfinished"), F_OK), 0);
    interrupts = 0;
    options.draws = 65;
    assert_fails(TW_ERR_ARGUMENT, "--restart starts again",
                 tw_study_spectrum_run(model, &options, &made));
    options.draws = 64;
    options.method = TW_TRACE_HUTCHINSON; /* six parameters have a trace without it */
    assert_ok(tw_study_spectrum_run(model, &options, &made));
    assert_non_null(strstr(lines, "continuing"));
    /* none is made twice, but the two that look at the symmetry */
    assert_int_equal(products_made, made->report.facts.products + 2);
    assert_int_equal(made->report.trace.draws, 64);
    tw_study_spectrum_free(made);
    assert_int_equal(access(scratch("cut.h5.unfinished"), F_OK), -1);
    assert_ok(tw_curvature_report_read(scratch("cut.h5"), &read, NULL));
    assert_int_equal(read.complete, 1);
    tw_curvature_report_release(&read);
    tw_study_model_free(model);
}

static void goes_on(void **state) {
    goes_on_after(4);  /* in the search */
    goes_on_after(12); /* in the draws */
}

/* Interrupted at every step of its way, one after the other: every piece of work is done once. */
static void goes_on_at_every_step(const tw_study_spectrum_options *asked, int fewest) {
    fault how = NONE;
    tw_study_model *model = open_form(&how);
    tw_study_spectrum_options options = *asked;
    tw_study_spectrum *whole = NULL, *made = NULL;
    options.save_every = 0;
    assert_ok(tw_study_spectrum_run(model, &options, &whole));
    options.output = scratch("step.h5");
    study.interrupted = interrupted;
    products_made = 0;
    tw_status status = TW_ERR_CANCELLED;
    int times = 0;
    for (; times < 500 && status == TW_ERR_CANCELLED; times++) {
        interrupts = 2; /* the first is at the end of a first piece of work */
        status = tw_study_spectrum_run(model, &options, &made);
    }
    interrupts = 0;
    assert_ok(status);
    assert_true(times >= fewest);
    const tw_curvature_report *a = &whole->report, *b = &made->report;
    assert_int_equal(products_made, b->facts.products + 2 * (unsigned)(times - 1));
    assert_int_equal(a->facts.products, b->facts.products);
    assert_true(a->trace.trace == b->trace.trace &&
                a->trace.standard_error == b->trace.standard_error);
    assert_true(a->trace.squares == b->trace.squares || isnan(a->trace.squares));
    if (a->diagonal != NULL) {
        assert_memory_equal(a->diagonal, b->diagonal, SIZE * sizeof(double));
        assert_memory_equal(a->diagonal_error, b->diagonal_error, SIZE * sizeof(double));
    }
    assert_int_equal(a->density.probes, b->density.probes);
    if (a->density.probes > 0)
        assert_memory_equal(a->density.nodes, b->density.nodes,
                            a->density.probes * a->density.steps * sizeof(double));
    tw_study_spectrum_free(whole);
    tw_study_spectrum_free(made);
    tw_study_model_free(model);
}

static void goes_on_anywhere(void **state) {
    tw_study_spectrum_options options = tw_study_spectrum_defaults();
    options.trace = options.diagonal = options.density = 1;
    options.largest = 2;
    options.draws = 30;
    options.method = TW_TRACE_HUTCHPP;
    options.sketch = 4;
    goes_on_at_every_step(&options, 6);
    options.method = TW_TRACE_HUTCHINSON;
    options.sketch = TW_UNSET;
    goes_on_at_every_step(&options, 6);
    options.method = -1; /* by columns */
    options.diagonal = 0;
    goes_on_at_every_step(&options, 6);
    options = tw_study_spectrum_defaults(); /* beside all eigenvalues */
    options.exact = options.diagonal = 1;
    options.largest = options.smallest = 2;
    goes_on_at_every_step(&options, 4);
}

/* Puts a number into a part of what was kept, and takes `less` of its numbers away; a density of
 * two probes is there as well, as of a model so large that they are run one by one. */
static void damage_kept(const char *name, size_t less, double value) {
    double nodes[] = {-2, 0, 3, -1, 2, 0}, weights[] = {0.25, 0.5, 0.25, 0.5, 0.5, 0};
    double counts[] = {3, 2};
    tw_descent_part *kept, parts[40] = {{"density.nodes", 6, nodes},
                                        {"density.weights", 6, weights},
                                        {"density.counts", 2, counts}};
    tw_provenance made = {0};
    size_t count, found = 0;
    const char *path = scratch("cut.h5.unfinished");
    assert_ok(tw_state_read(path, TW_SPECTRUM_STATE_KIND, &count, &kept, &made));
    assert_true(count <= 37);
    memcpy(parts + 3, kept, count * sizeof *kept);
    for (size_t k = 0; k < count + 3; k++)
        if (strcmp(parts[k].name, name) == 0) {
            found++;
            ((double *)parts[k].values)[0] = value;
            parts[k].count -= less;
        }
    assert_int_equal(found, 1);
    assert_ok(tw_state_write(path, TW_SPECTRUM_STATE_KIND, count + 3, parts, &made));
    tw_descent_parts_free(count, kept);
    tw_provenance_release(&made);
}

/* What an interrupted run left, damaged: refused in a line that says what helps, as often as it is
 * asked for, and what is there of it stays. */
static void damaged_runs_do_not_go_on(void **state) {
    static const struct {
        int polls;
        const char *part, *words;
        size_t less;
        double value;
    } cases[] = {
        {4, "search.counters", "cut.h5.unfinished': a state of another search", 0, NAN},
        {4, "search.basis", "part 'basis' is not there or not whole", 1, 0},
        {4, "search.projected", "not all of it are numbers", 0, NAN},
        {4, "work", "not the state of a spectrum", 1, 0},
        {12, "trace.draws", "its draws are of other blocks", 1, 1},
        {12, "trace.draws", "its draws are no numbers", 0, NAN},
        {12, "density.nodes", "its nodes are no density", 0, INFINITY},
        {12, "density.weights", "its nodes are no density", 1, 0.5},
        {12, "density.counts", "its nodes are no density", 0, 0.5},
        {12, "density.counts", "its nodes are no density", 0, 1e9},
    };
    fault how = NONE;
    tw_study_model *model = open_form(&how);
    tw_study_spectrum_options options = tw_study_spectrum_defaults();
    tw_study_spectrum *made = NULL;
    options.trace = options.density = 1;
    options.draws = 64;
    options.method = TW_TRACE_HUTCHINSON; /* six parameters have a trace without it */
    options.largest = 1;
    options.save_every = 0;
    study.interrupted = interrupted;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        options.output = scratch("cut.h5");
        options.restart = 1;
        interrupts = cases[k].polls;
        assert_int_equal(tw_study_spectrum_run(model, &options, &made), TW_ERR_CANCELLED);
        interrupts = 0;
        options.restart = 0;
        damage_kept(cases[k].part, cases[k].less, cases[k].value);
        for (int again = 0; again < 2; again++) {
            assert_fails(TW_ERR_FORMAT, cases[k].words,
                         tw_study_spectrum_run(model, &options, &made));
            assert_non_null(strstr(tw_message(), "--restart starts again"));
            assert_null(strstr(tw_message(), "the same command continues"));
            assert_null(made);
        }
    }
    options.restart = 1;
    interrupts = 12;
    assert_int_equal(tw_study_spectrum_run(model, &options, &made), TW_ERR_CANCELLED);
    interrupts = 0;
    options.restart = 0;
    damage_kept("density.counts", 0, 3); /* as it was */
    assert_ok(tw_study_spectrum_run(model, &options, &made));
    tw_study_spectrum_free(made);
    tw_study_model_free(model);
}

static void refuses(void **state) {
    tw_study_model *model = open_model("sphere:3");
    tw_study_spectrum *made = NULL;
    tw_study_spectrum_options options = tw_study_spectrum_defaults();
    options.output = scratch("s.csv");
    assert_fails(TW_ERR_ARGUMENT, ".h5", tw_study_spectrum_run(model, &options, &made));
    options = tw_study_spectrum_defaults();
    options.nodes = 0;
    assert_fails(TW_ERR_ARGUMENT, "--nodes: 0", tw_study_spectrum_run(model, &options, &made));
    options = tw_study_spectrum_defaults();
    options.norm = TW_NORM_DFILTER;
    assert_fails(TW_ERR_ARGUMENT, "norm", tw_study_spectrum_run(model, &options, &made));
    options = (tw_study_spectrum_options){0};
    assert_fails(TW_ERR_ARGUMENT, "begin with tw_study_spectrum_defaults()",
                 tw_study_spectrum_run(model, &options, &made));
    assert_fails(TW_ERR_ARGUMENT, "model is NULL", tw_study_spectrum_run(NULL, NULL, &made));
    tw_study_model_free(model);
}

/* Files that are damaged, or of something else, are refused in a line, and leave nothing. */
static void damaged_files(void **state) {
    tw_curvature_report read;
    static const char *const names[] = {"x"};
    tw_table table;
    assert_ok(tw_table_init(&table, "steps", 1, names));
    assert_ok(tw_table_write(scratch("table.h5"), &table, NULL));
    tw_table_release(&table);
    assert_fails(TW_ERR_FORMAT, "not a spectrum",
                 tw_curvature_report_read(scratch("table.h5"), &read, NULL));
    tw_curvature_report_release(&read);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_directions_in_the_file),
        cmocka_unit_test(faulty_products_are_refused),
        cmocka_unit_test(the_whole_matrix_has_its_trace),
        cmocka_unit_test(goes_on),
        cmocka_unit_test(goes_on_anywhere),
        cmocka_unit_test(damaged_runs_do_not_go_on),
        cmocka_unit_test(refuses),
        cmocka_unit_test(damaged_files),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
