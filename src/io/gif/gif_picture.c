/* SPDX-License-Identifier: MIT */
#include "io/gif/gif_picture.h"

#include "base/memory.h"

#include <gif_lib.h>
#include <string.h>

enum { CHANNELS = 4 };

/* What giflib sees: the front of the file, and behind it this picture as if it were the only one,
 * so that damage of one does not reach another. */
typedef struct {
    const up_gif_layout *layout;
    up_reader *reader;
    size_t front; /* bytes of the front that it has seen */
    int64_t at, end;
} feed;

static int on_read(GifFileType *gif, GifByteType *data, int size)
{
    feed *f = gif->UserData;
    size_t done = 0, wanted = (size_t)size;
    if (f->front < f->layout->front_size) {
        const size_t left = f->layout->front_size - f->front;
        done = left < wanted ? left : wanted;
        memcpy(data, f->layout->front + f->front, done);
        f->front += done;
    }
    const size_t left = (size_t)(f->end - f->at), more = wanted - done;
    const size_t count = left < more ? left : more;
    if (count == 0)
        return (int)done;
    if (up_reader_read_at(f->reader, f->at, data + done, count, NULL) != UP_OK)
        return (int)done;
    f->at += (int64_t)count;
    return (int)(done + count);
}

/* Colours beyond the palette are black. */
static void set_row(uint8_t *to, const GifPixelType *from, int width, const ColorMapObject *map,
                    int transparent)
{
    for (int x = 0; x < width; x++, to += CHANNELS) {
        memset(to, 0, CHANNELS);
        if (from[x] == transparent)
            continue;
        if (from[x] < map->ColorCount) {
            const GifColorType *color = &map->Colors[from[x]];
            to[0] = color->Red;
            to[1] = color->Green;
            to[2] = color->Blue;
        }
        to[3] = UINT8_MAX;
    }
}

/* The next row of an interlaced picture behind row y. */
static int next_row(int y, int height, int *pass)
{
    static const int first[] = { 0, 4, 2, 1 }, step[] = { 8, 8, 4, 2 };
    y += step[*pass];
    while (y >= height && *pass < 3)
        y = first[++*pass];
    return y;
}

/* Rows one by one. False: giflib could not go on. */
static bool put_rows(up_screen *screen, GifFileType *gif, const up_gif_picture *picture,
                     const ColorMapObject *map, GifPixelType *line, uint8_t *row, int *rows)
{
    const int width = picture->place.width, height = picture->place.height;
    int y = 0, pass = 0;
    for (*rows = 0; *rows < height; ++*rows) {
        if (DGifGetLine(gif, line, width) == GIF_ERROR)
            return false;
        set_row(row, line, width, map, picture->transparent);
        up_screen_put(screen, y, row);
        y = gif->Image.Interlace ? next_row(y, height, &pass) : y + 1;
    }
    return true;
}

static up_status fail_memory(up_reader *reader, up_error *error)
{
    return up_fail_memory(error, up_reader_name(reader), UP_GIF_LIBRARY_BYTES);
}

static up_status put_picture(up_screen *screen, GifFileType *gif, const up_gif_picture *picture,
                             up_reader *reader, int *rows, up_error *error)
{
    GifRecordType kind;
    const int width = picture->place.width;
    *rows = 0;
    if (DGifGetRecordType(gif, &kind) == GIF_ERROR || kind != IMAGE_DESC_RECORD_TYPE ||
        DGifGetImageHeader(gif) == GIF_ERROR || gif->Image.Width != width)
        return gif->Error == D_GIF_ERR_NOT_ENOUGH_MEM ? fail_memory(reader, error) : UP_OK;
    const ColorMapObject *map = gif->Image.ColorMap ? gif->Image.ColorMap : gif->SColorMap;
    if (!map)
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged GIF: there is no palette",
                       up_reader_name(reader));
    GifPixelType *line = up_alloc((size_t)width, sizeof *line);
    uint8_t *row = up_alloc((size_t)width, CHANNELS);
    up_status status = UP_OK;
    if (!line || !row ||
        (!put_rows(screen, gif, picture, map, line, row, rows) &&
         gif->Error == D_GIF_ERR_NOT_ENOUGH_MEM))
        status = fail_memory(reader, error);
    up_free(line);
    up_free(row);
    return status;
}

up_status up_gif_put_picture(up_screen *screen, const up_gif_layout *layout,
                             const up_gif_picture *picture, up_reader *reader, int *rows,
                             up_error *error)
{
    feed f = { .layout = layout, .reader = reader, .at = picture->at, .end = picture->end };
    int code = 0;
    GifFileType *gif = DGifOpen(&f, on_read, &code);
    *rows = 0;
    if (!gif)
        return code == D_GIF_ERR_NOT_ENOUGH_MEM
                   ? fail_memory(reader, error)
                   : up_fail(error, UP_ERROR_INPUT, "%s: damaged GIF: its head makes no sense",
                             up_reader_name(reader));
    up_status status = put_picture(screen, gif, picture, reader, rows, error);
    DGifCloseFile(gif, &code);
    if (up_reader_failed(reader))
        return up_reader_fail(reader, error);
    return status;
}
