/* image_listing.h: the files of a folder of images by class, in the order in which torchvision's
 * ImageFolder has them: classes sorted, and in each class the folders, and in each folder the
 * files, all by their bytes. */
#ifndef TW_DATA_IMAGE_LISTING_H
#define TW_DATA_IMAGE_LISTING_H

#include "data/source.h"

typedef struct tw_image_class {
    char *name;
    char **files; /* paths, with that of the folder */
    size_t count, room;
} tw_image_class;

typedef struct tw_image_listing {
    tw_image_class *classes;
    size_t count, room;
    size_t passed_over; /* files that are hidden or not named as images */
    size_t deeper;      /* images in folders of a class's folder */
} tw_image_listing;

/* Lists the classes of the folder `path`, each a folder in it that is not hidden. Links are
 * followed to classes and files, but not from one folder of a class to another. `files` 0: names of
 * classes only. *out is to be released, also on failure. */
tw_status tw_image_listing_read(const char *path, int files, tw_image_listing *out);
void tw_image_listing_release(tw_image_listing *listing);

/* Adds the classes that `other` has and `listing` lacks, without files. */
tw_status tw_image_listing_join(tw_image_listing *listing, const tw_image_listing *other);

/* Whether the folder `path` has an image in a folder for a class; or an image itself. Neither
 * fails: what cannot be read has none. */
int tw_image_listing_classes_in(const char *path);
int tw_image_listing_images_in(const char *path);

#endif
