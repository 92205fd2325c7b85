/* contract_questions.h: what is asked of an objective, each question in one form for the public
 * entry of the front door and for that of a worker. */
#ifndef TW_TESTS_CONTRACT_QUESTIONS_H
#define TW_TESTS_CONTRACT_QUESTIONS_H

#include "contract.h"

enum { CONTRACT_POINTS = 13, CONTRACT_VECTORS = 3 };

/* One check, with all that its questions are about. */
typedef struct inquiry {
    tw_objective *f;
    const double *x;
    size_t n, metrics;
    const contract *tolerance;
    double units;          /* of double precision in one of the objective's */
    const double *points;  /* CONTRACT_POINTS x n */
    const double *vectors; /* CONTRACT_VECTORS x n */
    tw_batch batch;
    void *kept[256]; /* memory, to be freed */
    size_t kept_count;
    char breach[400];
} inquiry;

typedef struct question {
    const char *name;
    unsigned needs; /* TW_CAN_... bit; 0: always there */
    size_t (*size)(const inquiry *c);
    /* Writes all of the answer. worker -1: the public entry. */
    tw_status (*ask)(const inquiry *c, int worker, double *answer);
} question;

extern const question ask_value, ask_batch, ask_gradient, ask_gradient_alone, ask_samples,
    ask_samples_alone, ask_products, ask_gauss_newton, ask_diagonal, ask_gauss_newton_diagonal,
    ask_complex, ask_settle, ask_settle_batch;

/* Notes a breach; always 0, which is what checks that do not hold answer. */
int broken(inquiry *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Numbers that are freed with the inquiry; `factor` numbers for each of `count`. */
double *numbers(inquiry *c, size_t count, size_t factor);

/* Asks: twice, then by all workers at once. 1 where every answer is there, has been written whole
 * and has the same bits, and x is as it was; *answer is the first one. */
int steady(inquiry *c, const question *q, double **answer);

/* Without the operation the front door says so. */
int refused(inquiry *c, const question *q);

#endif
