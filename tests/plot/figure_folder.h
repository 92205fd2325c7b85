/* figure_folder.h: a folder for the pictures of a test, and what is in them. */
#ifndef TW_TESTS_PLOT_FIGURE_FOLDER_H
#define TW_TESTS_PLOT_FIGURE_FOLDER_H

#include "support.h"

/* For cmocka_run_group_tests: makes the folder, removes it with all files in it. */
int make_folder(void **state);
int remove_folder(void **state);
const char *figure_folder(void);

/* FOLDER/NAME.ENDING; of this thread, until its next call. */
char *path_of(const char *name, const char *ending);

/* A whole file, to be freed, with a zero behind it. */
typedef struct bytes {
    unsigned char *data;
    size_t size;
} bytes;
bytes read_file(const char *path);

/* Whether a program is installed. */
int has_tool(const char *name);
/* Fails the test unless the text of a PDF has all words, up to NULL. Needs pdftotext. */
void assert_says(const char *path, const char *const *words);

#endif
