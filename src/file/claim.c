/* One process at a time: an empty file PATH.lock, locked for as long as the process has it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "file/part_file.h"
#include "thalweg/file.h"

struct tw_claim {
    char *path;     /* of the lock; NULL if there is none to be had */
    int descriptor; /* -1 likewise */
};

typedef enum outcome { TAKEN, BUSY, AGAIN, NO_LOCKS } outcome;

static int open_lock(const char *path) {
    enum { FLAGS = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC };
    int lock = open(path, O_RDWR | O_CREAT | FLAGS, 0666);
    return lock >= 0 ? lock : open(path, O_RDONLY | FLAGS); /* another user's */
}

/* A file that is not empty is somebody's own, and is left alone. The one who had the lock has
 * removed it, so that it must still have its name when it is ours. */
static outcome try_lock(const char *path, int *out) {
    struct stat own, there;
    int lock = open_lock(path);
    outcome result = NO_LOCKS;
    if (lock < 0)
        return result;
    if (fstat(lock, &own) == 0 && S_ISREG(own.st_mode) && own.st_size == 0) {
        if (flock(lock, LOCK_EX | LOCK_NB) == 0)
            result = lstat(path, &there) == 0 && there.st_ino == own.st_ino ? TAKEN : AGAIN;
        else if (errno == EWOULDBLOCK)
            result = BUSY;
    }
    if (result == TAKEN)
        *out = lock;
    else
        close(lock);
    return result;
}

tw_status tw_claim_take(const char *path, tw_claim **out) {
    *out = NULL;
    tw_claim *claim = tw_alloc(1, sizeof *claim);
    if (claim == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to write '%s'", path);
    claim->descriptor = -1;
    char *target = tw_link_target(path);
    claim->path = target != NULL ? tw_name_beside(target, ".lock") : NULL;
    free(target);
    outcome result = claim->path != NULL ? AGAIN : NO_LOCKS;
    for (int k = 0; k < 1000 && result == AGAIN; k++)
        result = try_lock(claim->path, &claim->descriptor);
    if (result == BUSY || result == AGAIN)
        tw_claim_release(claim);
    else
        *out = claim;
    return TW_OK;
}

void tw_claim_release(tw_claim *claim) {
    if (claim == NULL)
        return;
    if (claim->descriptor >= 0) {
        unlink(claim->path);
        close(claim->descriptor);
    }
    free(claim->path);
    free(claim);
}
