/* program.c [N]: Rosenbrock's valley of N parameters (2) as a program in C, in binary. It needs
 * nothing of thalweg.
 *
 *     cc program.c -o program && thalweg gradient --exec "./program 1000" --method analytic
 *
 * A request is a line with a word, followed by the numbers as doubles; so is an answer, whose word
 * is "ok". (The doubles are little-endian; this program trusts that the machine is.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double value(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double height = x[i + 1] - x[i] * x[i], along = 1 - x[i];
        sum += 100 * height * height + along * along;
    }
    return sum;
}

static void gradient(size_t n, const double *x, double *g) {
    memset(g, 0, n * sizeof *g);
    for (size_t i = 0; i + 1 < n; i++) {
        double height = x[i + 1] - x[i] * x[i];
        g[i] += -400 * x[i] * height - 2 * (1 - x[i]);
        g[i + 1] += 200 * height;
    }
}

static void answer(size_t count, const double *numbers) {
    fputs("ok\n", stdout);
    fwrite(numbers, sizeof *numbers, count, stdout);
    fflush(stdout); /* the other side waits for it */
}

int main(int argc, char **argv) {
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 2;
    double *x = calloc(n, sizeof *x), *g = calloc(n, sizeof *g), f;
    char word[64];
    if (x == NULL || g == NULL)
        return 1;
    printf("thalweg 1\nsize %zu\nformat binary\nstart\ngradient\nready\n", n);
    fflush(stdout);
    while (fgets(word, sizeof word, stdin) != NULL) {
        if (strcmp(word, "start\n") == 0) {
            for (size_t i = 0; i < n; i++)
                x[i] = i % 2 == 0 ? -1.2 : 1;
            answer(n, x);
            continue;
        }
        if (strcmp(word, "quit\n") == 0 || fread(x, sizeof *x, n, stdin) != n)
            break;
        if (strcmp(word, "gradient\n") == 0) {
            gradient(n, x, g);
            answer(n, g);
        } else {
            f = value(n, x);
            answer(1, &f);
        }
    }
    free(x);
    free(g);
    return 0;
}
