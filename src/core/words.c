#include "thalweg/words.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/plain.h"

enum { LONGEST_NAME = 63 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static int lower(char letter) {
    return tolower((unsigned char)letter);
}

size_t tw_text_distance(const char *a, const char *b) {
    size_t rows[3][LONGEST_NAME + 1]; /* before the last, last, this */
    size_t *older = rows[0], *old = rows[1], *now = rows[2];
    size_t m = strlen(a), n = strlen(b);
    if (m > LONGEST_NAME || n > LONGEST_NAME)
        return m > n ? m : n;
    for (size_t j = 0; j <= n; j++)
        old[j] = j;
    for (size_t i = 1; i <= m; i++) {
        now[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t replace = old[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
            now[j] = least(replace, least(old[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], older[j - 2] + 1);
        }
        size_t *spare = older;
        older = old;
        old = now;
        now = spare;
    }
    return old[n];
}

const char *tw_text_nearest(const char *word, tw_name_list names) {
    const char *best = NULL;
    size_t best_distance = strlen(word) / 3 + 2; /* further away is another word */
    for (size_t i = 0; names(i) != NULL; i++) {
        size_t distance = tw_text_distance(word, names(i));
        int begins = strlen(word) > 1 && strncmp(names(i), word, strlen(word)) == 0;
        if (begins && best_distance > 1)
            distance = 1;
        if (distance < best_distance && distance < strlen(names(i))) {
            best = names(i);
            best_distance = distance;
        }
    }
    return best;
}

int tw_text_find(const char *word, tw_name_list names) {
    for (size_t i = 0; names(i) != NULL; i++)
        if (strcmp(word, names(i)) == 0)
            return (int)i;
    return -1;
}

char *tw_text_join(tw_name_list names, char *out, size_t size) {
    static const char more[] = ", ...";
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; names(i) != NULL; i++) {
        const char *comma = i > 0 ? ", " : "";
        size_t room = names(i + 1) != NULL ? sizeof more : 1; /* or this is the last that is told */
        if (used + strlen(comma) + strlen(names(i)) + room > size) {
            snprintf(out + used, size - used, "%s", more + (used > 0 ? 0 : 2));
            break;
        }
        used += (size_t)snprintf(out + used, size - used, "%s%s", comma, names(i));
    }
    return out;
}

tw_status tw_text_unknown(const char *what, const char *word, tw_name_list names) {
    const char *near = tw_text_nearest(word, names);
    if (near != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "unknown %s '%s'; did you mean '%s'?", what, word, near);
    char list[400];
    return tw_fail(TW_ERR_ARGUMENT, "unknown %s '%s'; there are: %s", what, word,
                   tw_text_join(names, list, sizeof list));
}

const char *tw_text_duration(double seconds, char *out, size_t size) {
    if (seconds < 60)
        snprintf(out, size, "%.0f s", seconds);
    else if (seconds < 3600)
        snprintf(out, size, "%d min %d s", (int)seconds / 60, (int)seconds % 60);
    else
        snprintf(out, size, "%.1f h", seconds / 3600);
    return out;
}

tw_status tw_text_number(const char *name, const char *text, double *out) {
    char *end;
    errno = 0;
    double value = tw_plain_read(text, &end);
    if (text[0] == '\0' || isspace((unsigned char)text[0]) || *end != '\0' || end == text)
        return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' is not a number", name, text);
    if (!isfinite(value) && errno != ERANGE)
        return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' is not a finite number", name, text);
    if (!isfinite(value) || (errno == ERANGE && fabs(value) < 1))
        return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' is out of the range of a double", name, text);
    *out = value;
    return TW_OK;
}

tw_status tw_text_share(const char *name, const char *text, double *out, int *per_cent) {
    char number[64];
    size_t length = strlen(text);
    int is_share = length > 0 && text[length - 1] == '%';
    length -= (size_t)is_share;
    while (is_share && length > 0 && text[length - 1] == ' ')
        length--;
    if (length >= sizeof number)
        return tw_fail(TW_ERR_ARGUMENT, "%s: '%.20s...' is not a number", name, text);
    snprintf(number, sizeof number, "%.*s", (int)length, text);
    tw_status status = tw_text_number(name, number, out);
    if (status == TW_OK && is_share)
        *out /= 100;
    if (per_cent != NULL)
        *per_cent = is_share;
    return status;
}

static tw_status read_whole(const char *name, const char *text, int least, uint64_t *out) {
    uint64_t value = 0;
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
        return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' is not a whole number of %d or more", name, text,
                       least);
    for (const char *at = text; *at != '\0'; at++)
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
            return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' is too large", name, text);
    *out = value;
    return TW_OK;
}

tw_status tw_text_whole(const char *name, const char *text, uint64_t *out) {
    return read_whole(name, text, 0, out);
}

tw_status tw_text_count(const char *name, const char *text, uint64_t *out) {
    tw_status status = read_whole(name, text, 1, out);
    return status == TW_OK && *out == 0
               ? tw_fail(TW_ERR_ARGUMENT, "%s: '%s' must be greater than 0", name, text)
               : status;
}

const char *tw_text_per_cent(double share, char *out, size_t size) {
    double per_cent = 100 * share, magnitude = fabs(per_cent);
    tw_plain_print(out, size, magnitude >= 10 && magnitude < 1e6 ? "%.0f %%" : "%.2g %%", per_cent);
    return out;
}
