/* plugin_file.c: the file of a plug-in as a file. The loader's own words for one that was built for
 * another machine are "No such file or directory", hence the look at its head. */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "plugin/plugin_private.h"
#include "thalweg/shared_object.h"

enum { HEAD = EI_NIDENT + 4, CHUNK = 65536 };

static tw_status cannot_open(const char *path, int error) {
    return tw_fail(TW_ERR_IO, "cannot open '%s': %s", path, strerror(error));
}

/* Regular files only: reading a pipe or a terminal would wait for ever. */
static tw_status open_regular(const char *path, FILE **out) {
    struct stat about;
    if (stat(path, &about) != 0)
        return cannot_open(path, errno);
    if (S_ISDIR(about.st_mode))
        return cannot_open(path, EISDIR);
    if (!S_ISREG(about.st_mode))
        return tw_fail(TW_ERR_IO, "'%s' is not a file", path);
    *out = fopen(path, "rb");
    return *out != NULL ? TW_OK : cannot_open(path, errno);
}

/* The first bytes of a file, zeros where it is shorter. */
static tw_status read_head(const char *path, unsigned char head[HEAD]) {
    FILE *file = NULL;
    memset(head, 0, HEAD);
    tw_status status = open_regular(path, &file);
    if (status != TW_OK)
        return status;
    if (fread(head, 1, HEAD, file) < HEAD && ferror(file))
        status = tw_fail(TW_ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    fclose(file);
    return status;
}

static unsigned machine_of(const unsigned char head[HEAD]) {
    unsigned low = head[EI_NIDENT + 2], high = head[EI_NIDENT + 3];
    return head[EI_DATA] == ELFDATA2MSB ? low << 8 | high : high << 8 | low;
}

static const char *machine_name(unsigned machine, char *out, size_t size) {
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = {
        {EM_386, "i386"},    {EM_X86_64, "x86-64"}, {EM_ARM, "arm"},   {EM_AARCH64, "arm64"},
        {EM_PPC64, "ppc64"}, {EM_RISCV, "riscv"},   {EM_S390, "s390"}, {EM_MIPS, "mips"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].machine == machine)
            return names[i].name;
    snprintf(out, size, "ELF machine %u", machine);
    return out;
}

tw_status tw_plugin_check_file(const char *path) {
    unsigned char head[HEAD], own[HEAD];
    char first[32], second[32];
    tw_status status = read_head(path, head);
    if (status != TW_OK)
        return status;
    if (read_head("/proc/self/exe", own) != TW_OK || memcmp(own, ELFMAG, SELFMAG) != 0) {
        tw_message_clear();
        return TW_OK; /* no ELF here: the loader knows what it takes */
    }
    if (memcmp(head, ELFMAG, SELFMAG) != 0)
        return tw_fail(TW_ERR_FORMAT,
                       "'%s' is not a shared object; build one with 'cc -shared -fPIC'", path);
    if (head[EI_CLASS] != own[EI_CLASS] || head[EI_DATA] != own[EI_DATA] ||
        machine_of(head) != machine_of(own))
        return tw_fail(TW_ERR_FORMAT, "'%s' is built for another machine: %s (%d bit), not %s (%d)",
                       path, machine_name(machine_of(head), first, sizeof first),
                       head[EI_CLASS] == ELFCLASS32 ? 32 : 64,
                       machine_name(machine_of(own), second, sizeof second),
                       own[EI_CLASS] == ELFCLASS32 ? 32 : 64);
    return TW_OK;
}

/* By a loop of its own: AddressSanitizer would not let memcmp read the gaps that it leaves between
 * a plug-in's constants. */
__attribute__((no_sanitize("address"))) static int is_same(const char *a, const char *b,
                                                           size_t count) {
    size_t i = 0;
    while (i < count && a[i] == b[i])
        i++;
    return i == count;
}

/* Whether a part of the file is what lies in memory. */
static int is_loaded(FILE *file, const ElfW(Phdr) * part, const char *memory) {
    char chunk[4096];
    size_t left = part->p_filesz;
    if (fseeko(file, (off_t)part->p_offset, SEEK_SET) != 0)
        return 0;
    while (left > 0) {
        size_t count = left < sizeof chunk ? left : sizeof chunk;
        if (fread(chunk, 1, count, file) != count || !is_same(chunk, memory, count))
            return 0;
        memory += count;
        left -= count;
    }
    return 1;
}

tw_status tw_plugin_check_loaded(const char *path, void *handle) {
    struct link_map *map;
    Dl_info place;
    FILE *file = NULL;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || dladdr(map->l_ld, &place) == 0)
        return TW_OK; /* another loader, which has ways of its own */
    tw_status status = open_regular(path, &file);
    if (status != TW_OK)
        return status;
    const ElfW(Ehdr) *head = place.dli_fbase;
    const ElfW(Phdr) *parts = (const void *)((const char *)place.dli_fbase + head->e_phoff);
    int same = 1;
    for (int k = 0; k < head->e_phnum && same; k++)
        if (parts[k].p_type == PT_LOAD && (parts[k].p_flags & PF_W) == 0)
            same = is_loaded(file, &parts[k], (const char *)map->l_addr + parts[k].p_vaddr);
    fclose(file);
    if (same)
        return TW_OK;
    return tw_fail(TW_ERR_FORMAT,
                   "'%s' has changed since this process loaded it, and what is loaded stays: "
                   "restart the process, or give the new file another name",
                   path);
}

tw_status tw_plugin_hash(const char *path, uint64_t *hash) {
    unsigned char chunk[CHUNK];
    FILE *file = NULL;
    size_t count;
    tw_status status = open_regular(path, &file);
    if (status != TW_OK)
        return status;
    *hash = 0xcbf29ce484222325u;
    while ((count = fread(chunk, 1, sizeof chunk, file)) > 0)
        for (size_t i = 0; i < count; i++)
            *hash = (*hash ^ chunk[i]) * 0x100000001b3u;
    if (ferror(file))
        status = tw_fail(TW_ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    fclose(file);
    return status;
}
