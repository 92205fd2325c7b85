/* bench-accuracy: the derivatives of the problems that accuracy.py takes with other tools, by every
 * method of the library, as JSON: the 27 slopes and the 35 gradients at their standard starts. It
 * judges nothing: truth is accuracy.py's. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "diff/slope_problems.h"
#include "thalweg/thalweg.h"

static tw_status slope_value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = tw_slope_value(*(const int *)ctx, x[0]);
    return TW_OK;
}

static tw_status slope_complex(void *ctx, size_t n, const double *x, const double *y,
                               double *value) {
    double _Complex answer = tw_slope_value_complex(*(const int *)ctx, __builtin_complex(*x, *y));
    value[0] = creal(answer);
    value[1] = cimag(answer);
    return TW_OK;
}

static void give_up(void) {
    fprintf(stderr, "bench-accuracy: %s\n", tw_message());
    exit(1);
}

/* JSON has no numbers that are not finite. */
static void print_numbers(const char *key, size_t n, const double *numbers) {
    printf(", \"%s\": [", key);
    for (size_t i = 0; i < n; i++)
        if (isfinite(numbers[i]))
            printf("%s%.17g", i > 0 ? ", " : "", numbers[i]);
        else
            printf("%snull", i > 0 ? ", " : "");
    putchar(']');
}

static void take(tw_objective *objective, const double *x, int method) {
    enum { MOST = 32 };
    double gradient[MOST], bars[MOST];
    size_t n = tw_objective_size(objective);
    tw_diff_report report;
    tw_diff_options options = {.method = (tw_diff_method)method, .bars = bars};
    tw_status status = n <= MOST ? tw_diff_gradient(objective, x, &options, gradient, &report)
                                 : tw_fail(TW_ERR_SHAPE, "%zu parameters, room for %d", n, MOST);
    int barred = status == TW_OK;
    if (!barred && n <= MOST) { /* not every method has bars */
        options.bars = NULL;
        status = tw_diff_gradient(objective, x, &options, gradient, &report);
    }
    if (status != TW_OK)
        give_up();
    printf("{\"problem\": \"%s\", \"value\": %.17g, \"evaluations\": %llu",
           tw_objective_name(objective), report.value, report.evaluations);
    print_numbers("x", n, x);
    print_numbers("gradient", n, gradient);
    print_numbers("bars", barred ? n : 0, bars);
    putchar('}');
}

static void take_slopes(int method) {
    static const tw_objective_ops ops = {
        .value = slope_value, .complex_value = slope_complex, .concurrent = 1};
    for (int k = 0; k < SLOPE_PROBLEMS; k++) {
        tw_objective *objective = NULL;
        tw_objective_traits traits = {.name = slope_problems[k].text};
        if (tw_objective_new(&ops, &k, 1, &traits, &objective) != TW_OK)
            give_up();
        fputs(k > 0 ? ",\n" : "\n", stdout);
        take(objective, &slope_problems[k].x, method);
        tw_objective_free(objective);
    }
}

static void take_gradients(int method) {
    for (int k = 1; k <= 35; k++) {
        char spec[16];
        double x[32];
        tw_objective *objective = NULL;
        snprintf(spec, sizeof spec, "mgh:%d", k);
        if (tw_function_new(spec, NULL, &objective) != TW_OK ||
            tw_function_start(spec, tw_objective_size(objective), x) != TW_OK)
            give_up();
        fputs(k > 1 ? ",\n" : "\n", stdout);
        take(objective, x, method);
        tw_objective_free(objective);
    }
}

int main(void) {
    putchar('{');
    for (int method = 0; tw_diff_method_name((size_t)method) != NULL; method++) {
        printf("%s\"%s\": {\"slopes\": [", method > 0 ? ",\n" : "",
               tw_diff_method_name((tw_diff_method)method));
        take_slopes(method);
        fputs("], \"gradients\": [", stdout);
        take_gradients(method);
        fputs("]}", stdout);
    }
    puts("}");
    return fflush(stdout) == 0 ? 0 : 1;
}
