/* fuzz_image.c: a PNG or JPEG file, made of another size and other colours by its last three
 * bytes. */
#include "data/image_fit.h"
#include "format/image.h"
#include "fuzz_input.h"

/* The image in another shape, of which every byte is looked at. */
static void fit(const tw_image *image, const uint8_t choice[3]) {
    const tw_image_shape in = {image->channels, image->height, image->width};
    const tw_image_shape out = {choice[2] & 1 ? 3 : 1, 1u + choice[0], 1u + choice[1]};
    const size_t least = out.height > out.width ? out.height : out.width;
    tw_image_fit *made;
    if (tw_image_fit_new(&in, &out, choice[2] & 2 ? least + (choice[2] >> 2) : 0, 1, 1, &made) !=
        TW_OK)
        return;
    const size_t size = out.channels * out.height * out.width;
    uint8_t *bytes = malloc(size);
    if (bytes != NULL) {
        tw_image_fit_apply(made, image->pixels, bytes);
        for (size_t i = 1; i < size; i++)
            bytes[0] ^= bytes[i];
        if (bytes[0] == 77)
            fuzz_file(1, bytes, 1); /* a use of the bytes that the compiler keeps */
    }
    free(bytes);
    tw_image_fit_free(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t none[3] = {31, 31, 1}, *choice = size > 3 ? data + size - 3 : none;
    const char *path = fuzz_file(0, data, size > 3 ? size - 3 : size);
    tw_image head, image;
    const tw_status looked = tw_image_look(path, &head), read = tw_image_read(path, &image);
    if (read == TW_OK) {
        const size_t pixels = image.height * image.width;
        if (looked != TW_OK || head.height != image.height || head.width != image.width ||
            head.channels != image.channels || pixels == 0 || image.pixels == NULL)
            abort();
        if (pixels < 1 << 20)
            fit(&image, choice);
    } else if (image.pixels != NULL || tw_message()[0] == '\0')
        abort();
    tw_image_release(&image);
    return 0;
}
