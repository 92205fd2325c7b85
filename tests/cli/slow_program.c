/* slow_program MICROSECONDS: a program for --exec --exec-size 2 that takes its time for each value,
 * a little more for some than for others. With $SLOW_GATE=COUNT:FILE it makes FILE.reached before
 * its value number COUNT, and waits for as long as FILE is there: what is to happen in the midst of
 * its work does, however fast or slow the machine is. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void wait_at(const char *gate) {
    char reached[4096];
    snprintf(reached, sizeof reached, "%s.reached", gate);
    close(open(reached, O_WRONLY | O_CREAT, 0600));
    while (access(gate, F_OK) == 0)
        usleep(10000);
}

int main(int argc, char **argv) {
    double x, y;
    useconds_t pause = argc > 1 ? (useconds_t)atoi(argv[1]) : 0;
    const char *gate = getenv("SLOW_GATE"), *colon = gate != NULL ? strchr(gate, ':') : NULL;
    unsigned stop = colon != NULL ? (unsigned)atoi(gate) : 0;
    for (unsigned k = 0; scanf("%lf %lf", &x, &y) == 2; k++) {
        if (colon != NULL && k == stop)
            wait_at(colon + 1);
        usleep(k % 7 == 0 ? 3 * pause : pause);
        printf("%.17g\n", (x - 1) * (x - 1) + 3 * (y + 2) * (y + 2) + x * y + sin(3 * x));
        fflush(stdout);
    }
    return 0;
}
