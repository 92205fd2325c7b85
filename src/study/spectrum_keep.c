/* spectrum_keep.c: what survives of the computation of a spectrum: the search for pairs, the draws
 * of the trace, the probes of the density, in one file that is written whole. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "algebra/power_unit.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "curvature/curvature_unit.h"
#include "curvature/probe.h"
#include "file/output_file.h"
#include "file/part_file.h"
#include "file/provenance_check.h"
#include "file/state_file.h"
#include "study/spectrum_parts.h"
#include "study/spectrum_walk.h"

/* Saving takes one part in so many of the time, and is rarer for it where models are large. */
static const double SAVE_SHARE = 20, SAVE_EVERY = 2;

enum { MOST_PARTS = 32 };
static const char SEARCH[] = "search.", DRAWS[] = "trace.draws", NODES[] = "density.nodes",
                  WEIGHTS[] = "density.weights", COUNTS[] = "density.counts", WORK[] = "work",
                  EIGENVALUES[] = "exact.values", DIAGONAL[] = "exact.diagonal", UNIT[] = "unit",
                  STAGES[] = "products";

/* ---- what is compared ---- */

static tw_status add_options(tw_spectrum_walk *walk) {
    const tw_study_spectrum_options *o = &walk->options;
    tw_provenance *made = &walk->kept_made;
    const tw_provenance *known = &walk->result->provenance;
    const struct {
        const char *key;
        size_t value;
    } sizes[] = {{"largest", o->largest}, {"smallest", o->smallest}, {"max-products", o->products},
                 {"basis", o->basis},     {"draws", o->draws},       {"sketch", o->sketch},
                 {"probes", o->probes},   {"nodes", o->nodes}};
    tw_status status = TW_OK;
    for (size_t k = 0; k < known->count && status == TW_OK; k++)
        status = tw_provenance_add(made, known->keys[k], "%s", known->texts[k]);
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0] && status == TW_OK; k++)
        if (sizes[k].value != TW_UNSET)
            status = tw_provenance_add(made, sizes[k].key, "%zu", sizes[k].value);
    if (status == TW_OK && !isnan(o->tolerance))
        status = tw_provenance_add(made, "tolerance", "%.17g", o->tolerance);
    if (status == TW_OK && !isnan(o->step))
        status = tw_provenance_add(made, "step", "%.17g", o->step);
    if (status == TW_OK)
        status = tw_provenance_add(made, "asked", "%s%s%s%s%s",
                                   o->unconfirmed ? "unconfirmed " : "", o->trace ? "trace " : "",
                                   o->diagonal ? "diagonal " : "", o->density ? "density " : "",
                                   o->method >= 0 ? tw_trace_method_name((size_t)o->method) : "");
    return status;
}

/* What lies at the output is replaced where it is a spectrum of the same model, point and matrix;
 * weights and surfaces are no less work. */
static tw_status check_output(const tw_spectrum_walk *walk) {
    const char *path = walk->options.output;
    struct stat info;
    char text[512];
    if (walk->options.restart || stat(path, &info) != 0)
        return TW_OK;
    tw_curvature_report report = {0};
    tw_provenance made = {0};
    tw_status status = tw_curvature_report_read(path, &report, &made);
    if (status == TW_OK)
        status = tw_provenance_check(path, &made, &walk->result->provenance);
    tw_curvature_report_release(&report);
    tw_provenance_release(&made);
    if (status == TW_OK)
        return TW_OK;
    snprintf(text, sizeof text, "%s", tw_message());
    return tw_fail(status, "%s; give another -o, or --restart to replace it", text);
}

/* Without memory nothing is wrong with what was left. */
static tw_status refuse(tw_spectrum_walk *walk, tw_status status) {
    char text[512];
    if (status == TW_ERR_MEMORY)
        return status;
    walk->refused = 1;
    walk->saved = 0;
    snprintf(text, sizeof text, "%s", tw_message());
    return tw_fail(status, "%s; --restart starts again", text);
}

static const tw_descent_part *part(const tw_spectrum_walk *walk, const char *name) {
    return tw_part_find(walk->parts_count, walk->parts, name);
}

static tw_status read_file(tw_spectrum_walk *walk) {
    struct stat info;
    tw_provenance made = {0};
    if (stat(walk->kept, &info) != 0 && errno == ENOENT)
        return TW_OK;
    tw_status status =
        tw_state_read(walk->kept, TW_SPECTRUM_STATE_KIND, &walk->parts_count, &walk->parts, &made);
    if (status == TW_OK)
        status = tw_provenance_check(walk->kept, &made, &walk->kept_made);
    tw_provenance_release(&made);
    if (status != TW_OK)
        return refuse(walk, status);
    const tw_descent_part *work = part(walk, WORK);
    if (work == NULL || work->count != 1)
        return refuse(walk,
                      tw_fail(TW_ERR_FORMAT, "'%s': not the state of a spectrum", walk->kept));
    walk->saved = 1;
    tw_study_say(walk->study, "continuing '%s': %.0f products are there", walk->kept,
                 work->values[0]);
    return TW_OK;
}

tw_status tw_spectrum_keep_begin(tw_spectrum_walk *walk) {
    const tw_study_spectrum_options *o = &walk->options;
    if (o->output == NULL || tw_output_is_direct(o->output))
        return TW_OK;
    if (asprintf(&walk->kept, "%s.unfinished", o->output) < 0) {
        walk->kept = NULL;
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", o->output);
    }
    tw_status status = check_output(walk);
    if (status == TW_OK)
        status = add_options(walk);
    if (status == TW_OK)
        status = tw_claim_take(walk->kept, &walk->claim);
    if (status != TW_OK || walk->claim == NULL)
        return status;
    walk->interval = isnan(o->save_every) ? SAVE_EVERY : o->save_every;
    walk->saved_at = tw_clock_seconds();
    if (o->restart && unlink(walk->kept) != 0 && errno != ENOENT)
        return tw_fail(TW_ERR_IO, "cannot remove '%s': %s", walk->kept, strerror(errno));
    return read_file(walk);
}

/* ---- saving ---- */

static size_t columns_there(const tw_spectrum_walk *walk) {
    size_t all = walk->result->report.eigenvalue_count;
    return all > 0 ? all : walk->columns.done;
}

unsigned long long tw_spectrum_walk_products(const tw_spectrum_walk *walk) {
    const tw_curvature_report *r = &walk->result->report;
    tw_spectrum_result found = {.bytes = sizeof found};
    if (walk->search != NULL && tw_spectrum_result_of(walk->search, &found) != TW_OK)
        tw_message_clear();
    return walk->opened + columns_there(walk) + found.products + r->trace.products +
           r->density.products;
}

static const char *const stage_names[TW_SPECTRUM_STAGES] = {"exact.", "search.", "trace.",
                                                            "density."};

static int stage_of(const char *name) {
    for (int k = 0; k < TW_SPECTRUM_STAGES; k++)
        if (strncmp(name, stage_names[k], strlen(stage_names[k])) == 0)
            return k;
    return -1;
}

/* What an earlier process has left for stages that this one has not come to stays as it is. */
static void add_left(const tw_spectrum_walk *walk, tw_part_list *list) {
    for (size_t k = 0; k < walk->parts_count; k++) {
        int stage = stage_of(walk->parts[k].name);
        if (stage >= 0 && !walk->taken[stage])
            tw_part_list_add(list, "", walk->parts[k].name, walk->parts[k].count,
                             walk->parts[k].values);
    }
}

/* Products behind each stage, of this process or of what is left of an earlier one. */
static void count_stages(const tw_spectrum_walk *walk, double stages[TW_SPECTRUM_STAGES]) {
    const tw_curvature_report *r = &walk->result->report;
    const double *left =
        tw_part_numbers(walk->parts_count, walk->parts, STAGES, TW_SPECTRUM_STAGES);
    tw_spectrum_result found = {.bytes = sizeof found};
    if (walk->search != NULL && tw_spectrum_result_of(walk->search, &found) != TW_OK)
        tw_message_clear();
    const double here[TW_SPECTRUM_STAGES] = {(double)columns_there(walk), (double)found.products,
                                             (double)r->trace.products,
                                             (double)r->density.products};
    for (int k = 0; k < TW_SPECTRUM_STAGES; k++)
        stages[k] = !walk->taken[k] && left != NULL ? left[k] : here[k];
}

static void add_density(tw_part_list *list, const tw_density *d) {
    size_t nodes = d->exact ? 0 : d->probes * d->steps;
    double *counts = nodes > 0 ? tw_part_list_make(list, COUNTS, d->probes) : NULL;
    for (size_t k = 0; counts != NULL && k < d->probes; k++)
        counts[k] = (double)d->counts[k];
    if (nodes > 0) {
        tw_part_list_add(list, "", NODES, nodes, d->nodes);
        tw_part_list_add(list, "", WEIGHTS, nodes, d->weights);
    }
    tw_spectrum_parts_of_density(list, d);
}

static void add_all(const tw_spectrum_walk *walk, tw_part_list *list) {
    const tw_curvature_report *r = &walk->result->report;
    double *work = tw_part_list_make(list, WORK, 1), *unit = tw_part_list_make(list, UNIT, 3);
    double *stages = tw_part_list_make(list, STAGES, TW_SPECTRUM_STAGES);
    if (work == NULL || unit == NULL || stages == NULL)
        return;
    count_stages(walk, stages);
    *work = (double)walk->opened;
    for (int k = 0; k < TW_SPECTRUM_STAGES; k++)
        *work += stages[k];
    if (walk->curvature != NULL && tw_curvature_has_unit(walk->curvature))
        *unit = tw_curvature_unit(walk->curvature);
    if (walk->curvature != NULL)
        tw_curvature_errors(walk->curvature, unit + 1);
    if (r->eigenvalue_count > 0) {
        tw_part_list_add(list, "", EIGENVALUES, r->eigenvalue_count, r->eigenvalues);
        tw_part_list_add(list, "", DIAGONAL, walk->model->size, walk->diagonal);
    }
    tw_spectrum_parts_of_columns(list, &walk->columns);
    if (r->trace.draws > 0)
        tw_part_list_add(list, "", DRAWS, r->trace.draws * (r->trace.block_count + 1),
                         r->trace.values);
    tw_spectrum_parts_of_trace(list, &r->trace);
    add_density(list, &r->density);
    add_left(walk, list);
}

static tw_status write_file(tw_spectrum_walk *walk) {
    tw_part_list list = {0};
    size_t count = 0;
    const tw_spectrum_part *search = NULL;
    tw_status status = TW_OK;
    if (walk->search != NULL && walk->taken[TW_SPECTRUM_SEARCH])
        status = tw_spectrum_state(walk->search, &count, &search);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        tw_part_list_add(&list, SEARCH, search[k].name, search[k].count, search[k].values);
    if (status == TW_OK)
        add_all(walk, &list);
    if (status == TW_OK && list.failed)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to save it");
    if (status == TW_OK)
        status = tw_state_write(walk->kept, TW_SPECTRUM_STATE_KIND, list.count, list.parts,
                                &walk->kept_made);
    tw_part_list_release(&list);
    return status;
}

/* A place that takes no file is no reason to end what has none yet. */
void tw_spectrum_keep_step(tw_spectrum_walk *walk, int now) {
    double begun = tw_clock_seconds();
    if (walk->claim == NULL || (!now && begun - walk->saved_at < walk->interval))
        return;
    if (write_file(walk) == TW_OK) {
        walk->saved = !walk->refused;
        walk->failed = 0;
    } else {
        if (!walk->failed)
            tw_study_say(walk->study, "note: it goes on, but cannot be resumed from here: %s",
                         tw_message());
        walk->failed = 1;
        tw_message_clear();
    }
    walk->saved_at = tw_clock_seconds();
    walk->interval = fmax(walk->interval, SAVE_SHARE * (walk->saved_at - begun));
}

void tw_spectrum_keep_forget(tw_spectrum_walk *walk) {
    if (walk->claim == NULL)
        return;
    unlink(walk->kept);
    tw_part_remove_left(walk->kept); /* of one that was killed in a save */
}

void tw_spectrum_keep_end(tw_spectrum_walk *walk) {
    tw_descent_parts_free(walk->parts_count, walk->parts);
    walk->parts = NULL;
    walk->parts_count = 0;
    tw_claim_release(walk->claim);
    walk->claim = NULL;
    free(walk->kept);
    walk->kept = NULL;
    tw_provenance_release(&walk->kept_made);
}

/* ---- going on ---- */

tw_status tw_spectrum_keep_matrix(tw_spectrum_walk *walk) {
    const tw_descent_part *unit = part(walk, UNIT);
    if (unit == NULL)
        return TW_OK;
    int whole = unit->count == 3 && tw_part_is_finite(unit);
    if (!whole || !(unit->values[0] == 0 || tw_is_unit(unit->values[0])))
        return refuse(walk,
                      tw_fail(TW_ERR_FORMAT, "'%s': its unit is no power of two", walk->kept));
    if (!tw_curvature_has_unit(walk->curvature))
        tw_curvature_set_unit(walk->curvature, unit->values[0]);
    tw_curvature_set_errors(walk->curvature, unit->values + 1);
    return TW_OK;
}

tw_status tw_spectrum_keep_exact(tw_spectrum_walk *walk, size_t count, int *there) {
    const tw_descent_part *values = part(walk, EIGENVALUES), *diagonal = part(walk, DIAGONAL);
    if ((values != NULL && (values->count != count || !tw_part_is_finite(values))) ||
        (diagonal != NULL &&
         (diagonal->count != walk->model->size || !tw_part_is_finite(diagonal))))
        return refuse(walk,
                      tw_fail(TW_ERR_FORMAT, "'%s': its eigenvalues are not those of the matrix",
                              walk->kept));
    *there = values != NULL && diagonal != NULL;
    tw_status status = TW_OK;
    if (*there) {
        memcpy(walk->result->report.eigenvalues, values->values, count * sizeof(double));
        memcpy(walk->diagonal, diagonal->values, diagonal->count * sizeof(double));
    } else {
        status = tw_spectrum_parts_to_columns(walk->parts_count, walk->parts, &walk->columns);
    }
    walk->taken[TW_SPECTRUM_EXACT] = status == TW_OK;
    return status == TW_OK ? TW_OK : refuse(walk, tw_fail_prefix(status, "'%s'", walk->kept));
}

tw_status tw_spectrum_keep_search(tw_spectrum_walk *walk) {
    tw_spectrum_part parts[MOST_PARTS];
    size_t count = 0, before = strlen(SEARCH);
    for (size_t k = 0; k < walk->parts_count && count < MOST_PARTS; k++) {
        const tw_descent_part *p = &walk->parts[k];
        if (strncmp(p->name, SEARCH, before) == 0)
            parts[count++] = (tw_spectrum_part){p->name + before, p->count, p->values};
    }
    tw_status status = count > 0 ? tw_spectrum_restore(walk->search, count, parts) : TW_OK;
    walk->taken[TW_SPECTRUM_SEARCH] = status == TW_OK;
    return status == TW_OK ? TW_OK : refuse(walk, tw_fail_prefix(status, "'%s'", walk->kept));
}

/* Draws, and what stands between them. */
static tw_status take_trace(tw_spectrum_walk *walk, size_t blocks) {
    tw_trace_result *t = &walk->result->report.trace;
    const tw_descent_part *draws = part(walk, DRAWS);
    size_t count = draws != NULL ? draws->count : 0, made = count / (blocks + 1);
    if (count % (blocks + 1) != 0)
        return tw_fail(TW_ERR_FORMAT, "its draws are of other blocks");
    if (draws != NULL && !tw_part_is_finite(draws))
        return tw_fail(TW_ERR_FORMAT, "its draws are no numbers");
    *t = (tw_trace_result){.method = TW_TRACE_HUTCHINSON,
                           .block_count = blocks,
                           .draws = made,
                           .products = made,
                           .room = made,
                           .blocks = tw_alloc(blocks, sizeof *t->blocks),
                           .values = tw_alloc(count + 1, sizeof *t->values)};
    if (t->blocks == NULL || t->values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu draws", t->draws);
    if (count > 0)
        memcpy(t->values, draws->values, count * sizeof *t->values);
    return tw_spectrum_parts_to_trace(walk->parts_count, walk->parts, walk->model->size, blocks, t);
}

tw_status tw_spectrum_keep_trace(tw_spectrum_walk *walk) {
    size_t blocks;
    tw_probe_block *moving;
    if (part(walk, DRAWS) == NULL && part(walk, "trace.rest") == NULL) {
        walk->taken[TW_SPECTRUM_TRACE] = 1;
        return TW_OK;
    }
    tw_status status = tw_probe_blocks(walk->curvature, &blocks, &moving);
    if (status != TW_OK)
        return status;
    free(moving);
    status = take_trace(walk, blocks);
    walk->taken[TW_SPECTRUM_TRACE] = status == TW_OK;
    if (status == TW_OK)
        return TW_OK;
    tw_trace_release(&walk->result->report.trace);
    return refuse(walk, tw_fail_prefix(status, "'%s'", walk->kept));
}

static tw_status take_nodes(tw_spectrum_walk *walk) {
    tw_density *d = &walk->result->report.density;
    const tw_descent_part *nodes = part(walk, NODES), *weights = part(walk, WEIGHTS),
                          *counts = part(walk, COUNTS);
    if (nodes == NULL || weights == NULL || counts == NULL || counts->count == 0)
        return TW_OK;
    size_t probes = counts->count, steps = nodes->count / probes;
    int good = nodes->count == probes * steps && weights->count == nodes->count &&
               tw_part_is_finite(nodes) && tw_part_is_finite(weights);
    for (size_t k = 0; k < probes && good; k++)
        good = counts->values[k] >= 1 && counts->values[k] <= (double)steps &&
               counts->values[k] == floor(counts->values[k]);
    if (!good)
        return tw_fail(TW_ERR_FORMAT, "its nodes are no density");
    *d = (tw_density){.dimension = 0,
                      .probes = probes,
                      .steps = steps,
                      .counts = tw_alloc(probes, sizeof *d->counts),
                      .nodes = tw_alloc(nodes->count, sizeof *d->nodes),
                      .weights = tw_alloc(nodes->count, sizeof *d->weights)};
    if (d->counts == NULL || d->nodes == NULL || d->weights == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu nodes", nodes->count);
    for (size_t k = 0; k < probes; k++) {
        d->counts[k] = (size_t)counts->values[k];
        d->products += d->counts[k];
    }
    memcpy(d->nodes, nodes->values, nodes->count * sizeof *d->nodes);
    memcpy(d->weights, weights->values, nodes->count * sizeof *d->weights);
    return TW_OK;
}

tw_status tw_spectrum_keep_density(tw_spectrum_walk *walk) {
    tw_density *density = &walk->result->report.density;
    tw_status status = take_nodes(walk);
    if (status == TW_OK)
        status = tw_spectrum_parts_to_density(walk->parts_count, walk->parts, walk->model->size,
                                              density);
    walk->taken[TW_SPECTRUM_DENSITY] = status == TW_OK;
    if (status == TW_OK)
        return TW_OK;
    tw_density_release(density);
    return refuse(walk, tw_fail_prefix(status, "'%s'", walk->kept));
}
