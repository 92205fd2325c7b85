/* onnx_cases.c: the ONNX project's conformance cases, run by this project's networks.
 *
 *     build/tests/net/onnx/onnx_cases ROOT                    all below ROOT, counts, and who is
 * refused why build/tests/net/onnx/onnx_cases ROOT node/test_relu     those whose path has these
 * letters in it build/tests/net/onnx/onnx_cases ROOT --passing          the names of those that
 * pass, one a line build/tests/net/onnx/onnx_cases ROOT --list FILE        the test: FILE's cases
 * ("must node/test_abs", "may ...") have to pass, all of them
 *
 *     build/tests/net/onnx/onnx_cases ROOT --light       the whole networks of ROOT/light
 *
 * with ROOT = /usr/share/libonnx-testdata/data (apt-get install libonnx-testdata), or where
 * onnx-backend-1.21.tar.zst of the shared data was unpacked.
 *
 * What is checked of a case says onnx_case.h.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onnx_case.h"

/* ---- finding them ---- */

static char **paths; /* folders of cases, or files of whole networks */
static size_t path_count;
static int whole;

static int visit(const char *path, const struct stat *facts, int type, struct FTW *where) {
    const char *name = path + where->base;
    size_t length = strlen(name);
    int light =
        strncmp(name, "light_", 6) == 0 && length > 5 && strcmp(name + length - 5, ".onnx") == 0;
    if (whole ? light : strcmp(name, "model.onnx") == 0) {
        paths = reallocarray(paths, path_count + 1, sizeof *paths);
        paths[path_count++] = whole ? strdup(path) : strndup(path, (size_t)where->base - 1);
    }
    return 0;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find_cases(const char *root) {
    nftw(root, visit, 32, FTW_PHYS);
    if (path_count > 0)
        qsort(paths, path_count, sizeof *paths, by_name);
}

/* ---- the list of those that have to pass ---- */

typedef struct list {
    size_t count;
    char **classes, **names;
    unsigned char *seen;
} list;

static list load_list(const char *path) {
    list l = {0};
    FILE *file = fopen(path, "r");
    char class[16], name[240];
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    while (fscanf(file, "%15s %239s", class, name) == 2) {
        l.classes = reallocarray(l.classes, l.count + 1, sizeof *l.classes);
        l.names = reallocarray(l.names, l.count + 1, sizeof *l.names);
        l.classes[l.count] = strdup(class);
        l.names[l.count++] = strdup(name);
    }
    fclose(file);
    l.seen = calloc(l.count + 1, 1);
    return l;
}

static size_t find_in(const list *l, const char *name) {
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->names[i], name) == 0)
            return i;
    return l->count;
}

/* How many of a class there are, and how many of them passed. */
static void print_class(const list *l, const char *class) {
    size_t all = 0, passed = 0;
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->classes[i], class) == 0) {
            all++;
            passed += l->seen[i];
        }
    printf("%-4s %zu of %zu pass\n", class, passed, all);
}

static size_t judge_list(const list *l, size_t unlisted) {
    size_t missing = 0;
    print_class(l, "must");
    print_class(l, "may");
    print_class(l, "no");
    for (size_t i = 0; i < l->count; i++)
        missing += !l->seen[i];
    if (unlisted > 0)
        printf("%zu more pass that are not in the list: add them (--passing)\n", unlisted);
    return missing;
}

typedef enum mode { REPORT, PASSING, LIST } mode;

static void tell(mode how, const char *name, verdict found, int listed, const char *why) {
    static const char *const words[] = {"pass", "pass, derivatives", "refused", "WRONG"};
    if (how == PASSING && found <= DERIVATIVES)
        printf("%s\n", name);
    if (how == REPORT || (how == LIST && (found == WRONG || (listed && found > DERIVATIVES))))
        printf("%-18s %s%s%s\n", words[found], name, why[0] != '\0' ? ": " : "", why);
}

int main(int count, char **words) {
    mode how = REPORT;
    static list l; /* to the end, as the paths */
    const char *pattern = "";
    if (count < 2)
        return 2;
    for (int w = 2; w < count; w++) {
        if (strcmp(words[w], "--passing") == 0)
            how = PASSING;
        else if (strcmp(words[w], "--light") == 0)
            whole = 1;
        else if (strcmp(words[w], "--list") == 0 && w + 1 < count) {
            how = LIST;
            l = load_list(words[++w]);
        } else
            pattern = words[w];
    }
    find_cases(words[1]);
    size_t counts[4] = {0}, unlisted = 0;
    for (size_t c = 0; c < path_count; c++) {
        const char *name = paths[c] + strlen(words[1]);
        name += strspn(name, "/");
        if (strstr(name, pattern) == NULL)
            continue;
        char why[WHY];
        verdict found = whole ? run_light(paths[c], why) : run_case(paths[c], why);
        size_t at = find_in(&l, name);
        counts[found]++;
        if (at < l.count)
            l.seen[at] = found <= DERIVATIVES;
        else
            unlisted += found <= DERIVATIVES;
        tell(how, name, found, at < l.count, why);
    }
    if (how == PASSING)
        return 0;
    printf("%zu cases: %zu pass (%zu with derivatives), %zu refused, %zu wrong\n",
           counts[0] + counts[1] + counts[2] + counts[3], counts[0] + counts[1], counts[1],
           counts[2], counts[3]);
    size_t missing = how == LIST ? judge_list(&l, unlisted) : 0;
    return missing + counts[WRONG] > 0;
}
