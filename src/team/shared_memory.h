/* shared_memory.h: memory that several processes of a machine see.
 *
 * It has no name in any file system: it is gone with the last process that maps it, however that
 * ends, and the size of /dev/shm, which containers keep small, is no limit.
 */
#ifndef TW_TEAM_SHARED_MEMORY_H
#define TW_TEAM_SHARED_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* How another process finds it; without pointers, to be sent as bytes. */
typedef struct tw_shared_name {
    int64_t process, file;
    uint64_t device,
        inode; /* of what is to be found: processes may be numbered differently there */
} tw_shared_name;

/* `size` bytes, all 0, or NULL where there is no such memory. The file of the name is open until it
 * is closed with `close`, which is due when all others have attached. */
void *tw_shared_create(size_t size, tw_shared_name *name);
/* The same memory in another process, or NULL. */
void *tw_shared_attach(const tw_shared_name *name, size_t size);
void tw_shared_detach(void *memory, size_t size);

#endif
