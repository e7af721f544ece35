/* SPDX-License-Identifier: MIT */
#include "cli/weights/tiny_font.h"

/* One octal digit for each row, from the top. */
static const unsigned short glyphs[128] = {
    ['0'] = 075557, ['1'] = 026227, ['2'] = 071747, ['3'] = 071717, ['4'] = 055711, ['5'] = 074717,
    ['6'] = 074757, ['7'] = 071122, ['8'] = 075757, ['9'] = 075717, ['A'] = 025755, ['B'] = 065656,
    ['C'] = 034443, ['D'] = 065556, ['E'] = 074647, ['F'] = 074644, ['G'] = 034553, ['H'] = 055755,
    ['I'] = 072227, ['J'] = 011152, ['K'] = 055655, ['L'] = 044447, ['M'] = 057755, ['N'] = 065555,
    ['O'] = 025552, ['P'] = 065644, ['Q'] = 025563, ['R'] = 065655, ['S'] = 034216, ['T'] = 072222,
    ['U'] = 055557, ['V'] = 055552, ['W'] = 055775, ['X'] = 055255, ['Y'] = 055222, ['Z'] = 071247,
    ['.'] = 000002, ['-'] = 000700, ['_'] = 000007, [':'] = 002020, [','] = 000024, ['>'] = 042124,
    ['('] = 024442, [')'] = 021112, ['/'] = 011244, ['?'] = 071202, ['+'] = 002720, ['='] = 007070,
};

bool cli_glyph_pixel(char character, int x, int y)
{
    bool small = character >= 'a' && character <= 'z';
    unsigned char code = (unsigned char)(small ? character - 'a' + 'A' : character);
    unsigned short glyph = code == ' ' ? 0 : glyphs[code < 128 && glyphs[code] ? code : '?'];
    int bit = (CLI_GLYPH_HEIGHT - 1 - y) * CLI_GLYPH_WIDTH + (CLI_GLYPH_WIDTH - 1 - x);
    return glyph >> bit & 1;
}
