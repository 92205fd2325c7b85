/* image_png.c: PNG by libpng, of every colour type and depth. */
#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "format/image_format.h"

/* What deflate packs at most into one byte. */
enum { DEFLATE_RATIO = 1032 };

/* All that must survive a longjmp lies here, and not in the frame that is left. */
typedef struct job {
    const tw_image_file *file;
    tw_image *image;
    png_structp png;
    png_infop info;
    jmp_buf jump;
    char words[96];
} job;

static void on_error(png_structp png, png_const_charp words) {
    job *j = png_get_error_ptr(png);
    snprintf(j->words, sizeof j->words, "%s", words);
    longjmp(j->jump, 1);
}

static void on_warning(png_structp png, png_const_charp words) {
    (void)png;
    (void)words;
}

/* After the transformations there are 8 bits, in one channel or three. */
static void ask_for_bytes(png_structp png, int color) {
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    if (color == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(png);
    if (color == PNG_COLOR_TYPE_GRAY)
        png_set_expand_gray_1_2_4_to_8(png);
}

static void read_rows(const job *j) {
    const int passes = png_set_interlace_handling(j->png);
    const size_t row = j->image->width * j->image->channels;
    png_read_update_info(j->png, j->info);
    if (png_get_rowbytes(j->png, j->info) != row)
        png_error(j->png, "rows of another length than expected");
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < j->image->height; y++)
            png_read_row(j->png, j->image->pixels + y * row, NULL);
    png_read_end(j->png, NULL);
}

static tw_status read_image(job *j, int look) {
    if (setjmp(j->jump) != 0)
        return tw_fail(TW_ERR_FORMAT, "'%s' is no whole PNG image (%s); repair or remove it",
                       j->file->path, j->words);
    j->info = png_create_info_struct(j->png);
    if (j->info == NULL)
        png_error(j->png, "not enough memory");
    png_init_io(j->png, j->file->stream);
    png_read_info(j->png, j->info);
    const int color = png_get_color_type(j->png, j->info);
    j->image->height = png_get_image_height(j->png, j->info);
    j->image->width = png_get_image_width(j->png, j->info);
    j->image->channels = color == PNG_COLOR_TYPE_GRAY || color == PNG_COLOR_TYPE_GRAY_ALPHA ? 1 : 3;
    const uint64_t packed = (uint64_t)png_get_rowbytes(j->png, j->info) * j->image->height;
    tw_status status = tw_image_make(j->file, packed / DEFLATE_RATIO, look, j->image);
    if (status != TW_OK || look)
        return status;
    ask_for_bytes(j->png, color);
    read_rows(j);
    return TW_OK;
}

tw_status tw_image_read_png(const tw_image_file *file, int look, tw_image *out) {
    job j = {.file = file, .image = out};
    j.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &j, on_error, on_warning);
    if (j.png == NULL)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for libpng", file->path);
    tw_status status = read_image(&j, look);
    png_destroy_read_struct(&j.png, &j.info, NULL);
    return status;
}
