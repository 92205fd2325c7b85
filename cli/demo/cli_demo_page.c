/* The demo's last file: all of its results on one page. */
#include <stdio.h>
#include <string.h>

#include "demo/cli_demo.h"

static int has_ending(const char *text, const char *ending) {
    size_t length = strlen(text), n = strlen(ending);
    return length > n && strcmp(text + length - n, ending) == 0;
}

/* The results among the files that were written, in their order. */
static size_t results_of(const demo_folder *folder, const char **files) {
    size_t count = 0;
    for (size_t k = 0; k < folder->count; k++)
        if (has_ending(folder->files[k], ".h5") || has_ending(folder->files[k], ".csv"))
            files[count++] = folder->files[k];
    return count;
}

tw_status demo_page(demo_run *demo) {
    const char *files[DEMO_FILES], *path;
    char names[512] = "";
    size_t count = results_of(&demo->folder, files), skip = strlen(demo->folder.path) + 1;
    for (size_t k = 0, used = 0; k < count && used < sizeof names; k++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s ", files[k] + skip);
    demo_say(demo->context, "\n4. Turn it and read it, in a browser\n");
    tw_status status = demo_folder_file(&demo->folder, DEMO_PAGE, &path);
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
