/* embed: writes a file as a C array, for the font that figures are set in. Runs at build time:
 * embed INPUT OUTPUT NAME */
#include <stdio.h>

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: embed INPUT OUTPUT NAME\n");
        return 2;
    }
    FILE *in = fopen(argv[1], "rb");
    FILE *out = in != NULL ? fopen(argv[2], "w") : NULL;
    if (out == NULL) {
        perror(in == NULL ? argv[1] : argv[2]);
        return 1;
    }
    fprintf(out, "#include <stddef.h>\nextern const unsigned char %s[];\n", argv[3]);
    fprintf(out, "extern const size_t %s_size;\nconst unsigned char %s[] = {\n", argv[3], argv[3]);
    size_t size = 0;
    for (int byte; (byte = getc(in)) != EOF; size++)
        fprintf(out, "%d,%s", byte, size % 24 == 23 ? "\n" : "");
    fprintf(out, "};\nconst size_t %s_size = %zu;\n", argv[3], size);
    int failed = ferror(in) || ferror(out);
    if (fclose(out) != 0 || failed) {
        perror(argv[2]);
        return 1;
    }
    fclose(in);
    return 0;
}
