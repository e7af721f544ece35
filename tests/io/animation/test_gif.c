/* SPDX-License-Identifier: MIT */
/* GIF files made here, frame by frame, against a plain model of what a viewer shows; and the same
 * frames through animated PNG and WebP. */
#include "io/formats.h"
#include "io/source_open.h"
#include "support/scratch.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    if (up_format_left_out("gif"))
        cr_skip_test("this build has no GIF");
}

TestSuite(gif, .init = set_up, .fini = scratch_fini, .timeout = 120);

enum { INTERLACED = 1, LOCAL = 2 };
enum { WIDTH = 13, HEIGHT = 11, COLOURS = 8, ROOM = 1 << 16 };

typedef struct {
    int x, y, width, height, dispose, transparent /* -1: none */, delay;
    int how; /* INTERLACED, LOCAL: with a palette of its own */
} frame;

typedef struct {
    uint8_t bytes[ROOM];
    size_t size;
} gif;

static void put(gif *g, int value)
{
    cr_assert(g->size < ROOM);
    g->bytes[g->size++] = (uint8_t)value;
}

static void put16(gif *g, int value)
{
    put(g, value & 255);
    put(g, value >> 8);
}

static void put_palette(gif *g, int shift)
{
    for (int i = 0; i < COLOURS; i++)
        for (int c = 0; c < 3; c++)
            put(g, (i * 31 + c * 77 + shift) & 255);
}

static int colour_of(int frame_number, int x, int y)
{
    return (frame_number * 3 + x + y * 2) % COLOURS;
}

/* Codes of four bits, with a code to begin anew before they would grow. */
static void put_pixels(gif *g, const frame *f, int number)
{
    static const int first[] = { 0, 4, 2, 1 }, step[] = { 8, 8, 4, 2 };
    uint8_t packed[ROOM / 4];
    int bits = 0, count = 0;
    memset(packed, 0, sizeof packed);
#define CODE(code)                                                                                 \
    do {                                                                                           \
        packed[bits / 8] |= (uint8_t)((code) << bits % 8);                                         \
        bits += 4;                                                                                 \
    } while (0)
    for (int pass = 0; pass < ((f->how & INTERLACED) ? 4 : 1); pass++)
        for (int y = (f->how & INTERLACED) ? first[pass] : 0; y < f->height;
             y += (f->how & INTERLACED) ? step[pass] : 1)
            for (int x = 0; x < f->width; x++) {
                if (count++ % 4 == 0)
                    CODE(8);
                CODE(colour_of(number, x, y));
            }
    CODE(9);
#undef CODE
    put(g, 3);
    const int bytes = (bits + 7) / 8;
    for (int at = 0; at < bytes; at += 255) {
        const int size = bytes - at < 255 ? bytes - at : 255;
        put(g, size);
        for (int i = 0; i < size; i++)
            put(g, packed[at + i]);
    }
    put(g, 0);
}

static void put_frame(gif *g, const frame *f, int number)
{
    put(g, 0x21);
    put(g, 0xf9);
    put(g, 4);
    put(g, f->dispose << 2 | (f->transparent >= 0));
    put16(g, f->delay);
    put(g, f->transparent >= 0 ? f->transparent : 0);
    put(g, 0);
    put(g, 0x2c);
    put16(g, f->x);
    put16(g, f->y);
    put16(g, f->width);
    put16(g, f->height);
    put(g, ((f->how & INTERLACED) ? 0x40 : 0) | ((f->how & LOCAL) ? 0x82 : 0));
    if ((f->how & LOCAL))
        put_palette(g, 5);
    put_pixels(g, f, number);
}

/* `repeats` < 0: nothing is said. */
static gif *make(const frame *frames, int count, int repeats)
{
    gif *g = calloc(1, sizeof *g);
    memcpy(g->bytes, "GIF89a", 6);
    g->size = 6;
    put16(g, WIDTH);
    put16(g, HEIGHT);
    put(g, 0x82);
    put16(g, 0);
    put_palette(g, 0);
    if (repeats >= 0) {
        memcpy(g->bytes + g->size, "\x21\xff\x0bNETSCAPE2.0\x03\x01", 16);
        g->size += 16;
        put16(g, repeats);
        put(g, 0);
    }
    for (int i = 0; i < count; i++)
        put_frame(g, &frames[i], i);
    put(g, 0x3b);
    return g;
}

static const char *save(const gif *g, const char *name)
{
    const char *path = scratch_path("%s", name);
    file_write(path, g->bytes, g->size);
    return path;
}

/* ---- the model */

typedef uint8_t picture[HEIGHT][WIDTH][4];

static void show(picture now, picture before, const frame *f, int number)
{
    memcpy(before, now, sizeof(picture));
    for (int y = 0; y < f->height; y++)
        for (int x = 0; x < f->width; x++) {
            const int color = colour_of(number, x, y);
            if (color == f->transparent || f->y + y >= HEIGHT || f->x + x >= WIDTH)
                continue;
            for (int c = 0; c < 3; c++)
                now[f->y + y][f->x + x][c] =
                    (uint8_t)((color * 31 + c * 77 + ((f->how & LOCAL) ? 5 : 0)) & 255);
            now[f->y + y][f->x + x][3] = 255;
        }
}

static void dispose(picture now, picture before, const frame *f)
{
    for (int y = f->y; y < f->y + f->height && y < HEIGHT; y++)
        for (int x = f->x; x < f->x + f->width && x < WIDTH; x++)
            if (f->dispose == 2)
                memset(now[y][x], 0, 4);
            else if (f->dispose == 3)
                memcpy(now[y][x], before[y][x], 4);
}

static void read_all(up_source *source, uint8_t *to)
{
    const size_t row_bytes = (size_t)source->format.width * (size_t)source->format.channels;
    up_error error = { 0 };
    for (int y = 0; y < source->format.height; y++) {
        void *row[] = { to + (size_t)y * row_bytes };
        cr_assert_eq(up_source_read(source, row, 1, &error), UP_OK, "%s", error.message);
    }
}

/* Every frame of the file is as in the model, and then there are no more. */
static void expect_frames(const char *path, const frame *frames, int count, int loops)
{
    picture now = { 0 }, before = { 0 };
    uint8_t got[sizeof(picture)];
    up_source *source;
    up_error error = { 0 };
    bool there;
    cr_assert_eq(up_source_open(&source, path, &error), UP_OK, "%s", error.message);
    cr_assert_eq(source->sequence.frames, count, "%s", path);
    cr_expect_eq(source->sequence.loops, loops, "%s: %d", path, source->sequence.loops);
    const int channels = source->format.channels;
    for (int i = 0; i < count; i++) {
        cr_assert_eq(up_source_next(source, &there, &error), UP_OK, "%s", error.message);
        cr_assert(there);
        show(now, before, &frames[i], i);
        read_all(source, got);
        for (int p = 0; p < WIDTH * HEIGHT; p++) {
            const uint8_t *want = &now[0][0][0] + p * 4, *have = got + p * channels;
            cr_assert_eq(channels == 4 ? have[3] : 255, want[3], "%s: frame %d, %d", path, i, p);
            cr_assert(want[3] == 0 || memcmp(have, want, 3) == 0, "%s: frame %d, %d", path, i, p);
        }
        const int delay = frames[i].delay < 2 ? 10 : frames[i].delay;
        cr_expect_eq(source->duration.num * 100, (uint32_t)delay * source->duration.den,
                     "%s: frame %d: %u/%u", path, i, source->duration.num, source->duration.den);
        dispose(now, before, &frames[i]);
    }
    cr_assert_eq(up_source_next(source, &there, &error), UP_OK);
    cr_expect(!there);
    up_source_close(&source);
}

#define ALL 0, 0, WIDTH, HEIGHT

Test(gif, frames_are_what_a_viewer_shows)
{
    static const frame films[][5] = {
        { { ALL, 0, -1, 7, 0 },
          { 2, 3, 5, 4, 0, -1, 0, 0 },
          { 4, 1, 9, 9, 0, 2, 1, 0 },
          { ALL, 0, 0, 2, 0 },
          { 12, 10, 1, 1, 0, -1, 300, 0 } },
        { { ALL, 2, 3, 7, 0 },
          { 2, 3, 5, 4, 2, 1, 9, 0 },
          { 4, 1, 9, 9, 3, 2, 9, INTERLACED },
          { 0, 5, 6, 6, 2, 0, 9, 0 },
          { 3, 3, 4, 4, 0, -1, 9, LOCAL } },
        { { 3, 2, 6, 5, 3, -1, 7, 0 },
          { 2, 3, 5, 4, 3, 1, 9, 0 },
          { ALL, 1, 5, 9, INTERLACED | LOCAL },
          { 0, 5, 6, 6, 3, 0, 9, 0 },
          { 9, 7, 20, 20, 0, 1, 9, 0 } },
    };
    for (size_t i = 0; i < sizeof films / sizeof *films; i++) {
        gif *g = make(films[i], 5, (int)i - 1);
        expect_frames(save(g, "a.gif"), films[i], 5, i == 0 ? 1 : i == 1 ? 0 : 2);
        free(g);
        cr_assert_eq(shell_code("upscale a.gif -q -m nearest -s 1 --overwrite -o a.png"), 0);
        expect_frames(scratch_path("a.png"), films[i], 5, i == 0 ? 1 : i == 1 ? 0 : 2);
        if (up_format_left_out("webp"))
            continue;
        cr_assert_eq(shell_code("upscale a.gif -q -m nearest -s 1 --overwrite -o a.webp"), 0);
        expect_frames(scratch_path("a.webp"), films[i], 5, i == 0 ? 1 : i == 1 ? 0 : 2);
        cr_assert_eq(shell_code("upscale - -f png -q -m nearest -s 1 -o - < a.webp > b.png"), 0);
        expect_frames(scratch_path("b.png"), films[i], 5, i == 0 ? 1 : i == 1 ? 0 : 2);
    }
}

static const frame PLAIN[] = { { ALL, 0, -1, 7, 0 },
                               { 2, 3, 5, 4, 0, -1, 4, 0 },
                               { ALL, 0, 2, 5, 0 } };

Test(gif, one_frame_or_some_are_taken)
{
    gif *g = make(PLAIN, 3, 0);
    save(g, "a.gif");
    free(g);
    static const shell_case tests[] = {
        { "upscale a.gif -m nearest -s 1 --frame 1 -q -o one.png", 0, "", "" },
        { "upscale info one.png --json", 0, "\"animation_frames\":0", "" },
        { "upscale a.gif -m nearest -s 1 --frame 1-2 -q -o two.png", 0, "", "" },
        { "upscale info two.png --json", 0, "\"animation_frames\":2", "" },
        { "upscale info a.gif", 0, "animation of 3 frames, 0.16 s, shown for ever", "" },
        { "upscale a.gif -m nearest --frame 3 -o x.png", 2, "",
          "a.gif: has 3 frames, of which the last is 2, counted from 0" },
        { "upscale one.png -m nearest --frame 1 -o x.png", 2, "",
          "one.png: is one picture, with no frames behind it" },
        { "upscale a.gif -m nearest --frame 2-1 -o x.png", 2, "", "'2-1' is not a frame" },
        { "upscale a.gif -m nearest -o a.jpg", 0, "", "left behind: 2 of 3 animation frames" },
        { "upscale a.gif -m nearest -o x.gif", 2, "", "gif is read here, but not written" },
        { "upscale a.gif -m nearest -q -o out/", 0, "", "" },
        { "upscale info out/a.png --json", 0, "\"animation_frames\":3", "" },
        { "upscale a.gif -m nearest -q -f webp -o - | cat > x.webp", 0, "", "takes a file" },
    };
    SHELL_EXPECT_ALL(tests);
    cr_expect(!file_exists(scratch_path("x.png")));
}

/* Of what is cut short, and of what is changed, nothing is worse than an error that names it. */
static void survive(const gif *g)
{
    const char *path = save(g, "h.gif");
    up_source *source;
    up_error error = { 0 };
    bool there = true;
    uint8_t *row = malloc((size_t)65536 * 4);
    if (up_source_open(&source, path, &error) != UP_OK) {
        cr_expect(strncmp(error.message, path, strlen(path)) == 0, "%s", error.message);
        free(row);
        return;
    }
    for (int i = 0; i < 10 && there && source->next && source->held_bytes < 1 << 24; i++) {
        if (up_source_next(source, &there, &error) != UP_OK)
            break;
        for (int y = 0; y < source->format.height && there; y++)
            if (up_source_read(source, (void *[]){ row }, 1, &error) != UP_OK)
                break;
    }
    up_source_close(&source);
    free(row);
}

Test(gif, hostile_files_are_survived)
{
    gif *g = make(PLAIN, 3, 0);
    const gif whole = *g;
    for (size_t size = 0; size < whole.size; size += 3) {
        g->size = size;
        survive(g);
    }
    uint32_t state = 5;
    for (int i = 0; i < 1500; i++) {
        *g = whole;
        for (int k = 0; k < 3; k++) {
            state = state * 1664525 + 1013904223;
            g->bytes[(state >> 8) % g->size] = (uint8_t)(state >> 24);
        }
        survive(g);
    }
    free(g);
}

Test(gif, damage_of_a_frame_stays_there)
{
    gif *g = make(PLAIN, 3, 0);
    gif one = { .size = 0 };
    put_frame(&one, &PLAIN[0], 0);
    const size_t second = 13 + COLOURS * 3 + 19 + one.size;
    memset(g->bytes + second + 8 + 10 + 2, 0x99, 4); /* codes that end it */
    save(g, "a.gif");
    static const shell_case tests[] = {
        { "upscale a.gif -m nearest -s 1 -o a.png", 0, "",
          "its frame 1, counted from 0, is damaged" },
        { "upscale a.gif -m nearest -s 1 --strict -o b.png", 1, "", "its frame 1" },
        { "upscale info a.png --json", 0, "\"animation_frames\":3", "" },
    };
    SHELL_EXPECT_ALL(tests);
    cr_expect(!file_exists(scratch_path("b.png")));
    memcpy(g->bytes + 6, "\xff\xff\xff\xff", 4); /* a screen of 65535 x 65535 */
    save(g, "large.gif");
    free(g);
    static const shell_case large[] = {
        { "upscale large.gif -m nearest -s 1 --max-memory 1G -o c.png", 1, "", "MiB" },
    };
    SHELL_EXPECT_ALL(large);
    cr_expect(!file_exists(scratch_path("c.png")));
}
