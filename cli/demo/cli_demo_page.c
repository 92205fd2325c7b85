/* The demo's last file: all of its results on one page. */
#include <stdio.h>
#include <string.h>

#include "demo/cli_demo.h"

/* The results among the files that were written, in their order. */
static tw_status results_of(const demo_folder *folder, size_t *count, const char **files) {
    tw_status status = TW_OK;
    *count = 0;
    for (size_t k = 0; k < folder->count && status == TW_OK; k++) {
        tw_result_kind kind;
        status = tw_result_kind_of(folder->files[k], &kind);
        if (status == TW_OK && kind != TW_RESULT_UNKNOWN)
            files[(*count)++] = folder->files[k];
    }
    return status;
}

tw_status demo_page(demo_run *demo) {
    const char *files[DEMO_FILES], *path;
    char names[512] = "";
    size_t count, skip = strlen(demo->folder.path) + 1;
    tw_status status = results_of(&demo->folder, &count, files);
    for (size_t k = 0, used = 0; k < count && used < sizeof names; k++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s ", files[k] + skip);
    demo_say(demo->context, "\n4. Turn it and read it, in a browser\n");
    if (status == TW_OK)
        status = demo_folder_file(&demo->folder, DEMO_PAGE, &path);
    if (status == TW_OK)
        status = demo_command(demo, "view %s-o " DEMO_PAGE, names);
    if (status == TW_OK)
        status = tw_study_page_files(demo->context->study, NULL, count, files, path);
    if (status == TW_OK)
        demo_announce(demo, DEMO_PAGE,
                      "The plane as a surface to turn, with slices and numbers under the pointer, "
                      "and the descents.");
    return status;
}
