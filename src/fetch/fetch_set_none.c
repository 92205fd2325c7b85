/* fetch_set_none.c: stands in for fetch_set.c in libraries built without libcurl. */
#include "fetch/fetch_set.h"

int tw_fetch_available(void) {
    return 0;
}

tw_status tw_fetch_set_run(const tw_fetch_set *set, const char *directory,
                           const tw_fetch_options *options) {
    return tw_fail(
        TW_ERR_UNSUPPORTED,
        "this thalweg was built without libcurl and cannot fetch '%s': download '%s' from "
        "%s and unpack it in '%s'",
        set->name, set->files[0].name, set->sites[0], directory);
}
