/* Memory of two processes. */
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"
#include "team/shared_memory.h"

enum { SIZE = 1 << 20 };

/* Runs in a process of its own, which knows the name as bytes only; 0 if all is as it should be. */
static int visit(const tw_shared_name *name) {
    tw_shared_name other = *name;
    unsigned char *memory = tw_shared_attach(name, SIZE);
    if (memory == NULL || memory[SIZE - 1] != 42)
        return 1;
    memory[0] = 43;
    tw_shared_detach(memory, SIZE);
    other.inode++; /* what another process has open under that number */
    if (tw_shared_attach(&other, SIZE) != NULL || tw_shared_attach(name, SIZE / 2) != NULL)
        return 2;
    other = *name;
    other.file = 9999;
    return tw_shared_attach(&other, SIZE) == NULL ? 0 : 3;
}

static void seen_by_both(void **state) {
    tw_shared_name name;
    unsigned char *memory = tw_shared_create(SIZE, &name);
    assert_non_null(memory);
    for (size_t k = 0; k < SIZE; k++)
        assert_int_equal(memory[k], 0);
    memory[SIZE - 1] = 42;
    pid_t child = fork();
    if (child == 0)
        _exit(visit(&name));
    int result = -1;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_int_equal(memory[0], 43);
    close((int)name.file);
    assert_int_equal(memory[0], 43); /* which needs the file no more */
    assert_null(tw_shared_attach(&name, SIZE));
    tw_shared_detach(memory, SIZE);
    assert_null(tw_shared_create((size_t)1 << 62, &name));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(seen_by_both)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
