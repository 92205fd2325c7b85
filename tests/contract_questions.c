#include "contract_questions.h"

#include "core/front_door.h"

int broken(inquiry *c, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(c->breach, sizeof c->breach, format, arguments);
    va_end(arguments);
    return 0;
}

double *numbers(inquiry *c, size_t count, size_t factor) {
    double *made = calloc(count > 0 ? count : 1, factor * sizeof *made);
    if (made == NULL || c->kept_count == sizeof c->kept / sizeof c->kept[0])
        abort();
    c->kept[c->kept_count++] = made;
    return made;
}

/* ---- the questions ---- */

static size_t metrics_of(const inquiry *c) {
    return c->metrics;
}

static size_t parameters_of(const inquiry *c) {
    return c->n;
}

static size_t both_of(const inquiry *c) {
    return c->metrics + c->n;
}

static size_t points_of(const inquiry *c) {
    return CONTRACT_POINTS * c->metrics;
}

static size_t vectors_of(const inquiry *c) {
    return CONTRACT_VECTORS * c->n;
}

static size_t two(const inquiry *c) {
    return 2;
}

static tw_status value(const inquiry *c, int worker, double *answer) {
    return worker < 0 ? tw_objective_value(c->f, c->x, answer)
                      : tw_worker_value(c->f, worker, c->x, answer);
}

static tw_status batch(const inquiry *c, int worker, double *answer) {
    return worker < 0 ? tw_objective_batch(c->f, CONTRACT_POINTS, c->points, answer)
                      : tw_worker_batch(c->f, worker, CONTRACT_POINTS, c->points, answer);
}

static tw_status gradient_into(const inquiry *c, int worker, double *values, double *gradient) {
    return worker < 0 ? tw_objective_gradient(c->f, c->x, values, gradient)
                      : tw_worker_gradient(c->f, worker, c->x, values, gradient);
}

static tw_status gradient(const inquiry *c, int worker, double *answer) {
    return gradient_into(c, worker, answer, answer + c->metrics);
}

static tw_status gradient_alone(const inquiry *c, int worker, double *answer) {
    return gradient_into(c, worker, NULL, answer);
}

static tw_status samples_into(const inquiry *c, int worker, double *values, double *gradient) {
    return worker < 0 ? tw_objective_sample_gradient(c->f, c->x, &c->batch, values, gradient)
                      : tw_worker_sample_gradient(c->f, worker, c->x, &c->batch, values, gradient);
}

static tw_status samples(const inquiry *c, int worker, double *answer) {
    return samples_into(c, worker, answer, answer + c->metrics);
}

static tw_status samples_alone(const inquiry *c, int worker, double *answer) {
    return samples_into(c, worker, NULL, answer);
}

static tw_status products(const inquiry *c, int worker, double *answer) {
    return worker < 0
               ? tw_objective_hessian_products(c->f, c->x, CONTRACT_VECTORS, c->vectors, answer)
               : tw_worker_hessian_products(c->f, worker, c->x, CONTRACT_VECTORS, c->vectors,
                                            answer);
}

static tw_status gauss_newton(const inquiry *c, int worker, double *answer) {
    return worker < 0 ? tw_objective_gauss_newton_products(c->f, c->x, CONTRACT_VECTORS, c->vectors,
                                                           answer)
                      : tw_worker_gauss_newton_products(c->f, worker, c->x, CONTRACT_VECTORS,
                                                        c->vectors, answer);
}

static tw_status diagonal_of(const inquiry *c, int worker, tw_curvature_matrix matrix,
                             double *answer) {
    return worker < 0 ? tw_objective_curvature_diagonal(c->f, c->x, matrix, answer)
                      : tw_worker_curvature_diagonal(c->f, worker, c->x, matrix, answer);
}

static tw_status diagonal(const inquiry *c, int worker, double *answer) {
    return diagonal_of(c, worker, TW_MATRIX_HESSIAN, answer);
}

static tw_status gauss_newton_diagonal(const inquiry *c, int worker, double *answer) {
    return diagonal_of(c, worker, TW_MATRIX_GAUSS_NEWTON, answer);
}

static tw_status complex_value(const inquiry *c, int worker, double *answer) {
    return worker < 0 ? tw_objective_complex_value(c->f, c->x, c->vectors, answer)
                      : tw_worker_complex_value(c->f, worker, c->x, c->vectors, answer);
}

static tw_status settle_by(const inquiry *c, int worker, const tw_batch *chosen, double *answer) {
    memcpy(answer, c->x, c->n * sizeof *answer);
    return worker < 0 ? tw_objective_settle(c->f, answer, chosen)
                      : tw_worker_settle(c->f, worker, answer, chosen);
}

static tw_status settle(const inquiry *c, int worker, double *answer) {
    return settle_by(c, worker, NULL, answer);
}

static tw_status settle_batch(const inquiry *c, int worker, double *answer) {
    return settle_by(c, worker, &c->batch, answer);
}

const question ask_value = {"value", 0, metrics_of, value},
               ask_batch = {"batch", 0, points_of, batch},
               ask_gradient = {"gradient", TW_CAN_GRADIENT, both_of, gradient},
               ask_gradient_alone = {"gradient without values", TW_CAN_GRADIENT, parameters_of,
                                     gradient_alone},
               ask_samples = {"sample_gradient", TW_CAN_SAMPLE_GRADIENT, both_of, samples},
               ask_samples_alone = {"sample_gradient without values", TW_CAN_SAMPLE_GRADIENT,
                                    parameters_of, samples_alone},
               ask_products = {"hessian_products", TW_CAN_HESSIAN_PRODUCT, vectors_of, products},
               ask_gauss_newton = {"gauss_newton_products", TW_CAN_GAUSS_NEWTON, vectors_of,
                                   gauss_newton},
               ask_diagonal = {"curvature_diagonal", TW_CAN_CURVATURE_DIAGONAL, parameters_of,
                               diagonal},
               ask_gauss_newton_diagonal = {"curvature_diagonal of Gauss-Newton",
                                            TW_CAN_CURVATURE_DIAGONAL, parameters_of,
                                            gauss_newton_diagonal},
               ask_complex = {"complex_value", TW_CAN_COMPLEX, two, complex_value},
               ask_settle = {"settle", TW_CAN_SETTLE, parameters_of, settle},
               ask_settle_batch = {"settle by a batch", TW_CAN_SETTLE, parameters_of, settle_batch};

/* ---- what every answer must keep ---- */

enum { PIECES = 6, THREADS = 3 };

static const uint64_t unwritten = 0x7ff8c0ffee123456;

static void mark(double *answer, size_t size) {
    for (size_t i = 0; i < size; i++)
        memcpy(&answer[i], &unwritten, sizeof unwritten);
}

static int is_written(inquiry *c, const question *q, const double *answer, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (memcmp(&answer[i], &unwritten, sizeof unwritten) == 0)
            return broken(c, "%s: number %zu of the answer is not written", q->name, i);
    return 1;
}

static int same_bits(inquiry *c, const question *q, const char *when, const double *first,
                     const double *again, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (memcmp(&first[i], &again[i], sizeof *first) != 0)
            return broken(c, "%s: number %zu is %.17g, and %.17g %s", q->name, i, first[i],
                          again[i], when);
    return 1;
}

typedef struct at_once {
    const inquiry *c;
    const question *q;
    double *answers; /* PIECES of them */
} at_once;

static tw_status ask_piece(void *argument, size_t piece, int worker) {
    const at_once *job = argument;
    size_t size = job->q->size(job->c);
    double *answer = job->answers + piece * size;
    mark(answer, size);
    return job->q->ask(job->c, worker, answer);
}

/* All workers of the objective's own runner, or of one of ours where it has none: one after the
 * other, since which of them take pieces is chance, and then at once. */
static int ask_workers(inquiry *c, const question *q, tw_runner *runner, const double *first) {
    size_t size = q->size(c);
    at_once job = {c, q, numbers(c, size, PIECES)};
    tw_status status = TW_OK;
    for (int k = 0; k < tw_runner_threads(runner) && status == TW_OK; k++) {
        status = ask_piece(&job, 0, k);
        if (status == TW_OK && !same_bits(c, q, "asked by a worker", first, job.answers, size))
            return 0;
    }
    if (status == TW_OK)
        status = tw_runner_map(runner, PIECES, ask_piece, &job);
    for (size_t k = 0; k < PIECES && status == TW_OK; k++)
        if (!same_bits(c, q, "asked by several at once", first, job.answers + k * size, size))
            return 0;
    return status == TW_OK ? 1 : broken(c, "%s by workers: %s", q->name, tw_message());
}

static int with_workers(inquiry *c, const question *q, const double *first) {
    tw_runner *before = tw_objective_runner(c->f), *own = NULL, *runner = NULL;
    if (tw_runner_threads(before) == 1 && tw_runner_new(THREADS, &own) != TW_OK)
        return broken(c, "no runner: %s", tw_message());
    if (own != NULL)
        tw_objective_set_runner(c->f, own);
    int holds = tw_worker_runner(c->f, &runner) == TW_OK
                    ? ask_workers(c, q, runner, first)
                    : broken(c, "%s by workers: %s", q->name, tw_message());
    tw_objective_set_runner(c->f, before);
    tw_runner_free(own);
    return holds;
}

int steady(inquiry *c, const question *q, double **answer) {
    size_t size = q->size(c), bytes = c->n * sizeof *c->x;
    double *first = numbers(c, size, 2), *again = first + size;
    double *before = numbers(c, c->n, 1);
    memcpy(before, c->x, bytes);
    mark(first, size);
    mark(again, size);
    unsigned long long counted = tw_objective_evaluations(c->f);
    if (q->ask(c, -1, first) != TW_OK || q->ask(c, -1, again) != TW_OK)
        return broken(c, "%s: %s", q->name, tw_message());
    if (tw_objective_evaluations(c->f) == counted)
        return broken(c, "%s: not counted", q->name);
    if (!is_written(c, q, first, size) || !same_bits(c, q, "asked again", first, again, size) ||
        !with_workers(c, q, first))
        return 0;
    if (memcmp(before, c->x, bytes) != 0)
        return broken(c, "%s: x is not as it was", q->name);
    *answer = first;
    return 1;
}

int refused(inquiry *c, const question *q) {
    double *answer = numbers(c, q->size(c), 1);
    tw_status status = q->ask(c, -1, answer);
    return status == TW_ERR_UNSUPPORTED
               ? 1
               : broken(c, "%s: not there, but answered %s", q->name, tw_status_text(status));
}
