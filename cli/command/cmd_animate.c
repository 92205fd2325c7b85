#include <string.h>

#include "command/cli_command.h"
#include "option/cli_files.h"
#include "option/cli_picture.h"

typedef struct animate_args {
    tw_study_animation_options animation; /* first: the group of its options says its size */
    const char *output;
} animate_args;

static const char *const film_endings[] = {".gif", ".mp4", ".webm", NULL};

static tw_status run(cli_context *context, void *data, const option_words *words) {
    const animate_args *args = data;
    if (args->output == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "where to? give -o FILE.gif, .mp4, .webm, or "
                                        "frames/%%04d.png");
    /* frames have other names, in a folder that may not be there yet */
    tw_status status = strchr(args->output, '%') == NULL
                           ? files_add(context, "-o", args->output, film_endings)
                           : TW_OK;
    if (status == TW_OK)
        status = tw_study_animation_files(context->study, &args->animation, words->count,
                                          (const char *const *)words->items, args->output);
    if (status == TW_OK && context->common.json) {
        tw_json writer = {.out = context->out};
        tw_json_object(&writer, NULL);
        tw_json_text(&writer, "animation", args->output);
        tw_json_end(&writer);
    }
    return status;
}

static const char *const result_endings[] = {".h5", ".npz", ".csv", NULL};

static const option_spec options[] = {
    {"output", 'o', OPTION_FILE, "FILE", offsetof(animate_args, output), .use = FOLDER_WRITTEN,
     .ending = tw_study_animation_ending,
     .help = "the film: .gif, .mp4 or .webm, made by ffmpeg, or frames/%04d.png", .usual = 1},
    {"frames", 0, OPTION_SIZE, "N", offsetof(animate_args, animation.frames), RANGE_POSITIVE,
     .help = "how many pictures", .shown = "90", .usual = 1},
    {"fps", 0, OPTION_NUMBER, "F", offsetof(animate_args, animation.fps), RANGE_POSITIVE,
     .help = "pictures a second", .shown = "15", .usual = 1},
    {"turn", 0, OPTION_FLAG, NULL, offsetof(animate_args, animation.turn),
     .help = "the eye goes once around a 3-D view; so it does where there is no path", .usual = 1},
    {NULL},
};

static const option_group groups[] = {
    {"Animation", options, 0, .bytes = sizeof(tw_study_animation_options)},
    {PICTURE_GROUP("Its pictures", animate_args, animation.picture)},
    {NULL},
};

static const char *const examples[] = {
    "thalweg animate plane.h5 gd.h5 adam.h5 -o race.gif",
    "the paths of two projections over a plane, as they went",
    "thalweg animate plane.h5 --turn -o turn.mp4",
    "a surface from all sides",
    "thalweg animate plane.h5 run.h5 --frames 200 -o 'frames/%04d.png'",
    "frames for another program",
    NULL,
};

const cli_command command_animate = {
    .name = "animate",
    .words = "FILE...",
    .least_words = 1,
    .most_words = SIZE_MAX,
    .word_endings = result_endings,
    .summary = "paths that go on over a plane, a surface that turns: GIF, MP4, WebM or frames",
    .description =
        "Draws a plane with its paths and those of projections ('thalweg plane "
        "--projection'), as 'thalweg plot' does, as often as there are frames. All paths "
        "go by one clock, their iterations; a path that has ended waits for the others. "
        "Films need the program ffmpeg, frames nothing.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(animate_args),
    .run = run,
};
