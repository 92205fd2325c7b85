/* image_room.c: the memory of an image, for which its file must be large enough. */
#include "core/alloc.h"
#include "format/image_format.h"

/* What the largest cameras make, 108 million, is below. */
enum { MOST_PIXELS = 1 << 27 };

tw_status tw_image_make(const tw_image_file *file, uint64_t least, int look, tw_image *image) {
    if (image->height == 0 || image->width == 0)
        return tw_fail(TW_ERR_FORMAT, "'%s' has %zu x %zu pixels, which is no image", file->path,
                       image->height, image->width);
    if (image->width > MOST_PIXELS / image->height)
        return tw_fail(TW_ERR_FORMAT,
                       "'%s' says that it has %zu x %zu pixels, and no more than %d are read; make "
                       "it smaller",
                       file->path, image->height, image->width, MOST_PIXELS);
    if (least > file->size)
        return tw_fail(TW_ERR_FORMAT,
                       "'%s' says that it has %zu x %zu pixels, more than its %llu bytes can hold",
                       file->path, image->height, image->width, (unsigned long long)file->size);
    if (look)
        return TW_OK;
    image->pixels = tw_alloc_raw(image->height * image->width, image->channels);
    return image->pixels != NULL
               ? TW_OK
               : tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for %zu x %zu pixels", file->path,
                         image->height, image->width);
}
