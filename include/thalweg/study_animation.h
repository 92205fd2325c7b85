/* study_animation.h: results that move: what 'thalweg animate' does.
 *
 *     const char *files[] = {"plane.h5", "gd.h5", "adam.h5"};
 *     tw_study_animation_options options = tw_study_animation_defaults();
 *     tw_study_animation_files(&study, &options, 3, files, "race.gif");
 */
#ifndef THALWEG_STUDY_ANIMATION_H
#define THALWEG_STUDY_ANIMATION_H

#include "study_picture.h"

TW_BEGIN_DECLS

/* What is not given is as said here. */
typedef struct tw_study_animation_options {
    size_t bytes;
    size_t frames; /* 90 */
    double fps;    /* frames a second of a film: 15 */
    int turn;      /* 1: the eye goes once around a 3-D view, which is then the view */
    tw_study_picture_options picture; /* as for a still one; dpi 150, and no terminal */
} tw_study_animation_options;

TW_API tw_study_animation_options tw_study_animation_defaults(void);

/* How the path of an animation may end, for index 0, 1, ...: ".gif", ".mp4", ".webm", ".png"; NULL
 * past the end. */
TW_API const char *tw_study_animation_ending(size_t index);

/* A plane with the paths that are in its file and those of projections (as tw_study_picture_files
 * has it). Paths go on from their starts, all by one clock: the iterations at which checkpoints
 * were met, or the numbers of checkpoints where one of the paths has none. Frame 1 of N has the
 * starts alone, frame N is the still picture; the iteration and the losses then are told below.
 * With `turn`, or where there is no path, the eye goes around a 3-D view from its azimuth (-60
 * unless given), and the N-th step would be the first again. The page, the scales and all texts but
 * these stay.
 *
 * A `path` that ends in .png is that of the frames: with one %d, or %04d, their number from 1 on,
 * in a folder that is made if it is not there. The same input gives the same bytes; a failure
 * leaves the frames before it. Others are made by the program ffmpeg, found in PATH:
 * TW_ERR_UNSUPPORTED where there is none; its own words where it fails (TW_ERR_CALLBACK), and then,
 * or where the work is stopped (TW_ERR_CANCELLED), no file. A film holds its last picture for a
 * second and a half, a turning one does not. TW_ERR_ARGUMENT where nothing moves. */
TW_API tw_status tw_study_animation_files(const tw_study *study,
                                          const tw_study_animation_options *options, size_t count,
                                          const char *const *files, const char *path);

TW_END_DECLS

#endif
