#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "team/team_message.h"
#include "team/team_private.h"

tw_status tw_team_join(tw_team **out) {
    tw_team *team = tw_alloc(1, sizeof *team);
    if (team == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a team");
    tw_status status = tw_team_mpi(team);
    if (status != TW_OK)
        free(team);
    else
        *out = team;
    return status;
}

void tw_team_leave(tw_team *team) {
    if (team == NULL)
        return;
    team->ops.leave(team->ctx);
    free(team);
}

int tw_team_rank(const tw_team *team) {
    return team != NULL ? team->rank : 0;
}

int tw_team_size(const tw_team *team) {
    return team != NULL ? team->size : 1;
}

tw_status tw_team_send(tw_team *team, int to, const void *bytes, size_t size) {
    return team->ops.send(team->ctx, to, bytes, size);
}

tw_status tw_team_receive(tw_team *team, double wait, int *from, void **bytes, size_t *size) {
    return team->ops.receive(team->ctx, wait, from, bytes, size);
}

/* ---- agreement: each rank sends its report to rank 0, which sends its verdict to all ---- */

/* Followed by the text, ended by 0. */
typedef struct report {
    int32_t status;
    char words[512];
} report;

static tw_status send_report(tw_team *team, int to, tw_status status, const char *text) {
    size_t length = text != NULL ? strlen(text) : 0;
    char *message = tw_alloc(1, sizeof(report) + length + 1);
    if (message == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a message");
    report head = {.status = (int32_t)status};
    if (status != TW_OK)
        snprintf(head.words, sizeof head.words, "%s", tw_message());
    memcpy(message, &head, sizeof head);
    memcpy(message + sizeof head, text != NULL ? text : "", length);
    tw_status sent = team->ops.send(team->ctx, to, message, sizeof head + length + 1);
    free(message);
    return sent;
}

/* `bytes` is a report of at least its head and the closing 0. */
static tw_status receive_report(tw_team *team, int *from, void **bytes, report *head) {
    size_t size;
    tw_status status = team->ops.receive(team->ctx, -1, from, bytes, &size);
    if (status == TW_OK && size <= sizeof *head)
        status =
            tw_fail(TW_ERR_SYSTEM, "rank %d sent a malformed report of %zu bytes", *from, size);
    if (status == TW_OK) {
        memcpy(head, *bytes, sizeof *head);
        head->words[sizeof head->words - 1] = '\0';
        ((char *)*bytes)[size - 1] = '\0';
    }
    return status;
}

/* The first lines in which the texts differ. */
static tw_status compare(int rank, const char *own, const char *theirs) {
    while (*own != '\0' && *own == *theirs) {
        size_t a = strcspn(own, "\n"), b = strcspn(theirs, "\n");
        if (a != b || memcmp(own, theirs, a) != 0)
            break;
        own += a + (own[a] == '\n');
        theirs += b + (theirs[b] == '\n');
    }
    if (strcmp(own, theirs) == 0)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT,
                   "rank %d is not doing the same work: '%.*s' there and '%.*s' here", rank,
                   (int)strcspn(theirs, "\n"), theirs, (int)strcspn(own, "\n"), own);
}

/* Rank 0: the verdict, the lowest failing rank's. */
static tw_status collect(tw_team *team, tw_status status, const char *text) {
    int worst = status != TW_OK ? 0 : team->size;
    char words[512];
    snprintf(words, sizeof words, "%s", status != TW_OK ? tw_message() : "");
    for (int k = 1; k < team->size; k++) {
        int from;
        void *bytes = NULL;
        report head;
        tw_status theirs = receive_report(team, &from, &bytes, &head);
        if (theirs == TW_OK && head.status != TW_OK)
            theirs = tw_fail((tw_status)head.status, "rank %d: %s", from, head.words);
        if (theirs == TW_OK && status == TW_OK)
            theirs = compare(from, text != NULL ? text : "", (char *)bytes + sizeof head);
        free(bytes);
        if (theirs != TW_OK && from < worst) {
            worst = from;
            status = theirs;
            snprintf(words, sizeof words, "%s", tw_message());
        }
    }
    return status != TW_OK ? tw_fail(status, "%s", words) : TW_OK;
}

tw_status tw_team_agree(tw_team *team, tw_status status, const char *text) {
    if (tw_team_size(team) == 1)
        return status;
    if (team->rank == 0) {
        status = collect(team, status, text);
        for (int k = 1; k < team->size; k++) {
            tw_status sent = send_report(team, k, status, NULL);
            status = status == TW_OK ? sent : status;
        }
        return status;
    }
    int from;
    void *bytes = NULL;
    report verdict = {0};
    tw_status sent = send_report(team, 0, status, text);
    if (sent == TW_OK)
        sent = receive_report(team, &from, &bytes, &verdict);
    free(bytes);
    if (sent != TW_OK)
        return sent;
    return verdict.status != TW_OK ? tw_fail((tw_status)verdict.status, "%s", verdict.words)
                                   : TW_OK;
}
