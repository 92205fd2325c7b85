/* image_jpeg.c: JPEG by libjpeg-turbo, grey and colours, baseline and progressive. */
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

#include "format/image_format.h"

enum {
    /* Each block of 8 x 8 has one bit at least in its first scan, unless coded arithmetically. */
    PIXELS_A_BYTE = 512,
    /* Of a progressive image each scan passes over all of it, and costs a file some bytes only. */
    MOST_SCANS = 500
};

/* All that must survive a longjmp lies here, and not in the frame that is left. */
typedef struct job {
    struct jpeg_error_mgr errors; /* first, so that it is the struct */
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct jpeg;
    const tw_image_file *file;
    tw_image *image;
    jmp_buf jump;
    char words[JMSG_LENGTH_MAX];
} job;

static void on_error(j_common_ptr jpeg) {
    job *j = (job *)jpeg->err;
    jpeg->err->format_message(jpeg, j->words);
    longjmp(j->jump, 1);
}

/* What libjpeg fills in by itself where data are missing is no image; its other warnings are about
 * what does not matter. */
static void on_warning(j_common_ptr jpeg, int level) {
    static const int grave[] = {JWRN_JPEG_EOF, JWRN_HIT_MARKER, JWRN_HUFF_BAD_CODE,
                                JWRN_ARITH_BAD_CODE, JWRN_MUST_RESYNC};
    for (size_t i = 0; level < 0 && i < sizeof grave / sizeof *grave; i++)
        if (jpeg->err->msg_code == grave[i])
            on_error(jpeg);
}

static void say_nothing(j_common_ptr jpeg) {
    (void)jpeg;
}

static void on_progress(j_common_ptr jpeg) {
    job *j = (job *)jpeg->err;
    if (j->jpeg.input_scan_number <= MOST_SCANS)
        return;
    snprintf(j->words, sizeof j->words, "more than %d scans", MOST_SCANS);
    longjmp(j->jump, 1);
}

static tw_status choose_color(job *j) {
    const J_COLOR_SPACE space = j->jpeg.jpeg_color_space;
    if (space == JCS_GRAYSCALE || space == JCS_YCbCr || space == JCS_RGB) {
        j->jpeg.out_color_space = space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
        j->image->channels = space == JCS_GRAYSCALE ? 1 : 3;
        return TW_OK;
    }
    return tw_fail(TW_ERR_UNSUPPORTED, "'%s' is a JPEG image in %s; convert it to RGB",
                   j->file->path,
                   space == JCS_CMYK || space == JCS_YCCK ? "CMYK, for printing" : "other colours");
}

static void read_rows(job *j) {
    jpeg_start_decompress(&j->jpeg);
    const size_t row = j->image->width * j->image->channels;
    while (j->jpeg.output_scanline < j->jpeg.output_height) {
        JSAMPROW at = j->image->pixels + j->jpeg.output_scanline * row;
        jpeg_read_scanlines(&j->jpeg, &at, 1);
    }
    jpeg_finish_decompress(&j->jpeg);
}

static tw_status read_image(job *j, int look) {
    if (setjmp(j->jump) != 0)
        return tw_fail(TW_ERR_FORMAT, "'%s' is no whole JPEG image (%s); repair or remove it",
                       j->file->path, j->words);
    jpeg_create_decompress(&j->jpeg);
    j->jpeg.progress = &j->progress;
    jpeg_stdio_src(&j->jpeg, j->file->stream);
    jpeg_read_header(&j->jpeg, TRUE);
    j->image->height = j->jpeg.image_height;
    j->image->width = j->jpeg.image_width;
    tw_status status = choose_color(j);
    const uint64_t pixels = (uint64_t)j->jpeg.image_height * j->jpeg.image_width;
    const uint64_t least = j->jpeg.arith_code ? 0 : pixels / PIXELS_A_BYTE;
    if (status == TW_OK)
        status = tw_image_make(j->file, least, look, j->image);
    if (status == TW_OK && !look)
        read_rows(j);
    return status;
}

tw_status tw_image_read_jpeg(const tw_image_file *file, int look, tw_image *out) {
    job j = {.file = file, .image = out, .progress.progress_monitor = on_progress};
    j.jpeg.err = jpeg_std_error(&j.errors);
    j.errors.error_exit = on_error;
    j.errors.emit_message = on_warning;
    j.errors.output_message = say_nothing;
    tw_status status = read_image(&j, look);
    jpeg_destroy_decompress(&j.jpeg);
    return status;
}
