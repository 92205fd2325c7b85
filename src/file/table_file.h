/* table_file.h: tables as text; table_file.c chooses by the ending. */
#ifndef TW_FILE_TABLE_FILE_H
#define TW_FILE_TABLE_FILE_H

#include "thalweg/file.h"

tw_status tw_table_write_csv(const char *path, const tw_table *table,
                             const tw_provenance *provenance);
tw_status tw_table_read_csv(const char *path, tw_table *table, tw_provenance *provenance);

#endif
