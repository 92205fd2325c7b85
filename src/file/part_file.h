/* part_file.h: what a file is written to before it has its name. */
#ifndef TW_FILE_PART_FILE_H
#define TW_FILE_PART_FILE_H

/* Makes a file beside `target` that nobody else writes, "TARGET.xxxxxxxx.part" (a name that would
 * be too long is cut before the dot), and removes those that runs which ended early have left for
 * the same target: they are told by their lock, which ends with the process. *path is to be freed;
 * *lock keeps the file from being taken for such a one, also when the descriptor that is returned
 * is closed, and is to be closed after the rename. -1 and errno if there can be none. */
int tw_part_open(const char *target, char **path, int *lock);

/* The path that writing to `path` leads to: links are followed, also one to nothing, which then is
 * made, as a shell does it. To be freed; NULL and errno. */
char *tw_link_target(const char *path);

#endif
