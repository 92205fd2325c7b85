/* terminal.h: figures in a terminal, where a result is looked at over ssh.
 *
 *     tw_terminal here;
 *     tw_terminal_find(STDOUT_FILENO, -1, &here);
 *     tw_figure figure = {.bytes = sizeof figure, .terminal = &here};
 *     tw_plot_surface("/dev/stdout", &figure, &surface, 0);
 *
 * The picture is an image where the terminal shows images (kitty's protocol, sixel), else drawn in
 * characters: what is coloured by values in half blocks, lines in Braille dots, texts as texts.
 * Gradient checks, which have their report, contact sheets, several planes side by side and insets
 * are not: TW_ERR_UNSUPPORTED.
 */
#ifndef THALWEG_TERMINAL_H
#define THALWEG_TERMINAL_H

#include <stddef.h>

#include "status.h"

TW_BEGIN_DECLS

typedef enum tw_terminal_kind {
    TW_TERMINAL_CHARACTERS, /* alone: no escape code; values are a ramp from '.' to '@' */
    TW_TERMINAL_BLOCKS,     /* characters with colours */
    TW_TERMINAL_SIXEL,      /* an image of at most 256 colours */
    TW_TERMINAL_KITTY       /* an image: a PNG in kitty's graphics protocol */
} tw_terminal_kind;
/* "characters", "blocks", "sixel", "kitty"; NULL past the end. */
TW_API const char *tw_terminal_kind_name(size_t kind);

typedef enum tw_terminal_colors { TW_COLORS_256, TW_COLORS_24_BIT } tw_terminal_colors;
typedef enum tw_terminal_ground {
    TW_GROUND_UNKNOWN,
    TW_GROUND_LIGHT,
    TW_GROUND_DARK
} tw_terminal_ground;

/* Zero: 80 x 24 characters alone. */
typedef struct tw_terminal {
    size_t bytes; /* sizeof(tw_terminal), or 0 (thalweg.h) */
    tw_terminal_kind kind;
    tw_terminal_colors colors; /* of blocks */
    size_t columns, rows; /* of the window, in characters; 0: 80, 24. The picture is never wider,
                             and leaves the last row to the prompt */
    size_t cell_width, cell_height; /* of a character, in pixels, for images; 0: 10, 20 */
    tw_terminal_ground ground;      /* behind the characters */
    int ascii; /* 1: no characters but those of ASCII: lines are '*', values spaces with a ground or
                  the ramp */
} tw_terminal;

/* What the terminal behind a descriptor shows. `kind` (-1: the best that it has) forces one, as
 * where the descriptor is none. The best is an image where the environment names a terminal that
 * shows them (KITTY_WINDOW_ID, TERM, TERM_PROGRAM; not within tmux or screen) or the terminal
 * answers that it has sixel; else blocks; characters alone where the descriptor is no terminal,
 * TERM is "dumb" or none, or NO_COLOR is set. The size is the window's, or COLUMNS and LINES.
 *
 * A terminal is asked (what it has, its ground, the size of a character) only if this process is in
 * its foreground, and has 0.3 seconds to answer, in which keys that are typed are lost; its
 * settings are restored. COLORFGBG tells the ground of those that do not answer. Nothing is asked
 * where the descriptor is no terminal. TW_ERR_ARGUMENT for a kind that is none. */
TW_API tw_status tw_terminal_find(int descriptor, int kind, tw_terminal *out);

TW_END_DECLS

#endif
