/* cli_interrupt.h: a wish to stop (ctrl-C, SIGTERM, a terminal that closes) that work looks at
 * between its pieces, so that it can save first. One more, a second later,
 * ends the program at once. */
#ifndef THALWEG_CLI_INTERRUPT_H
#define THALWEG_CLI_INTERRUPT_H

/* From now on, and until interrupt_release, the signals are noted. Those that are ignored stay so.
 */
void interrupt_watch(void);
void interrupt_release(void);

/* The signal that came, or 0. */
int interrupt_seen(void);

#endif
