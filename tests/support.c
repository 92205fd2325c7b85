#include "support.h"

#include <math.h>
#include <sys/statvfs.h>
#include <unistd.h>

void check_close(double actual, double expected, double relative, double absolute, const char *what,
                 const char *file, int line) {
    double size = fmax(fabs(actual), fabs(expected));
    if (fabs(actual - expected) <= relative * size + absolute)
        return;
    print_error("%s = %.17g, expected %.17g (off by %.3g, relative %.3g)\n", what, actual, expected,
                actual - expected, (actual - expected) / size);
    _fail(file, line);
}

double relative_distance(const double *a, const double *b, size_t count) {
    double distance = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(a[i]) || isnan(b[i]))
            return NAN;
        distance = fmax(distance, fabs(a[i] - b[i]));
        size = fmax(size, fabs(b[i]));
    }
    return distance == 0 ? 0 : distance / size;
}

const char *shared_path(const char *relative) {
    static char path[4096];
    const char *shared = getenv("THALWEG_SHARED"), *source = getenv("THALWEG_SOURCE");
    if (shared != NULL)
        snprintf(path, sizeof path, "%s/%s", shared, relative);
    else
        snprintf(path, sizeof path, "%s/../shared/data/%s", source != NULL ? source : ".",
                 relative);
    if (access(path, R_OK) != 0) {
        print_message("skipped: no %s\n", path);
        skip();
    }
    return path;
}

const char *fast_folder(void) {
    enum { ROOM = 1 << 28 };
    struct statvfs info;
    int has_room = access("/dev/shm", W_OK) == 0 && statvfs("/dev/shm", &info) == 0 &&
                   (double)info.f_bavail * (double)info.f_frsize > ROOM;
    return has_room ? "/dev/shm" : "/tmp";
}

double json_number(const char *json, const char *section, const char *key) {
    char quoted[128];
    snprintf(quoted, sizeof quoted, "\"%s\"", section);
    const char *at = strstr(json, quoted);
    snprintf(quoted, sizeof quoted, "\"%s\"", key);
    at = at != NULL ? strstr(at, quoted) : NULL;
    at = at != NULL ? strchr(at, ':') : NULL;
    if (at == NULL)
        fail_msg("no %s / %s in the reference", section, key);
    return strtod(at + 1, NULL);
}

char *read_text(const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, size, file), size);
    text[size] = '\0';
    fclose(file);
    return text;
}

tw_dataset *random_dataset(int bytes, size_t samples, size_t features, size_t classes,
                           uint64_t seed) {
    size_t cells = samples * features;
    uint8_t *byte_values = malloc(cells);
    double *double_values = malloc(cells * sizeof *double_values);
    int32_t *labels = malloc(samples * sizeof *labels);
    for (size_t k = 0; k < cells; k++) {
        byte_values[k] = (uint8_t)tw_rng_below(seed, 1, k, 256);
        double_values[k] = 50 * tw_rng_normal(seed, 2, k);
    }
    for (size_t i = 0; i < samples; i++)
        labels[i] = (int32_t)(i < classes ? i : tw_rng_below(seed, 3, i, classes));
    tw_dataset_memory memory = {
        .labels = labels, .samples = samples, .features = features, .classes = classes};
    if (bytes)
        memory.bytes = byte_values;
    else
        memory.doubles = double_values;
    tw_dataset *dataset = NULL;
    assert_ok(tw_dataset_from_memory(&memory, &dataset));
    free(byte_values);
    free(double_values);
    free(labels);
    return dataset;
}
