#include <math.h>
#include <string.h>

#include "thalweg/optim.h"

static const char *const schedule_names[] = {"constant", "step", "exponential", "inverse",
                                             "cosine"};
enum { SCHEDULES = sizeof schedule_names / sizeof schedule_names[0] };

const char *tw_schedule_name(size_t schedule) {
    return schedule < SCHEDULES ? schedule_names[schedule] : NULL;
}

int tw_schedule_find(const char *name) {
    for (int k = 0; k < SCHEDULES; k++)
        if (strcmp(schedule_names[k], name) == 0)
            return k;
    return -1;
}

double tw_schedule_step(tw_schedule schedule, double step, double decay, double period,
                        size_t iteration) {
    double periods = (double)iteration / period;
    switch (schedule) {
    case TW_SCHEDULE_STEP:
        return step * pow(decay, floor(periods));
    case TW_SCHEDULE_EXPONENTIAL:
        return step * pow(decay, periods);
    case TW_SCHEDULE_INVERSE:
        return step / (1 + decay * periods);
    case TW_SCHEDULE_COSINE:
        return step * (1 + cos(M_PI * (periods - floor(periods)))) / 2;
    case TW_SCHEDULE_CONSTANT:
        break;
    }
    return step;
}
