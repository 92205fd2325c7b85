/* part_file.h: what stands beside a file while it is written: the part that will have its name, and
 * the lock of a process that writes to it for long. */
#ifndef TW_FILE_PART_FILE_H
#define TW_FILE_PART_FILE_H

/* Makes a file beside `target` that nobody else writes, "TARGET.xxxxxxxx.part" (a name that would
 * be too long is cut before the dot), and removes those that runs which ended early have left for
 * the same target: they are told by their lock, which ends with the process. *path is to be freed;
 * *lock keeps the file from being taken for such a one, also when the descriptor that is returned
 * is closed, and is to be closed after the rename. -1 and errno if there can be none. */
int tw_part_open(const char *target, char **path, int *lock);

/* Removes such parts of `path` without making one: for a file that is not written again. */
void tw_part_remove_left(const char *path);

/* TARGET followed by `tail`, its name cut where the whole would be too long. To be freed; NULL and
 * errno. */
char *tw_name_beside(const char *target, const char *tail);

/* The path that writing to `path` leads to: links are followed, also one to nothing, which then is
 * made, as a shell does it. To be freed; NULL and errno. */
char *tw_link_target(const char *path);

#endif
