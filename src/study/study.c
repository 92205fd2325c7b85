#include "thalweg/study.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/study_private.h"
#include "thalweg/cpu.h"
#include "thalweg/version.h"

tw_study tw_study_defaults(void) {
    return (tw_study){.bytes = sizeof(tw_study)};
}

tw_status tw_study_take(const tw_study *study, const tw_study **out) {
    static const tw_study alone = {.bytes = sizeof alone};
    *out = study != NULL ? study : &alone;
    if ((*out)->bytes == 0)
        return tw_fail(TW_ERR_ARGUMENT, "a study of 0 bytes: begin with tw_study_defaults()");
    return TW_OK;
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

tw_status tw_doubles_new(size_t count, double **out) {
    *out = NULL;
    if (count <= SIZE_MAX / sizeof **out)
        *out = malloc(count > 0 ? count * sizeof **out : 1);
    return *out != NULL ? TW_OK
                        : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu numbers", count);
}

tw_status tw_study_options_take(const void *options, size_t size, const char *maker, void *out) {
    size_t bytes;
    if (options == NULL)
        return TW_OK;
    memcpy(&bytes, options, sizeof bytes);
    if (bytes < sizeof bytes || bytes % _Alignof(size_t) != 0)
        return tw_fail(TW_ERR_ARGUMENT, "options that say they have %zu bytes: begin with %s()",
                       bytes, maker);
    memcpy(out, options, bytes < size ? bytes : size);
    memcpy(out, &size, sizeof size);
    return TW_OK;
}
