/* SPDX-License-Identifier: MIT */
/* What files are that cannot be read: by their first bytes, or by their names. */
#include "io/content.h"
#include "io/formats.h"
#include "io/source.h"
#include "io/source_open.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(content, .init = scratch_init, .fini = scratch_fini);

typedef struct {
    const char *name, *bytes;
    int size;
    const char *what, *advice; /* parts of what is said */
    bool picture;
} sample;

#define BYTES(text) text, (int)sizeof text - 1

static const sample samples[] = {
    { "a", BYTES("RIFF\x24\0\0\0AVI LIST"), "video", "ffmpeg", false },
    { "a", BYTES("RIFF\x24\0\0\0WAVEfmt "), NULL, NULL, false },
    { "a.nef", BYTES("MM\0*\0\0\0\x08"), "camera raw", "dcraw", true },
    { "a.DNG", BYTES("II*\0\x08\0\0\0"), "camera raw", "dcraw", true },
    { "a.jpg", BYTES("II*\0\x10\0\0\0CR\x02\0"), "CR2", "dcraw", true },
    { "a", BYTES("FUJIFILMCCD-RAW 0201"), "RAF", "dcraw", true },
    { "a",
      BYTES("\0\0\0\x18"
            "ftypcrx \0\0\0\1crx isom"),
      "CR3", "dcraw", true },
    { "a", BYTES("BMX invites you to a show"), "text", NULL, false },
    { "a.jpg",
      BYTES("\0\0\0\x18"
            "ftypheic\0\0\0\0mif1heic"),
      "HEIC", "heif-convert", true },
    { "a",
      BYTES("\0\0\0\x18"
            "ftypmif1\0\0\0\0mif1heic"),
      "HEIC", "heif-convert", true },
    { "a",
      BYTES("\0\0\0\x1c"
            "ftypmif1\0\0\0\0mif1miafavif"),
      "AVIF", "avifdec", true },
    { "a",
      BYTES("\0\0\0\x14"
            "ftypmif1\0\0\0\0mif1avif"),
      "HEIF", "heif-convert", true },
    { "a",
      BYTES("\0\0\0\x20"
            "ftypisom\0\0\2\0isomiso2avc1mp41"),
      "video", "ffmpeg", false },
    { "a",
      BYTES("\0\0\0\x14"
            "ftypqt  \0\0\0\0qt  "),
      "video", "ffmpeg", false },
    { "a",
      BYTES("\0\0\0\x08"
            "ftyp"),
      "video", "ffmpeg", false },
    { "a", BYTES("\xff\x0a\xfa\x1f"), "JPEG XL", "djxl", true },
    { "a", BYTES("\0\0\0\x0cJXL \r\n\x87\n\0\0"), "JPEG XL", "djxl", true },
    { "a", BYTES("\0\0\0\x0cjP  \r\n\x87\n\0\0"), "JPEG 2000", "opj_decompress", true },
    { "a", BYTES("\xff\x4f\xff\x51\0\x29"), "JPEG 2000", "opj_decompress", true },
    { "a", BYTES("8BPS\0\1"), "PSD", "flattened", true },
    { "a", BYTES("v/1\x01\2\0\0\0"), "OpenEXR", "magick", true },
    { "a", BYTES("#?RADIANCE\n"), "Radiance", "magick", true },
    { "a", BYTES("DDS \x7c\0\0\0"), "DDS", "magick", true },
    { "a.png", BYTES("\0\0\x01\0\x02\0"), "ICO", "magick", true },
    { "a", BYTES("\0\0\x02\0\x01\0\x20\x20"), "CUR", "magick", true },
    { "a", BYTES("gimp xcf v011"), "XCF", "GIMP", true },
    { "a", BYTES("PF\n10 10\n-1.0\n"), "PFM", "magick", true },
    { "a", BYTES("\x0a\x05\x01\x08"), "PCX", "magick", true },
    { "a", BYTES("%PDF-1.7\n"), "PDF", "pdftoppm", false },
    { "a.png", BYTES("<svg xmlns='http://www.w3.org/2000/svg'>"), "SVG", "rsvg-convert", true },
    { "a", BYTES("\xef\xbb\xbf<?xml version='1.0'?>\n<svg>"), "SVG", "rsvg-convert", true },
    { "a.svg", BYTES("<!-- Created by a long-winded program, years ago, for you -->\n"), "SVG",
      "rsvg-convert", true },
    { "a.jpg", BYTES("\n<!DOCTYPE html>\n<html lang=en>"), "web page", "download", false },
    { "a.png", BYTES("<HTML><head><title>404"), "web page", "download", false },
    { "a.png", BYTES("<?xml version=\"1.0\"?><Error><Code>AccessDenied"), "XML", "download",
      false },
    { "a.png", BYTES("{\"error\":\"not found\"}"), "JSON", "download", false },
    { "a.png", BYTES("version https://git-lfs.github.com/spec/v1\noid sha256:0"), "Git LFS",
      "git lfs pull", false },
    { "a.png", BYTES("/annex/objects/SHA256E-s1234--0.png\n"), "git-annex", "git annex get",
      false },
    { "._a.jpg", BYTES("\0\x05\x16\x07\0\2\0\0Mac OS X"), "AppleDouble", "without ._", false },
    { "a", BYTES("PK\3\4\x14\0"), "ZIP", "unpack", false },
    { "a", BYTES("\x1f\x8b\x08\0"), "gzip", "gunzip", false },
    { "a",
      BYTES("\xfd"
            "7zXZ\0"),
      "xz", "unxz", false },
    { "a", BYTES("\x89PNG\n\x1a\n"), "line ends", "binary", true },
    { "a.npy", BYTES("\x40\0\0\0\0\0\0\0{\"weight\":{\"dtype\""), "weight file", "-w", false },
    { "a.tga", BYTES("\x12\1\x0a\0\0"), "TGA", "magick", true },
    { "a.tif", BYTES("\x12\1\x0a\0\0"), "unknown kind", NULL, true },
    { "a.txt", BYTES("What the pictures are of.\n"), "text", NULL, false },
    { "a.bin", BYTES("\x12\1\x0a\0\0"), NULL, NULL, false },
    { "a.webp", BYTES(""), "WebP", "dwebp", true },
    { ".DS_Store", BYTES("\0\0\0\1Bud1\0\0"), NULL, NULL, false },
};

/* The format that a build with its library reads; NULL: none does. */
static const char *format_of(const sample *s)
{
    static const char *const kinds[][2] = {
        { "JPEG XL", "jxl" }, { "AVIF", "avif" }, { "HEIC", "heic" }, { "HEIF", "heic" }
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (s->what && strcmp(s->what, kinds[i][0]) == 0)
            return kinds[i][1];
    return NULL;
}

static bool is_read(const sample *s)
{
    return format_of(s) && !up_format_left_out(format_of(s));
}

static void expect_part(const sample *s, int i, const char *text, const char *part)
{
    cr_expect(!part || (text && strstr(text, part)), "%d %s: %s has no %s", i, s->name,
              text ? text : "nothing", part);
}

Test(content, is_told_by_bytes_and_names)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const sample *s = &samples[i];
        up_content content;
        const char *path = scratch_path("%s", s->name);
        file_write(path, s->bytes, (size_t)s->size);
        bool known = up_content_of(&content, path);
        cr_expect_eq(known, s->what != NULL, "%zu %s", i, s->name);
        cr_expect(content.picture == s->picture && content.reads == is_read(s), "%zu %s", i,
                  s->name);
        if (is_read(s))
            continue;
        expect_part(s, (int)i, content.name, s->what);
        expect_part(s, (int)i, content.advice, s->advice);
    }
}

/* The same is said when they are opened, after the name of the file. */
Test(content, is_said_when_a_file_cannot_be_opened)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const sample *s = &samples[i];
        up_source *source;
        up_error error = { 0 };
        const char *path = scratch_path("%s", s->name);
        if (s->size == 0 || is_read(s))
            continue;
        file_write(path, s->bytes, (size_t)s->size);
        cr_assert_eq(up_source_open(&source, path, &error),
                     format_of(s) ? UP_ERROR_UNSUPPORTED : UP_ERROR_INPUT, "%zu", i);
        cr_expect(strncmp(error.message, path, strlen(path)) == 0, "%s", error.message);
        if (s->advice) {
            expect_part(s, (int)i, error.message, s->what);
            expect_part(s, (int)i, error.message, s->advice);
        } else if (!s->picture) {
            expect_part(s, (int)i, error.message, "no format that can be read (png, jpeg, ");
        }
    }
}

/* Every beginning of every sample, short of all its bytes, under ASan. */
Test(content, any_length_is_safe)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        for (size_t size = 0; size <= (size_t)samples[i].size && size <= UP_CONTENT_HEAD; size++) {
            uint8_t *head = malloc(size + !size);
            up_content content;
            memcpy(head, samples[i].bytes, size);
            up_content_find(&content, head, size, samples[i].name);
            free(head);
        }
}

Test(content, readable_files_are_known_too)
{
    up_content content;
    file_write(scratch_path("a.webp"), BYTES("\xff\xd8\xff\xe0\0\x10JFIF"));
    cr_expect(up_content_of(&content, scratch_path("a.webp")));
    cr_expect(content.reads && content.picture && strcmp(content.name, "jpeg") == 0);
}

/* Zeros are what an interrupted copy leaves. */
Test(content, what_is_no_file_is_not_known)
{
    up_content content;
    mkdir(scratch_path("folder.png"), 0777);
    mkfifo(scratch_path("pipe"), 0666);
    cr_expect_not(up_content_of(&content, scratch_path("folder.png")) && content.reads);
    cr_expect_not(up_content_of(&content, scratch_path("pipe")));
    cr_expect_not(up_content_of(&content, scratch_path("missing")));
    file_write(scratch_path("zeros.jpg"), (char[100]){ 0 }, 100);
    cr_expect(up_content_of(&content, scratch_path("zeros.jpg")) && strstr(content.name, "zeros"));
}
