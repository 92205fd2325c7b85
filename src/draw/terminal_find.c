/* What the terminal behind a descriptor shows: by its environment, its window, and what it says. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "thalweg/terminal.h"

enum { ANSWER = 512, PATIENCE = 300 }; /* bytes, milliseconds */

static const char *const kinds[] = {"characters", "blocks", "sixel", "kitty"};

const char *tw_terminal_kind_name(size_t kind) {
    return kind < sizeof kinds / sizeof kinds[0] ? kinds[kind] : NULL;
}

static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value != NULL ? value : "";
}

static int begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

/* ---- what the terminal says ---- */

typedef struct answer {
    int sixel;
    tw_terminal_ground ground;
    size_t cell_width, cell_height;
} answer;

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* Whether the answer to the last question, "ESC [ ? ... c", has come. */
static const char *attributes_in(const char *text) {
    const char *at = strstr(text, "\033[?");
    return at != NULL && at[3 + strspn(at + 3, "0123456789;")] == 'c' ? at + 3 : NULL;
}

/* Asks three questions of which every terminal answers the last. */
static int ask(int tty, char *text) {
    static const char questions[] = "\033]11;?\033\\\033[16t\033[c";
    size_t got = 0;
    double begun = milliseconds(), left = PATIENCE;
    text[0] = '\0';
    if (write(tty, questions, sizeof questions - 1) != (ssize_t)sizeof questions - 1)
        return 0;
    while (got + 1 < ANSWER && (left = begun + PATIENCE - milliseconds()) > 0) {
        struct pollfd ready = {.fd = tty, .events = POLLIN};
        if (poll(&ready, 1, (int)left + 1) <= 0)
            continue;
        ssize_t more = read(tty, text + got, ANSWER - 1 - got);
        if (more <= 0)
            return 0;
        for (ssize_t k = 0; k < more; k++)
            text[got + (size_t)k] += text[got + (size_t)k] == '\0'; /* it stays one string */
        got += (size_t)more;
        text[got] = '\0';
        if (attributes_in(text) != NULL)
            return 1;
    }
    return 0;
}

static void read_answer(const char *text, answer *out) {
    unsigned red, green, blue;
    const char *ground = strstr(text, "]11;rgb:"), *cell = strstr(text, "\033[6;");
    if (ground != NULL &&
        sscanf(ground, "]11;rgb:%2x%*[0-9a-fA-F]/%2x%*[0-9a-fA-F]/%2x", &red, &green, &blue) == 3)
        out->ground =
            0.3 * red + 0.59 * green + 0.11 * blue < 128 ? TW_GROUND_DARK : TW_GROUND_LIGHT;
    if (cell != NULL && sscanf(cell, "\033[6;%zu;%zut", &out->cell_height, &out->cell_width) != 2)
        out->cell_height = out->cell_width = 0;
    for (const char *at = attributes_in(text); at != NULL && *at != 'c';) {
        size_t length = strspn(at, "0123456789");
        out->sixel |= length == 1 && *at == '4';
        at += length + (at[length] == ';');
    }
}

/* Signals that would leave the terminal as it is set here wait until it is as before. */
static void converse(int tty, answer *out) {
    static const int waiting[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGTSTP, SIGTTOU};
    struct termios before, quiet;
    sigset_t blocked, old;
    char text[ANSWER];
    if (tcgetpgrp(tty) != getpgrp() || tcgetattr(tty, &before) != 0)
        return;
    sigemptyset(&blocked);
    for (size_t k = 0; k < sizeof waiting / sizeof waiting[0]; k++)
        sigaddset(&blocked, waiting[k]);
    pthread_sigmask(SIG_BLOCK, &blocked, &old);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
    quiet.c_cc[VMIN] = 0;
    quiet.c_cc[VTIME] = 0;
    if (tcsetattr(tty, TCSADRAIN, &quiet) == 0) {
        if (!ask(tty, text))
            tcflush(tty, TCIFLUSH); /* the rest of an answer must not become a command */
        read_answer(text, out);
        tcsetattr(tty, TCSADRAIN, &before);
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void question(int descriptor, answer *out) {
    char name[64];
    int tty = ttyname_r(descriptor, name, sizeof name) == 0
                  ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
                  : -1;
    if (tty < 0)
        return;
    converse(tty, out);
    close(tty);
}

/* ---- what the environment says ---- */

static int shows_kitty(void) {
    const char *term = variable("TERM"), *program = variable("TERM_PROGRAM");
    return variable("KITTY_WINDOW_ID")[0] != '\0' || strstr(term, "kitty") != NULL ||
           strstr(term, "ghostty") != NULL || strcmp(program, "WezTerm") == 0 ||
           strcmp(program, "ghostty") == 0;
}

static int shows_sixel(void) {
    const char *term = variable("TERM");
    return begins(term, "foot") || begins(term, "mlterm") || strstr(term, "sixel") != NULL;
}

/* A multiplexer keeps what images it is sent, if any, to itself. */
static int is_within(void) {
    const char *term = variable("TERM");
    return variable("TMUX")[0] != '\0' || begins(term, "screen") || begins(term, "tmux");
}

static tw_terminal_colors colors(void) {
    const char *term = variable("TERM"), *color = variable("COLORTERM");
    return strcmp(color, "truecolor") == 0 || strcmp(color, "24bit") == 0 ||
                   strstr(term, "direct") != NULL || shows_kitty() || begins(term, "foot")
               ? TW_COLORS_24_BIT
               : TW_COLORS_256;
}

/* "15;0": the number of the ground comes last. */
static tw_terminal_ground ground(void) {
    const char *text = variable("COLORFGBG"), *last = strrchr(text, ';');
    char *end;
    if (last == NULL)
        return TW_GROUND_UNKNOWN;
    long number = strtol(last + 1, &end, 10);
    if (end == last + 1 || number < 0 || number > 15)
        return TW_GROUND_UNKNOWN;
    return number < 7 || number == 8 ? TW_GROUND_DARK : TW_GROUND_LIGHT;
}

static int is_ascii(void) {
    const char *locale = variable("LC_ALL");
    if (locale[0] == '\0')
        locale = variable("LC_CTYPE");
    if (locale[0] == '\0')
        locale = variable("LANG");
    return strcasestr(locale, "utf-8") == NULL && strcasestr(locale, "utf8") == NULL;
}

static size_t count_in(const char *name) {
    long value = strtol(variable(name), NULL, 10);
    return value > 0 && value < 10000 ? (size_t)value : 0;
}

static void measure(int descriptor, tw_terminal *out) {
    struct winsize size = {0};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0)
        size = (struct winsize){0};
    out->columns = size.ws_col > 0 ? size.ws_col : count_in("COLUMNS");
    out->rows = size.ws_row > 0 ? size.ws_row : count_in("LINES");
    if (size.ws_col > 0 && size.ws_row > 0 && size.ws_xpixel > 0 && size.ws_ypixel > 0) {
        out->cell_width = size.ws_xpixel / size.ws_col;
        out->cell_height = size.ws_ypixel / size.ws_row;
    }
}

tw_status tw_terminal_find(int descriptor, int kind, tw_terminal *out) {
    *out = (tw_terminal){.bytes = sizeof *out};
    if (kind < -1 || (kind >= 0 && tw_terminal_kind_name((size_t)kind) == NULL))
        return tw_fail(TW_ERR_ARGUMENT, "no kind %d of terminal", kind);
    answer said = {0};
    const char *term = variable("TERM");
    int is_terminal = isatty(descriptor);
    int plain = !is_terminal || variable("NO_COLOR")[0] != '\0' || term[0] == '\0' ||
                strcmp(term, "dumb") == 0;
    measure(descriptor, out);
    out->colors = colors();
    out->ascii = is_ascii();
    if (is_terminal && (kind >= 0 ? kind != TW_TERMINAL_CHARACTERS : !plain))
        question(descriptor, &said);
    out->ground = said.ground != TW_GROUND_UNKNOWN ? said.ground : ground();
    if (out->cell_width == 0 || out->cell_height == 0) {
        out->cell_width = said.cell_width;
        out->cell_height = said.cell_height;
    }
    out->kind = kind >= 0                     ? (tw_terminal_kind)kind
                : plain                       ? TW_TERMINAL_CHARACTERS
                : is_within()                 ? TW_TERMINAL_BLOCKS
                : shows_kitty()               ? TW_TERMINAL_KITTY
                : said.sixel || shows_sixel() ? TW_TERMINAL_SIXEL
                                              : TW_TERMINAL_BLOCKS;
    return TW_OK;
}
