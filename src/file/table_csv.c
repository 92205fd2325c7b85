/* table_csv.c: a table as text: "# thalweg KIND", a line of names, lines of numbers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/output_file.h"
#include "file/table_file.h"

static const char MARK[] = "# thalweg ";

tw_status tw_table_write_csv(const char *path, const tw_table *table,
                             const tw_provenance *provenance) {
    tw_output output = {0};
    tw_status status = tw_output_open(&output, path);
    if (status != TW_OK)
        return status;
    FILE *stream = output.stream; /* commit looks at its error flag */
    fprintf(stream, "%s%s\n", MARK, table->kind);
    for (size_t k = 0; provenance != NULL && k < provenance->count; k++) {
        fprintf(stream, "# %s: ", provenance->keys[k]);
        for (const char *c = provenance->texts[k]; *c != '\0'; c++)
            fputc(*c == '\n' || *c == '\r' ? ' ' : *c, stream);
        fputc('\n', stream);
    }
    for (size_t k = 0; k < table->columns; k++)
        fprintf(stream, "%s%s", k > 0 ? "," : "", table->names[k]);
    fputc('\n', stream);
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t k = 0; k < table->columns; k++)
            fprintf(stream, "%s%.17g", k > 0 ? "," : "", table->values[k][row]);
        fputc('\n', stream);
    }
    return tw_output_commit(&output);
}

typedef struct csv_reading {
    const char *path;
    size_t line;
    tw_table *table;
    tw_provenance *provenance;
    char *kind;
} csv_reading;

static void cut_newline(char *line) {
    line[strcspn(line, "\r\n")] = '\0';
}

static tw_status read_comment(csv_reading *r, const char *line) {
    if (strncmp(line, MARK, sizeof MARK - 1) == 0 && r->kind == NULL) {
        r->kind = tw_strdup(line + sizeof MARK - 1);
        return r->kind != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", r->path);
    }
    const char *colon = strstr(line, ": ");
    if (r->provenance == NULL || colon == NULL || colon - line < 3)
        return TW_OK;
    char key[128];
    snprintf(key, sizeof key, "%.*s", (int)(colon - line - 2), line + 2);
    return tw_provenance_add(r->provenance, key, "%s", colon + 2);
}

static tw_status read_names(csv_reading *r, char *line) {
    enum { MOST = 256 };
    const char *names[MOST];
    size_t count = 0;
    char *rest = line;
    for (char *name; (name = strsep(&rest, ",")) != NULL;) {
        if (count == MOST || name[0] == '\0')
            return tw_fail(TW_ERR_FORMAT,
                           "'%s' line %zu: column %zu has no name, or is one too many", r->path,
                           r->line, count + 1);
        names[count++] = name;
    }
    return tw_table_init(r->table, r->kind != NULL ? r->kind : "table", count, names);
}

static tw_status read_row(csv_reading *r, char *line) {
    double row[256];
    size_t count = 0;
    char *rest = line;
    for (char *cell; (cell = strsep(&rest, ",")) != NULL; count++) {
        if (count == r->table->columns)
            return tw_fail(TW_ERR_FORMAT, "'%s' line %zu: more than the %zu columns of the header",
                           r->path, r->line, r->table->columns);
        char *end;
        row[count] = strtod(cell, &end);
        if (end == cell || end[strspn(end, " \t")] != '\0')
            return tw_fail(TW_ERR_FORMAT, "'%s' line %zu, column %zu: '%.40s' is no number",
                           r->path, r->line, count + 1, cell);
    }
    if (count < r->table->columns)
        return tw_fail(TW_ERR_FORMAT, "'%s' line %zu: %zu columns, the header has %zu", r->path,
                       r->line, count, r->table->columns);
    return tw_table_append(r->table, row);
}

tw_status tw_table_read_csv(const char *path, tw_table *table, tw_provenance *provenance) {
    FILE *stream = fopen(path, "r");
    if (stream == NULL)
        return tw_fail(TW_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    csv_reading r = {.path = path, .table = table, .provenance = provenance};
    memset(table, 0, sizeof *table);
    char *line = NULL;
    size_t size = 0;
    tw_status status = TW_OK;
    while (status == TW_OK && getline(&line, &size, stream) >= 0) {
        r.line++;
        cut_newline(line);
        if (line[0] == '\0')
            continue;
        if (line[0] == '#')
            status = read_comment(&r, line);
        else if (table->columns == 0)
            status = read_names(&r, line);
        else
            status = read_row(&r, line);
    }
    if (status == TW_OK && ferror(stream))
        status = tw_fail(TW_ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    if (status == TW_OK && table->columns == 0)
        status = tw_fail(TW_ERR_FORMAT, "'%s': no header line", path);
    free(line);
    free(r.kind);
    fclose(stream);
    if (status != TW_OK)
        tw_table_release(table);
    return status;
}
