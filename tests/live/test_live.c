/* Live pages without HTTP: what may be asked, who may ask, answers, and what pages receive. */
#include <math.h>

#include "live/live_answer.h"
#include "live/live_guard.h"
#include "live/live_stream.h"
#include "live_scene.h"

/* ---- questions ---- */

static tw_status ask(tw_live_kind kind, const char *text, tw_live_question *out) {
    return tw_live_question_read(kind, strlen(text), text, 1000, out);
}

static void questions_are_read(void **state) {
    tw_live_question q;
    assert_ok(
        ask(TW_LIVE_ZOOM, "{\"x\": [-1, 1e-1], \"y\":[0,2], \"points\": 5, \"more\": {}}", &q));
    assert_true(q.x[0] == -1 && q.x[1] == 0.1 && q.y[0] == 0 && q.y[1] == 2);
    assert_int_equal(q.points, 5);
    assert_ok(ask(TW_LIVE_ZOOM, " { \"x\" : [ 0 , 1 ] } ", &q));
    assert_int_equal(q.points, 21);
    assert_ok(ask(TW_LIVE_POINT, "{\"x\": -0.5, \"y\": 3}", &q));
    assert_true(q.x[0] == -0.5 && q.y[0] == 3);
    assert_ok(ask(TW_LIVE_LINE, "{\"x\":[0,0],\"y\":[0,1],\"points\":1000}", &q));
}

static void what_is_no_question_is_refused(void **state) {
    static const struct {
        tw_live_kind kind;
        const char *text;
    } wrong[] = {
        {TW_LIVE_ZOOM, ""},
        {TW_LIVE_ZOOM, "null"},
        {TW_LIVE_ZOOM, "[]"},
        {TW_LIVE_ZOOM, "{"},
        {TW_LIVE_ZOOM, "{}"},
        {TW_LIVE_ZOOM, "{\"x\":[0,1]} x"},
        {TW_LIVE_ZOOM, "{\"x\":[0,1"},
        {TW_LIVE_ZOOM, "{\"x\":[0]}"},
        {TW_LIVE_ZOOM, "{\"x\":[0,1,2]}"},
        {TW_LIVE_ZOOM, "{\"x\":[1,0],\"y\":[0,1]}"},
        {TW_LIVE_ZOOM, "{\"x\":[0,0],\"y\":[0,1]}"},
        {TW_LIVE_ZOOM, "{\"x\":[0,1e999]}"},
        {TW_LIVE_ZOOM, "{\"x\":[0,nan]}"},
        {TW_LIVE_ZOOM, "{\"x\":[-1e308,1e308]}"},
        {TW_LIVE_ZOOM, "{\"x\":[0,1],\"y\":[0,1],\"points\":32}"},
        {TW_LIVE_ZOOM, "{\"x\":[0,1],\"y\":[0,1],\"points\":1}"},
        {TW_LIVE_ZOOM, "{\"x\":[0,1],\"y\":[0,1],\"points\":-3}"},
        {TW_LIVE_ZOOM, "{\"x\":[0,1],\"y\":[0,1],\"points\":18446744073709551615}"},
        {TW_LIVE_POINT, "{\"x\":[0,1]}"},
        {TW_LIVE_POINT, "{\"x\":\"0\"}"},
        {TW_LIVE_POINT, "{\"x\":0x10}"},
        {TW_LIVE_LINE, "{\"x\":[0,0],\"y\":[1,1]}"},
        {TW_LIVE_LINE, "{\"x\":[0,1],\"points\":1001}"},
    };
    tw_live_question q;
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++)
        if (ask(wrong[k].kind, wrong[k].text, &q) != TW_ERR_ARGUMENT)
            fail_msg("'%s' is taken for a question", wrong[k].text);
    char deep[4096];
    memset(deep, '[', sizeof deep);
    memcpy(deep, "{\"z\":", 5);
    assert_int_equal(tw_live_question_read(TW_LIVE_ZOOM, sizeof deep, deep, 1000, &q),
                     TW_ERR_ARGUMENT);
}

/* ---- who may ask ---- */

static void tokens_are_drawn_and_compared(void **state) {
    char one[TW_LIVE_TOKEN + 1], other[TW_LIVE_TOKEN + 1], path[100];
    const char *rest = NULL;
    assert_ok(tw_live_token_make(one));
    assert_ok(tw_live_token_make(other));
    assert_int_equal(strspn(one, "0123456789abcdef"), TW_LIVE_TOKEN);
    assert_string_not_equal(one, other);
    snprintf(path, sizeof path, "/%s/events", one);
    assert_true(tw_live_token_fits(one, path, &rest));
    assert_string_equal(rest, "events");
    assert_false(tw_live_token_fits(other, path, &rest));
    path[TW_LIVE_TOKEN] ^= 1;
    assert_false(tw_live_token_fits(one, path, &rest));
    snprintf(path, sizeof path, "/%.31s/", one);
    assert_false(tw_live_token_fits(one, path, &rest));
    assert_false(tw_live_token_fits(one, "/", &rest));
    assert_false(tw_live_token_fits(one, "", &rest));
}

static void hosts_and_origins(void **state) {
    static const char *const good[] = {"127.0.0.1:80", "localhost:80", "LocalHost:80", "[::1]:80"};
    static const char *const bad[] = {
        "",    "127.0.0.1", "localhost:81",  "evil.example:80", "localhost.evil.example:80",
        ":80", "[::1:80",   "127.0.0.1:80x", "127.0.0.1:080",   "192.168.0.1:80"};
    for (size_t k = 0; k < sizeof good / sizeof good[0]; k++)
        assert_true(tw_live_host_fits(good[k], "127.0.0.1", 80));
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
        assert_false(tw_live_host_fits(bad[k], "127.0.0.1", 80));
    assert_false(tw_live_host_fits(NULL, "127.0.0.1", 80));
    assert_true(tw_live_host_fits("192.168.0.1:80", "192.168.0.1", 80));
    assert_true(tw_live_host_fits("192.168.0.1:80", "0.0.0.0", 80));
    assert_false(tw_live_host_fits("evil.example:80", "0.0.0.0", 80));
    assert_true(tw_live_origin_fits(NULL, "localhost:80"));
    assert_true(tw_live_origin_fits("http://localhost:80", "localhost:80"));
    assert_false(tw_live_origin_fits("https://localhost:80", "localhost:80"));
    assert_false(tw_live_origin_fits("http://evil.example", "localhost:80"));
    assert_false(tw_live_origin_fits("null", "localhost:80"));
}

static void the_rate_is_kept(void **state) {
    tw_live_rate rate = {.rate = 50};
    size_t taken = 0;
    for (int k = 0; k < 1000; k++)
        taken += (size_t)tw_live_rate_take(&rate, 1 + k * 1e-6);
    assert_int_equal(taken, 50);
    for (int k = 0; k < 1000; k++)
        taken += (size_t)tw_live_rate_take(&rate, 3 + k * 1e-6);
    assert_int_equal(taken, 100);
}

/* ---- answers ---- */

typedef struct stage {
    live_scene scene;
    tw_live_hub hub;
} stage;

static int open_stage(void **state) {
    stage *s = calloc(1, sizeof *s);
    assert_non_null(s);
    live_scene_open(&s->scene);
    assert_ok(tw_live_hub_init(&s->hub));
    *state = s;
    return 0;
}

static int close_stage(void **state) {
    stage *s = *state;
    tw_live_hub_release(&s->hub);
    live_scene_close(&s->scene);
    free(s);
    return 0;
}

static void a_rectangle_is_a_survey_bit_for_bit(void **state) {
    stage *s = *state;
    const char *names[] = {"train_loss"};
    const tw_live_question q = {
        .kind = TW_LIVE_ZOOM, .x = {-0.3, 0.7}, .y = {0.1, 0.9}, .has_y = 1, .points = 9};
    const tw_axis x = {-0.3, 0.7, 9}, y = {0.1, 0.9, 9};
    tw_surface wanted;
    assert_true(tw_live_hub_ask(&s->hub, &q) > 0);
    assert_ok(tw_live_hub_serve(&s->hub, &s->scene.scene, 0));
    assert_ok(tw_surface_init(&wanted, &x, &y, 1, names));
    assert_ok(tw_survey_run(s->scene.objective, &s->scene.plane, NULL, &wanted));
    const tw_live_surface *got = &s->hub.surfaces[0];
    assert_int_equal(s->hub.shown, 1);
    assert_int_equal(got->count, 81);
    assert_memory_equal(got->surface.values, wanted.values, 81 * sizeof *wanted.values);
    tw_surface_release(&wanted);
}

/* From question to question, with the same values. */
static void the_span_is_kept(void **state) {
    stage *s = *state;
    tw_span *span = NULL, *first = NULL;
    tw_live_scene scene = s->scene.scene;
    scene.span = &span;
    for (int k = 0; k < 3; k++) {
        const tw_live_question q = {.kind = k == 1 ? TW_LIVE_POINT : TW_LIVE_ZOOM,
                                    .x = {-0.3 + k, 0.7 + k},
                                    .y = {0.1, 0.9},
                                    .has_y = 1,
                                    .points = 9};
        assert_true(tw_live_hub_ask(&s->hub, &q) > 0);
        assert_ok(tw_live_hub_serve(&s->hub, &scene, 0));
        assert_non_null(span);
        first = first != NULL ? first : span;
        assert_ptr_equal(span, first);
    }
    const tw_surface *got = &s->hub.surfaces[1].surface;
    assert_int_equal(s->hub.shown, 2);
    for (size_t k = 0; k < 81; k++)
        assert_true(got->values[k] == live_scene_value(got->x[k % 9], got->y[k / 9]));
    tw_span_close(span);
}

/* Points of a coarser grid come before all others: of 9 x 9 the corners, then 3 x 3, 5 x 5. */
static void points_come_coarse_to_fine(void **state) {
    static const size_t grids[] = {2, 3, 5, 9};
    stage *s = *state;
    const tw_live_question q = {
        .kind = TW_LIVE_ZOOM, .x = {-1, 1}, .y = {-1, 1}, .has_y = 1, .points = 9};
    assert_true(tw_live_hub_ask(&s->hub, &q) > 0);
    assert_ok(tw_live_hub_serve(&s->hub, &s->scene.scene, 0));
    const tw_live_surface *got = &s->hub.surfaces[0];
    for (size_t g = 0; g < 4; g++) {
        unsigned char seen[81] = {0};
        size_t side = grids[g], step = 8 / (side - 1), there = 0;
        for (size_t k = 0; k < side * side; k++)
            seen[got->log[k]] = 1;
        for (size_t i = 0; i < 9; i += step)
            for (size_t j = 0; j < 9; j += step)
                there += seen[9 * i + j];
        assert_int_equal(there, side * side);
    }
}

static void a_point_has_value_gradient_and_steps(void **state) {
    stage *s = *state;
    const tw_live_question q = {.kind = TW_LIVE_POINT, .x = {1.25}, .y = {-0.5}};
    assert_true(tw_live_hub_ask(&s->hub, &q) > 0);
    assert_ok(tw_live_hub_serve(&s->hub, &s->scene.scene, 0));
    const char *text = s->hub.answers[1].text;
    assert_non_null(text);
    assert_close(json_number(text, "values", "train_loss"), 1.75, 1e-15, 0);
    assert_close(json_number(text, "values", "gradient_norm"), sqrt(4 + 9), 1e-15, 0);
    const char *losses = strstr(text, "\"losses\": [");
    assert_non_null(losses);
    double last = 0;
    for (const char *at = losses; *at != ']'; at++)
        if (*at == ' ')
            last = strtod(at, NULL);
    assert_close(last, live_scene_value(1.25 - 0.2, -0.5 + 0.3), 1e-14, 0);
}

static void a_line_goes_from_end_to_end_in_one_place(void **state) {
    stage *s = *state;
    for (int k = 1; k <= 3; k++) {
        const tw_live_question q = {
            .kind = TW_LIVE_LINE, .x = {0, k}, .y = {1, 1}, .has_y = 1, .points = 5};
        assert_true(tw_live_hub_ask(&s->hub, &q) > 0);
        assert_ok(tw_live_hub_serve(&s->hub, &s->scene.scene, 0));
        assert_int_equal(s->hub.shown, 1);
        const tw_surface *got = &s->hub.surfaces[0].surface;
        assert_int_equal(got->nx, 5);
        assert_close(got->x[4], k, 1e-15, 0);
        assert_close(got->values[4], live_scene_value(k, 1), 1e-14, 0);
    }
}

/* A stream of events ends where a surface cannot be put: no question may get that far. */
static void what_no_page_can_show_is_refused(void **state) {
    static const tw_live_question asked[] = {
        {.kind = TW_LIVE_ZOOM, .x = {0, 1}, .points = 900}, /* 900 x 900 */
        {.kind = TW_LIVE_ZOOM, .x = {1, 1 + 4e-16}, .y = {0, 1}, .has_y = 1, .points = 21},
        {.kind = TW_LIVE_ZOOM, .x = {0, 1}, .y = {3, 3}, .has_y = 1, .points = 5},
        {.kind = TW_LIVE_LINE, .x = {0, 1}, .points = 5},
        {.kind = TW_LIVE_LINE, .x = {1, 1}, .y = {2, 2}, .has_y = 1, .points = 5},
        {.kind = TW_LIVE_LINE, .x = {0, 5e-324}, .y = {0, 0}, .has_y = 1, .points = 5},
        {.kind = TW_LIVE_LINE, .x = {0, 1.5e308}, .y = {0, 1.5e308}, .has_y = 1, .points = 5},
    };
    stage *s = *state;
    tw_live_cursor cursor = {0};
    for (size_t k = 0; k < sizeof asked / sizeof asked[0]; k++) {
        char *text = NULL;
        size_t size = 0;
        assert_true(tw_live_hub_ask(&s->hub, &asked[k]) > 0);
        assert_ok(tw_live_hub_serve(&s->hub, &s->scene.scene, 0));
        if (s->hub.shown != 0)
            fail_msg("question %zu is answered by a surface", k);
        assert_ok(tw_live_stream_next(&s->hub, &cursor, &text, &size));
        assert_non_null(text);
        assert_non_null(strstr(text, "\"kind\": \"error\""));
        free(text);
    }
}

static int stop_at_once(void *user) {
    return 1;
}

static void stopping_ends_an_answer(void **state) {
    stage *s = *state;
    const tw_live_question q = {
        .kind = TW_LIVE_ZOOM, .x = {0, 1}, .y = {0, 1}, .has_y = 1, .points = 51};
    tw_live_scene scene = s->scene.scene;
    scene.stop = stop_at_once;
    assert_true(tw_live_hub_ask(&s->hub, &q) > 0);
    assert_int_equal(tw_live_hub_serve(&s->hub, &scene, 0), TW_ERR_CANCELLED);
}

static void only_so_many_questions_wait(void **state) {
    stage *s = *state;
    const tw_live_question zoom = {
        .kind = TW_LIVE_ZOOM, .x = {0, 1}, .y = {0, 1}, .has_y = 1, .points = 3};
    const tw_live_question line = {
        .kind = TW_LIVE_LINE, .x = {0, 1}, .y = {0, 1}, .has_y = 1, .points = 3};
    assert_true(tw_live_hub_ask(&s->hub, &line) > 0);
    assert_true(tw_live_hub_ask(&s->hub, &line) > 0);
    assert_int_equal(s->hub.waiting, 1); /* the slider has moved on */
    for (int k = 1; k < TW_LIVE_QUESTIONS; k++)
        assert_true(tw_live_hub_ask(&s->hub, &zoom) > 0);
    assert_int_equal(tw_live_hub_ask(&s->hub, &zoom), 0);
}

/* ---- what pages receive ---- */

static char *next(stage *s, tw_live_cursor *cursor) {
    char *text = NULL;
    size_t size = 0;
    assert_ok(tw_live_stream_next(&s->hub, cursor, &text, &size));
    return text;
}

static size_t count_of(const char *text, const char *word) {
    size_t count = 0;
    for (; text != NULL && (text = strstr(text, word)) != NULL; text++)
        count++;
    return count;
}

static void pages_receive_what_they_lack(void **state) {
    stage *s = *state;
    const char *names[] = {"train_loss"};
    const tw_page_about about = {.bytes = sizeof about, .name = "a\nb"};
    tw_live_cursor early = {0}, late = {0};
    tw_surface surface;
    uint64_t id = 0;
    assert_ok(tw_surface_init(&surface, &(tw_axis){0, 1, 3}, &(tw_axis){0, 1, 3}, 1, names));
    assert_ok(tw_live_hub_show(&s->hub, &about, &surface, NULL, &id));
    char *text = next(s, &early);
    assert_int_equal(count_of(text, "event: panel"), 0); /* no point yet */
    free(text);
    surface.computed[4] = 1;
    surface.values[4] = 7;
    assert_ok(tw_live_hub_update(&s->hub, id, &surface));
    text = next(s, &early);
    assert_int_equal(count_of(text, "event: panel"), 1);
    assert_int_equal(count_of(text, "\n"), 3); /* a name with a line end ends no event */
    free(text);
    assert_null(next(s, &early));
    surface.computed[0] = 1;
    assert_ok(tw_live_hub_update(&s->hub, id, &surface));
    text = next(s, &early);
    assert_int_equal(count_of(text, "event: points"), 1);
    assert_int_equal(count_of(text, "\"indices\": {\"u1\": \"AAAAAA==\"}"), 1);
    free(text);
    text = next(s, &late);
    assert_int_equal(count_of(text, "event: panel"), 1);
    assert_int_equal(count_of(text, "event: points"), 0);
    free(text);
    for (int k = 0; k < TW_LIVE_SURFACES; k++) {
        id = 0;
        assert_ok(tw_live_hub_show(&s->hub, &about, &surface, NULL, &id));
    }
    text = next(s, &early);
    assert_int_equal(count_of(text, "event: panel"), TW_LIVE_SURFACES - 1);
    free(text);
    tw_live_hub_end(&s->hub);
    text = next(s, &early);
    assert_int_equal(count_of(text, "event: end"), 1);
    free(text);
    tw_surface_release(&surface);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_are_read),
        cmocka_unit_test(what_is_no_question_is_refused),
        cmocka_unit_test(tokens_are_drawn_and_compared),
        cmocka_unit_test(hosts_and_origins),
        cmocka_unit_test(the_rate_is_kept),
        cmocka_unit_test_setup_teardown(a_rectangle_is_a_survey_bit_for_bit, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(the_span_is_kept, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(points_come_coarse_to_fine, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(a_point_has_value_gradient_and_steps, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(a_line_goes_from_end_to_end_in_one_place, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(what_no_page_can_show_is_refused, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(stopping_ends_an_answer, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(only_so_many_questions_wait, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(pages_receive_what_they_lack, open_stage, close_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
