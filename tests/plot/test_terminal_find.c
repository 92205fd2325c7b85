/* Which terminal it is: by the environment, and by what it answers. */
#include "support.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "thalweg/terminal.h"

static void forget(void) {
    static const char *const names[] = {"TERM",      "COLORTERM", "NO_COLOR", "KITTY_WINDOW_ID",
                                        "COLORFGBG", "COLUMNS",   "LINES",    "TERM_PROGRAM",
                                        "TMUX",      "LC_ALL",    "LC_CTYPE", "LANG"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        unsetenv(names[k]);
}

static void in_a_pipe(void **state) {
    int ends[2];
    tw_terminal t;
    forget();
    setenv("TERM", "xterm-kitty", 1);
    setenv("COLUMNS", "132", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("COLORFGBG", "0;15", 1);
    assert_int_equal(pipe(ends), 0);
    assert_ok(tw_terminal_find(ends[1], -1, &t));
    assert_int_equal(t.kind, TW_TERMINAL_CHARACTERS);
    assert_int_equal(t.columns, 132);
    assert_int_equal(t.ascii, 0);
    assert_int_equal(t.ground, TW_GROUND_LIGHT);
    assert_ok(tw_terminal_find(ends[1], TW_TERMINAL_SIXEL, &t));
    assert_int_equal(t.kind, TW_TERMINAL_SIXEL);
    assert_fails(TW_ERR_ARGUMENT, "no kind 4", tw_terminal_find(ends[1], 4, &t));
    struct pollfd asked = {.fd = ends[0], .events = POLLIN};
    assert_int_equal(poll(&asked, 1, 0), 0);
    close(ends[0]);
    close(ends[1]);
}

/* In a session of its own on `name`; the exit status tells what it found. */
static void find_in_child(const char *name) {
    struct termios before, after;
    tw_terminal t;
    setsid();
    int tty = open(name, O_RDWR);
    if (tty < 0 || ioctl(tty, TIOCSCTTY, 0) < 0 || tcgetattr(tty, &before) != 0 ||
        tw_terminal_find(tty, -1, &t) != TW_OK || tcgetattr(tty, &after) != 0)
        _exit(99);
    int same = before.c_lflag == after.c_lflag && before.c_cc[VMIN] == after.c_cc[VMIN];
    _exit(!same ? 98
                : (int)t.kind + 4 * (int)t.ground + 16 * (t.cell_height == 18) +
                      32 * (t.columns == 77));
}

/* What a child finds on a terminal that answers with `answer`; *asked: whether it was. */
static int found_on(const char *answer, int *asked) {
    int master = posix_openpt(O_RDWR | O_NOCTTY), status = 0;
    char name[64], got[256];
    const struct winsize size = {.ws_col = 77, .ws_row = 30};
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
        ptsname_r(master, name, sizeof name) != 0)
        skip();
    int kept = open(name, O_RDWR | O_NOCTTY);
    ioctl(kept, TIOCSWINSZ, &size);
    pid_t child = fork();
    if (child == 0)
        find_in_child(name);
    struct pollfd ready = {.fd = master, .events = POLLIN};
    *asked = 0;
    if (poll(&ready, 1, 500) > 0 && read(master, got, sizeof got) > 0) {
        *asked = 1;
        assert_true(write(master, answer, strlen(answer)) >= 0);
    }
    waitpid(child, &status, 0);
    close(kept);
    close(master);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* A machine that is busy may let the answer come too late. */
static void assert_found(const char *answer, int wanted) {
    int was = 0, found = -1;
    for (int k = 0; k < 50 && found != wanted; k++)
        found = found_on(answer, &was);
    assert_int_equal(found, wanted);
    assert_true(was);
}

static void assert_not_asked(int wanted) {
    int was;
    assert_int_equal(found_on("", &was), wanted);
    assert_false(was);
}

static void asked(void **state) {
    static const char with[] = "\033]11;rgb:fafa/fafa/fafa\033\\\033[6;18;9t\033[?62;4;22c";
    static const char without[] = "\033]11;rgb:1e1e/1e1e/2e2e\007\033[?64;22;14c";
    forget();
    setenv("TERM", "xterm-256color", 1);
    assert_found(with, TW_TERMINAL_SIXEL + 4 * TW_GROUND_LIGHT + 16 + 32);
    assert_found(without, TW_TERMINAL_BLOCKS + 4 * TW_GROUND_DARK + 32);
    assert_found("", TW_TERMINAL_BLOCKS + 32); /* it says nothing */
    setenv("NO_COLOR", "1", 1);
    assert_not_asked(TW_TERMINAL_CHARACTERS + 32);
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    assert_not_asked(TW_TERMINAL_CHARACTERS + 32);
    setenv("TERM", "xterm-kitty", 1);
    assert_found(without, TW_TERMINAL_KITTY + 4 * TW_GROUND_DARK + 32);
    setenv("TMUX", "yes", 1);
    assert_found(with, TW_TERMINAL_BLOCKS + 4 * TW_GROUND_LIGHT + 16 + 32);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_a_pipe),
        cmocka_unit_test(asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
