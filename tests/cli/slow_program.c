/* slow_program MICROSECONDS: a program for --exec --exec-size 2 that takes its time for each value,
 * a little more for some than for others. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
    double x, y;
    useconds_t pause = argc > 1 ? (useconds_t)atoi(argv[1]) : 0;
    for (unsigned k = 0; scanf("%lf %lf", &x, &y) == 2; k++) {
        usleep(k % 7 == 0 ? 3 * pause : pause);
        printf("%.17g\n", (x - 1) * (x - 1) + 3 * (y + 2) * (y + 2) + x * y + sin(3 * x));
        fflush(stdout);
    }
    return 0;
}
