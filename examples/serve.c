/* serve.c: a function of yours as a program that thalweg can ask, in a process of its own.
 *
 *     cc serve.c $(pkg-config --cflags --libs thalweg) -lm -o serve
 *     thalweg gradient --exec "./serve answer"
 *
 * Without a word it asks itself, as any program that is linked with the library can.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <thalweg/thalweg.h>

enum { N = 3 };

static double bowl(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += cosh(x[i] - (double)i);
    return sum;
}

/* The whole of the program: an objective, of any kind, and the two ends of its pipes. */
static tw_status answer(void) {
    static const double start[N] = {1, 1, 1};
    tw_objective *f = NULL;
    tw_status status = tw_objective_from_function(bowl, NULL, N, &f);
    if (status == TW_OK)
        status = tw_program_serve(f, start, stdin, stdout);
    tw_objective_free(f);
    return status;
}

/* The other side: the program as an objective, whose values must be those of the function. */
static tw_status ask(const char *program) {
    char command[4096];
    const double x[N] = {0.5, -2, 1e-3};
    double there;
    tw_objective *f = NULL;
    snprintf(command, sizeof command, "'%s' answer", program);
    tw_status status = tw_program_open(command, NULL, NULL, &f);
    if (status == TW_OK)
        status = tw_objective_value(f, x, &there);
    if (status == TW_OK) {
        printf("f = %.17g of %zu numbers, start %g\n", there, tw_objective_size(f),
               tw_objective_start(f)[0]);
        if (there != bowl(N, x, NULL) || tw_objective_start(f)[0] != 1)
            status = tw_fail(TW_ERR_CALLBACK, "the program answers for another function");
    }
    tw_objective_free(f);
    return status;
}

int main(int argc, char **argv) {
    tw_status status = argc > 1 && strcmp(argv[1], "answer") == 0 ? answer() : ask(argv[0]);
    if (status != TW_OK)
        fprintf(stderr, "%s: %s\n", tw_status_text(status), tw_message());
    return status == TW_OK ? 0 : 1;
}
