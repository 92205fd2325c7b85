/* table_csv.c: a table as text: "# thalweg KIND", a line of names, lines of numbers. A decimal
 * point is a point, whatever the program's locale says. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/plain.h"
#include "file/file_kind.h"
#include "file/output_file.h"
#include "file/table_file.h"
#include "format/input.h"

static const char MARK[] = TW_TABLE_MARK;

/* ---- writing ---- */

static tw_status check_names(const char *path, const tw_table *table) {
    for (size_t k = 0; k < table->columns; k++) {
        const char *name = table->names[k];
        if (name[0] == '\0' || name[0] == '#' || strpbrk(name, ",\r\n") != NULL)
            return tw_fail(TW_ERR_ARGUMENT,
                           "cannot write '%s': '%s' cannot be the name of a column; choose another",
                           path, name);
    }
    return TW_OK;
}

static void put_table(FILE *stream, const tw_table *table, const tw_provenance *provenance) {
    tw_provenance_put_text(stream, table->kind, provenance);
    for (size_t k = 0; k < table->columns; k++)
        fprintf(stream, "%s%s", k > 0 ? "," : "", table->names[k]);
    fputc('\n', stream);
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t k = 0; k < table->columns; k++)
            fprintf(stream, "%s%.17g", k > 0 ? "," : "", table->values[k][row]);
        fputc('\n', stream);
    }
}

tw_status tw_table_write_csv(const char *path, const tw_table *table,
                             const tw_provenance *provenance) {
    tw_output output = {0};
    tw_status status = check_names(path, table);
    if (status != TW_OK)
        return status;
    status = tw_output_open(&output, path);
    if (status == TW_OK) {
        locale_t before = tw_plain_enter();
        put_table(output.stream, table, provenance); /* commit looks at the error flag */
        tw_plain_leave(before);
        status = tw_output_commit(&output);
    }
    return status;
}

/* ---- reading ---- */

typedef struct csv_reading {
    const char *path;
    size_t line;
    char *kind; /* NULL until the first line was read */
    double *row;
    tw_table *table;
    tw_provenance *provenance;
} csv_reading;

static tw_status fail_memory(const csv_reading *r) {
    return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", r->path);
}

static tw_status read_kind(csv_reading *r, const char *line) {
    if (strncmp(line, MARK, sizeof MARK - 1) != 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': not a table: it does not begin with '%sKIND'", r->path,
                       MARK);
    r->kind = tw_strdup(line + sizeof MARK - 1);
    return r->kind != NULL ? TW_OK : fail_memory(r);
}

static tw_status read_names(csv_reading *r, char *line) {
    size_t columns = 1, count = 0;
    for (const char *c = line; *c != '\0'; c++)
        columns += *c == ',';
    const char **names = tw_alloc(columns, sizeof *names);
    r->row = tw_alloc(columns, sizeof *r->row);
    tw_status status = names != NULL && r->row != NULL ? TW_OK : fail_memory(r);
    char *rest = line;
    while (status == TW_OK && rest != NULL) {
        names[count++] = strsep(&rest, ",");
        if (names[count - 1][0] == '\0')
            status = tw_fail(TW_ERR_FORMAT, "'%s' line %zu: column %zu has no name", r->path,
                             r->line, count);
    }
    if (status == TW_OK)
        status = tw_table_init(r->table, r->kind, count, names);
    free(names);
    return status;
}

static tw_status read_row(csv_reading *r, char *line) {
    size_t count = 0;
    char *rest = line;
    for (char *cell; (cell = strsep(&rest, ",")) != NULL; count++) {
        if (count == r->table->columns)
            return tw_fail(TW_ERR_FORMAT, "'%s' line %zu: more than the %zu columns of the header",
                           r->path, r->line, r->table->columns);
        char *end;
        r->row[count] = tw_plain_read(cell, &end);
        if (end == cell || end[strspn(end, " \t")] != '\0')
            return tw_fail(TW_ERR_FORMAT, "'%s' line %zu, column %zu: '%.40s' is not a number",
                           r->path, r->line, count + 1, cell);
    }
    if (count < r->table->columns)
        return tw_fail(TW_ERR_FORMAT, "'%s' line %zu: %zu columns, the header has %zu", r->path,
                       r->line, count, r->table->columns);
    return tw_table_append(r->table, r->row);
}

static tw_status read_line(csv_reading *r, char *line, size_t length) {
    r->line++;
    if (strlen(line) != length)
        return tw_fail(TW_ERR_FORMAT, "'%s' line %zu: a zero byte; is it text?", r->path, r->line);
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        line[--length] = '\0';
    if (length == 0)
        return TW_OK;
    if (r->kind == NULL)
        return read_kind(r, line);
    if (line[0] == '#')
        return r->provenance != NULL ? tw_provenance_add_line(r->provenance, line) : TW_OK;
    return r->row == NULL ? read_names(r, line) : read_row(r, line);
}

static tw_status read_lines(csv_reading *r, FILE *stream) {
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    tw_status status = TW_OK;
    while (status == TW_OK && (length = getline(&line, &size, stream)) >= 0)
        status = read_line(r, line, (size_t)length);
    if (status == TW_OK && !feof(stream))
        status = tw_fail(TW_ERR_IO, "cannot read '%s': %s", r->path, strerror(errno));
    if (status == TW_OK && r->row == NULL)
        status = tw_fail(TW_ERR_FORMAT, "'%s': %s", r->path,
                         r->kind == NULL ? "not a table: the file is empty" : "no header line");
    free(line);
    return status;
}

tw_status tw_table_read_csv(const char *path, tw_table *table, tw_provenance *provenance) {
    csv_reading r = {.path = path, .table = table, .provenance = provenance};
    memset(table, 0, sizeof *table);
    FILE *stream;
    tw_status status = tw_regular_stream(path, &stream);
    if (status != TW_OK)
        return status;
    status = read_lines(&r, stream);
    free(r.kind);
    free(r.row);
    fclose(stream);
    if (status != TW_OK)
        tw_table_release(table);
    return status;
}
