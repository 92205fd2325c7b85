/* team_mpi.c: the messages of a team over MPI. Only this file knows MPI. */
#define OMPI_SKIP_MPICXX 1
#include <limits.h>
#include <mpi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "team/shared_memory.h"
#include "team/team_private.h"

/* A send that MPI has not finished. Large messages wait for the receiver, so that two ranks that
 * send to each other before they receive would wait for ever if sends did. */
typedef struct sending {
    struct sending *next;
    MPI_Request request;
    char bytes[];
} sending;

/* Memory of all ranks of the machine. */
typedef struct shared {
    struct shared *next;
    void *memory;
    size_t size;
} shared;

typedef struct mpi_context {
    sending *pending;
    MPI_Comm machine; /* the ranks on this one */
    shared *shared;
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

static void pause_for(double seconds) {
    struct timespec pause = {.tv_nsec = (long)(1e9 * seconds)}; /* below 1 s */
    nanosleep(&pause, NULL);
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

/* MPI's own waiting keeps a processor busy; a look now and then does not. */
static tw_status mpi_receive(void *ctx, double wait, int *from, void **bytes, size_t *size) {
    static const double PAUSE = 2e-3;
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
        double waited = tw_clock_seconds() - begun;
        if (wait >= 0 && waited >= wait)
            return TW_OK;
        pause_for(wait >= 0 && wait - waited < PAUSE ? wait - waited : PAUSE);
    }
}

/* ---- memory of a machine ---- */

/* Whether all ranks of the machine have the same number, and not 0. */
static int all_want(const mpi_context *context, uint64_t number) {
    uint64_t own[2] = {number, UINT64_MAX - number}, least[2] = {0, 0};
    return MPI_Allreduce(own, least, 2, MPI_UINT64_T, MPI_MIN, context->machine) == MPI_SUCCESS &&
           least[0] != 0 && least[0] == UINT64_MAX - least[1];
}

/* The first rank creates it, the others attach. */
static void *create_or_attach(const mpi_context *context, size_t size) {
    int rank = 0;
    tw_shared_name name = {0};
    void *memory = NULL;
    MPI_Comm_rank(context->machine, &rank);
    if (rank == 0)
        memory = tw_shared_create(size, &name);
    int created = rank == 0 && memory != NULL;
    if (MPI_Bcast(&name, (int)sizeof name, MPI_BYTE, 0, context->machine) == MPI_SUCCESS &&
        rank > 0)
        memory = tw_shared_attach(&name, size);
    int all = all_want(context, memory != NULL);
    if (created)
        close((int)name.file);
    if (!all && memory != NULL) {
        tw_shared_detach(memory, size);
        memory = NULL;
    }
    return memory;
}

static void mpi_share(void *ctx, size_t size, void **memory) {
    mpi_context *context = ctx;
    int ranks = 1;
    *memory = NULL;
    MPI_Comm_size(context->machine, &ranks);
    shared *made = malloc(sizeof *made);
    if (ranks > 1 && all_want(context, made != NULL ? size : 0))
        *memory = create_or_attach(context, size);
    if (*memory == NULL) {
        free(made);
        return;
    }
    *made = (shared){context->shared, *memory, size};
    context->shared = made;
}

static void mpi_unshare(void *ctx) {
    mpi_context *context = ctx;
    while (context->shared != NULL) {
        shared *made = context->shared;
        context->shared = made->next;
        tw_shared_detach(made->memory, made->size);
        free(made);
    }
}

/* ---- the end ---- */

static void drop_message(mpi_context *context) {
    int there = 0, from;
    MPI_Status waiting;
    void *bytes = NULL;
    size_t size;
    MPI_Iprobe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &there, &waiting);
    if (there && take(&waiting, &from, &bytes, &size) == TW_OK)
        free(bytes);
}

/* A large message is not sent before it is received: whoever waits for others drops what they may
 * still have sent after an early end, until all have come so far. */
static void mpi_leave(void *ctx) {
    mpi_context *context = ctx;
    MPI_Request all;
    int gone = 0;
    for (drop_finished(context); context->pending != NULL; drop_finished(context)) {
        drop_message(context);
        pause_for(1e-4);
    }
    if (MPI_Ibarrier(MPI_COMM_WORLD, &all) == MPI_SUCCESS)
        while (MPI_Test(&all, &gone, MPI_STATUS_IGNORE) == MPI_SUCCESS && !gone) {
            drop_message(context);
            pause_for(1e-4);
        }
    mpi_unshare(context);
    MPI_Comm_free(&context->machine);
    free(context);
    MPI_Finalize();
}

tw_status tw_team_mpi(tw_team *out) {
    static const tw_team_ops ops = {mpi_send, mpi_receive, mpi_leave, mpi_share, mpi_unshare};
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
    code = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL,
                               &context->machine);
    if (code != MPI_SUCCESS) {
        free(context);
        MPI_Finalize();
        return refuse("tell which ranks are on one machine", code);
    }
    MPI_Comm_set_errhandler(context->machine, MPI_ERRORS_RETURN);
    out->ops = ops;
    out->ctx = context;
    MPI_Comm_rank(MPI_COMM_WORLD, &out->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &out->size);
    return TW_OK;
}
