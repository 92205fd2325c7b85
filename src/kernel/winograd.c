/* Convolutions of 3 x 3 by Winograd's minimal filtering F(4 x 4, 3 x 3) (Lavin and Gray, "Fast
 * algorithms for convolutional neural networks", CVPR 2016): squares of 6 x 6 pixels are taken to
 * the values of polynomials at 6 x 6 points, where a convolution is a product of numbers: 36 of
 * them in place of 144 for 4 x 4 results.
 *
 * The points are 0, +-A, +-B and infinity with A = sqrt(1/2), B = sqrt(2), which lose the least of
 * those tried (0, +-1, +-2, the usual ones, among them): for 16 channels the error is 2 to 4 times
 * that of a sum in order (rms; tests/kernel/check_winograd.c).
 *
 * Vectors go along the channels of a block. A group of TILES squares at a time goes all the way, so
 * that what lies between stays in the cache. */
#include "kernel/vector.h"

typedef float vecf __attribute__((vector_size(TW_VECTOR_BYTES)));
typedef int32_t ivecf __attribute__((vector_size(TW_VECTOR_BYTES)));

enum {
    WIDTH = TW_VECTOR_BYTES / sizeof(float), /* channels of a block */
    SQUARE = 6,                              /* pixels of a tile of the input, a side */
    TILE = 4,                                /* of a tile of the output */
    POINTS = SQUARE * SQUARE,
    HAS_32 = TW_VECTOR_BYTES == 64, /* vectors in registers, 16 else */
    TILES = HAS_32 ? 24 : 12,       /* of a group: as many sums stay in registers */
    POINT =
        (TILES + 1) * WIDTH, /* from a point to the next: odd, lest all fall into one cache set */
    BLOCK = POINTS * POINT
};

#define A 0.70710678118654752440f
#define B 1.41421356237309504880f

INLINE vecf getf(const float *from) {
    vecf v;
    memcpy(&v, from, sizeof v);
    return v;
}

INLINE void putf(float *to, vecf v) {
    memcpy(to, &v, sizeof v);
}

/* ---- from pixels to points and back, along one axis: entries `from` and `to` apart ---- */

/* Of a square of the input. */
INLINE void to_points(const float *d, size_t from, float *v, size_t to) {
    vecf d0 = getf(d), d1 = getf(d + from), d2 = getf(d + 2 * from), d3 = getf(d + 3 * from),
         d4 = getf(d + 4 * from), d5 = getf(d + 5 * from);
    vecf even_a = d4 - 2.0f * d2, odd_a = A * (d3 - 2.0f * d1);
    vecf even_b = d4 - 0.5f * d2, odd_b = B * (d3 - 0.5f * d1);
    putf(v, d0 + (d4 - 2.5f * d2));
    putf(v + to, even_a + odd_a);
    putf(v + 2 * to, even_a - odd_a);
    putf(v + 3 * to, even_b + odd_b);
    putf(v + 4 * to, even_b - odd_b);
    putf(v + 5 * to, d1 + (d5 - 2.5f * d3));
}

/* Of sums at points to a tile of the output. */
INLINE void from_points(const float *m, size_t from, vecf *y) {
    vecf m1 = getf(m + from), m2 = getf(m + 2 * from), m3 = getf(m + 3 * from),
         m4 = getf(m + 4 * from);
    vecf even_a = m1 + m2, odd_a = A * (m1 - m2), even_b = m3 + m4, odd_b = B * (m3 - m4);
    y[0] = getf(m) + (even_a + even_b);
    y[1] = odd_a + odd_b;
    y[2] = 0.5f * even_a + 2.0f * even_b;
    y[3] = getf(m + 5 * from) + (0.5f * odd_a + 2.0f * odd_b);
}

/* The transpose of from_points. */
INLINE void spread(const float *y, size_t from, float *g, size_t to) {
    vecf y0 = getf(y), y1 = getf(y + from), y2 = getf(y + 2 * from), y3 = getf(y + 3 * from);
    vecf even_a = y0 + 0.5f * y2, odd_a = A * (y1 + 0.5f * y3);
    vecf even_b = y0 + 2.0f * y2, odd_b = B * (y1 + 2.0f * y3);
    putf(g, y0);
    putf(g + to, even_a + odd_a);
    putf(g + 2 * to, even_a - odd_a);
    putf(g + 3 * to, even_b + odd_b);
    putf(g + 4 * to, even_b - odd_b);
    putf(g + 5 * to, y3);
}

/* Of three weights. */
INLINE void weights_to_points(const vecf *w, size_t from, vecf *u, size_t to) {
    vecf even_a = (w[0] + 0.5f * w[2 * from]) / -1.5f, odd_a = A * w[from] / -1.5f;
    vecf even_b = (w[0] + 2.0f * w[2 * from]) / 6.0f, odd_b = B * w[from] / 6.0f;
    u[0] = w[0];
    u[to] = even_a + odd_a;
    u[2 * to] = even_a - odd_a;
    u[3 * to] = even_b + odd_b;
    u[4 * to] = even_b - odd_b;
    u[5 * to] = w[2 * from];
}

/* The transpose of it. */
INLINE void weights_from_points(const vecf *u, size_t from, vecf *w, size_t to) {
    vecf even_a = (u[from] + u[2 * from]) / -1.5f, odd_a = A * (u[from] - u[2 * from]) / -1.5f;
    vecf even_b = (u[3 * from] + u[4 * from]) / 6.0f,
         odd_b = B * (u[3 * from] - u[4 * from]) / 6.0f;
    w[0] = u[0] + (even_a + even_b);
    w[to] = odd_a + odd_b;
    w[2 * to] = u[5 * from] + (0.5f * even_a + 2.0f * even_b);
}

/* ---- weights ---- */

/* Weight k of output o and input i, as a convolution or its transpose has it: 0 past the channels.
 */
INLINE size_t weight_at(const tw_winograd_weights *w, size_t o, size_t i, size_t k) {
    return w->transposed ? (i * w->outputs + o) * 9 + 8 - k : (o * w->inputs + i) * 9 + k;
}

static size_t blocks_of(size_t channels) {
    return (channels + WIDTH - 1) / WIDTH;
}

/* Where the WIDTH outputs of a block for input i are at point 0, and from point to point. */
INLINE size_t row_at(const tw_winograd_weights *w, size_t block, size_t i) {
    return ((i / WIDTH * blocks_of(w->outputs) + block) * WIDTH + i % WIDTH) * WIDTH;
}

INLINE size_t points_apart(const tw_winograd_weights *w) {
    return blocks_of(w->inputs) * blocks_of(w->outputs) * WIDTH * WIDTH;
}

void KERNEL(winograd_weights)(const tw_winograd_weights *w, const float *weights, float *u) {
    size_t inputs = blocks_of(w->inputs) * WIDTH, apart = points_apart(w);
    for (size_t block = 0; block < blocks_of(w->outputs); block++)
        for (size_t i = 0; i < inputs; i++) {
            vecf taps[9] = {{0}}, half[18], all[POINTS];
            for (size_t l = 0; l < WIDTH && i < w->inputs && block * WIDTH + l < w->outputs; l++)
                for (size_t k = 0; k < 9; k++)
                    taps[k][l] = weights[weight_at(w, block * WIDTH + l, i, k)];
            for (size_t k = 0; k < 3; k++)
                weights_to_points(taps + k, 3, half + k, 3);
            for (size_t k = 0; k < SQUARE; k++)
                weights_to_points(half + 3 * k, 1, all + SQUARE * k, 1);
            for (size_t p = 0; p < POINTS; p++)
                putf(u + p * apart + row_at(w, block, i), all[p]);
        }
}

void KERNEL(winograd_weights_adjoint)(const tw_winograd_weights *w, const float *u,
                                      float *weights) {
    size_t apart = points_apart(w);
    for (size_t block = 0; block < blocks_of(w->outputs); block++)
        for (size_t i = 0; i < w->inputs; i++) {
            vecf all[POINTS], half[18], taps[9];
            for (size_t p = 0; p < POINTS; p++)
                all[p] = getf(u + p * apart + row_at(w, block, i));
            for (size_t k = 0; k < SQUARE; k++)
                weights_from_points(all + k, SQUARE, half + k, SQUARE);
            for (size_t k = 0; k < 3; k++)
                weights_from_points(half + SQUARE * k, 1, taps + 3 * k, 1);
            for (size_t l = 0; l < WIDTH && block * WIDTH + l < w->outputs; l++)
                for (size_t k = 0; k < 9; k++)
                    weights[weight_at(w, block * WIDTH + l, i, k)] += taps[k][l];
        }
}

/* ---- tiles ---- */

typedef struct tile {
    size_t image, y, x;
} tile;

INLINE size_t tiles_along(size_t pixels) {
    return (pixels + TILE - 1) / TILE;
}

static size_t tile_count(const tw_winograd *c) {
    return c->batch * tiles_along(c->out[0]) * tiles_along(c->out[1]);
}

INLINE tile tile_at(const tw_winograd *c, size_t t) {
    size_t wide = tiles_along(c->out[1]), high = tiles_along(c->out[0]);
    return (tile){t / (wide * high), t / wide % high * TILE, t % wide * TILE};
}

/* A square of an image: the image itself where it is inside, else a copy that is 0 outside. */
typedef struct patch {
    const float *at;
    size_t row;
} patch;

INLINE patch patch_at(const float *plane, const size_t *size, ptrdiff_t y, ptrdiff_t x, size_t side,
                      float *copy) {
    ptrdiff_t high = (ptrdiff_t)size[0], wide = (ptrdiff_t)size[1], span = (ptrdiff_t)side;
    if (y >= 0 && x >= 0 && y + span <= high && x + span <= wide)
        return (patch){plane + (y * wide + x) * WIDTH, size[1] * WIDTH};
    for (ptrdiff_t i = 0; i < span; i++)
        for (ptrdiff_t j = 0; j < span; j++) {
            ptrdiff_t r = y + i, s = x + j;
            int inside = r >= 0 && s >= 0 && r < high && s < wide;
            putf(copy + (i * span + j) * WIDTH,
                 inside ? getf(plane + (r * wide + s) * WIDTH) : (vecf){0});
        }
    return (patch){copy, side * WIDTH};
}

static void inputs_to_points(const tw_winograd *c, const float *x, size_t first, size_t count,
                             float *v) {
    size_t plane = c->in[0] * c->in[1] * WIDTH;
    _Alignas(64) float copy[POINTS * WIDTH], half[POINTS * WIDTH];
    for (size_t t = 0; t < count; t++) {
        tile at = tile_at(c, first + t);
        ptrdiff_t top = (ptrdiff_t)at.y - (ptrdiff_t)c->before[0],
                  left = (ptrdiff_t)at.x - (ptrdiff_t)c->before[1];
        for (size_t b = 0; b < c->in_blocks; b++) {
            patch d =
                patch_at(x + (at.image * c->in_blocks + b) * plane, c->in, top, left, SQUARE, copy);
            float *to = v + b * BLOCK + t * WIDTH;
            for (size_t k = 0; k < SQUARE; k++)
                to_points(d.at + k * WIDTH, d.row, half + k * WIDTH, SQUARE * WIDTH);
            for (size_t k = 0; k < SQUARE; k++)
                to_points(half + SQUARE * k * WIDTH, WIDTH, to + SQUARE * k * POINT, POINT);
        }
    }
}

static void adjoints_to_points(const tw_winograd *c, const float *gy, size_t first, size_t count,
                               float *g) {
    size_t plane = c->out[0] * c->out[1] * WIDTH;
    _Alignas(64) float copy[TILE * TILE * WIDTH], half[SQUARE * TILE * WIDTH];
    for (size_t t = 0; t < count; t++) {
        tile at = tile_at(c, first + t);
        for (size_t b = 0; b < c->out_blocks; b++) {
            patch d = patch_at(gy + (at.image * c->out_blocks + b) * plane, c->out, (ptrdiff_t)at.y,
                               (ptrdiff_t)at.x, TILE, copy);
            float *to = g + b * BLOCK + t * WIDTH;
            for (size_t k = 0; k < TILE; k++)
                spread(d.at + k * WIDTH, d.row, half + k * WIDTH, TILE * WIDTH);
            for (size_t k = 0; k < SQUARE; k++)
                spread(half + TILE * k * WIDTH, WIDTH, to + SQUARE * k * POINT, POINT);
        }
    }
}

/* ---- products at the points ---- */

/* m = sum over terms and inputs of v u, for `tiles` tiles at one point and `blocks` blocks of
 * results: both are known where this is inlined, so that the sums are in registers. */
INLINE void multiply_tiles(size_t tiles, size_t blocks, const tw_winograd *c, const float *v,
                           const tw_winograd_term *terms, size_t place, float *m) {
    vecf sums[TILES];
#pragma GCC unroll 32
    for (size_t s = 0; s < tiles * blocks; s++)
        sums[s] = (vecf){0};
    for (size_t term = 0; term < c->terms; term++)
        for (size_t b = 0; b < c->in_blocks; b++, v += BLOCK) {
            const float *u = terms[term].u + place + b * c->out_blocks * WIDTH * WIDTH;
            for (size_t i = 0; i < WIDTH; i++) {
                vecf w[2];
#pragma GCC unroll 2
                for (size_t k = 0; k < blocks; k++)
                    w[k] = getf(u + (k * WIDTH + i) * WIDTH);
#pragma GCC unroll 32
                for (size_t t = 0; t < tiles; t++)
#pragma GCC unroll 2
                    for (size_t k = 0; k < blocks; k++)
                        sums[t * blocks + k] += v[t * WIDTH + i] * w[k];
            }
        }
#pragma GCC unroll 32
    for (size_t t = 0; t < tiles; t++)
#pragma GCC unroll 2
        for (size_t k = 0; k < blocks; k++)
            putf(m + k * BLOCK + t * WIDTH, sums[t * blocks + k]);
}

/* The results of blocks `block` and, where there are two, `block` + 1 for a group of tiles. */
static void multiply_group(const tw_winograd *c, const tw_winograd_term *terms, size_t block,
                           size_t blocks, size_t count, const float *v, float *m) {
    for (size_t p = 0; p < POINTS; p++) {
        size_t place = (p * c->in_blocks * c->out_blocks + block) * WIDTH * WIDTH;
        const float *from = v + p * POINT;
        float *to = m + p * POINT;
        if (blocks == 1)
            multiply_tiles(TILES, 1, c, from, terms, place, to);
        for (size_t t = 0; blocks == 2 && t < count; t += TILES / 2)
            multiply_tiles(TILES / 2, 2, c, from + t * WIDTH, terms, place, to + t * WIDTH);
    }
}

/* What is written of a sum, at a place of the result. */
INLINE vecf ended(const tw_winograd_ending *end, vecf sum, vecf bias, size_t place) {
    sum += bias;
    if (end->addend != NULL)
        sum += getf(end->addend + place);
    if (end->relu) /* NaN stays */
        sum = (vecf)((ivecf)sum & ~(sum <= (vecf){0}));
    if (end->mask != NULL)
        sum = (vecf)((ivecf)sum & (getf(end->mask + place) > (vecf){0}));
    return sum;
}

/* Rows of a tile after the first axis has gone back. */
INLINE void half_from_points(const float *m, float *half) {
    for (size_t k = 0; k < SQUARE; k++) {
        vecf y[TILE];
        from_points(m + k * POINT, SQUARE * POINT, y);
        for (size_t i = 0; i < TILE; i++)
            putf(half + (SQUARE * i + k) * WIDTH, y[i]);
    }
}

static void write_results(const tw_winograd *c, const tw_winograd_ending *end, size_t block,
                          size_t first, size_t count, const float *m, float *y) {
    size_t plane = c->out[0] * c->out[1] * WIDTH;
    vecf bias = end->bias != NULL ? getf(end->bias + block * WIDTH) : (vecf){0};
    _Alignas(64) float half[TILE * SQUARE * WIDTH];
    for (size_t t = 0; t < count; t++) {
        tile at = tile_at(c, first + t);
        size_t base = (at.image * c->out_blocks + block) * plane, wide = c->out[1] - at.x;
        half_from_points(m + t * WIDTH, half);
        for (size_t i = 0; i < TILE && at.y + i < c->out[0]; i++) {
            size_t place = base + ((at.y + i) * c->out[1] + at.x) * WIDTH;
            vecf row[TILE];
            from_points(half + SQUARE * i * WIDTH, WIDTH, row);
#pragma GCC unroll 4
            for (size_t j = 0; j < TILE; j++)
                if (j < wide)
                    putf(y + place + j * WIDTH, ended(end, row[j], bias, place + j * WIDTH));
        }
    }
}

/* ---- the whole ---- */

/* Inputs of all terms at points, then the results of two blocks, or all adjoints of
 * winograd_adjoint. */
size_t KERNEL(winograd_scratch)(const tw_winograd *c) {
    size_t right = c->out_blocks > 2 ? c->out_blocks : 2;
    return c->width == WIDTH ? (c->terms * c->in_blocks + right) * BLOCK : 0;
}

void KERNEL(winograd)(const tw_winograd *c, const tw_winograd_term *terms,
                      const tw_winograd_ending *end, float *scratch, float *y) {
    size_t tiles = tile_count(c), side = c->in_blocks * BLOCK;
    float *m = scratch + c->terms * side;
    for (size_t first = 0; first < tiles; first += TILES) {
        size_t count = tiles - first < TILES ? tiles - first : TILES;
        for (size_t term = 0; term < c->terms; term++)
            inputs_to_points(c, terms[term].x, first, count, scratch + term * side);
        for (size_t block = 0; block < c->out_blocks; block += 2) {
            size_t blocks = c->out_blocks - block < 2 ? 1 : 2;
            multiply_group(c, terms, block, blocks, count, scratch, m);
            for (size_t k = 0; k < blocks; k++)
                write_results(c, end, block + k, first, count, m + k * BLOCK, y);
        }
    }
}

/* u += v' g for a block of inputs and one of outputs, over the tiles of a group. */
INLINE void add_tiles(size_t count, const float *v, const float *g, float *u) {
    vecf sums[WIDTH];
#pragma GCC unroll 16
    for (size_t i = 0; i < WIDTH; i++)
        sums[i] = getf(u + i * WIDTH);
    for (size_t t = 0; t < count; t++) {
        vecf right = getf(g + t * WIDTH);
#pragma GCC unroll 16
        for (size_t i = 0; i < WIDTH; i++)
            sums[i] += v[t * WIDTH + i] * right;
    }
#pragma GCC unroll 16
    for (size_t i = 0; i < WIDTH; i++)
        putf(u + i * WIDTH, sums[i]);
}

static void add_group(const tw_winograd *c, size_t count, const float *v, const float *g,
                      float *u) {
    for (size_t p = 0; p < POINTS; p++)
        for (size_t b = 0; b < c->in_blocks; b++)
            for (size_t o = 0; o < c->out_blocks; o++, u += WIDTH * WIDTH)
                add_tiles(count, v + b * BLOCK + p * POINT, g + o * BLOCK + p * POINT, u);
}

void KERNEL(winograd_adjoint)(const tw_winograd *c, const float *x, const float *gy, float *scratch,
                              float *u) {
    size_t tiles = tile_count(c);
    float *g = scratch + c->in_blocks * BLOCK;
    for (size_t first = 0; first < tiles; first += TILES) {
        size_t count = tiles - first < TILES ? tiles - first : TILES;
        inputs_to_points(c, x, first, count, scratch);
        adjoints_to_points(c, gy, first, count, g);
        add_group(c, count, scratch, g, u);
    }
}
