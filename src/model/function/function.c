/* function.c: from the name of a test function to an objective. */
#include <complex.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/function/function_private.h"
#include "thalweg/functions.h"

enum { LONGEST_SPEC = 64 };
static const char mgh[] = "mgh";

const char *tw_function_name(size_t index) {
    const tw_function_row *row = tw_function_classic(index);
    if (row != NULL)
        return row->name;
    return index > 0 && tw_function_classic(index - 1) != NULL ? mgh : NULL;
}

/* ---- reading the text ---- */

typedef struct function {
    const tw_function_row *row;
    size_t n;
    char name[LONGEST_SPEC]; /* the text with its number of parameters */
} function;

/* The whole number after the colon at *at, which moves to the next colon or the end. */
static tw_status read_number(const char *spec, const char **at, size_t *out) {
    const char *digits = *at + 1;
    size_t length = strspn(digits, "0123456789");
    errno = 0;
    unsigned long long number = strtoull(digits, NULL, 10);
    if (length == 0 || (digits[length] != '\0' && digits[length] != ':'))
        return tw_fail(TW_ERR_ARGUMENT, "function '%s': '%s' is not a whole number", spec, digits);
    if (errno != 0 || number > SIZE_MAX / 64)
        return tw_fail(TW_ERR_ARGUMENT, "function '%s': the number is too large", spec);
    *at = digits + length;
    *out = (size_t)number;
    return TW_OK;
}

static tw_status find_row(const char *spec, size_t length, const char **at,
                          const tw_function_row **row) {
    size_t number = 0;
    if (length != sizeof mgh - 1 || strncmp(spec, mgh, length) != 0) {
        for (size_t i = 0; (*row = tw_function_classic(i)) != NULL; i++)
            if (strncmp((*row)->name, spec, length) == 0 && (*row)->name[length] == '\0')
                return TW_OK;
        return tw_fail(TW_ERR_ARGUMENT, "no function is called '%.*s'", (int)length, spec);
    }
    if (**at != ':')
        return tw_fail(TW_ERR_ARGUMENT, "'mgh' needs the number of a problem: mgh:1 to mgh:35");
    tw_status status = read_number(spec, at, &number);
    if (status != TW_OK)
        return status;
    *row = tw_function_mgh(number);
    return *row != NULL ? TW_OK
                        : tw_fail(TW_ERR_ARGUMENT, "'mgh' has problems 1 to 35, not %zu", number);
}

static tw_status check_size(const char *spec, const tw_function_row *row, size_t n) {
    if (row->least == row->most && n != row->least)
        return tw_fail(TW_ERR_ARGUMENT, "function '%s' has %zu parameters, no other number", spec,
                       row->least);
    if (n < row->least)
        return tw_fail(TW_ERR_ARGUMENT, "function '%s' needs %zu parameters or more", spec,
                       row->least);
    if (row->most > 0 && n > row->most)
        return tw_fail(TW_ERR_ARGUMENT, "function '%s' has at most %zu parameters", spec,
                       row->most);
    if (row->multiple > 0 && n % row->multiple != 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "function '%s': the number of parameters must divide by "
                       "%zu",
                       spec, row->multiple);
    return TW_OK;
}

static tw_status read_spec(const char *spec, function *out) {
    size_t length = strcspn(spec, ":");
    const char *at = spec + length;
    if (strlen(spec) >= LONGEST_SPEC / 2)
        return tw_fail(TW_ERR_ARGUMENT, "no function is called '%.32s...'", spec);
    tw_status status = find_row(spec, length, &at, &out->row);
    if (status != TW_OK)
        return status;
    int named = (int)(at - spec);
    out->n = out->row->usual;
    if (*at == ':')
        status = read_number(spec, &at, &out->n);
    if (status == TW_OK && *at != '\0')
        status = tw_fail(TW_ERR_ARGUMENT, "function '%s': '%s' is one number too many", spec, at);
    if (status == TW_OK)
        status = check_size(spec, out->row, out->n);
    if (status == TW_OK && out->row->least == out->row->most)
        snprintf(out->name, sizeof out->name, "%.*s", named, spec);
    else if (status == TW_OK)
        snprintf(out->name, sizeof out->name, "%.*s:%zu", named, spec, out->n);
    return status;
}

static tw_status read_for(const char *spec, size_t n, function *out) {
    tw_status status = read_spec(spec, out);
    if (status == TW_OK && n != out->n)
        status =
            tw_fail(TW_ERR_SHAPE, "function '%s' has %zu parameters, not %zu", spec, out->n, n);
    return status;
}

/* ---- what there is to know of it ---- */

static void start_of(const function *f, double *x) {
    if (f->row->start_at != NULL)
        f->row->start_at(f->n, x);
    else
        for (size_t i = 0; i < f->n; i++)
            x[i] = f->row->start[i % f->row->period];
}

tw_status tw_function_start(const char *spec, size_t n, double *x) {
    function f;
    tw_status status = read_for(spec, n, &f);
    if (status == TW_OK)
        start_of(&f, x);
    return status;
}

tw_status tw_function_minimum(const char *spec, size_t n, double *x, double *value) {
    function f;
    tw_status status = read_for(spec, n, &f);
    if (status != TW_OK)
        return status;
    if (f.row->minimum == NULL)
        return tw_fail(TW_ERR_UNSUPPORTED, "no minimum is given for function '%s'", spec);
    double *point = x != NULL ? x : tw_alloc(n, sizeof *point);
    if (point == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", n);
    double lowest = f.row->minimum(n, point);
    if (value != NULL)
        *value = lowest;
    if (point != x)
        free(point);
    return TW_OK;
}

tw_status tw_function_domain(const char *spec, size_t n, double *lower, double *upper) {
    function f;
    tw_status status = read_for(spec, n, &f);
    if (status != TW_OK)
        return status;
    const double *domain = f.row->domain, scale = f.row->domain_grows ? (double)n * (double)n : 1;
    if (domain[0] == domain[1])
        return tw_fail(TW_ERR_UNSUPPORTED, "no domain is given for function '%s'", spec);
    for (size_t i = 0; i < n; i++) {
        lower[i] = scale * domain[2 * (i % 2)];
        upper[i] = scale * domain[2 * (i % 2) + 1];
    }
    return TW_OK;
}

int tw_function_is_kink(const char *spec, size_t n, const double *x) {
    function f;
    if (read_for(spec, n, &f) == TW_OK)
        return f.row->is_kink != NULL && f.row->is_kink(n, x);
    tw_message_clear();
    return 0;
}

/* ---- the objective ---- */

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    const function *f = ctx;
    values[0] = f->row->value(n, x);
    return TW_OK;
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    const function *f = ctx;
    if (values != NULL)
        values[0] = f->row->value(n, x);
    f->row->gradient(n, x, g);
    return TW_OK;
}

/* x + i h y */
static tw_status complex_point(size_t n, const double *x, const double *y, double h,
                               tw_complex **out) {
    tw_complex *z = tw_alloc_raw(n, sizeof *z);
    if (z == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu complex parameters", n);
    for (size_t i = 0; i < n; i++)
        z[i] = __builtin_complex(x[i], h * y[i]);
    *out = z;
    return TW_OK;
}

static tw_status complex_value(void *ctx, size_t n, const double *x, const double *y,
                               double *value) {
    const function *f = ctx;
    tw_complex *z = NULL;
    tw_status status = complex_point(n, x, y, 1, &z);
    if (status != TW_OK)
        return status;
    tw_complex answer = f->row->complex_value(n, z);
    value[0] = creal(answer);
    value[1] = cimag(answer);
    free(z);
    return TW_OK;
}

/* The complex step of the gradient: exact up to rounding. h is the power of two that makes the
 * largest entry of h vector about 2^-66. */
static tw_status hessian_product(const function *f, size_t n, const double *x, const double *vector,
                                 double *product) {
    tw_complex *z = NULL;
    double largest = 0;
    int exponent;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(vector[i]));
    frexp(largest, &exponent);
    double h = ldexp(1, -66 - exponent);
    tw_status status = complex_point(n, x, vector, h, &z);
    if (status != TW_OK)
        return status;
    tw_complex *g = tw_alloc_raw(n, sizeof *g);
    if (g == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu complex parameters", n);
    else
        f->row->complex_gradient(n, z, g);
    for (size_t i = 0; i < n && status == TW_OK; i++)
        product[i] = cimag(g[i]) / h;
    free(g);
    free(z);
    return status;
}

static tw_status hessian_products(void *ctx, size_t n, const double *x, size_t count,
                                  const double *vectors, double *products) {
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = hessian_product(ctx, n, x, vectors + k * n, products + k * n);
    return status;
}

/* The objective owns `f` where this succeeds. */
static tw_status make_objective(function *f, tw_objective **out) {
    int given = f->row->gradient != NULL;
    const tw_objective_ops ops = {
        .value = value,
        .gradient = given ? gradient : NULL,
        .hessian_products = given ? hessian_products : NULL,
        .complex_value = complex_value,
        .destroy = free,
        .concurrent = 1,
    };
    double *start = tw_alloc(f->n, sizeof *start);
    if (start == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", f->n);
    start_of(f, start);
    const tw_objective_traits traits = {.name = f->name, .start = start};
    tw_status status = tw_objective_new(&ops, f, f->n, &traits, out);
    free(start);
    return status;
}

tw_status tw_function_new(const char *spec, tw_runner *runner, tw_objective **out) {
    function *f = tw_alloc(1, sizeof *f);
    if (f == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a function");
    tw_status status = read_spec(spec, f);
    if (status == TW_OK)
        status = make_objective(f, out);
    if (status != TW_OK) {
        free(f);
        return status;
    }
    tw_objective_set_runner(*out, runner);
    return TW_OK;
}
