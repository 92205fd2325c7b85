#include "report/cli_color.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/cli_whole.h"

/* Whether `out` is a terminal that takes colours, and nobody said no. */
static int is_wanted(FILE *out) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return (no == NULL || no[0] == '\0') && term != NULL && term[0] != '\0' &&
           strcmp(term, "dumb") != 0 && fileno(out) >= 0 && isatty(fileno(out));
}

/* The report begins with the verdict. */
static void paint(const char *text, tw_verdict verdict, FILE *out) {
    static const char *const colors[] = {
        [TW_VERDICT_PASS] = "1;32", [TW_VERDICT_FAIL] = "1;31", [TW_VERDICT_INCONCLUSIVE] = "1;33"};
    int word = (int)strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    fprintf(out, "\033[%sm%.*s\033[0m%s", colors[verdict], word, text, text + word);
}

tw_status color_report(const tw_gradcheck *check, int only_failures, FILE *out) {
    if (!is_wanted(out))
        return tw_gradcheck_write(check, TW_GRADCHECK_TEXT, only_failures, out);
    whole_text whole;
    FILE *memory = whole_open(&whole);
    if (memory == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a report");
    tw_status status = tw_gradcheck_write(check, TW_GRADCHECK_TEXT, only_failures, memory);
    if (whole_close(memory, &whole) != 0 && status == TW_OK)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a report");
    if (status == TW_OK && whole.text != NULL)
        paint(whole.text, check->verdict, out);
    free(whole.text);
    return status;
}
