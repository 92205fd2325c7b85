#include "format/foreign.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "format/input.h"

enum { HEAD = 64, SHOWN = 8, SHOWN_TEXT = 24 };

/* What people have in the place of the file that they mean, and other files of theirs. Letters are
 * those of either case. */
static const struct {
    const char *bytes, *what;
} known[] = {
    {"<!doctype html", "a web page, not the file that it is about: fetch that"},
    {"<html", "a web page, not the file that it is about: fetch that"},
    {"version https://git-lfs", "a pointer of Git LFS to the file: 'git lfs pull' fetches that"},
    {"\x1f\x8b", "packed by gzip: unpack it, and name what is in it"},
    {"BZh", "packed by bzip2: unpack it, and name what is in it"},
    {"\xfd"
     "7zXZ",
     "packed by xz: unpack it, and name what is in it"},
    {"(\xb5/\xfd", "packed by zstd: unpack it, and name what is in it"},
    {"7z\xbc\xaf", "packed by 7z: unpack it, and name what is in it"},
    {"{\"verdict\": ", "a report of 'thalweg gradcheck', which draws it with --plot"},
    {"block,index,row,column,x,", "a report of 'thalweg gradcheck', which draws it with --plot"},
    {"{\"", "JSON, which is not read: .h5, .npz and .csv files are"},
    {"PK\3\4", "a zip archive"},
    {"\x89HDF\r\n\x1a\n", "an HDF5 file"},
    {"\x93NUMPY", "a .npy array"},
    {"\x89PNG", "a PNG image"},
    {"\xff\xd8\xff", "a JPEG image"},
    {"%PDF", "a PDF"},
    {"\x7f"
     "ELF",
     "a program or a shared object"},
};

const char *tw_foreign_what(const char *head, size_t size) {
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        size_t length = strlen(known[k].bytes);
        if (length <= size && strncasecmp(head, known[k].bytes, length) == 0)
            return known[k].what;
    }
    return NULL;
}

static int is_text(const char *head, size_t size) {
    for (size_t k = 0; k < size; k++)
        if ((head[k] < ' ' || head[k] > '~') && memchr("\n\r\t", head[k], 3) == NULL)
            return 0;
    return size > 0;
}

/* "begins with the text 'hello world'", of the first line that is not empty; or bytes. */
static void describe(const char *head, size_t size, size_t room, char *text) {
    size_t shown = size < SHOWN_TEXT ? size : SHOWN_TEXT;
    size_t from = strspn(head, "\n\r\t ");
    if (from < shown && is_text(head, shown)) { /* what is behind was not looked at */
        size_t line = strcspn(head + from, "\n\r\t"), most = shown - from;
        snprintf(text, room, "begins with the text '%.*s'", (int)(line < most ? line : most),
                 head + from);
        return;
    }
    size_t at = (size_t)snprintf(text, room, "begins with the bytes");
    for (size_t k = 0; k < size && k < SHOWN && at < room; k++)
        at += (size_t)snprintf(text + at, room - at, " %02x", (unsigned char)head[k]);
}

static tw_status say(const char *path, tw_status status, int bytes_too) {
    char reason[2048], head[HEAD + 1] = "", text[160];
    int descriptor;
    if (status != TW_ERR_FORMAT)
        return status;
    snprintf(reason, sizeof reason, "%s", tw_message());
    tw_status opened = tw_regular_open(path, &descriptor);
    if (opened != TW_OK)
        return opened;
    ssize_t size = read(descriptor, head, HEAD);
    close(descriptor);
    if (size == 0)
        return tw_fail(status, "'%s': the file is empty; write or fetch it again", path);
    const char *what = size > 0 ? tw_foreign_what(head, (size_t)size) : NULL;
    if (what == NULL && (size < 0 || !bytes_too))
        return tw_fail(status, "%s", reason);
    if (what == NULL)
        describe(head, (size_t)size, sizeof text, text);
    return tw_fail(status, "%s; it %s%s", reason, what != NULL ? "is " : "",
                   what != NULL ? what : text);
}

tw_status tw_foreign(const char *path, tw_status status) {
    return say(path, status, 1);
}

tw_status tw_foreign_known(const char *path, tw_status status) {
    return say(path, status, 0);
}
