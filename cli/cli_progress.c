#include "cli_progress.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 30 };
static const double patience = 0.5; /* seconds before a bar appears: short work needs none */
static const double interval = 0.1; /* seconds between drawings */

double clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

progress_bar progress_begin(const cli_context *context, const char *label) {
    return (progress_bar){.context = context, .label = label, .begun = clock_seconds()};
}

static void print_time_left(FILE *stream, double seconds) {
    if (seconds < 60)
        fprintf(stream, "%.0f s left", seconds);
    else if (seconds < 3600)
        fprintf(stream, "%.0f min %.0f s left", (double)((int)seconds / 60),
                (double)((int)seconds % 60));
    else
        fprintf(stream, "%.1f h left", seconds / 3600);
}

int progress_step(void *user, size_t done, size_t total) {
    progress_bar *bar = user;
    FILE *stream = bar->context->err;
    double now = clock_seconds();
    if (bar->context->common.quiet || done == 0 || done >= total || now - bar->begun < patience ||
        now - bar->drawn < interval || !isatty(fileno(stream)))
        return 0;
    double share = (double)done / (double)total;
    int filled = (int)(share * BAR_WIDTH);
    fprintf(stream, "\r%s [", bar->label);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '=' : ' ', stream);
    fprintf(stream, "] %3.0f %%, ", 100 * share);
    print_time_left(stream, (now - bar->begun) * (1 - share) / share);
    fputs("\033[K", stream);
    fflush(stream);
    bar->drawn = now;
    bar->shown = 1;
    return 0;
}

void progress_end(progress_bar *bar) {
    if (bar->shown)
        fputs("\r\033[K", bar->context->err);
    bar->shown = 0;
}
