/* Names beside marks: inside the box, apart from each other, off the marks. */
#include "support.h"

#include <math.h>

#include "plot/mark_names.h"

static int disjoint(const tw_rect *a, const tw_rect *b) {
    return a->x >= b->x + b->w || b->x >= a->x + a->w || a->y >= b->y + b->h || b->y >= a->y + a->h;
}

static void check_places(const tw_rect *box, size_t count, const tw_mark_name *names) {
    for (size_t i = 0; i < count; i++) {
        const tw_rect *r = &names[i].place;
        assert_true(r->x >= box->x && r->x + r->w <= box->x + box->w);
        assert_true(r->y >= box->y && r->y + r->h <= box->y + box->h);
        for (size_t k = 0; k < count; k++) {
            if (k != i && !disjoint(r, &names[k].place))
                fail_msg("'%s' and '%s' overlap", names[i].text, names[k].text);
            double x = fmin(fmax(names[k].x, r->x), r->x + r->w);
            double y = fmin(fmax(names[k].y, r->y), r->y + r->h);
            if (hypot(x - names[k].x, y - names[k].y) < names[k].reach * 0.9)
                fail_msg("'%s' covers the mark of '%s'", names[i].text, names[k].text);
        }
    }
}

/* Marks drawn at random, in a crowd, on an edge and in the corners, with a curve through. */
static void test_places(void **state) {
    enum { MARKS = 12, SPOTS = 120 };
    static const char *const texts[] = {"SciPy 2-point",  "Ipopt", "CS231n forward",
                                        "PyTorch, Ceres", "JAX",   "Stan"};
    tw_font font;
    tw_rect box = {50, 20, 350, 220};
    assert_ok(tw_font_open(&font));
    for (uint64_t seed = 0; seed < 40; seed++) {
        double u[2 * MARKS];
        tw_mark_name names[MARKS];
        tw_spot spots[SPOTS];
        tw_rng_fill_normal(seed, 1, 0, 2 * MARKS, u);
        for (size_t k = 0; k < MARKS; k++) {
            double spread = seed % 4 == 0 ? 12 : 80; /* a crowd, or all over */
            double x = box.x + box.w / 2 + spread * u[2 * k];
            double y = seed % 4 == 1 ? box.y + box.h : box.y + box.h / 2 + spread * u[2 * k + 1];
            names[k] = (tw_mark_name){.x = fmin(fmax(x, box.x), box.x + box.w),
                                      .y = fmin(fmax(y, box.y), box.y + box.h),
                                      .reach = 3,
                                      .text = texts[k % 6]};
        }
        for (size_t k = 0; k < SPOTS; k++)
            spots[k] = (tw_spot){box.x + 3 * (double)k, box.y + 100 + 60 * sin(0.1 * (double)k)};
        tw_mark_names_place(&font, 6.4, &box, MARKS, names, SPOTS, spots);
        check_places(&box, MARKS, names);
    }
    tw_font_close(&font);
}

/* A lone mark has its name next to it. */
static void test_alone(void **state) {
    tw_font font;
    tw_rect box = {0, 0, 200, 100};
    tw_mark_name name = {.x = 60, .y = 50, .reach = 3, .text = "JAX"};
    assert_ok(tw_font_open(&font));
    tw_mark_names_place(&font, 6.4, &box, 1, &name, 0, NULL);
    check_places(&box, 1, &name);
    double x = fmin(fmax(name.x, name.place.x), name.place.x + name.place.w);
    double y = fmin(fmax(name.y, name.place.y), name.place.y + name.place.h);
    assert_true(hypot(x - name.x, y - name.y) < 8);
    tw_mark_names_place(&font, 6.4, &box, 0, NULL, 0, NULL);
    tw_font_close(&font);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_places), cmocka_unit_test(test_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
