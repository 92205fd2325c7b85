#include "option/cli_text.h"

#include <string.h>

enum { COLUMNS = 80 };

static void pad(FILE *stream, int count) {
    for (int i = 0; i < count; i++)
        fputc(' ', stream);
}

void text_wrap(FILE *stream, const char *text, int column, int indent) {
    const char *at = text;
    pad(stream, indent - column);
    column = column > indent ? column : indent;
    int fresh = 1; /* nothing on this line yet */
    while (*at != '\0') {
        int literal = fresh && *at == ' ';
        size_t length = literal ? strcspn(at, "\n") : strcspn(at, " \n");
        if (!fresh && column + 1 + (int)length > COLUMNS) {
            fputc('\n', stream);
            pad(stream, indent);
            column = indent;
            fresh = 1;
        }
        column += fprintf(stream, "%s%.*s", fresh ? "" : " ", (int)length, at);
        fresh = 0;
        at += length;
        if (*at == '\n' && at[1] != '\0') {
            fputc('\n', stream);
            if (at[1] != '\n')
                pad(stream, indent);
            column = indent;
            fresh = 1;
        }
        if (*at != '\0')
            at++;
    }
    fputc('\n', stream);
}

void text_shell_quote(FILE *stream, const char *text) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=.,:/@%";
    if (text[0] != '\0' && text[strspn(text, plain)] == '\0') {
        fputs(text, stream);
        return;
    }
    fputc('\'', stream);
    for (const char *at = text; *at != '\0'; at++)
        if (*at == '\'')
            fputs("'\\''", stream);
        else
            fputc(*at, stream);
    fputc('\'', stream);
}
