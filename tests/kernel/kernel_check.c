#include "kernel_check.h"

#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* ---- where we are ---- */

static const char *at_kernel = "", *at_level = "";

/* A page that must not be touched was. Only what may be called in a handler. */
static void say_where(int signal_number) {
    static const char words[] = ": touched memory beside its arrays, or wrote to an input\n";
    ssize_t done = write(STDERR_FILENO, at_kernel, strlen(at_kernel));
    done += write(STDERR_FILENO, " at level ", 10);
    done += write(STDERR_FILENO, at_level, strlen(at_level));
    done += write(STDERR_FILENO, words, sizeof words - 1);
    _exit(done > 0 ? 1 : 2);
}

void kernel_at(const char *kernel, const char *level) {
    at_kernel = kernel;
    at_level = level;
    signal(SIGSEGV, say_where);
    signal(SIGBUS, say_where);
}

/* ---- arrays between guards ---- */

enum { GUARDED = 1024, GUARD_BYTE = 0x5a };

typedef struct guarded {
    unsigned char *pages; /* the first and the last of them nobody may touch */
    size_t mapped, page;
    unsigned char *array;
    size_t size;
} guarded;

static guarded live[GUARDED];
static size_t live_count, turn;
static int timing; /* arrays begin at multiples of 64 bytes, as those of the library do */

void guards_for_timing(void) {
    timing = 1;
}

/* `slack` bytes lie between the array and the page after it. */
static void *guard(size_t size, size_t slack) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t inner = padded_to(size + slack + 64, page), mapped = inner + 2 * page;
    assert_true(live_count < GUARDED);
    unsigned char *pages =
        mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    memset(pages + page, GUARD_BYTE, inner);
    assert_int_equal(mprotect(pages, page, PROT_NONE), 0);
    assert_int_equal(mprotect(pages + page + inner, page, PROT_NONE), 0);
    unsigned char *array = pages + page + inner - slack - size;
    live[live_count++] = (guarded){pages, mapped, page, array, size};
    return array;
}

void *guarded_bytes(size_t size) {
    static const size_t slacks[] = {0, 1, 3, 8};
    size_t unit = size % 8 == 0 ? 8 : size % 4 == 0 ? 4 : 1; /* what they may be elements of */
    return guard(size, unit * slacks[tw_rng_below(9, 1, turn++, 4)]);
}

double *guarded_doubles(size_t count) {
    static const size_t slacks[] = {0, 1, 3, 8, 2};
    size_t size = count * sizeof(double);
    size_t slack = timing ? padded_to(size, 64) - size
                          : slacks[tw_rng_below(9, 2, turn++, 5)] * sizeof(double);
    double *numbers = guard(size, slack);
    for (size_t k = 0; k < count; k++)
        numbers[k] = GUARD_NUMBER;
    return numbers;
}

double *guarded_aligned(size_t count) {
    size_t size = count * sizeof(double);
    return guard(size, padded_to(size, 64) - size);
}

const void *guarded_input(const void *array) {
    for (size_t k = 0; k < live_count; k++)
        if (live[k].array == array)
            assert_int_equal(mprotect(live[k].pages + live[k].page,
                                      live[k].mapped - 2 * live[k].page, PROT_READ),
                             0);
    return array;
}

const double *guarded_copy(const double *numbers, size_t count) {
    double *copy = guarded_doubles(count);
    if (count > 0)
        memcpy(copy, numbers, count * sizeof *copy);
    return guarded_input(copy);
}

void guards_check(void) {
    for (size_t k = 0; k < live_count; k++) {
        const guarded *g = &live[k];
        const unsigned char *first = g->pages + g->page, *end = g->pages + g->mapped - g->page;
        for (const unsigned char *at = first; at < end; at++)
            if ((at < g->array || at >= g->array + g->size) && *at != GUARD_BYTE)
                fail_msg("%s at level %s wrote %td bytes %s an array of %zu", at_kernel, at_level,
                         at < g->array ? g->array - at : at - (g->array + g->size) + 1,
                         at < g->array ? "before" : "past", g->size);
    }
}

void guards_release(void) {
    for (size_t k = 0; k < live_count; k++)
        munmap(live[k].pages, live[k].mapped);
    live_count = 0;
}

void expect_untouched(const char *what, const double *numbers, size_t count) {
    for (size_t k = 0; k < count; k++)
        if (numbers[k] != GUARD_NUMBER)
            fail_msg("%s at level %s: wrote %s, %zu on, which is not part of the result", at_kernel,
                     at_level, what, k);
}

/* ---- numbers ---- */

double number(uint64_t stream, size_t k) {
    return 2 * tw_rng_uniform(9, stream, k) - 1;
}

void fill_numbers(double *out, size_t count, double scale, uint64_t stream) {
    for (size_t k = 0; k < count; k++)
        out[k] = scale * number(stream, k);
}

const double special_numbers[SPECIALS] = {INFINITY,  NAN,   -0.0,    5e-324,
                                          -INFINITY, 1e300, -1e-310, 0};

size_t padded_to(size_t count, size_t step) {
    return (count + step - 1) / step * step;
}

tw_samples make_samples(int bytes, size_t count, size_t features, uint64_t stream) {
    tw_samples samples = {.features = features};
    double *mean = guarded_doubles(padded_to(features, TW_FEATURE_PAD));
    for (size_t d = 0; d < padded_to(features, TW_FEATURE_PAD); d++)
        mean[d] = d < features ? 100 + 20 * number(stream, d) : 0;
    samples.mean = guarded_input(mean);
    uint8_t *small = bytes ? guarded_bytes(count * features) : NULL;
    double *wide = bytes ? NULL : guarded_doubles(count * features);
    for (size_t k = 0; k < count * features; k++)
        if (bytes)
            small[k] = (uint8_t)tw_rng_below(9, stream + 1, k, 256);
        else
            wide[k] = 100 + 80 * number(stream + 1, k);
    samples.bytes = guarded_input(small);
    samples.doubles = guarded_input(wide);
    return samples;
}

long double centred(const tw_samples *samples, size_t row, size_t feature) {
    size_t at = row * samples->features + feature;
    long double x = samples->bytes != NULL ? samples->bytes[at] : samples->doubles[at];
    return x - samples->mean[feature];
}

/* ---- comparison ---- */

void expect_near(const char *what, size_t at, double got, long double truth, double tolerance) {
    double rounded = (double)truth;
    int right = isnan(rounded)   ? isnan(got)
                : isinf(rounded) ? got == rounded
                                 : fabsl(got - truth) <= tolerance;
    if (!right)
        fail_msg("%s at level %s: %s, number %zu: %.17g, by the formula %.17Lg (off by %.3Lg, "
                 "allowed %.3g)",
                 at_kernel, at_level, what, at, got, truth, got - truth, tolerance);
}

void expect_bits(const char *what, size_t at, double got, double wanted) {
    if (memcmp(&got, &wanted, sizeof got) != 0 && !(isnan(got) && isnan(wanted)))
        fail_msg("%s at level %s: %s, number %zu: %a, wanted exactly %a", at_kernel, at_level, what,
                 at, got, wanted);
}

void expect_all_bits(const char *what, const double *got, const double *wanted, size_t count) {
    for (size_t k = 0; k < count; k++)
        expect_bits(what, k, got[k], wanted[k]);
}

/* ---- time ---- */

/* Of the processor, which other programs disturb less. */
static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void timer_begin(kernel_timer *timer, double elements) {
    *timer = (kernel_timer){.left = 2, .batch = 1, .best = INFINITY, .elements = elements};
    timer->start = seconds_now();
}

/* After a batch: twice as many calls until one takes a millisecond, then the best of 40. */
int timer_batch_done(kernel_timer *timer) {
    double seconds = seconds_now() - timer->start;
    if (seconds < 1e-3) {
        timer->batch *= 2;
    } else {
        timer->best = fmin(timer->best, seconds / (double)timer->batch);
        if (++timer->batches == 40)
            return 0;
    }
    timer->left = timer->batch;
    timer->start = seconds_now();
    return 1;
}
