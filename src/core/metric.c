/* metric.c: metrics, and the one place where their names are made and read. */
#include "thalweg/metric.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* The peer's layout says "acc" and means per cent. */
static const char ERROR[] = "_se", LOSS[] = "loss", SHARE[] = "accuracy", SHARE_IN_FILES[] = "acc",
                  OF_PARAMETERS[] = "regularizer";
static const char *const bands[] = {
    [TW_BAND_NONE] = "", [TW_BAND_LEAST] = "_min", [TW_BAND_GREATEST] = "_max"};
static const char *const splits[] = {"train", "test"};

/* ---- parts of texts ---- */

typedef struct text {
    const char *at;
    size_t length;
} text;

static text text_of(const char *string) {
    return (text){string, strlen(string)};
}

static int is_text(text a, const char *string) {
    return a.length == strlen(string) && memcmp(a.at, string, a.length) == 0;
}

/* Takes an ending off, where something is left of the text then. */
static int take_ending(text *from, const char *ending) {
    size_t length = strlen(ending);
    if (length == 0 || from->length <= length ||
        memcmp(from->at + from->length - length, ending, length) != 0)
        return 0;
    from->length -= length;
    return 1;
}

/* What follows the last '_', or all of it. */
static text last_word(text whole) {
    size_t start = whole.length;
    while (start > 0 && whole.at[start - 1] != '_')
        start--;
    return (text){whole.at + start, whole.length - start};
}

/* ---- from names ---- */

/* The texts that a name is made of, and what it says beside them. */
typedef struct reading {
    text split, name;
    int is_share;
    tw_metric metric;
} reading;

static text take_known_split(text *rest) {
    for (size_t k = 0; k < sizeof splits / sizeof splits[0]; k++) {
        size_t length = strlen(splits[k]);
        if (rest->length > length + 1 && rest->at[length] == '_' &&
            memcmp(rest->at, splits[k], length) == 0) {
            text split = {rest->at, length};
            *rest = (text){rest->at + length + 1, rest->length - length - 1};
            return split;
        }
    }
    return (text){NULL, 0};
}

/* "val" of "val_loss": splits of other people's files. */
static text take_other_split(text *rest) {
    text last = last_word(*rest);
    if (rest->length < last.length + 2 || !(is_text(last, LOSS) || is_text(last, SHARE_IN_FILES)))
        return (text){NULL, 0};
    text split = {rest->at, rest->length - last.length - 1};
    *rest = last;
    return split;
}

static reading read_name(const char *name, tw_spelling spelling) {
    reading r = {.name = text_of(name)};
    for (tw_metric_band band = TW_BAND_LEAST; band <= TW_BAND_GREATEST; band++)
        if (r.metric.band == TW_BAND_NONE && take_ending(&r.name, bands[band]))
            r.metric.band = band;
    r.metric.is_error = take_ending(&r.name, ERROR);
    if (spelling == TW_SPELT_IN_FILES) {
        r.split = take_known_split(&r.name);
        if (r.split.at == NULL)
            r.split = take_other_split(&r.name);
        r.is_share = r.name.at > name && is_text(last_word(r.name), SHARE_IN_FILES);
    } else {
        r.is_share = is_text(r.name, SHARE);
    }
    r.metric.unit = r.is_share ? TW_METRIC_PERCENT : TW_METRIC_NUMBER;
    r.metric.of_parameters = is_text(r.name, OF_PARAMETERS);
    return r;
}

/* ---- lists ---- */

/* Room for `count` metrics and the end, and behind them for `bytes` of texts at *texts. */
static tw_metric *new_list(size_t count, size_t bytes, char **texts) {
    size_t metrics, all;
    if (__builtin_mul_overflow(count + 1, sizeof(tw_metric), &metrics) ||
        __builtin_add_overflow(metrics, bytes, &all))
        return NULL;
    tw_metric *list = tw_alloc(1, all);
    *texts = (char *)list + metrics;
    return list;
}

/* Puts a text in place and steps over it; a NULL stays one. */
static const char *put(char **texts, text from) {
    if (from.at == NULL)
        return NULL;
    char *to = *texts;
    memcpy(to, from.at, from.length);
    to[from.length] = '\0';
    *texts += from.length + 1;
    return to;
}

/* The name of a share in full: that in files ends with another word. */
static const char *put_share(char **texts, text name) {
    char *to = *texts;
    size_t head = name.length - last_word(name).length;
    memcpy(to, name.at, head);
    strcpy(to + head, SHARE);
    *texts += head + sizeof SHARE;
    return to;
}

tw_metric *tw_metrics_read(size_t count, const char *const *names, tw_spelling spelling) {
    size_t bytes = 0;
    char *texts;
    for (size_t k = 0; k < count; k++) /* two texts, one of them with a longer word for a share */
        bytes += strlen(names[k]) + 2 + sizeof SHARE;
    tw_metric *list = new_list(count, bytes, &texts);
    for (size_t k = 0; list != NULL && k < count; k++) {
        reading r = read_name(names[k], spelling);
        list[k] = r.metric;
        list[k].split = put(&texts, r.split);
        list[k].name = r.is_share ? put_share(&texts, r.name) : put(&texts, r.name);
    }
    return list;
}

tw_metric *tw_metrics_copy(const tw_metric *metrics) {
    size_t count = 0, bytes = 0;
    char *texts;
    for (; metrics[count].name != NULL; count++)
        bytes += strlen(metrics[count].name) + 1 +
                 (metrics[count].split != NULL ? strlen(metrics[count].split) + 1 : 0);
    tw_metric *list = new_list(count, bytes, &texts);
    for (size_t k = 0; list != NULL && k < count; k++) {
        list[k] = metrics[k];
        list[k].name = put(&texts, text_of(metrics[k].name));
        if (metrics[k].split != NULL)
            list[k].split = put(&texts, text_of(metrics[k].split));
    }
    return list;
}

/* ---- to names ---- */

/* What a name is put together of, in this order. */
enum { SPLIT, UNDERSCORE, NAME, WORD, OWN_ERROR, BAND, PARTS };

static void take_apart(const tw_metric *metric, tw_spelling spelling, text parts[PARTS]) {
    text name = text_of(metric->name), last = last_word(name);
    for (int k = 0; k < PARTS; k++)
        parts[k] = text_of("");
    if (metric->split != NULL) {
        parts[SPLIT] = text_of(metric->split);
        parts[UNDERSCORE] = text_of("_");
    }
    parts[NAME] = name;
    if (spelling == TW_SPELT_IN_FILES && metric->unit == TW_METRIC_PERCENT &&
        is_text(last, SHARE)) {
        parts[NAME].length -= last.length;
        parts[WORD] = text_of(SHARE_IN_FILES);
    }
    if (metric->is_error)
        parts[OWN_ERROR] = text_of(ERROR);
    parts[BAND] = text_of(bands[metric->band]);
}

void tw_metric_print(const tw_metric *metric, tw_spelling spelling, char *out, size_t size) {
    text parts[PARTS];
    take_apart(metric, spelling, parts);
    for (int k = 0; k < PARTS && size > 0; k++) {
        size_t length = parts[k].length < size ? parts[k].length : size - 1;
        memcpy(out, parts[k].at, length);
        out += length;
        size -= length;
    }
    if (size > 0)
        *out = '\0';
}

char *tw_metric_name(const tw_metric *metric, tw_spelling spelling) {
    text parts[PARTS];
    size_t size = 1;
    take_apart(metric, spelling, parts);
    for (int k = 0; k < PARTS; k++)
        size += parts[k].length;
    char *made = tw_alloc(size, 1);
    if (made != NULL)
        tw_metric_print(metric, spelling, made, size);
    return made;
}

/* ---- what they are ---- */

static int same_text(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

int tw_metric_same(const tw_metric *a, const tw_metric *b) {
    return strcmp(a->name, b->name) == 0 && same_text(a->split, b->split) && a->unit == b->unit &&
           a->band == b->band && (a->is_error != 0) == (b->is_error != 0);
}

int tw_metrics_find(const tw_metric *metrics, const tw_metric *wanted) {
    for (int k = 0; metrics[k].name != NULL; k++)
        if (tw_metric_same(&metrics[k], wanted))
            return k;
    return -1;
}

static int is_value(const tw_metric *metric) {
    return !metric->is_error && metric->band == TW_BAND_NONE;
}

int tw_metric_is_curvature(const tw_metric *metric) {
    static const char *const names[] = {TW_METRIC_MIN_EIG, TW_METRIC_MAX_EIG,
                                        TW_METRIC_MIN_EIG_ERROR, TW_METRIC_MAX_EIG_ERROR,
                                        TW_METRIC_EIG_PRODUCTS};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (strcmp(metric->name, names[k]) == 0)
            return 1;
    return 0;
}

int tw_metric_is_loss(const tw_metric *metric) {
    return is_value(metric) && is_text(last_word(text_of(metric->name)), LOSS);
}

int tw_metric_is_share(const tw_metric *metric) {
    return is_value(metric) && metric->unit == TW_METRIC_PERCENT;
}

double tw_metric_scale(const tw_metric *metric) {
    return metric->unit == TW_METRIC_PERCENT ? 100 : 1;
}
