/* fetch_set.c: download, check, unpack, for libraries built with libcurl. */
#include "fetch/fetch_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "thalweg/file.h"

int tw_fetch_available(void) {
    return 1;
}

static tw_status fail_memory(void) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory to fetch a data set");
}

static tw_status make_directory(const char *path) {
    struct stat info;
    if (mkdir(path, 0777) == 0)
        return TW_OK;
    if (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return TW_OK;
    return tw_fail(TW_ERR_IO, "cannot make directory '%s': %s", path,
                   strerror(errno == EEXIST ? ENOTDIR : errno));
}

static int exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

/* ---- one file ---- */

/* *right: whether the file is there and has the published digest. */
static tw_status check_digest(const char *path, const tw_fetch_file *file, int *right,
                              char found[33]) {
    *right = 0;
    if (!exists(path))
        return TW_OK;
    tw_status status = tw_digest_md5(path, found);
    *right = status == TW_OK && strcmp(found, file->md5) == 0;
    return status;
}

/* From the first site that has it. */
static tw_status download_any(const tw_fetch_set *set, const tw_fetch_file *file, const char *part,
                              const tw_fetch_options *options) {
    const char *given[TW_FETCH_SITES] = {options->base_url};
    const char *const *sites = options->base_url != NULL ? given : set->sites;
    tw_status status = TW_ERR_IO;
    for (int i = 0; i < TW_FETCH_SITES && sites[i] != NULL && status == TW_ERR_IO; i++) {
        char *url = tw_fetch_path(sites[i], file->name, "");
        status = url != NULL ? tw_download(url, part, file->name, options) : fail_memory();
        free(url);
    }
    return status;
}

/* Until the digest is right: what a former call left may belong to something else, so a download
 * that was continued and came out wrong is made once more from the beginning. */
static tw_status download_checked(const tw_fetch_set *set, const tw_fetch_file *file,
                                  const char *part, const tw_fetch_options *options) {
    for (;;) {
        int right, continued = exists(part);
        char found[33];
        tw_status status = check_digest(part, file, &right, found);
        if (status != TW_OK || right)
            return status;
        status = download_any(set, file, part, options);
        if (status == TW_OK)
            status = check_digest(part, file, &right, found);
        if (status != TW_OK || right)
            return status;
        if (unlink(part) != 0)
            return tw_fail(TW_ERR_IO, "cannot remove '%s': %s", part, strerror(errno));
        if (!continued)
            return tw_fail(TW_ERR_FORMAT,
                           "'%s' as downloaded has the MD5 digest %s, but %s is published: it was "
                           "damaged on the way or is another file, and was removed; try again, or "
                           "another address",
                           file->name, found, file->md5);
    }
}

/* A download goes on with a plain file that has one name. Anything else in its place, a link to
 * somebody's file above all, is taken away and not written through. */
static tw_status clear_part(const char *part) {
    struct stat info;
    if (lstat(part, &info) != 0 || (S_ISREG(info.st_mode) && info.st_nlink == 1))
        return TW_OK;
    if (unlink(part) == 0)
        return TW_OK;
    return tw_fail(TW_ERR_IO, "cannot write '%s': %s; remove it", part,
                   strerror(S_ISDIR(info.st_mode) ? EISDIR : errno));
}

/* DIRECTORY/FILE, by way of DIRECTORY/FILE.part. */
static tw_status fetch_file(const tw_fetch_set *set, const tw_fetch_file *file,
                            const char *directory, const tw_fetch_options *options) {
    char *path = tw_fetch_path(directory, file->name, "");
    char *part = tw_fetch_path(directory, file->name, ".part");
    int right = 0;
    char found[33];
    tw_status status = path != NULL && part != NULL ? TW_OK : fail_memory();
    if (status == TW_OK)
        status = check_digest(path, file, &right, found);
    if (status == TW_OK && !right)
        status = clear_part(part);
    if (status == TW_OK && !right) {
        status = download_checked(set, file, part, options);
        if (status == TW_OK && rename(part, path) != 0)
            status = tw_fail(TW_ERR_IO, "cannot rename '%s': %s", part, strerror(errno));
    }
    free(path);
    free(part);
    return status;
}

/* ---- sets ---- */

static tw_status fetch_archive(const tw_fetch_set *set, const char *directory,
                               const tw_fetch_options *options) {
    tw_status status = fetch_file(set, &set->files[0], directory, options);
    if (status != TW_OK)
        return status;
    char *archive = tw_fetch_path(directory, set->files[0].name, "");
    status = archive != NULL ? tw_unpack(archive, directory, set->folder) : fail_memory();
    if (status == TW_OK)
        unlink(archive); /* has served; if it stays, no harm is done */
    free(archive);
    return status;
}

/* Of two that fetch one set the second waits, and then finds what the first has brought, or goes on
 * where it broke off. */
static tw_status wait_for_turn(const char *folder, const tw_fetch_options *options,
                               tw_claim **claim) {
    const struct timespec pause = {.tv_nsec = 50000000};
    for (;;) {
        tw_status status = tw_claim_take(folder, claim);
        if (status != TW_OK || *claim != NULL)
            return status;
        if (options->progress != NULL && options->progress(options->progress_user, 0, 0) != 0)
            return tw_fail(TW_ERR_CANCELLED, "the wait for another download of '%s' was stopped",
                           folder);
        nanosleep(&pause, NULL);
    }
}

tw_status tw_fetch_set_run(const tw_fetch_set *set, const char *directory,
                           const tw_fetch_options *options) {
    char *folder = tw_fetch_path(directory, set->folder, "");
    tw_claim *claim = NULL;
    if (folder == NULL)
        return fail_memory();
    tw_status status = make_directory(directory);
    if (status == TW_OK)
        status = wait_for_turn(folder, options, &claim);
    if (status == TW_OK && set->archive && !exists(folder))
        status = fetch_archive(set, directory, options);
    if (status == TW_OK && !set->archive)
        status = make_directory(folder);
    for (int i = 0; status == TW_OK && !set->archive && i < TW_FETCH_FILES; i++)
        if (set->files[i].name != NULL)
            status = fetch_file(set, &set->files[i], folder, options);
    tw_claim_release(claim);
    free(folder);
    return status;
}
