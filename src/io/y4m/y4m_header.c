/* SPDX-License-Identifier: MIT */
#include "io/y4m/y4m_header.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of chroma: in the middle of the samples of luma, or where the first of them lies. */
enum { CENTRE = 2 };

typedef struct {
    const char *name; /* "420jpeg", that is C420jpeg */
    int planes, depth;
    int factor[2], siting[2];
} layout;

/* clang-format off */
#define DEPTHS(name, planes, rows, columns, row_siting, column_siting)                             \
    { name "p9",  planes, 9,  { rows, columns }, { row_siting, column_siting } },                  \
    { name "p10", planes, 10, { rows, columns }, { row_siting, column_siting } },                  \
    { name "p12", planes, 12, { rows, columns }, { row_siting, column_siting } },                  \
    { name "p14", planes, 14, { rows, columns }, { row_siting, column_siting } },                  \
    { name "p16", planes, 16, { rows, columns }, { row_siting, column_siting } }

/* What is not said is as MPEG-2 and its successors have it. Those of a kind lie together, the one
 * that is written first. */
static const layout layouts[] = {
    { "420jpeg",  3, 8, { 2, 2 }, { CENTRE, CENTRE } },
    { "420",      3, 8, { 2, 2 }, { CENTRE, CENTRE } },
    { "420mpeg2", 3, 8, { 2, 2 }, { CENTRE, 4 } },
    { "420paldv", 3, 8, { 2, 2 }, { 4, 4 } },
    DEPTHS("420", 3, 2, 2, CENTRE, 4),
    { "422",      3, 8, { 1, 2 }, { CENTRE, 4 } },
    DEPTHS("422", 3, 1, 2, CENTRE, 4),
    { "444",      3, 8, { 1, 1 }, { CENTRE, CENTRE } },
    DEPTHS("444", 3, 1, 1, CENTRE, CENTRE),
    { "411",      3, 8, { 1, 4 }, { CENTRE, 8 } },
    { "mono",     1, 8, { 1, 1 }, { CENTRE, CENTRE } },
    { "mono9",    1, 9, { 1, 1 }, { CENTRE, CENTRE } },
    { "mono10",   1, 10, { 1, 1 }, { CENTRE, CENTRE } },
    { "mono12",   1, 12, { 1, 1 }, { CENTRE, CENTRE } },
    { "mono14",   1, 14, { 1, 1 }, { CENTRE, CENTRE } },
    { "mono16",   1, 16, { 1, 1 }, { CENTRE, CENTRE } },
};
/* clang-format on */

enum { LAYOUTS = sizeof layouts / sizeof *layouts };

static void take_layout(up_video *video, const layout *from)
{
    video->name = from->name;
    video->yuv.planes = from->planes;
    video->yuv.depth = from->depth;
    memcpy(video->yuv.factor, from->factor, sizeof from->factor);
    memcpy(video->yuv.siting, from->siting, sizeof from->siting);
}

static up_status fail(const up_reader *reader, const char *what, up_error *error)
{
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged Y4M: %s", up_reader_name(reader), what);
}

/* To the end of the line, which is not in the text. */
/* *cut: the file ends within it; where it ends before it, the line is empty. */
static up_status read_line(char line[UP_Y4M_LINE], up_reader *reader, size_t *size, bool *cut,
                           up_error *error)
{
    *size = 0;
    *cut = false;
    for (;;) {
        uint8_t c;
        if (up_reader_read(reader, &c, 1) != 1) {
            *cut = *size > 0;
            return up_reader_failed(reader) ? up_reader_fail(reader, error) : UP_OK;
        }
        if (c == '\n')
            break;
        if (c == 0 || *size + 1 == UP_Y4M_LINE)
            return fail(reader, "a header is no line of text, or endless", error);
        line[(*size)++] = (char)c;
    }
    line[*size] = 0;
    return UP_OK;
}

/* A positive number that is all of the text. */
static bool take_number(const char *text, int *number)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    const long value = strtol(text, &end, 10);
    *number = value <= INT_MAX ? (int)value : 0;
    return *end == 0 && *number > 0;
}

/* "25:1"; 0:0 says nothing. */
static bool take_fraction(char *text, int fraction[2])
{
    char *colon = strchr(text, ':');
    fraction[0] = fraction[1] = 0;
    if (!colon)
        return false;
    *colon = 0;
    if (strcmp(text, "0") == 0 && strcmp(colon + 1, "0") == 0)
        return true;
    return take_number(text, &fraction[0]) && take_number(colon + 1, &fraction[1]);
}

static up_status take_colours(up_video *video, const char *name, const up_reader *reader,
                              up_error *error)
{
    for (int i = 0; i < LAYOUTS; i++)
        if (strcmp(layouts[i].name, name) == 0) {
            take_layout(video, &layouts[i]);
            return UP_OK;
        }
    return up_fail(
        error, UP_ERROR_UNSUPPORTED,
        "%s: Y4M with samples of the kind C%.20s is not read; there are C420, C422, C444, "
        "C411 and Cmono, of 8 to 16 bits: ffmpeg -i IN -pix_fmt yuv444p OUT.y4m",
        up_reader_name(reader), name);
}

static up_status take_interlacing(up_video *video, const char *value, const up_reader *reader,
                                  up_error *error)
{
    if (strcmp(value, "p") != 0 && strcmp(value, "?") != 0)
        return up_fail(
            error, UP_ERROR_UNSUPPORTED,
            "%s: is interlaced (I%.8s): its frames show two moments each, which would be "
            "mixed; ffmpeg -i IN -vf bwdif OUT.y4m makes whole frames of them",
            up_reader_name(reader), value);
    video->interlacing = *value;
    return UP_OK;
}

static up_status take_tag(up_video *video, const char *tag, const up_reader *reader,
                          up_error *error)
{
    const size_t used = strlen(video->tags);
    if (strlen(tag) + 2 > sizeof video->tags - used)
        return fail(reader, "its header says more than 512 characters of its own", error);
    snprintf(video->tags + used, sizeof video->tags - used, " %s", tag);
    if (strcmp(tag, "XCOLORRANGE=FULL") == 0)
        video->yuv.full_range = true;
    return UP_OK;
}

static up_status take_field(up_video *video, int *width, int *height, char *field,
                            const up_reader *reader, up_error *error)
{
    char *value = field + 1;
    switch (*field) {
    case 'W':
        return take_number(value, width) ? UP_OK : fail(reader, "its width is no size", error);
    case 'H':
        return take_number(value, height) ? UP_OK : fail(reader, "its height is no size", error);
    case 'F':
        return take_fraction(value, video->rate) ? UP_OK
                                                 : fail(reader, "its rate is no fraction", error);
    case 'A':
        return take_fraction(value, video->aspect)
                   ? UP_OK
                   : fail(reader, "its aspect is no fraction", error);
    case 'C':
        return take_colours(video, value, reader, error);
    case 'I':
        return take_interlacing(video, value, reader, error);
    default:
        return take_tag(video, field, reader, error);
    }
}

bool up_y4m_is_high_definition(int width, int height)
{
    return width >= 1280 || height >= 720;
}

up_status up_y4m_read_header(up_video *video, int *width, int *height, up_reader *reader,
                             up_error *error)
{
    char line[UP_Y4M_LINE], *rest = NULL;
    size_t size;
    bool cut;
    *video = (up_video){ .interlacing = '?' };
    *width = *height = 0;
    take_layout(video, &layouts[0]);
    UP_TRY(read_line(line, reader, &size, &cut, error));
    if (cut)
        return up_reader_fail(reader, error);
    char *field = size > 0 ? strtok_r(line, " ", &rest) : NULL;
    if (!field || strcmp(field, UP_Y4M_MAGIC) != 0)
        return fail(reader, "it does not begin with " UP_Y4M_MAGIC, error);
    while ((field = strtok_r(NULL, " ", &rest)))
        UP_TRY(take_field(video, width, height, field, reader, error));
    if (*width == 0 || *height == 0)
        return fail(reader, "it says no width or no height", error);
    video->yuv.bt709 = up_y4m_is_high_definition(*width, *height);
    return UP_OK;
}

up_status up_y4m_read_frame(up_reader *reader, bool *there, bool *cut, up_error *error)
{
    char line[UP_Y4M_LINE];
    size_t size;
    UP_TRY(read_line(line, reader, &size, cut, error));
    *there = size > 0 && !*cut;
    const size_t word = strlen(UP_Y4M_FRAME);
    if (size == 0 || (*cut && strncmp(line, UP_Y4M_FRAME, size < word ? size : word) == 0) ||
        (strncmp(line, UP_Y4M_FRAME, word) == 0 && (line[word] == 0 || line[word] == ' ')))
        return UP_OK;
    return fail(reader, "where a frame should begin stands something else", error);
}

up_status up_y4m_write_header(const up_video *video, int width, int height, up_writer *writer,
                              up_error *error)
{
    char line[UP_Y4M_LINE + UP_VIDEO_TAGS];
    const int size = snprintf(line, sizeof line, UP_Y4M_MAGIC " W%d H%d F%d:%d I%c A%d:%d C%s%s\n",
                              width, height, video->rate[0], video->rate[1], video->interlacing,
                              video->aspect[0], video->aspect[1], video->name, video->tags);
    return up_writer_write(writer, line, (size_t)size, error);
}

void up_y4m_set_layout(up_video *video, int planes, int depth, up_subsampling subsampling)
{
    const int rows = subsampling == UP_SUBSAMPLING_420 ? 2 : 1;
    const int columns = rows == 2 || subsampling == UP_SUBSAMPLING_422 ? 2 : 1;
    for (int i = 0; i < LAYOUTS; i++) {
        const layout *l = &layouts[i];
        if (l->planes == planes && l->depth == depth &&
            (planes == 1 || (l->factor[0] == rows && l->factor[1] == columns))) {
            take_layout(video, l);
            return;
        }
    }
}

/* FFmpeg's word for the layout, which is another now. */
static void forget_layout(char tags[UP_VIDEO_TAGS])
{
    char *tag = strstr(tags, " XYSCSS=");
    if (!tag)
        return;
    const char *behind = tag + strcspn(tag + 1, " ") + 1;
    memmove(tag, behind, strlen(behind) + 1);
}

bool up_y4m_set_depth(up_video *video, int depth)
{
    const up_yuv now = video->yuv;
    const layout *found = NULL;
    if (depth == now.depth)
        return true;
    for (int i = 0; i < LAYOUTS; i++) {
        const layout *l = &layouts[i];
        const bool fits = l->planes == now.planes && l->depth == depth &&
                          memcmp(l->factor, now.factor, sizeof now.factor) == 0;
        if (fits && (!found || memcmp(l->siting, now.siting, sizeof now.siting) == 0))
            found = l;
    }
    if (!found)
        return false;
    take_layout(video, found);
    forget_layout(video->tags);
    return true;
}
