/* team_mpi.c: the messages of a team over MPI. Only this file knows MPI. */
#define OMPI_SKIP_MPICXX 1
#include <limits.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/team_private.h"

/* A send that MPI has not finished. Large messages wait for the receiver, so that two ranks that
 * send to each other before they receive would wait for ever if sends did. */
typedef struct sending {
    struct sending *next;
    MPI_Request request;
    char bytes[];
} sending;

typedef struct mpi_context {
    sending *pending;
} mpi_context;

static tw_status refuse(const char *what, int code) {
    char text[MPI_MAX_ERROR_STRING] = "";
    int length;
    MPI_Error_string(code, text, &length);
    return tw_fail(TW_ERR_SYSTEM, "MPI cannot %s: %s", what, text);
}

static void drop_finished(mpi_context *context) {
    for (sending **at = &context->pending; *at != NULL;) {
        sending *send = *at;
        int done = 0;
        MPI_Test(&send->request, &done, MPI_STATUS_IGNORE);
        if (!done) {
            at = &send->next;
            continue;
        }
        *at = send->next;
        free(send);
    }
}

static tw_status mpi_send(void *ctx, int to, const void *bytes, size_t size) {
    mpi_context *context = ctx;
    if (size > INT_MAX)
        return tw_fail(TW_ERR_SYSTEM, "a message of %zu bytes is too long for MPI", size);
    drop_finished(context);
    sending *send = malloc(sizeof *send + size);
    if (send == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a message of %zu bytes", size);
    memcpy(send->bytes, bytes, size);
    int code = MPI_Isend(send->bytes, (int)size, MPI_BYTE, to, 0, MPI_COMM_WORLD, &send->request);
    if (code != MPI_SUCCESS) {
        free(send);
        return refuse("send", code);
    }
    send->next = context->pending;
    context->pending = send;
    return TW_OK;
}

static tw_status take(const MPI_Status *waiting, int *from, void **bytes, size_t *size) {
    int count = 0;
    MPI_Get_count(waiting, MPI_BYTE, &count);
    *bytes = malloc(count > 0 ? (size_t)count : 1);
    if (*bytes == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a message of %d bytes", count);
    int code = MPI_Recv(*bytes, count, MPI_BYTE, waiting->MPI_SOURCE, 0, MPI_COMM_WORLD,
                        MPI_STATUS_IGNORE);
    if (code != MPI_SUCCESS) {
        free(*bytes);
        *bytes = NULL;
        return refuse("receive", code);
    }
    *from = waiting->MPI_SOURCE;
    *size = (size_t)count;
    return TW_OK;
}

/* MPI's own waiting keeps a processor busy; a look every PAUSE does not. */
static tw_status mpi_receive(void *ctx, double wait, int *from, void **bytes, size_t *size) {
    static const struct timespec PAUSE = {.tv_nsec = 200 * 1000};
    double begun = tw_clock_seconds();
    *from = -1;
    *bytes = NULL;
    *size = 0;
    for (;;) {
        int there = 0;
        MPI_Status waiting;
        drop_finished(ctx);
        int code = MPI_Iprobe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &there, &waiting);
        if (code != MPI_SUCCESS)
            return refuse("listen", code);
        if (there)
            return take(&waiting, from, bytes, size);
        if (wait >= 0 && tw_clock_seconds() - begun >= wait)
            return TW_OK;
        nanosleep(&PAUSE, NULL);
    }
}

static void mpi_leave(void *ctx) {
    mpi_context *context = ctx;
    while (context->pending != NULL) {
        sending *send = context->pending;
        MPI_Wait(&send->request, MPI_STATUS_IGNORE);
        context->pending = send->next;
        free(send);
    }
    free(context);
    MPI_Finalize();
}

tw_status tw_team_mpi(tw_team *out) {
    static const tw_team_ops ops = {mpi_send, mpi_receive, mpi_leave};
    int provided, code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    if (code != MPI_SUCCESS)
        return refuse("start", code);
    mpi_context *context = tw_alloc(1, sizeof *context);
    if (provided < MPI_THREAD_FUNNELED || context == NULL) {
        free(context);
        MPI_Finalize();
        return tw_fail(TW_ERR_SYSTEM, "MPI cannot start beside threads");
    }
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    out->ops = ops;
    out->ctx = context;
    MPI_Comm_rank(MPI_COMM_WORLD, &out->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &out->size);
    return TW_OK;
}
