#include "report/cli_progress.h"

#include <math.h>
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

int progress_step(void *user, size_t done, size_t total) {
    progress_bar *bar = user;
    FILE *stream = bar->context->err;
    double now = clock_seconds(), left = tw_time_left(&bar->pace, done, total);
    char words[32];
    if (bar->context->common.quiet || done <= bar->pace.before || done >= total ||
        now - bar->begun < patience || now - bar->drawn < interval || !isatty(fileno(stream)))
        return 0;
    double share = (double)done / (double)total;
    int filled = (int)(share * BAR_WIDTH);
    fprintf(stream, "\r%s [", bar->label);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '=' : ' ', stream);
    fprintf(stream, "] %3.0f %%", 100 * share);
    if (!isnan(left))
        fprintf(stream, ", %s left", tw_text_duration(left, words, sizeof words));
    fputs("\033[K", stream);
    fflush(stream);
    bar->drawn = now;
    bar->shown = 1;
    return 0;
}

void progress_hide(progress_bar *bar) {
    if (bar->shown)
        fputs("\r\033[K", bar->context->err);
    bar->shown = 0;
}

void progress_end(progress_bar *bar) {
    progress_hide(bar);
}
