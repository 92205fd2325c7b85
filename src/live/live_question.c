#include "live/live_question.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format/json_pull.h"
#include "thalweg/words.h"

enum { FEWEST = 2, USUAL = 21 };

typedef struct given {
    size_t x, y, points; /* how many numbers each has */
} given;

/* The number that comes next; a fault where it is none. */
static double take_number(tw_json_pull *json) {
    char text[40];
    size_t length = 0;
    double value = NAN;
    (void)tw_json_pull_takes(json, '\1'); /* passes over blanks */
    while (json->fault == NULL && json->position < json->size && length + 1 < sizeof text &&
           strchr("+-.0123456789eE", json->text[json->position]) != NULL &&
           json->text[json->position] != '\0')
        text[length++] = json->text[json->position++];
    text[length] = '\0';
    if (json->fault == NULL && (length == 0 || tw_text_number("", text, &value) != TW_OK))
        json->fault = "no number where one should be";
    return value;
}

/* One number, or a list of at most two. */
static size_t take_numbers(tw_json_pull *json, double out[2]) {
    size_t count = 0;
    int first = 1;
    if (!tw_json_pull_takes(json, '[')) {
        out[0] = take_number(json);
        return 1;
    }
    while (tw_json_pull_more(json, ']', &first)) {
        double value = take_number(json);
        if (count == 2 && json->fault == NULL)
            json->fault = "more than two numbers";
        if (json->fault != NULL)
            break;
        out[count++] = value;
    }
    return count;
}

static tw_status check(const tw_live_question *q, const given *has, size_t most) {
    const int sides = q->kind != TW_LIVE_POINT;
    const size_t wanted = sides ? 2 : 1;
    if (has->x != wanted || (has->y != wanted && has->y != 0))
        return tw_fail(TW_ERR_ARGUMENT, "x and y must have %zu number%s each", wanted,
                       wanted == 1 ? "" : "s");
    if (!sides)
        return TW_OK;
    if (q->points < FEWEST ||
        q->points > (q->kind == TW_LIVE_ZOOM && has->y > 0 ? most / q->points : most))
        return tw_fail(TW_ERR_ARGUMENT, "points: %zu is not between %d and what %zu in all allow",
                       q->points, FEWEST, most);
    if (q->kind == TW_LIVE_ZOOM && (!(q->x[0] < q->x[1]) || (has->y > 0 && !(q->y[0] < q->y[1]))))
        return tw_fail(TW_ERR_ARGUMENT, "a rectangle without an inside");
    if (q->kind == TW_LIVE_LINE && q->x[0] == q->x[1] && q->y[0] == q->y[1])
        return tw_fail(TW_ERR_ARGUMENT, "a line between a point and itself");
    if (!isfinite(q->x[1] - q->x[0]) || !isfinite(q->y[1] - q->y[0]))
        return tw_fail(TW_ERR_ARGUMENT, "the sides are too long");
    return TW_OK;
}

static void take_member(tw_json_pull *json, const char *name, tw_live_question *q, given *has) {
    if (strcmp(name, "x") == 0)
        has->x = take_numbers(json, q->x);
    else if (strcmp(name, "y") == 0)
        has->y = take_numbers(json, q->y);
    else if (strcmp(name, "points") == 0)
        q->points = (size_t)tw_json_pull_whole(json);
    else
        tw_json_pull_skip(json);
}

tw_status tw_live_question_read(tw_live_kind kind, size_t size, const char *text, size_t most,
                                tw_live_question *out) {
    tw_json_pull json = {.text = text, .size = size};
    given has = {0};
    int first = 1;
    *out = (tw_live_question){.kind = kind, .points = USUAL};
    if (kind == TW_LIVE_STOP)
        return TW_OK;
    tw_json_pull_expect(&json, '{');
    while (tw_json_pull_more(&json, '}', &first)) {
        char *name = tw_json_pull_string(&json);
        tw_json_pull_expect(&json, ':');
        if (name != NULL && json.fault == NULL)
            take_member(&json, name, out, &has);
        free(name);
        if (json.fault != NULL || name == NULL)
            break;
    }
    tw_json_pull_end(&json);
    if (json.fault != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "no JSON that is a question: %s", json.fault);
    out->has_y = has.y > 0;
    return check(out, &has, most);
}
