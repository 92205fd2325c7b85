/* study_gradcheck.h: is the gradient of a model right? What 'thalweg gradcheck' does; the check
 * itself is that of gradcheck.h.
 *
 *     tw_gradcheck *check = NULL;
 *     if (tw_study_gradcheck_run(model, NULL, &check) == TW_OK)
 *         tw_gradcheck_write(check, TW_GRADCHECK_TEXT, 0, stdout);
 *     tw_gradcheck_free(check);
 */
#ifndef THALWEG_STUDY_GRADCHECK_H
#define THALWEG_STUDY_GRADCHECK_H

#include "gradcheck.h"
#include "study_model.h"

TW_BEGIN_DECLS

typedef struct tw_study_gradcheck_options {
    size_t bytes;
    double rtol, atol; /* tolerances; 1e-6, of a loss in single precision 1e-3, and 0 */
    double noise;      /* relative, of one value of the loss; what the model says of itself */
    int all;           /* every entry, however many there are */
    int locate;        /* no drawn entries, but random probes of every block, and the wrong entries
                          they lead to; not with `all` or `entries` */
    int robust;        /* measure the noise at every entry from the start */
    size_t sample;     /* of more than 2,000 parameters so many drawn entries of every block, beside
                          the 8 largest and the 8 smallest; 32. Of networks from files and by
                          name: none, but one probe of every block, unless it is given */
    tw_numbers entries;     /* these entries of the parameters only, counted from 0 */
    size_t max_evaluations; /* stop there; what was not reached is inconclusive */
    size_t burn_in;         /* iterations of sgd or gd down first, which move model->x; 0 */
} tw_study_gradcheck_options;

TW_API tw_study_gradcheck_options tw_study_gradcheck_defaults(void);

/* Walks down where that is asked for, and checks the gradient at model->x; *out is freed with
 * tw_gradcheck_free, NULL after a failure. The verdicts are in it: a wrong gradient is not a
 * failure.
 */
TW_API tw_status tw_study_gradcheck_run(tw_study_model *model,
                                        const tw_study_gradcheck_options *options,
                                        tw_gradcheck **out);

/* Tells the reader what would make the check say more: another point, no regulariser. `options` are
 * those of the check. */
TW_API tw_status tw_study_gradcheck_advise(const tw_study_model *model,
                                           const tw_study_gradcheck_options *options);

/* Draws the errors of every block to `picture` (.png, .svg or .pdf), and the sweep of the worst
 * entry to `sweep` (tw_study_sweep); either may be NULL. */
TW_API tw_status tw_study_gradcheck_draw(const tw_study_model *model, const tw_gradcheck *check,
                                         const char *picture, const char *sweep);

TW_END_DECLS

#endif
