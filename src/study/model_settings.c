/* What can be set of some kinds of model only. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "study/model_kind.h"

const tw_setting_spec tw_model_reg_settings[] = {
    {"reg", TW_SETTING_NUMBER, "R", TW_RANGE_NOT_NEGATIVE, .fallback = "0",
     .help = "regularisation: R times the sum of the squared parameters joins the loss",
     .usual = 1},
    {NULL},
};

const tw_setting_spec tw_model_data_settings[] = {
    {"example", TW_SETTING_SIZE, "K", .help = "use this one example only, counted from 0"},
    {NULL},
};

/* The table that a kind has at `index`; NULL past the end. */
static const tw_setting_spec *table_at(const tw_model_kind *kind, size_t index) {
    static const tw_setting_spec none[] = {{NULL}};
    const tw_setting_spec *tables[] = {
        kind->uses & TW_USES_REG ? tw_model_reg_settings : none,
        kind->settings != NULL ? kind->settings : none,
        kind->uses & TW_USES_DATA ? tw_model_data_settings : none,
    };
    return index < sizeof tables / sizeof tables[0] ? tables[index] : NULL;
}

/* The kind's setting of that name, or NULL. */
static const tw_setting_spec *find(const tw_model_kind *kind, const char *name) {
    const tw_setting_spec *spec;
    for (size_t k = 0; (spec = table_at(kind, k)) != NULL; k++)
        for (; spec->name != NULL; spec++)
            if (strcmp(spec->name, name) == 0)
                return spec;
    return NULL;
}

/* The last of that name that is given. */
static const char *given_text(const tw_model_plan *plan, const char *name) {
    const tw_settings *given = &plan->options.settings;
    for (size_t k = given->count; k-- > 0;)
        if (strcmp(given->items[k].name, name) == 0)
            return given->items[k].text;
    return NULL;
}

int tw_model_setting_given(const tw_model_plan *plan, const char *name) {
    return given_text(plan, name) != NULL;
}

const char *tw_model_setting_text(const tw_model_plan *plan, const char *name) {
    const char *text = given_text(plan, name);
    const tw_setting_spec *spec = find(plan->kind, name);
    return text != NULL ? text : spec != NULL ? spec->fallback : NULL;
}

double tw_model_setting_number(const tw_model_plan *plan, const char *name) {
    const char *text = tw_model_setting_text(plan, name);
    double value;
    return text != NULL && tw_text_number(name, text, &value) == TW_OK ? value : NAN;
}

size_t tw_model_setting_size(const tw_model_plan *plan, const char *name) {
    const char *text = tw_model_setting_text(plan, name);
    uint64_t value;
    return text != NULL && tw_text_whole(name, text, &value) == TW_OK ? (size_t)value : TW_UNSET;
}

int tw_model_setting_choice(const tw_model_plan *plan, const char *name) {
    const char *text = tw_model_setting_text(plan, name);
    const tw_setting_spec *spec = find(plan->kind, name);
    return text != NULL && spec != NULL ? tw_text_find(text, spec->choices) : -1;
}

static tw_status check_range(const tw_setting_spec *spec, const char *text, double value) {
    if ((spec->range == TW_RANGE_POSITIVE && value <= 0) ||
        (spec->range == TW_RANGE_NOT_NEGATIVE && value < 0))
        return tw_fail(TW_ERR_ARGUMENT, "--%s: '%s' must be %s", spec->name, text,
                       spec->range == TW_RANGE_POSITIVE ? "greater than 0" : "0 or greater");
    return TW_OK;
}

static tw_status check_text(const tw_setting_spec *spec, const char *text) {
    char name[64];
    double number = 0;
    uint64_t whole = 0;
    tw_status status = TW_OK;
    snprintf(name, sizeof name, "--%s", spec->name);
    if (text[0] == '\0')
        return tw_fail(TW_ERR_ARGUMENT, "%s: the value is empty", name);
    if (spec->type == TW_SETTING_NUMBER)
        status = tw_text_number(name, text, &number);
    if (spec->type == TW_SETTING_SIZE) {
        status = spec->range == TW_RANGE_POSITIVE ? tw_text_count(name, text, &whole)
                                                  : tw_text_whole(name, text, &whole);
        if (status == TW_OK && whole >= SIZE_MAX / 2)
            status = tw_fail(TW_ERR_ARGUMENT, "%s: '%s' is too large", name, text);
        number = (double)whole;
    }
    if (spec->type == TW_SETTING_CHOICE && tw_text_find(text, spec->choices) < 0)
        status = tw_fail_prefix(tw_text_unknown("name", text, spec->choices), "%s", name);
    if (status == TW_OK && (spec->type == TW_SETTING_NUMBER || spec->type == TW_SETTING_SIZE))
        status = check_range(spec, text, number);
    return status;
}

tw_status tw_model_settings_check(const tw_model_plan *plan) {
    const tw_settings *given = &plan->options.settings;
    for (size_t k = 0; k < given->count; k++) {
        const tw_setting *setting = &given->items[k];
        const tw_setting_spec *spec = find(plan->kind, setting->name);
        if (spec == NULL)
            return tw_fail(TW_ERR_ARGUMENT, "--%s: '%s' is %s, which does not use it",
                           setting->name, plan->spec, plan->kind->noun);
        tw_status status = check_text(spec, setting->text);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}
