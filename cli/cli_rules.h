/* cli_rules.h: the rules of CS231n's notes on learning that a tool can hold a training against.
 * What it finds are notes on standard error, and an array of --json; none changes what is computed.
 *
 *   chance   With small random parameters a classifier guesses: the data loss of softmax is ln C,
 *            that of an svm margin (C - 1), C being the number of classes. A start more than a
 *            quarter away says that the parameters are too large or the data not centred.
 *   reg      --reg R must raise the loss wherever the parameters are not 0.
 *   ratio    |update| / |weights| of a block should be near 1e-3. The median over the reports is
 *            looked at, and complained of outside 1e-4 ... 1e-2; biases are left out.
 *   gap      Training accuracy more than 10 points above test accuracy is overfitting.
 */
#ifndef THALWEG_CLI_RULES_H
#define THALWEG_CLI_RULES_H

#include "cli_context.h"

enum { MOST_NOTES = 8 };

typedef struct rules {
    const cli_context *context;
    double chance; /* data loss of a guess, or NaN where there is none to expect */
    double reg;
    size_t count;
    char notes[MOST_NOTES][240];
} rules;

void rules_note(rules *r, const char *format, ...) TW_PRINTF(2, 3);

/* The metrics of `objective` at the start x. */
void rules_at_start(rules *r, const tw_objective *objective, const double *x, const double *values);

/* The table of the whole descent, whose columns from `first_ratio` on belong to the blocks; 0:
 * there are none. */
void rules_at_end(rules *r, const tw_space *space, const tw_table *table, size_t first_ratio);

#endif
