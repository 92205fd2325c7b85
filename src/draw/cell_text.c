#include "draw/cell_text.h"

#include <stddef.h>

#include "draw/ticks.h"

typedef struct range {
    uint32_t first, last;
} range;

/* Of Unicode's EastAsianWidth: what is wide there, in whole blocks. */
static const range wide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
/* Marks that stand on the character before. */
static const range marks[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
/* Controls, and what turns the direction of a line or hides in it. */
static const range bad[] = {{0, 0x1f},        {0x7f, 0x9f},       {0xad, 0xad},
                            {0x61c, 0x61c},   {0x200b, 0x200f},   {0x2028, 0x202e},
                            {0x2060, 0x206f}, {0xd800, 0xf8ff},   {0xfeff, 0xfeff},
                            {0xfff0, 0xfffb}, {0xe0000, 0x10ffff}};

static int is_in(uint32_t code, size_t count, const range *ranges) {
    for (size_t k = 0; k < count; k++)
        if (code >= ranges[k].first && code <= ranges[k].last)
            return 1;
    return 0;
}

#define IN(code, ranges) is_in(code, sizeof(ranges) / sizeof(range), ranges)

/* The code at s and its length; '?' of length 1 where it is not UTF-8. */
static uint32_t decode(const unsigned char *s, size_t *length) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    uint32_t code = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    *length = 1;
    for (size_t k = 1; k < n; k++) {
        if ((s[k] & 0xc0) != 0x80)
            return '?';
        code = code << 6 | (s[k] & 0x3f);
    }
    if (n == 0 || code < least[n] || code > 0x10ffff)
        return '?';
    *length = n;
    return code;
}

static uint32_t superscript(uint32_t code) {
    static const uint32_t digits[] = {0x2070, 0xb9,   0xb2,   0xb3,   0x2074,
                                      0x2075, 0x2076, 0x2077, 0x2078, 0x2079};
    return code >= '0' && code <= '9'      ? digits[code - '0']
           : code == '-' || code == 0x2212 ? 0x207b
           : code == '+'                   ? 0x207a
           : code == 'n'                   ? 0x207f
                                           : code;
}

uint32_t tw_cell_text_next(const char **text, int *raised, int *columns) {
    while (**text != '\0') {
        size_t length;
        if (**text == *TW_SUPER || **text == *TW_BASE) {
            *raised = *(*text)++ == *TW_SUPER;
            continue;
        }
        uint32_t code = decode((const unsigned char *)*text, &length);
        *text += length;
        *columns = IN(code, wide) ? 2 : 1;
        if (IN(code, marks))
            continue;
        if (IN(code, bad))
            return code == '\t' || code == '\n' ? ' ' : '?';
        return *raised ? superscript(code) : code;
    }
    return 0;
}

int tw_cell_text_columns(const char *text) {
    int raised = 0, columns = 0, sum = 0;
    while (text != NULL && tw_cell_text_next(&text, &raised, &columns) != 0)
        sum += columns;
    return sum;
}

const char *tw_cell_text_ascii(uint32_t code) {
    static const struct {
        uint32_t code;
        const char *text;
    } known[] = {
        {0x2212, "-"}, {0xd7, "x"},   {0xb1, "+"},   {0x3b1, "a"},  {0x3b4, "d"},  {0x3b7, "e"},
        {0x3bb, "l"},  {0x3b5, "e"},  {0x2070, "0"}, {0xb9, "1"},   {0xb2, "2"},   {0xb3, "3"},
        {0x2074, "4"}, {0x2075, "5"}, {0x2076, "6"}, {0x2077, "7"}, {0x2078, "8"}, {0x2079, "9"},
        {0x207b, "-"}, {0x207a, "+"}, {0x2026, "~"}, {0x2500, "-"}, {0x2502, "|"}, {0x2514, "+"},
        {0x2518, "+"}, {0x252c, "+"}, {0x2524, "+"}, {0x251c, "+"}, {0x254c, "-"}, {0xb7, "."},
        {0x2592, "%"}, {0x253c, "+"}, {0x25ce, "o"}, {0x25b2, "^"}, {0x25bc, "v"}, {0x2501, "="},
        {0x25cb, "o"}, {0x25cf, "o"}, {0x25c6, "*"},
    };
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        if (known[k].code == code)
            return known[k].text;
    return "?";
}
