/* fuzz_table.c: tables as text, which users edit. What is read must come back as it was. */
#include <stdio.h>
#include <unistd.h>

#include "fuzz_input.h"

static void require(int condition) {
    if (!condition)
        abort();
}

static void write_again(const tw_table *table, const tw_provenance *provenance) {
    char path[64];
    snprintf(path, sizeof path, "/dev/shm/thalweg-fuzz-%ld.csv", (long)getpid());
    tw_table back;
    tw_status status = tw_table_write(path, table, provenance);
    require(status == TW_OK || status == TW_ERR_ARGUMENT);
    if (status == TW_OK) {
        require(tw_table_read(path, &back, NULL) == TW_OK);
        require(back.rows == table->rows && back.columns == table->columns);
        for (size_t k = 0; k < back.columns; k++)
            for (size_t row = 0; row < back.rows; row++) {
                double a = back.values[k][row], b = table->values[k][row];
                require(a == b || (a != a && b != b));
            }
        tw_table_release(&back);
    }
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *path = fuzz_file(0, data, size);
    tw_table table;
    tw_provenance provenance = {0};
    tw_message_clear();
    if (tw_table_read(path, &table, &provenance) == TW_OK) {
        for (size_t k = 0; k < table.columns; k++)
            require(tw_table_column(&table, table.names[k]) <= (int)k);
        write_again(&table, &provenance);
    } else
        require(tw_message()[0] != '\0' && table.values == NULL);
    tw_table_release(&table);
    tw_provenance_release(&provenance);
    return 0;
}
