/* plugin_facts.c: what a plug-in says of itself is believed only after it was checked. */
#include <stdint.h>
#include <string.h>

#include "plugin/plugin_private.h"

_Static_assert(sizeof((tw_plugin_block *)0)->shape == sizeof((tw_block *)0)->shape, "ranks differ");
_Static_assert((int)TW_PLUGIN_WEIGHT == TW_ROLE_WEIGHT && (int)TW_PLUGIN_BIAS == TW_ROLE_BIAS &&
                   (int)TW_PLUGIN_NORM == TW_ROLE_NORM && (int)TW_PLUGIN_BUFFER == TW_ROLE_BUFFER,
               "roles differ");

enum { LONGEST_NAME = 47 };

/* Names go into files, tables and the protocol of programs. */
static tw_status check_name(const char *what, size_t index, const char *name) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "_-.";
    if (name == NULL || name[0] == '\0')
        return tw_fail(TW_ERR_FORMAT, "%s %zu has no name", what, index);
    size_t length = strnlen(name, LONGEST_NAME + 1);
    if (length > LONGEST_NAME)
        return tw_fail(TW_ERR_FORMAT, "%s %zu: its name is longer than %d characters", what, index,
                       LONGEST_NAME);
    if (strspn(name, allowed) != length || strspn(name, ".") == length)
        return tw_fail(TW_ERR_FORMAT,
                       "%s %zu: its name may have only letters, digits, '_', '-' and '.'", what,
                       index);
    return TW_OK;
}

static tw_status check_metric(const tw_plugin_facts *facts, size_t index) {
    const char *name = facts->metrics[index];
    tw_status status = check_name("metric", index, name);
    if (status != TW_OK)
        return status;
    if (strcmp(name, "loss") == 0)
        return tw_fail(TW_ERR_FORMAT, "metric %zu: 'loss' is the name of the value itself", index);
    for (size_t k = 0; k < index; k++)
        if (strcmp(name, facts->metrics[k]) == 0)
            return tw_fail(TW_ERR_FORMAT, "metrics %zu and %zu are both called '%s'", k, index,
                           name);
    return TW_OK;
}

static tw_status read_metrics(const tw_plugin_facts *facts, tw_metric **out) {
    const char *names[1 + TW_PLUGIN_METRICS] = {"loss"};
    if (facts->metric_count > TW_PLUGIN_METRICS)
        return tw_fail(TW_ERR_FORMAT, "it has %zu metrics, more than %d", facts->metric_count,
                       TW_PLUGIN_METRICS);
    if (facts->metric_count > 0 && facts->metrics == NULL)
        return tw_fail(TW_ERR_FORMAT, "its %zu metrics have no names (metrics is NULL)",
                       facts->metric_count);
    for (size_t k = 0; k < facts->metric_count; k++) {
        tw_status status = check_metric(facts, k);
        if (status != TW_OK)
            return status;
        names[k + 1] = facts->metrics[k];
    }
    *out = tw_metrics_read(1 + facts->metric_count, names, TW_SPELT_IN_FULL);
    return *out != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for its metrics");
}

static tw_status add_block(tw_space *space, const tw_plugin_block *from, size_t index) {
    tw_status status = check_name("block", index, from->name);
    if (status != TW_OK)
        return status;
    if (from->role < TW_PLUGIN_WEIGHT || from->role > TW_PLUGIN_BUFFER)
        return tw_fail(TW_ERR_FORMAT, "block '%s': %d is not a role", from->name, from->role);
    tw_block block = {
        .name = from->name,
        .rank = from->rank,
        .role = (tw_role)from->role,
        .filter_axis = from->filter_axis,
    };
    memcpy(block.shape, from->shape, sizeof block.shape);
    status = tw_space_add(space, &block);
    return status == TW_ERR_ARGUMENT ? TW_ERR_FORMAT : status; /* its words say it already */
}

static tw_status read_blocks(const tw_plugin_facts *facts, tw_space **out) {
    if (facts->block_count == 0)
        return TW_OK;
    if (facts->blocks == NULL)
        return tw_fail(TW_ERR_FORMAT, "its %zu blocks are missing (blocks is NULL)",
                       facts->block_count);
    tw_status status = tw_space_new(out);
    /* Every block has an entry at least, so that a wild count ends before a wild read. */
    for (size_t k = 0; k < facts->block_count && status == TW_OK; k++) {
        status = add_block(*out, &facts->blocks[k], k);
        if (status == TW_OK && tw_space_size(*out) > facts->size)
            return tw_fail(TW_ERR_FORMAT,
                           "its blocks have more entries (%zu with '%s') than it has parameters "
                           "(%zu)",
                           tw_space_size(*out), facts->blocks[k].name, facts->size);
    }
    if (status == TW_OK && tw_space_size(*out) != facts->size)
        return tw_fail(TW_ERR_FORMAT, "its %zu blocks have %zu entries, but it has %zu parameters",
                       facts->block_count, tw_space_size(*out), facts->size);
    return status;
}

tw_status tw_plugin_check_facts(const tw_plugin_facts *facts, tw_metric **metrics,
                                tw_objective_traits *traits) {
    if (facts->size == 0 || facts->size > PTRDIFF_MAX / sizeof(double))
        return tw_fail(TW_ERR_FORMAT, "it has %zu parameters: size must be between 1 and %zu",
                       facts->size, (size_t)PTRDIFF_MAX / sizeof(double));
    if (!(facts->noise >= 0 && facts->noise < 1))
        return tw_fail(TW_ERR_FORMAT,
                       "its noise is %g: it must be 0 (not known) or between 0 and 1",
                       facts->noise);
    traits->noise = facts->noise;
    traits->samples = facts->samples;
    traits->start = facts->start;
    traits->lower = facts->lower;
    traits->upper = facts->upper;
    tw_status status = read_metrics(facts, metrics);
    traits->metrics = *metrics;
    return status == TW_OK ? read_blocks(facts, &traits->space) : status;
}
