#include "data/preparation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

enum { BYTES = 256 };

/* Where the numbers of a sample lie: channel c of pixel i at c * channel + i * pixel. */
typedef struct steps {
    size_t channel, pixel;
} steps;

struct tw_preparation {
    const tw_dataset *dataset;
    size_t samples, features;
    size_t channels, plane; /* strips of `plane` numbers that are prepared alike */
    steps in, out;
    size_t tables;      /* of which there is one for all channels, or one a channel */
    double *mean, *std; /* `tables` each; the std follows in the block of the mean */
    double scale;
    double *doubles; /* BYTES a table: what a byte becomes; NULL for data in doubles */
    float *floats;
};

/* ---- checks ---- */

static tw_status check_numbers(const char *what, const double *values, size_t count,
                               size_t channels) {
    if (count > 1 && count != channels)
        return tw_fail(TW_ERR_ARGUMENT,
                       "the %s has %zu numbers, but the data have %zu channel%s: give one number, "
                       "or one for each channel",
                       what, count, channels, channels == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return tw_fail(TW_ERR_ARGUMENT, "the %s of channel %zu is not a finite number", what,
                           i);
    return TW_OK;
}

static tw_status check_statistics(const tw_preparation_options *options, size_t channels) {
    tw_status status = check_numbers("mean", options->mean, options->mean_count, channels);
    if (status == TW_OK)
        status = check_numbers("std", options->std, options->std_count, channels);
    for (size_t i = 0; status == TW_OK && i < options->std_count; i++)
        if (options->std[i] <= 0)
            status = tw_fail(TW_ERR_ARGUMENT,
                             "the std of channel %zu is %g, and must be greater than 0; 1 leaves "
                             "the values as they are",
                             i, options->std[i]);
    if (status == TW_OK && !isfinite(options->scale))
        status = tw_fail(TW_ERR_ARGUMENT, "the scale is not a finite number");
    return status;
}

/* The images are not of the input's shape: what would make them so. */
static tw_status fail_shape(const tw_preparation_options *options, const size_t shape[3]) {
    char remedy[128] = "the network is for other data";
    int sized = options->height != shape[1] || options->width != shape[2];
    const char *color = options->channels == shape[0]             ? ""
                        : options->channels == 3 && shape[0] == 1 ? "--color rgb"
                        : options->channels == 1 && shape[0] == 3 ? "--color grey"
                                                                  : NULL;
    if (color != NULL && sized)
        snprintf(remedy, sizeof remedy, "--size %zux%zu%s%s makes them so", options->height,
                 options->width, color[0] != '\0' ? " " : "", color);
    else if (color != NULL)
        snprintf(remedy, sizeof remedy, "%s makes them so", color);
    return tw_fail(TW_ERR_SHAPE,
                   "the network takes images of %zu x %zu x %zu (channels, height, width), and "
                   "the data's are %zu x %zu x %zu; %s",
                   options->channels, options->height, options->width, shape[0], shape[1], shape[2],
                   remedy);
}

/* The shape that both sides agree on: images, or `features` channels of one pixel. */
static tw_status find_shape(const tw_dataset *dataset, const tw_preparation_options *options,
                            size_t shape[3]) {
    const size_t features = tw_dataset_features(dataset);
    const int given = options->channels != 0 || options->height != 0 || options->width != 0;
    tw_dataset_image_shape(dataset, &shape[0], &shape[1], &shape[2]);
    if (shape[0] == 0 && !given) {
        shape[0] = features;
        shape[1] = shape[2] = 1;
    } else if (shape[0] == 0) {
        size_t numbers;
        if (__builtin_mul_overflow(options->channels, options->height, &numbers) ||
            __builtin_mul_overflow(numbers, options->width, &numbers) || numbers != features)
            return tw_fail(TW_ERR_SHAPE,
                           "the network takes %zu x %zu x %zu (channels, height, width) numbers, "
                           "and the data have %zu features",
                           options->channels, options->height, options->width, features);
        shape[0] = options->channels;
        shape[1] = options->height;
        shape[2] = options->width;
    } else if (given && (options->channels != shape[0] || options->height != shape[1] ||
                         options->width != shape[2]))
        return fail_shape(options, shape);
    return TW_OK;
}

/* ---- making ---- */

static steps steps_of(int channels_last, size_t channels, size_t plane) {
    return channels_last ? (steps){1, channels} : (steps){plane, 1};
}

static void set_layout(tw_preparation *p, const tw_preparation_options *options,
                       const size_t shape[3]) {
    size_t channels, height, width;
    tw_dataset_image_shape(p->dataset, &channels, &height, &width);
    int last = channels == 0 ? options->channels_last : tw_dataset_channels_last(p->dataset);
    p->channels = shape[0];
    p->plane = shape[1] * shape[2];
    if (p->tables == 1 && (p->channels == 1 || p->plane == 1 || !last == !options->channels_last)) {
        p->plane = p->features; /* all alike, in the order in which they are */
        p->channels = 1;
    }
    p->in = steps_of(last, p->channels, p->plane);
    p->out = steps_of(options->channels_last, p->channels, p->plane);
}

static double prepared(const tw_preparation *p, size_t table, double value) {
    return (value * p->scale - p->mean[table]) / p->std[table];
}

/* 1/255 is no double, and pixel/255 is nearer to what is meant than pixel * (1/255). */
static double prepared_byte(const tw_preparation *p, size_t table, int byte, int by_255) {
    return by_255 ? (byte / 255.0 - p->mean[table]) / p->std[table] : prepared(p, table, byte);
}

static tw_status make_tables(tw_preparation *p, const tw_preparation_options *options) {
    const int bytes = tw_dataset_bytes(p->dataset) != NULL;
    p->mean = tw_alloc(2 * p->tables, sizeof *p->mean);
    if (bytes && p->mean != NULL) {
        p->doubles = tw_alloc_raw(p->tables, BYTES * sizeof *p->doubles);
        p->floats = tw_alloc_raw(p->tables, BYTES * sizeof *p->floats);
    }
    if (p->mean == NULL || (bytes && (p->doubles == NULL || p->floats == NULL)))
        return tw_fail(TW_ERR_MEMORY, "not enough memory to prepare %zu channels", p->tables);
    p->std = p->mean + p->tables;
    p->scale = options->scale != 0 ? options->scale : bytes ? 1 / 255.0 : 1;
    for (size_t t = 0; t < p->tables; t++) {
        p->mean[t] = options->mean_count == 0 ? 0 : options->mean[options->mean_count > 1 ? t : 0];
        p->std[t] = options->std_count == 0 ? 1 : options->std[options->std_count > 1 ? t : 0];
        for (int byte = 0; bytes && byte < BYTES; byte++) {
            double value = prepared_byte(p, t, byte, options->scale == 0);
            p->doubles[t * BYTES + (size_t)byte] = value;
            p->floats[t * BYTES + (size_t)byte] = (float)value;
        }
    }
    return TW_OK;
}

tw_status tw_preparation_new(const tw_dataset *dataset, const tw_preparation_options *options,
                             tw_preparation **out) {
    static const tw_preparation_options none = {0};
    size_t shape[3];
    *out = NULL;
    options = options != NULL ? options : &none;
    tw_status status = find_shape(dataset, options, shape);
    if (status == TW_OK)
        status = check_statistics(options, shape[0]);
    if (status != TW_OK)
        return status;
    tw_preparation *p = tw_alloc(1, sizeof *p);
    if (p == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to prepare the data");
    p->dataset = dataset;
    p->samples = tw_dataset_samples(dataset);
    p->features = tw_dataset_features(dataset);
    p->tables = options->mean_count > 1 || options->std_count > 1 ? shape[0] : 1;
    set_layout(p, options, shape);
    status = make_tables(p, options);
    if (status != TW_OK) {
        tw_preparation_free(p);
        return status;
    }
    *out = p;
    return TW_OK;
}

void tw_preparation_free(tw_preparation *preparation) {
    if (preparation == NULL)
        return;
    free(preparation->mean);
    free(preparation->doubles);
    free(preparation->floats);
    free(preparation);
}

/* ---- use ---- */

/* One channel of one sample. `in` and `out` are at its first pixel. */
typedef void (*strip_fn)(const tw_preparation *p, size_t table, const void *in, void *out);

static void bytes_to_floats(const tw_preparation *p, size_t table, const void *in, void *out) {
    const float *values = p->floats + table * BYTES;
    const uint8_t *from = in;
    float *to = out;
    for (size_t i = 0; i < p->plane; i++)
        to[i * p->out.pixel] = values[from[i * p->in.pixel]];
}

static void bytes_to_doubles(const tw_preparation *p, size_t table, const void *in, void *out) {
    const double *values = p->doubles + table * BYTES;
    const uint8_t *from = in;
    double *to = out;
    for (size_t i = 0; i < p->plane; i++)
        to[i * p->out.pixel] = values[from[i * p->in.pixel]];
}

static void doubles_to_floats(const tw_preparation *p, size_t table, const void *in, void *out) {
    const double *from = in;
    float *to = out;
    for (size_t i = 0; i < p->plane; i++)
        to[i * p->out.pixel] = (float)prepared(p, table, from[i * p->in.pixel]);
}

static void doubles_to_doubles(const tw_preparation *p, size_t table, const void *in, void *out) {
    const double *from = in;
    double *to = out;
    for (size_t i = 0; i < p->plane; i++)
        to[i * p->out.pixel] = prepared(p, table, from[i * p->in.pixel]);
}

/* `size`: bytes of a number of the output. */
static tw_status prepare(const tw_preparation *p, size_t count, const size_t *samples, size_t first,
                         size_t size, char *out) {
    const uint8_t *bytes = tw_dataset_bytes(p->dataset);
    const char *in =
        bytes != NULL ? (const char *)bytes : (const char *)tw_dataset_doubles(p->dataset);
    const size_t in_size = bytes != NULL ? 1 : sizeof(double);
    const strip_fn strip = bytes != NULL
                               ? (size == sizeof(float) ? bytes_to_floats : bytes_to_doubles)
                               : (size == sizeof(float) ? doubles_to_floats : doubles_to_doubles);
    for (size_t k = 0; k < count; k++, out += p->features * size) {
        /* k < samples - first, said so that nothing overflows */
        const size_t sample = samples != NULL                                ? samples[k]
                              : first < p->samples && k < p->samples - first ? first + k
                                                                             : p->samples;
        if (sample >= p->samples)
            return tw_fail(TW_ERR_ARGUMENT,
                           "sample %zu of a batch is not one of the %zu that "
                           "there are",
                           samples != NULL ? sample : first + k, p->samples);
        const char *from = in + sample * p->features * in_size;
        for (size_t c = 0; c < p->channels; c++)
            strip(p, p->tables > 1 ? c : 0, from + c * p->in.channel * in_size,
                  out + c * p->out.channel * size);
    }
    return TW_OK;
}

tw_status tw_prepare_f32(const tw_preparation *preparation, size_t count, const size_t *samples,
                         size_t first, float *out) {
    return prepare(preparation, count, samples, first, sizeof *out, (char *)out);
}

tw_status tw_prepare_f64(const tw_preparation *preparation, size_t count, const size_t *samples,
                         size_t first, double *out) {
    return prepare(preparation, count, samples, first, sizeof *out, (char *)out);
}
