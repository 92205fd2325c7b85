/* live_question.h: what a page may ask, read from JSON that nobody vouches for. */
#ifndef TW_LIVE_QUESTION_H
#define TW_LIVE_QUESTION_H

#include <stddef.h>
#include <stdint.h>

#include "thalweg/status.h"

typedef enum tw_live_kind { TW_LIVE_ZOOM, TW_LIVE_POINT, TW_LIVE_LINE, TW_LIVE_STOP } tw_live_kind;

typedef struct tw_live_question {
    tw_live_kind kind;
    uint64_t number;
    double x[2], y[2]; /* of a rectangle its sides, of a point x[0] and y[0], of a line its ends */
    int has_y;         /* y was given */
    size_t points;     /* along each side of a rectangle, or of the line */
} tw_live_question;

/* {"x": [low, high], "y": [low, high], "points": N} for zoom, and for line, whose ends are (x[0],
 * y[0]) and (x[1], y[1]); {"x": X, "y": Y} for point; y may lack where there is one axis. Names
 * that are not known are passed over. TW_ERR_ARGUMENT for anything else, and for more than `most`
 * points in all. */
tw_status tw_live_question_read(tw_live_kind kind, size_t size, const char *text, size_t most,
                                tw_live_question *out);

#endif
