/* embed: writes files, one after the other, as one C array. Runs at build time:
 * embed [--text] OUTPUT NAME INPUT...
 * With --text the inputs are JavaScript or CSS: indentation, blank lines and lines that are
 * comments (from // on; a comment in stars begins and ends on lines of its own) are left out, so
 * that no string of theirs may go over a line. */
#include <stdio.h>
#include <string.h>

typedef struct writer {
    FILE *out;
    size_t size;
} writer;

static void put(writer *w, int byte) {
    fprintf(w->out, "%d,%s", byte, w->size++ % 24 == 23 ? "\n" : "");
}

static void put_line(writer *w, const char *line, int *comment) {
    line += strspn(line, " \t");
    size_t length = strcspn(line, "\r\n");
    if (!*comment && strncmp(line, "/*", 2) == 0)
        *comment = 1;
    if (*comment) {
        *comment = strstr(line, "*/") == NULL;
        return;
    }
    if (length == 0 || strncmp(line, "//", 2) == 0)
        return;
    for (size_t k = 0; k < length; k++)
        put(w, (unsigned char)line[k]);
    put(w, '\n');
}

static int copy(writer *w, const char *path, int text) {
    static char line[4096];
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        return 0;
    }
    int comment = 0, cut = 0;
    if (text)
        while (fgets(line, sizeof line, in) != NULL) {
            cut |= strchr(line, '\n') == NULL;
            put_line(w, line, &comment);
        }
    else
        for (int byte; (byte = getc(in)) != EOF;)
            put(w, byte);
    int failed = ferror(in) || cut || comment;
    if (failed)
        fprintf(stderr, "embed: %s: %s\n", path,
                cut       ? "a line too long, or without an end"
                : comment ? "a comment without an end"
                          : "cannot be read");
    fclose(in);
    return !failed;
}

int main(int argc, char **argv) {
    int text = argc > 1 && strcmp(argv[1], "--text") == 0;
    if (argc < 4 + text) {
        fprintf(stderr, "usage: embed [--text] OUTPUT NAME INPUT...\n");
        return 2;
    }
    const char *path = argv[1 + text], *name = argv[2 + text];
    writer w = {.out = fopen(path, "w")};
    if (w.out == NULL) {
        perror(path);
        return 1;
    }
    fprintf(w.out, "#include <stddef.h>\nextern const unsigned char %s[];\n", name);
    fprintf(w.out, "extern const size_t %s_size;\nconst unsigned char %s[] = {\n", name, name);
    int good = 1;
    for (int k = 3 + text; k < argc && good; k++)
        good = copy(&w, argv[k], text);
    fprintf(w.out, "};\nconst size_t %s_size = %zu;\n", name, w.size);
    good &= !ferror(w.out);
    if (fclose(w.out) != 0 || !good) {
        remove(path);
        return 1;
    }
    return 0;
}
