/* cli_picture.h: the options of a picture (study_picture.h). */
#ifndef THALWEG_CLI_PICTURE_H
#define THALWEG_CLI_PICTURE_H

#include "option/cli_options.h"
#include "thalweg/thalweg.h"

extern const option_spec picture_options[];

/* The group of a command that has such options in the member `member` of its struct `type`. */
#define PICTURE_GROUP(title, type, member)                                                         \
    title, picture_options, offsetof(type, member), .bytes = sizeof(tw_study_picture_options)

#endif
