/* h5_provenance.c: what made a file, as the attributes of /thalweg. */
#include <stdlib.h>
#include <string.h>

#include "file/h5_write.h"
#include "format/h5_quiet.h"

typedef struct provenance_job {
    const char *path;
    tw_provenance *out;
    size_t visited;
    tw_status status;
} provenance_job;

static herr_t visit_attribute(hid_t at, const char *key, const H5A_info_t *info, void *argument) {
    provenance_job *job = argument;
    job->visited++;
    int lost = 0;
    char *text = strcmp(key, "kind") != 0 ? tw_h5_attribute_text(at, key, &lost) : NULL;
    if (lost)
        job->status =
            tw_fail(TW_ERR_FORMAT, "'%s': the attribute '%s' cannot be read", job->path, key);
    if (text != NULL)
        job->status = tw_provenance_add(job->out, key, "%s", text);
    free(text);
    return job->status == TW_OK ? 0 : 1;
}

tw_status tw_h5_get_provenance(const char *path, hid_t file, tw_provenance *out) {
    if (!tw_h5_has(file, "thalweg"))
        return TW_OK;
    provenance_job job = {.path = path, .out = out};
    herr_t result = 0;
    h5_quiet quiet = quiet_begin();
    hid_t group = tw_h5_open_group(file, "thalweg");
    if (group >= 0) {
        result = H5Aiterate2(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, visit_attribute, &job);
        if (result < 0 && job.visited == 0)
            result = H5Aiterate2(group, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_attribute, &job);
        H5Gclose(group);
    }
    quiet_end(quiet);
    if (result < 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': the attributes of /thalweg cannot be listed", path);
    return job.status;
}

char *tw_h5_get_kind(hid_t file) {
    return tw_h5_get_text(file, "thalweg", "kind");
}
