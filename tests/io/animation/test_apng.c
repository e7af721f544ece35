/* SPDX-License-Identifier: MIT */
/* Animated PNG put together chunk by chunk: parts of pictures, their order, and what is wrong in
 * it.
 */
#include "io/png/png_chunk.h"
#include "io/source_open.h"
#include "support/scratch.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

TestSuite(apng, .init = scratch_init, .fini = scratch_fini, .timeout = 120);

enum { SIDE = 6, ROOM = 1 << 14 };

typedef struct {
    uint8_t bytes[ROOM];
    size_t size;
    uint32_t number; /* of the next fcTL or fdAT */
} png;

static void chunk(png *p, const char *type, const uint8_t *data, size_t size)
{
    uint8_t *at = p->bytes + p->size + UP_PNG_CHUNK_HEAD;
    cr_assert(p->size + size + 12 <= ROOM);
    memcpy(at, data, size);
    up_png_seal(at, type, size);
    p->size += UP_PNG_CHUNK_HEAD + size + UP_PNG_CHUNK_TAIL;
}

/* `frames` < 0: nothing is said. */
static png *begin(int channels, int frames)
{
    png *p = calloc(1, sizeof *p);
    uint8_t header[13] = { 0, 0, 0, SIDE, 0, 0, 0, SIDE, 8, channels == 4 ? 6 : 2 };
    uint8_t count[8] = { 0, 0, 0, (uint8_t)frames, 0, 0, 0, 7 };
    memcpy(p->bytes, UP_PNG_SIGNATURE, UP_PNG_SIGNATURE_SIZE);
    p->size = UP_PNG_SIGNATURE_SIZE;
    chunk(p, "IHDR", header, sizeof header);
    if (frames >= 0)
        chunk(p, "acTL", count, sizeof count);
    return p;
}

static void control(png *p, int x, int y, int width, int height, int dispose, int blend)
{
    uint8_t data[26] = { [7] = (uint8_t)width,
                         [11] = (uint8_t)height,
                         [15] = (uint8_t)x,
                         [19] = (uint8_t)y,
                         [21] = 3,
                         [23] = 50,
                         [24] = (uint8_t)dispose,
                         [25] = (uint8_t)blend };
    up_png_put_u32(data, p->number++);
    chunk(p, "fcTL", data, sizeof data);
}

/* All in one colour, as IDAT or fdAT. */
static void pixels(png *p, const char *type, int width, int height, int channels,
                   const uint8_t *color)
{
    uint8_t raw[SIDE * (1 + SIDE * 4)], packed[1024];
    size_t size = 0;
    uLongf room = sizeof packed - 4;
    for (int y = 0; y < height; y++) {
        raw[size++] = 0;
        for (int x = 0; x < width; x++, size += (size_t)channels)
            memcpy(raw + size, color, (size_t)channels);
    }
    cr_assert_eq(compress(packed + 4, &room, raw, size), Z_OK);
    if (type[0] == 'I') {
        chunk(p, type, packed + 4, room);
        return;
    }
    up_png_put_u32(packed, p->number++);
    chunk(p, type, packed, room + 4);
}

static const char *save(png *p, const char *name)
{
    const char *path = scratch_path("%s", name);
    chunk(p, "IEND", p->bytes, 0);
    file_write(path, p->bytes, p->size);
    free(p);
    return path;
}

static const uint8_t RED[] = { 255, 0, 0, 255 }, BLUE[] = { 0, 0, 255, 255 },
                     FAINT[] = { 0, 255, 0, 51 };

static up_source *open_frames(const char *path, int frames)
{
    up_source *source;
    up_error error = { 0 };
    cr_assert_eq(up_source_open(&source, path, &error), UP_OK, "%s", error.message);
    cr_assert_eq(source->sequence.frames, frames, "%s: %d", path, (int)source->sequence.frames);
    return source;
}

/* Of the next frame the pixels on its diagonal, a letter each. */
static void expect_diagonal(up_source *source, const char *want)
{
    uint8_t row[SIDE * 4];
    up_error error = { 0 };
    bool there;
    cr_assert_eq(up_source_next(source, &there, &error), UP_OK, "%s", error.message);
    cr_assert(there);
    for (int y = 0; y < SIDE; y++) {
        cr_assert_eq(up_source_read(source, (void *[]){ row }, 1, &error), UP_OK);
        const uint8_t *p = row + y * source->format.channels;
        const bool opaque = source->format.channels == 3 || p[3] == 255;
        const char is = !opaque       ? '.'
                        : p[0] == 255 ? 'R'
                        : p[2] == 255 ? 'B'
                        : p[1] == 51  ? 'm'
                                      : '?';
        cr_expect_eq(is, want[y], "row %d: %d %d %d, %c", y, p[0], p[1], p[2], want[y]);
    }
    cr_expect(source->duration.num == 3 && source->duration.den == 50);
}

Test(apng, parts_are_put_where_they_belong)
{
    png *p = begin(4, 5);
    control(p, 0, 0, SIDE, SIDE, 0, 0);
    pixels(p, "IDAT", SIDE, SIDE, 4, RED);
    control(p, 1, 1, 2, 2, 0, 0);
    pixels(p, "fdAT", 2, 2, 4, BLUE);
    control(p, 3, 3, 2, 2, 1, 1);
    pixels(p, "fdAT", 2, 2, 4, FAINT);
    control(p, 0, 0, 2, 2, 2, 0);
    pixels(p, "fdAT", 2, 2, 4, BLUE);
    control(p, 5, 5, 1, 1, 0, 0);
    pixels(p, "fdAT", 1, 1, 4, BLUE);
    up_source *source = open_frames(save(p, "a.png"), 5);
    cr_expect_eq(source->sequence.loops, 7);
    expect_diagonal(source, "RRRRRR");
    expect_diagonal(source, "RBBRRR");
    expect_diagonal(source, "RBBmmR");
    expect_diagonal(source, "BBB..R");
    expect_diagonal(source, "RBB..B");
    up_source_close(&source);
}

/* A picture that is none of the frames is for programs that show one; what frames leave free is
 * transparent, though the file has no alpha. */
Test(apng, the_picture_may_be_no_frame)
{
    png *p = begin(3, 2);
    pixels(p, "IDAT", SIDE, SIDE, 3, RED);
    control(p, 1, 1, 4, 4, 0, 0);
    pixels(p, "fdAT", 4, 4, 3, BLUE);
    control(p, 0, 0, 1, 1, 0, 0);
    pixels(p, "fdAT", 1, 1, 3, RED);
    const char *path = save(p, "a.png");
    up_source *source = open_frames(path, 2);
    cr_assert_eq(source->format.channels, 4);
    expect_diagonal(source, ".BBBB.");
    expect_diagonal(source, "RBBBB.");
    up_source_close(&source);
    uint8_t row[SIDE * 4];
    source = open_frames(path, 2);
    cr_assert_eq(up_source_read(source, (void *[]){ row }, 1, NULL), UP_OK);
    cr_expect(memcmp(row, RED, 4) == 0, "the picture, opaque");
    up_source_close(&source);
}

static void expect_flaw(png *p, const char *flaw, int frames)
{
    const char *path = save(p, "f.png");
    up_source *source = open_frames(path, frames);
    const up_note *note = up_notes_at(&source->notes, 0);
    cr_assert(note && note->kind == UP_NOTE_DAMAGE, "%s", flaw);
    cr_expect(strstr(note->text, flaw), "%s", note->text);
    up_source_close(&source);
    cr_expect_eq(shell_code("upscale f.png --strict -m nearest -o x.png 2> /dev/null"), 1);
    cr_expect(!file_exists(scratch_path("x.png")));
    cr_expect_eq(shell_code("upscale f.png -q -m nearest --overwrite -o y.png 2> /dev/null"), 0);
}

static png *two_frames(int frames)
{
    png *p = begin(4, frames);
    control(p, 0, 0, SIDE, SIDE, 0, 0);
    pixels(p, "IDAT", SIDE, SIDE, 4, RED);
    control(p, 0, 0, 2, 2, 0, 0);
    pixels(p, "fdAT", 2, 2, 4, BLUE);
    return p;
}

Test(apng, what_is_out_of_order_ends_it)
{
    png *p = two_frames(3);
    control(p, 5, 5, 2, 2, 0, 0);
    pixels(p, "fdAT", 2, 2, 4, BLUE);
    expect_flaw(p, "frame 2, counted from 0, lies outside of the picture", 2);
    p = two_frames(3);
    p->number++;
    control(p, 0, 0, 2, 2, 0, 0);
    expect_flaw(p, "is out of order", 2);
    p = two_frames(3);
    control(p, 0, 0, 2, 2, 0, 0);
    expect_flaw(p, "has no pixels", 2);
    p = two_frames(3);
    control(p, 0, 0, 2, 2, 3, 0);
    expect_flaw(p, "makes no sense", 2);
    expect_flaw(two_frames(5), "it says that it has 5 frames, and has 2", 2);
    p = begin(4, 2);
    pixels(p, "fdAT", 2, 2, 4, BLUE);
    pixels(p, "IDAT", SIDE, SIDE, 4, RED);
    expect_flaw(p, "has pixels where none belong", 0);
}

/* No frames at all, and one: pictures. */
Test(apng, fewer_than_two_frames_are_a_picture)
{
    png *p = begin(4, 0);
    pixels(p, "IDAT", SIDE, SIDE, 4, RED);
    up_source *source = open_frames(save(p, "a.png"), 0);
    cr_expect(!source->next);
    up_source_close(&source);
    p = begin(4, 1);
    control(p, 0, 0, SIDE, SIDE, 0, 0);
    pixels(p, "IDAT", SIDE, SIDE, 4, RED);
    source = open_frames(save(p, "b.png"), 0);
    up_source_close(&source);
}

Test(apng, a_frame_that_breaks_off_is_kept_as_far_as_it_goes)
{
    png *p = two_frames(2);
    const size_t whole = p->size;
    const char *path = scratch_path("cut.png");
    for (size_t size = whole - 1; size > whole - 20; size--) {
        file_write(path, p->bytes, size);
        cr_expect_eq(shell_code("upscale cut.png -q -m nearest --overwrite -o y.png 2> err"), 0);
        cr_expect_eq(shell_code("upscale cut.png --strict -m nearest -o x.png 2> /dev/null"),
                     size > whole - 5 ? 0 : 1, "%d", (int)(whole - size));
        shell_code("rm -f x.png");
    }
    p->bytes[whole - 3] ^= 1; /* a checksum */
    file_write(path, p->bytes, whole);
    cr_expect_eq(shell_code("upscale cut.png -q -m nearest -o z.png 2> err"), 1);
    cr_expect_eq(shell_code("grep -q 'fdAT: CRC error' err"), 0);
    cr_expect(!file_exists(scratch_path("z.png")));
    free(p);
}
