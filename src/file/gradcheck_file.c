/* gradcheck_file.c: a gradient check for people (text), for programs (JSON) and for tables (CSV). A
 * decimal point is a point, whatever the program's locale says. */
#include <string.h>

#include "core/plain.h"
#include "file/gradcheck_forms.h"
#include "file/output_file.h"
#include "thalweg/file.h"

tw_status tw_gradcheck_write(const tw_gradcheck *check, tw_gradcheck_format format,
                             int only_failures, FILE *stream) {
    static void (*const writers[])(const tw_gradcheck *, int, FILE *) = {
        tw_gradcheck_write_text, tw_gradcheck_write_json, tw_gradcheck_write_csv};
    if ((unsigned)format >= 3)
        return tw_fail(TW_ERR_ARGUMENT, "no format number %d of a gradient check", (int)format);
    locale_t before = tw_plain_enter();
    writers[format](check, only_failures, stream);
    tw_plain_leave(before);
    return ferror(stream) ? tw_fail(TW_ERR_IO, "cannot write the gradient check") : TW_OK;
}

tw_status tw_gradcheck_save(const char *path, const tw_gradcheck *check, int only_failures) {
    tw_output output = {0};
    size_t length = strlen(path);
    int json = length > 5 && strcmp(path + length - 5, ".json") == 0;
    tw_status status = tw_output_open(&output, path);
    if (status != TW_OK)
        return status;
    status = tw_gradcheck_write(check, json ? TW_GRADCHECK_JSON : TW_GRADCHECK_CSV, only_failures,
                                output.stream);
    if (status == TW_OK)
        return tw_output_commit(&output);
    tw_output_abandon(&output);
    return tw_fail_prefix(status, "'%s'", path);
}
