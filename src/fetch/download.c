/* download.c: one file over http, with libcurl. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/fetch_set.h"
#include "thalweg/version.h"

enum { REDIRECTS = 10, CONNECT_SECONDS = 30, STALL_SECONDS = 60, STATUS_RANGE = 416 };

typedef struct transfer {
    const char *path, *shown;
    const tw_fetch_options *options;
    int descriptor;
    uint64_t before;  /* bytes that were there already */
    uint64_t written; /* in this transfer */
    int error;        /* errno of a failed write */
    int too_large;    /* for any data set */
} transfer;

static size_t write_some(char *bytes, size_t one, size_t count, void *user) {
    transfer *t = user;
    if (t->before + t->written + count > TW_FETCH_LIMIT) {
        t->too_large = 1;
        return 0;
    }
    for (size_t done = 0; done < count;) {
        ssize_t step = write(t->descriptor, bytes + done, count - done);
        if (step < 0 && errno == EINTR)
            continue;
        if (step <= 0) {
            t->error = step < 0 ? errno : EIO;
            return 0;
        }
        done += (size_t)step;
        t->written += (size_t)step;
    }
    return count;
}

static int report(void *user, curl_off_t total, curl_off_t done, curl_off_t a, curl_off_t b) {
    transfer *t = user;
    if (t->options->progress == NULL)
        return 0;
    uint64_t whole = total > 0 ? t->before + (uint64_t)total : 0;
    return t->options->progress(t->options->progress_user, (size_t)t->before + (size_t)done,
                                (size_t)whole);
}

static void set_options(CURL *curl, const char *url, transfer *t, char *text) {
    curl_easy_setopt(curl, CURLOPT_URL, url);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FILE);
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "thalweg/" TW_VERSION_STRING);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
    curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)t->before);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write_some);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, report);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
}

static tw_status fail_transfer(CURLcode code, const char *url, const transfer *t,
                               const char *text) {
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return tw_fail(TW_ERR_CANCELLED, "the download of '%s' was stopped", t->shown);
    if (code == CURLE_OUT_OF_MEMORY)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to download '%s'", url);
    if (t->too_large)
        return tw_fail(TW_ERR_FORMAT, "'%s' is larger than any data set: %d bytes and more", url,
                       TW_FETCH_LIMIT);
    if (t->error != 0)
        return tw_fail(TW_ERR_IO, "cannot write '%s': %s", t->path, strerror(t->error));
    const char *why = *text != '\0' ? text : curl_easy_strerror(code);
    if (t->before + t->written > 0)
        return tw_fail(
            TW_ERR_IO,
            "cannot download '%s': %s; %llu bytes are kept; run the same command again to continue",
            url, why, (unsigned long long)(t->before + t->written));
    return tw_fail(TW_ERR_IO, "cannot download '%s': %s", url, why);
}

/* *restart: the server cannot go on from where the file ends. */
static tw_status perform(const char *url, transfer *t, int *restart) {
    char text[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to download '%s'", url);
    set_options(curl, url, t, text);
    CURLcode code = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_easy_cleanup(curl);
    *restart =
        t->before > 0 && t->written == 0 && (code == CURLE_RANGE_ERROR || answer == STATUS_RANGE);
    return code == CURLE_OK || *restart ? TW_OK : fail_transfer(code, url, t, text);
}

static tw_status fail_file(const char *path) {
    return tw_fail(TW_ERR_IO, "cannot write '%s': %s", path, strerror(errno));
}

tw_status tw_download(const char *url, const char *path, const char *shown,
                      const tw_fetch_options *options) {
    transfer t = {.path = path, .shown = shown, .options = options};
    t.descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
    struct stat info;
    if (t.descriptor < 0 || fstat(t.descriptor, &info) != 0) {
        tw_status status = fail_file(path);
        if (t.descriptor >= 0)
            close(t.descriptor);
        return status;
    }
    t.before = (uint64_t)info.st_size;
    int restart = 0;
    tw_status status = perform(url, &t, &restart);
    if (restart) {
        t.before = 0;
        status = ftruncate(t.descriptor, 0) == 0 ? perform(url, &t, &restart) : fail_file(path);
    }
    if (status == TW_OK && fsync(t.descriptor) != 0 && errno != EINVAL && errno != EROFS)
        status = fail_file(path);
    if (close(t.descriptor) != 0 && status == TW_OK)
        status = fail_file(path);
    if (status != TW_OK && t.before + t.written == 0)
        unlink(path); /* nothing to go on from */
    return status;
}
