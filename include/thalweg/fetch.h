/* fetch.h: published data sets, downloaded, checked against the published digest, and unpacked.
 *
 * Needs libcurl; a library built without it answers TW_ERR_UNSUPPORTED. Nothing is downloaded
 * unless this function is called.
 */
#ifndef THALWEG_FETCH_H
#define THALWEG_FETCH_H

#include <stddef.h>

#include "run.h"
#include "status.h"

TW_BEGIN_DECLS

/* All zero (or a NULL pointer) means the defaults. */
typedef struct tw_fetch_options {
    size_t bytes;         /* sizeof(tw_fetch_options), or 0 (thalweg.h) */
    const char *base_url; /* take the files from BASE_URL/FILE (http, https or file) instead of from
                             where they are published; the digests must be the same */
    tw_progress_fn progress; /* bytes that are there and bytes that the file will have, 0 while that
                                is unknown; a set of several files counts anew for each. What has
                                come stays after a cancellation, to be continued. */
    void *progress_user;
} tw_fetch_options;

/* Fetches the set `name` (hyphens do not count: "cifar-10" is "cifar10") into `directory`, which is
 * made if it is not there, and removed again if nothing came of it:
 *   cifar10, cifar100                  binary layout: cifar-10-batches-bin/, cifar-100-binary/
 *   cifar10-python, cifar100-python    Python layout: cifar-10-batches-py/, cifar-100-python/
 *   mnist, fashion-mnist               mnist/, fashion-mnist/ with the four .gz files
 * tw_dataset_open reads either the directory or the folder in it. A folder or file that is there
 * already is kept (a .gz file if its digest is right). A download that breaks off leaves FILE.part,
 * and the next call continues it (a link in its
 * place is removed, not followed); of two processes that fetch one set the second waits. A file
 * whose digest is wrong is removed. Fails with TW_ERR_ARGUMENT for an unknown name, TW_ERR_IO if a
 * server or the disk does not answer or refuses, TW_ERR_FORMAT if what came is not what was
 * published. */
TW_API tw_status tw_fetch(const char *name, const char *directory, const tw_fetch_options *options);

/* Name of a set: "cifar10" is number 0; NULL past the last. */
TW_API const char *tw_fetch_name(size_t index);
/* Where `name` lies in the directory ("cifar-10-batches-bin"), or NULL if it is unknown. */
TW_API const char *tw_fetch_folder(const char *name);

/* Whether the library was built with libcurl. */
TW_API int tw_fetch_available(void);

TW_END_DECLS

#endif
