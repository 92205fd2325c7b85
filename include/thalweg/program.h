/* program.h: a program on a pipe as an objective, and an objective as such a program.
 *
 * The program reads requests on its standard input and writes answers to its standard output, in
 * lines of text that a shell script can speak or in binary; docs/plugins.md has the protocol and
 * examples. The shortest program reads lines of n numbers and prints one number for each:
 *
 *     const tw_program_options options = {.size = 2};
 *     tw_objective *f;
 *     tw_program_open("while read x y; do echo $((x * x + y * y)); done", &options, NULL, &f);
 *
 * A number that is not finite is data. What goes wrong is told with the number of the evaluation: a
 * program that was killed by a signal or exited, that answers something that is not a number, or
 * too many, that says "error TEXT", or that does not answer in time. A process that fails in any
 * other way than by "error TEXT" is killed; the next evaluation starts a new one.
 */
#ifndef THALWEG_PROGRAM_H
#define THALWEG_PROGRAM_H

#include <stddef.h>
#include <stdio.h>

#include "objective.h"

TW_BEGIN_DECLS

/* All zero means the defaults. */
typedef struct tw_program_options {
    size_t bytes;   /* sizeof(tw_program_options), or 0 (thalweg.h) */
    size_t size;    /* 0: the program greets and says how many parameters it has; otherwise it does
                       not greet and takes lines of this many numbers */
    int once;       /* with `size`: a new process for every evaluation, which reads one line to the
                       end of its input, prints the loss and exits with 0 */
    int workers;    /* processes at most at the same time; 0: one per thread of the runner */
    double timeout; /* seconds for one evaluation, and for the greeting; 0: 60; INFINITY: no limit
                     */
} tw_program_options;

/* Starts /bin/sh -c `command`, reads its greeting, and makes the objective: value, and batch, with
 * gradient where the program has one; start, bounds, metrics, blocks and noise are the program's.
 * Its name is the program's own or "program". Several threads may call it at once: each evaluation
 * has a process of its own for as long as it lasts, and results do not depend on their number, if
 * the program answers the same question in the same way. `options` may be NULL; `runner` is not
 * owned and must outlive the objective (NULL: one thread). *out is owned by the caller;
 * tw_objective_free says "quit" to the processes, and kills those that have not ended after a
 * second, with all that they have started in their process group.
 *
 * TW_ERR_ARGUMENT for options that make no sense, TW_ERR_SYSTEM if no process can be started,
 * TW_ERR_CALLBACK for a program that fails, here and in every operation.
 *
 * Standard error is passed on. The signal SIGPIPE is never raised; SIGCHLD may be ignored by the
 * host, but then it is not known how a program ended. */
TW_API tw_status tw_program_open(const char *command, const tw_program_options *options,
                                 tw_runner *runner, tw_objective **out);

/* The other end: makes any objective a program that tw_program_open can talk to, in binary. Writes
 * the greeting to `out`, then answers the requests that come on `in` (value, gradient, batch,
 * start, lower, upper), until "quit" or the end of `in`:
 *
 *     int main(void) {
 *         tw_objective *f = ...;
 *         return tw_program_serve(f, NULL, stdin, stdout) != TW_OK;
 *     }
 *
 * An evaluation that fails is answered with "error TEXT" and the conversation goes on. `start` (n
 * numbers, or NULL: the objective's own, if it has one) is what "start" answers. The streams stay
 * open and are the caller's, and so is what else might be written to them: nothing must.
 *
 * TW_ERR_IO if `out` cannot be written or `in` ends within a request, TW_ERR_FORMAT for a request
 * that is unknown, TW_ERR_ARGUMENT if a metric or a block has a name of other letters than
 * docs/plugins.md allows, TW_ERR_MEMORY. Where nobody reads `out`, SIGPIPE is the caller's. */
TW_API tw_status tw_program_serve(tw_objective *objective, const double *start, FILE *in,
                                  FILE *out);

TW_END_DECLS

#endif
