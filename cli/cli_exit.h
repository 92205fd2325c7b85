/* cli_exit.h: no silent ends. A plug-in may call exit, and libraries do when memory is out; the
 * status would be theirs, and 0 is read as a pass. */
#ifndef THALWEG_CLI_EXIT_H
#define THALWEG_CLI_EXIT_H

/* From here on an exit (exit, quick_exit, the end of the last thread) that nobody announced ends
 * with one line on standard error and EXIT_RUN_TIME; a crash says such a line before the signal
 * ends the process as ever. `word` is named in it unless NULL. */
void exit_watch(const char *word);

/* For pthread_cleanup_push: this thread was ended from within. */
void exit_of_thread(void *none);

/* The command has returned with `code`, and all that it wrote is where it belongs: an exit is as it
 * should be, and if a library or a plug-in crashes on its way out the status is still `code`. */
void exit_expected(int code);

#endif
