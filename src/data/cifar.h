/* cifar.h: what the binary and the pickle layout of CIFAR-10 and CIFAR-100 share. */
#ifndef TW_DATA_CIFAR_H
#define TW_DATA_CIFAR_H

#include "data/source.h"

enum { TW_CIFAR_PIXELS = 3072 };

/* CIFAR-10 or CIFAR-100 in one of the layouts. */
typedef struct tw_cifar {
    const char *kind;
    size_t classes;
    const char *train[6]; /* names of the files, NULL at the end */
    const char *test;
    const char *names;      /* the file with the names of the classes */
    size_t label_bytes;     /* binary: bytes in front of the pixels; the last is the label */
    const char *labels_key; /* pickle: entries of the dictionaries */
    const char *names_key;
} tw_cifar;

/* The files of a split of `cifar` in `directory`, or the file itself, one after the other. */
typedef tw_status (*tw_cifar_file_fn)(const tw_cifar *cifar, const tw_source *file,
                                      tw_collector *collector);
tw_status tw_cifar_read(const tw_cifar *cifar, const tw_source *source, tw_collector *collector,
                        tw_cifar_file_fn read_file);

/* An upper bound on the number of images in these files, from their sizes, which is what there is
 * memory for before the first is read. */
tw_status tw_cifar_shape_set(const tw_cifar *cifar, const tw_source *source,
                             tw_collector *collector);

/* Fails with the file, the record and the value if a label is not one of the classes. */
tw_status tw_cifar_check_label(const tw_cifar *cifar, const char *path, size_t record,
                               long long label);

#endif
