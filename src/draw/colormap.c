#include "draw/colormap.h"

#include <stdint.h>

/* Position and red, green, blue, all 0 ... 255. The maps are matplotlib's (viridis and magma by
 * van der Walt and Smith, cividis by Nunez, Anderton and Renslow, all CC0; RdBu by Brewer), thinned
 * to the fewest keys from which linear interpolation returns all 256 entries. */
typedef struct key {
    uint8_t position, r, g, b;
} key;

static const key viridis_keys[] = {{0, 68, 1, 84},      {21, 72, 31, 112},   {39, 69, 53, 129},
                                   {66, 58, 84, 140},   {119, 35, 136, 142}, {141, 30, 157, 137},
                                   {157, 37, 172, 130}, {174, 59, 187, 117}, {193, 96, 202, 96},
                                   {215, 149, 216, 64}, {236, 205, 225, 29}, {244, 226, 228, 24},
                                   {251, 244, 230, 30}, {255, 253, 231, 37}};
static const key cividis_keys[] = {{0, 0, 34, 78},       {20, 0, 48, 112},     {23, 1, 50, 113},
                                   {29, 20, 54, 112},    {41, 41, 63, 110},    {69, 72, 82, 108},
                                   {110, 109, 111, 114}, {134, 130, 128, 121}, {175, 170, 160, 115},
                                   {211, 208, 190, 98},  {234, 233, 211, 78},  {252, 254, 228, 52},
                                   {255, 254, 232, 56}};
static const key magma_keys[] = {
    {0, 0, 0, 4},         {7, 3, 3, 15},        {20, 14, 11, 43},     {38, 37, 18, 85},
    {48, 54, 16, 107},    {58, 71, 16, 120},    {76, 100, 26, 128},   {105, 145, 43, 129},
    {133, 191, 58, 119},  {154, 223, 74, 104},  {171, 242, 98, 93},   {182, 248, 118, 92},
    {197, 253, 146, 102}, {216, 254, 182, 124}, {245, 253, 235, 172}, {255, 252, 253, 191}};
static const key rdbu_keys[] = {{0, 103, 0, 31},      {26, 179, 25, 44},    {53, 216, 101, 81},
                                {78, 245, 168, 134},  {103, 253, 220, 201}, {128, 246, 247, 247},
                                {154, 207, 228, 239}, {180, 141, 194, 220}, {204, 67, 147, 195},
                                {230, 32, 101, 171},  {255, 5, 48, 97}};
/* Its lightness L* rises linearly from 8 to 97, as that of the maps of colours does. */
static const key grey_keys[] = {{0, 24, 24, 24},      {26, 42, 42, 42},     {51, 61, 61, 61},
                                {77, 82, 82, 82},     {102, 103, 103, 103}, {128, 126, 126, 126},
                                {153, 148, 148, 148}, {179, 172, 172, 172}, {204, 196, 196, 196},
                                {230, 221, 221, 221}, {255, 246, 246, 246}};
static const struct {
    const key *keys;
    size_t count;
} maps[] = {
    [TW_COLORMAP_VIRIDIS] = {viridis_keys, sizeof viridis_keys / sizeof(key)},
    [TW_COLORMAP_CIVIDIS] = {cividis_keys, sizeof cividis_keys / sizeof(key)},
    [TW_COLORMAP_MAGMA] = {magma_keys, sizeof magma_keys / sizeof(key)},
    [TW_COLORMAP_RDBU] = {rdbu_keys, sizeof rdbu_keys / sizeof(key)},
    [TW_COLORMAP_GREY] = {grey_keys, sizeof grey_keys / sizeof(key)},
};

size_t tw_colormap_keys(tw_colormap colormap) {
    return maps[colormap].count;
}

tw_rgb tw_colormap_key(tw_colormap colormap, size_t index, double *position) {
    const key *k = &maps[colormap].keys[index];
    *position = k->position / 255.0;
    return (tw_rgb){k->r / 255.0, k->g / 255.0, k->b / 255.0};
}

tw_rgb tw_colormap_at(tw_colormap colormap, double t) {
    const key *keys = maps[colormap].keys;
    size_t last = maps[colormap].count - 1;
    double position = t > 0 ? (t < 1 ? 255 * t : 255) : 0;
    size_t i = 0;
    while (i + 1 < last && keys[i + 1].position <= position)
        i++;
    double u = (position - keys[i].position) / (keys[i + 1].position - keys[i].position);
    return (tw_rgb){(keys[i].r + u * (keys[i + 1].r - keys[i].r)) / 255,
                    (keys[i].g + u * (keys[i + 1].g - keys[i].g)) / 255,
                    (keys[i].b + u * (keys[i + 1].b - keys[i].b)) / 255};
}

double tw_rgb_luminance(tw_rgb color) {
    return 0.2126 * color.r + 0.7152 * color.g + 0.0722 * color.b;
}
