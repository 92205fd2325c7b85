#include "thalweg/study.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/versioned.h"
#include "study/study_private.h"
#include "thalweg/cpu.h"
#include "thalweg/version.h"

tw_study tw_study_defaults(void) {
    return (tw_study){.bytes = sizeof(tw_study)};
}

/* No copy is made, what the caller changes is seen; a struct that is smaller than the first version
 * is therefore refused, and a version that has more members must not read them of one of that size.
 */
tw_status tw_study_take(const tw_study *study, const tw_study **out) {
    static const tw_study alone = {.bytes = sizeof alone};
    tw_study copy;
    *out = study != NULL ? study : &alone;
    tw_status status = TW_TAKE_OVER(tw_study, tw_study_defaults, &copy, *out);
    return status == TW_OK && (*out)->bytes < sizeof copy
               ? TW_TAKE_INNER(tw_study, tw_study_defaults, **out)
               : status;
}

tw_status tw_study_provenance(const tw_study *study, tw_provenance *provenance) {
    tw_status status = tw_study_take(study, &study);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "version", "%s", tw_version());
    if (status == TW_OK && study->command != NULL)
        status = tw_provenance_add(provenance, "command", "%s", study->command);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "seed", "%llu", (unsigned long long)study->seed);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "cpu", "%s", tw_cpu_level());
    return status;
}

void tw_study_say(const tw_study *study, const char *format, ...) {
    char *text;
    va_list arguments;
    if (study->say == NULL || !tw_study_is_first(study))
        return;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    study->say(study->user, text);
    free(text);
}

int tw_study_is_first(const tw_study *study) {
    return tw_team_rank(study->team) == 0;
}

tw_status tw_study_check_output(const tw_study *study, const char *what, const char *path,
                                const char *const *endings) {
    if (path == NULL || !tw_study_is_first(study))
        return TW_OK;
    tw_status status = tw_output_ending(what, path, endings);
    return status == TW_OK ? tw_output_check(path) : status;
}

tw_study_work tw_study_work_begin(const tw_study *study, const char *label, size_t before,
                                  size_t total) {
    if (study->progress != NULL && total > 0)
        study->progress(study->user, label, before, total);
    return (tw_study_work){study, label};
}

int tw_study_work_step(void *user, size_t done, size_t total) {
    const tw_study_work *work = user;
    const tw_study *study = work->study;
    return study->progress != NULL && total > 0
               ? study->progress(study->user, work->label, done, total)
               : 0;
}

void tw_study_work_end(const tw_study_work *work) {
    if (work->study->progress != NULL)
        work->study->progress(work->study->user, work->label, 0, 0);
}

int tw_study_interrupted(const tw_study *study) {
    return study->interrupted != NULL ? study->interrupted(study->user) : 0;
}

void tw_study_watch(const tw_study *study, int begins) {
    if (study->watch != NULL)
        study->watch(study->user, begins);
}

int tw_path_ends(const char *path, const char *ending) {
    size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcmp(path + length - tail, ending) == 0;
}

const char *tw_path_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

char *tw_path_stem(const char *path) {
    const char *name = tw_path_name(path), *dot = strrchr(name, '.');
    return dot != NULL && dot > name ? strndup(name, (size_t)(dot - name)) : strdup(name);
}

tw_status tw_doubles_new(size_t count, double **out) {
    *out = NULL;
    if (count <= SIZE_MAX / sizeof **out)
        *out = malloc(count > 0 ? count * sizeof **out : 1);
    return *out != NULL ? TW_OK
                        : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu numbers", count);
}

const char *tw_study_ignore_name(size_t index) {
    static const char *const names[] = {"none", "biasbn"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}
