/* h5_visit.c: the datasets of a file one after the other. Groups are opened from the one around
 * them, not by their path: H5Ovisit goes the way from the top for each, which takes a minute where
 * they are 3,000 deep. */
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "format/h5_quiet.h"
#include "format/h5_read.h"

enum { DEEPEST = 64 };

typedef struct visit_job {
    const char *path;
    tw_h5_visit_fn visit;
    void *user;
    int below;          /* groups as well */
    const char *prefix; /* "a/b/" in the group b of a */
    int depth;
    size_t visited;
    uint64_t claimed; /* bytes, by all datasets so far */
    size_t seen_count;
    haddr_t *seen; /* what several links lead to */
    tw_status status;
} visit_job;

static tw_status visit_all(hid_t group, visit_job *job);

static tw_status fail_open(const visit_job *job, const char *name) {
    return tw_fail(TW_ERR_FORMAT, "'%s': '%s%s' cannot be opened; is the file whole?", job->path,
                   job->prefix, name);
}

/* A file of a few kilobytes may have many sets that were never written, each of a size that would
 * be believed alone. */
static tw_status visit_set(visit_job *job, hid_t set, const char *name) {
    if (!tw_h5_is_number(set))
        return TW_OK;
    uint64_t bytes = tw_h5_claimed(set);
    if (bytes < UINT64_MAX && __builtin_add_overflow(job->claimed, bytes, &job->claimed))
        job->claimed = UINT64_MAX;
    if (!tw_h5_is_plausible(job->path, job->claimed))
        return tw_fail(TW_ERR_FORMAT,
                       "'%s': its datasets up to '%s%s' are together larger than the file",
                       job->path, job->prefix, name);
    char *full;
    if (asprintf(&full, "%s%s", job->prefix, name) < 0)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", job->path);
    tw_status status = job->visit(full, job->user);
    free(full);
    return status;
}

static tw_status visit_group(visit_job *job, hid_t group, const char *name) {
    const char *before = job->prefix;
    char *prefix;
    if (job->depth == DEEPEST)
        return tw_fail(TW_ERR_FORMAT, "'%s': its groups are nested more than %d deep", job->path,
                       DEEPEST);
    if (asprintf(&prefix, "%s%s/", before, name) < 0)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", job->path);
    job->prefix = prefix;
    job->depth++;
    tw_status status = visit_all(group, job);
    job->depth--;
    job->prefix = before;
    free(prefix);
    return status;
}

/* 1 the first time; only what has several links may come again. */
static int is_new(visit_job *job, hid_t object) {
    H5O_info_t info;
    if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0 || info.rc <= 1)
        return 1;
    for (size_t k = 0; k < job->seen_count; k++)
        if (job->seen[k] == info.addr)
            return 0;
    haddr_t *grown = realloc(job->seen, (job->seen_count + 1) * sizeof *grown);
    if (grown == NULL) {
        job->status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", job->path);
        return 0;
    }
    job->seen = grown;
    grown[job->seen_count++] = info.addr;
    return 1;
}

static herr_t visit_link(hid_t at, const char *name, const H5L_info_t *info, void *argument) {
    visit_job *job = argument;
    job->visited++;
    if (info->type != H5L_TYPE_HARD)
        return 0;
    hid_t object = H5Oopen(at, name, H5P_DEFAULT);
    if (object < 0) { /* left out in silence it would be lost */
        job->status = fail_open(job, name);
        return 1;
    }
    H5I_type_t type = H5Iget_type(object);
    if ((type == H5I_DATASET || (type == H5I_GROUP && job->below)) &&
        (!job->below || is_new(job, object)))
        job->status =
            type == H5I_DATASET ? visit_set(job, object, name) : visit_group(job, object, name);
    H5Oclose(object);
    return job->status == TW_OK ? 0 : 1;
}

static tw_status visit_all(hid_t group, visit_job *job) {
    size_t before = job->visited;
    herr_t result = H5Literate(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, visit_link, job);
    if (result < 0 && job->visited == before) /* the order is not kept */
        result = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_link, job);
    if (result < 0 && job->status == TW_OK)
        job->status =
            tw_fail(TW_ERR_FORMAT, "'%s': what is in '%s' cannot be listed; is the file whole?",
                    job->path, job->prefix[0] != '\0' ? job->prefix : "/");
    return job->status;
}

tw_status tw_h5_each(const char *path, hid_t file, tw_h5_visit_fn visit, void *user) {
    visit_job job = {.path = path, .visit = visit, .user = user, .prefix = ""};
    h5_quiet quiet = quiet_begin();
    tw_status status = visit_all(file, &job);
    quiet_end(quiet);
    return status;
}

tw_status tw_h5_each_below(const char *path, hid_t file, const char *name, tw_h5_visit_fn visit,
                           void *user) {
    visit_job job = {.path = path, .visit = visit, .user = user, .below = 1, .prefix = ""};
    h5_quiet quiet = quiet_begin();
    hid_t group = tw_h5_open_group(file, name);
    tw_status status = TW_OK;
    if (group < 0)
        status = tw_fail(TW_ERR_FORMAT,
                         "'%s': what is in '%s' cannot be listed; is the file whole?", path, name);
    else if (is_new(&job, group))
        status = visit_all(group, &job);
    if (group >= 0)
        H5Gclose(group);
    free(job.seen);
    quiet_end(quiet);
    return status;
}
