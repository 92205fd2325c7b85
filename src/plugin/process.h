/* process.h: a command of the shell as a process with two pipes, and its end. */
#ifndef TW_PLUGIN_PROCESS_H
#define TW_PLUGIN_PROCESS_H

#include <sys/types.h>

#include "thalweg/status.h"

/* The process leads a group of its own, which is killed as a whole. */
typedef struct tw_process {
    pid_t pid;
    pid_t guard;    /* kills the group should this process die first; 0: none */
    int input;      /* writing end of its standard input, does not block; -1 once closed */
    int input_kept; /* the reading end: as long as it is open, a write raises no SIGPIPE */
    int output;     /* reading end of its standard output, does not block */
    int life;       /* the guard reads the other end; it is never written to */
} tw_process;

/* Starts /bin/sh -c COMMAND; standard error is that of this process. TW_ERR_SYSTEM if it cannot be
 * started. On success tw_process_kill must follow. */
tw_status tw_process_start(const char *command, tw_process *out);

/* The process reads the end of its input. */
void tw_process_close_input(tw_process *process);

/* Waits at most `seconds` until the process has ended (it can still be asked how); 1 if it has. */
int tw_process_wait(const tw_process *process, double seconds);

/* Records how the process ended, waiting at most `seconds` for it, as the text of
 * TW_ERR_CALLBACK. TW_OK if it ended well (exit status 0) or if nobody knows. */
tw_status tw_process_ending(const tw_process *process, double seconds);

/* Kills what is left of the group, and waits for it: no zombie and no descriptor stays behind. */
void tw_process_kill(tw_process *process);

#endif
