/* How points are handed out: the rule by itself, and a thousand simulated workers. */
#include <math.h>

#include "landscape/batch_size.h"
#include "support.h"

/* ---- the rule ---- */

static tw_pace finished(size_t batch, double seconds) {
    return (tw_pace){.batch = batch, .seconds = seconds};
}

static void batches_aim_at_half_a_second(void **state) {
    const tw_pace none = {0}, quick = finished(100, 0.001), right = finished(100, 0.5),
                  slow = finished(100, 5), one = finished(1, 60), instant = finished(4096, 0),
                  nearly = finished(100, 0.125), uneven = finished(1, 0.34);
    assert_int_equal(tw_batch_size(&none, 100000, 1, 2), 2);
    assert_int_equal(tw_batch_size(&quick, 100000, 1, 2), 800);
    assert_int_equal(tw_batch_size(&nearly, 100000, 1, 2), 400);
    assert_int_equal(tw_batch_size(&right, 100000, 1, 2), 100);
    assert_int_equal(tw_batch_size(&slow, 100000, 1, 2), 50);
    assert_int_equal(tw_batch_size(&one, 100000, 1, 2), 1);
    assert_int_equal(tw_batch_size(&instant, 100000, 1, 2), 4096);
    assert_int_equal(tw_batch_size(&uneven, 100000, 1, 1), 2); /* not 1 for ever */
    assert_int_equal(tw_batch_size(&instant, 17, 1, 2), 17);   /* alone: all that is left */
}

/* A call costs 3 s and a point 10 ms: the batches grow until points have most of the time. */
static void common_work(void **state) {
    tw_pace pace = {.shares = 1};
    size_t sizes[8];
    for (int k = 0; k < 8; k++) {
        sizes[k] = tw_batch_size(&pace, 100000, 1, 2);
        tw_pace_add(&pace, sizes[k], 3 + 0.01 * (double)sizes[k]);
    }
    assert_int_equal(sizes[0], 2);
    assert_int_equal(sizes[1], 4);
    assert_int_equal(sizes[2], 32);
    assert_int_equal(sizes[3], 256);
    for (int k = 4; k < 8; k++)
        assert_in_range(sizes[k], 1199, 1201); /* 12 s for 3 s */
    /* points without common work: back to half a second after one try */
    pace = (tw_pace){.shares = 1};
    size_t slow[5];
    for (int k = 0; k < 5; k++) {
        slow[k] = tw_batch_size(&pace, 100000, 1, 1);
        tw_pace_add(&pace, slow[k], 20 * (double)slow[k]);
    }
    assert_int_equal(slow[1], 2);
    for (int k = 2; k < 5; k++)
        assert_int_equal(slow[k], 1);
    /* callbacks, whose points may take any time, are not asked */
    pace = (tw_pace){0};
    tw_pace_add(&pace, 2, 60);
    tw_pace_add(&pace, 1, 60);
    assert_int_equal(tw_batch_size(&pace, 100000, 1, 1), 1);
}

/* The last points of a team go out in ever smaller batches, but not below one a thread. */
static void the_end_is_shared(void **state) {
    const tw_pace quick = finished(4096, 0.001);
    assert_int_equal(tw_batch_size(&quick, 1000000, 10, 1), 4096);
    assert_int_equal(tw_batch_size(&quick, 3000, 10, 1), 100);
    assert_int_equal(tw_batch_size(&quick, 31, 10, 1), 2);
    assert_int_equal(tw_batch_size(&quick, 30, 10, 1), 1);
    assert_int_equal(tw_batch_size(&quick, 30, 10, 8), 8);
    assert_int_equal(tw_batch_size(&quick, 3, 10, 8), 3);
    assert_int_equal(tw_batch_size(&quick, 1, 1000, 1), 1);
}

/* ---- the simulation ---- */

enum { MOST = 1000 };

/* Rank 0 takes SERVICE seconds for a message; a message is LATENCY seconds on its way. */
static const double SERVICE = 30e-6, LATENCY = 300e-6;

typedef struct trial {
    const char *name;
    size_t workers, points;
    double cost, spread;   /* of a point: exp(spread N(0, 1)) cost / mean, in seconds */
    double slow, slowness; /* this share of the workers takes so many times as long */
    double least;          /* the efficiency asked for */
} trial;

typedef struct crew {
    double speed[MOST], free_at[MOST]; /* free_at: when its batch is done */
    tw_pace pace[MOST];
} crew;

static double point_cost(const trial *t, size_t point) {
    double normal;
    tw_rng_fill_normal(5, tw_rng_stream("cost"), point, 1, &normal);
    return t->cost * exp(t->spread * normal - t->spread * t->spread / 2);
}

static void make_crew(const trial *t, crew *c) {
    for (size_t w = 0; w < t->workers; w++) {
        int slow = (double)(w * 2654435761u % 1000) < 1000 * t->slow;
        c->speed[w] = slow ? 1 / t->slowness : 1;
        c->free_at[w] = 0;
        c->pace[w] = (tw_pace){0};
    }
}

/* The work done in the time that it takes, against what the crew could have done in that time. */
static double efficiency(const trial *t, const double *cost, const crew *c, double end) {
    double work = 0, speed = 0;
    for (size_t p = 0; p < t->points; p++)
        work += cost[p];
    for (size_t w = 0; w < t->workers; w++)
        speed += c->speed[w];
    return work / (speed * end);
}

static double handed_out(const trial *t, const double *cost, crew *c) {
    double server = 0, end = 0;
    size_t given = 0, messages = 0;
    make_crew(t, c);
    while (given < t->points) {
        size_t next = 0; /* who comes first */
        for (size_t w = 1; w < t->workers; w++)
            if (c->free_at[w] < c->free_at[next])
                next = w;
        double arrived = c->free_at[next] + LATENCY;
        server = (server > arrived ? server : arrived) + SERVICE;
        messages++;
        size_t count = tw_batch_size(&c->pace[next], t->points - given, t->workers, 1);
        double seconds = 0;
        for (size_t k = 0; k < count; k++)
            seconds += cost[given + k] / c->speed[next];
        given += count;
        c->free_at[next] = server + LATENCY + seconds;
        tw_pace_add(&c->pace[next], count, seconds);
        end = fmax(end, c->free_at[next]);
    }
    assert_int_equal(given, t->points);
    assert_true(messages <= t->points + t->workers);
    return efficiency(t, cost, c, end + LATENCY);
}

/* The peer's way: an even split of the points beforehand. */
static double split_evenly(const trial *t, const double *cost, crew *c) {
    double end = 0;
    make_crew(t, c);
    for (size_t w = 0; w < t->workers; w++) {
        double seconds = 0;
        for (size_t p = w * t->points / t->workers; p < (w + 1) * t->points / t->workers; p++)
            seconds += cost[p] / c->speed[w];
        end = fmax(end, seconds);
    }
    return efficiency(t, cost, c, end);
}

/* No order can be better: a whole number of points each, the last of them not shared. */
static double bound(const trial *t, const double *cost, const crew *c) {
    double work = 0, speed = 0, longest = 0;
    for (size_t p = 0; p < t->points; p++) {
        work += cost[p];
        longest = fmax(longest, cost[p]);
    }
    for (size_t w = 0; w < t->workers; w++)
        speed += c->speed[w];
    return work / (speed * fmax(work / speed, longest));
}

static void a_thousand_workers(void **state) {
    static const trial trials[] = {
        {"251 x 251, 10 s a point, alike", 1000, 63001, 10, 0, 0, 1, 0.95},
        {"251 x 251, 10 s, uneven", 1000, 63001, 10, 0.5, 0, 1, 0.95},
        {"251 x 251, 10 s, uneven, 1 in 10 at a third", 1000, 63001, 10, 0.5, 0.1, 3, 0.90},
        {"501 x 501, 1 s, uneven, 1 in 10 at a third", 1000, 251001, 1, 0.5, 0.1, 3, 0.95},
        {"1001 x 1001, 20 ms, uneven, 1 in 10 at a third", 1000, 1002001, 0.02, 0.5, 0.1, 3, 0.85},
        {"51 x 51, 60 s, uneven", 64, 2601, 60, 0.5, 0, 1, 0.90},
        {"51 x 51, 10 ms, uneven", 2, 2601, 0.01, 0.5, 0, 1, 0.98},
        {"51 x 51, 1 s, one of 8 ten times as slow", 8, 2601, 1, 0.2, 0.13, 10, 0.95},
    };
    static crew c;
    print_message("%-48s workers  handed out  split evenly\n", "points");
    for (size_t k = 0; k < sizeof trials / sizeof trials[0]; k++) {
        const trial *t = &trials[k];
        double *cost = malloc(t->points * sizeof *cost);
        for (size_t p = 0; p < t->points; p++)
            cost[p] = point_cost(t, p);
        double here = handed_out(t, cost, &c), most = bound(t, cost, &c);
        double even = split_evenly(t, cost, &c);
        print_message("%-48s %7zu  %9.1f %%  %10.1f %%\n", t->name, t->workers, 100 * here,
                      100 * even);
        assert_true(here <= most + 1e-9);
        assert_true(here >= t->least);
        free(cost);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_aim_at_half_a_second),
        cmocka_unit_test(common_work),
        cmocka_unit_test(the_end_is_shared),
        cmocka_unit_test(a_thousand_workers),
    };
    return cmocka_run_group_tests_name("batch_size", tests, NULL, NULL);
}
