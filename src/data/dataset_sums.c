/* dataset_sums.c: the hash, the mean and the deviation, which pass over all features. */
#include <math.h>
#include <string.h>

#include "data/dataset_private.h"

/* ---- hash ---- */

static const uint64_t fnv_basis = 0xcbf29ce484222325u, fnv_prime = 0x100000001b3u;

static uint64_t hash_bytes(uint64_t hash, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ bytes[i]) * fnv_prime;
    return hash;
}

/* The low `size` bytes of a word, lowest first, so that every byte order gives the same hash. */
static uint64_t hash_word(uint64_t hash, uint64_t word, size_t size) {
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (word >> (8 * i) & 0xff)) * fnv_prime;
    return hash;
}

uint64_t tw_dataset_hash(const tw_dataset *dataset) {
    const uint64_t shape[] = {dataset->samples,  dataset->features, dataset->classes,
                              dataset->channels, dataset->height,   dataset->width};
    uint64_t hash = fnv_basis;
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        hash = hash_word(hash, shape[i], 8);
    for (size_t i = 0; i < dataset->samples; i++)
        hash = hash_word(hash, (uint32_t)dataset->labels[i], 4);
    size_t count = dataset->samples * dataset->features;
    if (dataset->bytes != NULL)
        return hash_bytes(hash, dataset->bytes, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t word;
        memcpy(&word, &dataset->doubles[i], sizeof word);
        hash = hash_word(hash, word, 8);
    }
    return hash;
}

/* ---- mean ---- */

enum {
    COLUMNS = 512, /* a strip of columns whose sums stay in the cache */
    ROWS = 256     /* 256 * 255 < 2^16: sums of that many bytes fit 16 bits, the widest vectors */
};

static void mean_bytes(const tw_dataset *dataset, size_t first, size_t width, double *mean) {
    uint64_t total[COLUMNS] = {0};
    for (size_t row = 0; row < dataset->samples; row += ROWS) {
        uint16_t part[COLUMNS] = {0};
        size_t end = dataset->samples - row < ROWS ? dataset->samples : row + ROWS;
        for (size_t i = row; i < end; i++) {
            const uint8_t *x = dataset->bytes + i * dataset->features + first;
            for (size_t j = 0; j < width; j++)
                part[j] = (uint16_t)(part[j] + x[j]);
        }
        for (size_t j = 0; j < width; j++)
            total[j] += part[j];
    }
    for (size_t j = 0; j < width; j++)
        mean[j] = (double)total[j] / (double)dataset->samples;
}

/* Sums of blocks of rows, then the sum of those: a rounding error that grows with samples / ROWS.
 */
static void mean_doubles(const tw_dataset *dataset, size_t first, size_t width, double *mean) {
    double total[COLUMNS] = {0};
    for (size_t row = 0; row < dataset->samples; row += ROWS) {
        double part[COLUMNS] = {0};
        size_t end = dataset->samples - row < ROWS ? dataset->samples : row + ROWS;
        for (size_t i = row; i < end; i++) {
            const double *x = dataset->doubles + i * dataset->features + first;
            for (size_t j = 0; j < width; j++)
                part[j] += x[j];
        }
        for (size_t j = 0; j < width; j++)
            total[j] += part[j];
    }
    for (size_t j = 0; j < width; j++)
        mean[j] = total[j] / (double)dataset->samples;
}

void tw_dataset_mean(const tw_dataset *dataset, double *mean) {
    for (size_t first = 0; first < dataset->features; first += COLUMNS) {
        size_t left = dataset->features - first;
        size_t width = left < COLUMNS ? left : COLUMNS;
        if (dataset->bytes != NULL)
            mean_bytes(dataset, first, width, mean + first);
        else
            mean_doubles(dataset, first, width, mean + first);
    }
}

/* ---- deviation ---- */

/* A row at a time, in four sums that need not wait for each other. */
static double row_squares(const tw_dataset *dataset, size_t row, const double *mean) {
    size_t features = dataset->features, at = row * features;
    double sums[4] = {0};
    for (size_t j = 0; j < features; j++) {
        double x = dataset->bytes != NULL ? dataset->bytes[at + j] : dataset->doubles[at + j];
        sums[j % 4] += (x - mean[j]) * (x - mean[j]);
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double tw_dataset_deviation(const tw_dataset *dataset, const double *mean) {
    double total = 0;
    for (size_t i = 0; i < dataset->samples; i++)
        total += row_squares(dataset, i, mean);
    return sqrt(total / (double)dataset->samples / (double)dataset->features);
}
