/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "base/memory.h"
#include "io/formats.h"
#include "io/source_open.h"
#include "support/pictures/image_io.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jpeglib.h>

typedef struct {
    uint8_t *data;
    size_t size;
} bytes;

static char path[64];

static void make_path(void)
{
    strcpy(path, "/tmp/up-jpeg-XXXXXX");
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
}

static void remove_path(void)
{
    unlink(path);
}

TestSuite(jpeg, .init = make_path, .fini = remove_path, .timeout = 300);

static bytes load(const char *name)
{
    FILE *file = fopen(name, "rb");
    cr_assert_not_null(file, "%s", name);
    bytes b = { malloc(1 << 22), 0 };
    b.size = fread(b.data, 1, 1 << 22, file);
    fclose(file);
    return b;
}

static void save(const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    cr_assert_eq(fwrite(data, 1, size, file), size);
    fclose(file);
}

/* ---- through upscale */

static up_format picture(up_color color, int width, int height)
{
    int channels = color == UP_COLOR_GREY ? 1 : color == UP_COLOR_RGB ? 3 : 4;
    return (up_format){ .width = width,
                        .height = height,
                        .channels = channels,
                        .frames = 1,
                        .color = color,
                        .depth = 8 };
}

static uint8_t *smooth_pixels(const up_format *f)
{
    uint8_t *pixels = malloc((size_t)f->width * (size_t)f->height * (size_t)f->channels);
    for (int y = 0, i = 0; y < f->height; y++)
        for (int x = 0; x < f->width; x++)
            for (int c = 0; c < f->channels; c++)
                pixels[i++] = (uint8_t)(20 + (x * (c + 1) + y * (4 - c)) * 200 /
                                                 (5 * (f->width + f->height)));
    return pixels;
}

/* Writes to `path` in groups of 70 rows. */
static void encode(const up_format *f, const uint8_t *pixels, const up_encoding *encoding)
{
    up_error error;
    up_sink *sink;
    size_t stride = (size_t)f->width * (size_t)f->channels;
    cr_assert_eq(
        up_sink_open(&sink, &up_jpeg_sink, path, true, f, encoding, 2, 70 * stride, &error), UP_OK,
        "%s", error.message);
    const void *row[70];
    for (int y = 0; y < f->height; y += 70) {
        int count = up_min(70, f->height - y);
        for (int i = 0; i < count; i++)
            row[i] = pixels + (size_t)(y + i) * stride;
        cr_assert_eq(sink->accept(sink, 0, row, count, &error), UP_OK, "%s", error.message);
    }
    cr_assert_eq(sink->finish(sink, &error), UP_OK, "%s", error.message);
    up_sink_close(&sink);
}

/* NULL and an error, or the pixels. What would hold more than 64 MiB is refused, as the caller of a
 * source does. */
static uint8_t *decode(const char *name, up_format *format, up_error *error)
{
    up_source *source;
    if (up_source_open(&source, name, error) != UP_OK)
        return NULL;
    *format = source->format;
    size_t stride = (size_t)format->width * (size_t)format->channels;
    up_status status = UP_OK;
    if (source->held_bytes > 64 << 20 || stride * (size_t)format->height > 64 << 20)
        status = up_fail(error, UP_ERROR_LIMIT, "%s: too large for this test", name);
    uint8_t *pixels = status == UP_OK ? malloc(stride * (size_t)format->height) : NULL;
    for (int y = 0; y < format->height && status == UP_OK; y += 7) {
        void *row[7];
        int count = up_min(7, format->height - y);
        for (int i = 0; i < count; i++)
            row[i] = pixels + (size_t)(y + i) * stride;
        status = source->read(source, row, count, error);
    }
    up_source_close(&source);
    if (status == UP_OK)
        return pixels;
    free(pixels);
    return NULL;
}

static int round_trip_error(up_color color, const up_encoding *encoding)
{
    up_error error;
    up_format f = picture(color, 101, 147), g;
    uint8_t *before = smooth_pixels(&f);
    encode(&f, before, encoding);
    uint8_t *after = decode(path, &g, &error);
    cr_assert_not_null(after, "%s", error.message);
    cr_assert_eq(g.width, f.width);
    cr_assert_eq(g.height, f.height);
    cr_assert_eq(g.color, f.color);
    int worst = 0;
    for (int i = 0; i < f.width * f.height * f.channels; i++)
        worst = up_max(worst, abs(before[i] - after[i]));
    free(before);
    free(after);
    return worst;
}

/* ---- straight through libjpeg */

static uint8_t *decode_plainly(const bytes *file, int *width, int *height, int *channels)
{
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    info.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, file->data, file->size);
    jpeg_read_header(&info, TRUE);
    jpeg_start_decompress(&info);
    *width = (int)info.output_width;
    *height = (int)info.output_height;
    *channels = info.output_components;
    size_t stride = info.output_width * (size_t)info.output_components;
    uint8_t *pixels = malloc(stride * info.output_height);
    while (info.output_scanline < info.output_height) {
        JSAMPROW row = pixels + info.output_scanline * stride;
        jpeg_read_scanlines(&info, &row, 1);
    }
    if (info.out_color_space == JCS_CMYK && info.saw_Adobe_marker)
        for (size_t i = 0; i < stride * info.output_height; i++)
            pixels[i] = (uint8_t)(255 - pixels[i]);
    jpeg_destroy_decompress(&info);
    return pixels;
}

/* One scan per component, not progressive. */
static bytes make_three_scans(void)
{
    static const jpeg_scan_info scans[] = { { 1, { 0 }, 0, 63, 0, 0 },
                                            { 1, { 1 }, 0, 63, 0, 0 },
                                            { 1, { 2 }, 0, 63, 0, 0 } };
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long size = 0;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &data, &size);
    info.image_width = info.image_height = 16;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    info.scan_info = scans;
    info.num_scans = 3;
    jpeg_start_compress(&info, TRUE);
    uint8_t line[48];
    memset(line, 200, sizeof line);
    for (JSAMPROW row = line; info.next_scanline < info.image_height;)
        jpeg_write_scanlines(&info, &row, 1);
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return (bytes){ data, size };
}

static size_t last_scan(const bytes *b)
{
    for (size_t at = b->size - 2; at > 0; at--)
        if (b->data[at] == 0xff && b->data[at + 1] == 0xda)
            return at;
    return 0;
}

static void expect_failure(up_status status, const char *words)
{
    up_error error = { 0 };
    up_format format;
    cr_expect_null(decode(path, &format, &error), "expected: %s", words);
    cr_expect_eq(error.status, status, "%s", error.message);
    cr_expect_eq(strncmp(error.message, path, strlen(path)), 0, "%s", error.message);
    cr_expect_not_null(strstr(error.message, words), "%s", error.message);
}

static uint8_t *find_marker(const bytes *b, int marker)
{
    uint8_t pattern[2] = { 0xff, (uint8_t)marker };
    return memmem(b->data, b->size, pattern, 2);
}

/* ---- reading */

Test(jpeg, every_coding_decodes_as_libjpeg_does)
{
    DIR *folder = opendir(UP_SHARED_DIR "/images/jpeg");
    if (!folder)
        cr_skip("no shared images");
    int files = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        char name[1024];
        snprintf(name, sizeof name, UP_SHARED_DIR "/images/jpeg/%s", entry->d_name);
        bytes file = load(name);
        int width, height, channels;
        uint8_t *expected = decode_plainly(&file, &width, &height, &channels);
        up_format format;
        up_error error;
        uint8_t *pixels = decode(name, &format, &error);
        cr_assert_not_null(pixels, "%s", error.message);
        cr_assert_eq(format.width, width);
        cr_assert_eq(format.height, height);
        cr_assert_eq(format.channels, channels);
        cr_expect_eq(memcmp(pixels, expected, (size_t)(width * height * channels)), 0, "%s", name);
        free(pixels), free(expected), free(file.data);
        files++;
    }
    closedir(folder);
    cr_expect_geq(files, 40);
}

Test(jpeg, says_what_cannot_stream_and_how_chroma_is_sampled)
{
    static const struct {
        bool progressive;
        up_subsampling subsampling;
        size_t held;
    } cases[] = { { false, UP_SUBSAMPLING_444, 0 },
                  { false, UP_SUBSAMPLING_422, 0 },
                  { false, UP_SUBSAMPLING_420, 0 },
                  { true, UP_SUBSAMPLING_420, 4 * 3 * 6 * 128 } };
    up_format f = picture(UP_COLOR_RGB, 50, 40);
    uint8_t *pixels = smooth_pixels(&f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up_encoding encoding = { .subsampling = cases[i].subsampling,
                                 .progressive = cases[i].progressive };
        encode(&f, pixels, &encoding);
        up_source *source;
        cr_assert_eq(up_source_open(&source, path, NULL), UP_OK);
        cr_expect_str_eq(source->type, "jpeg");
        cr_expect_eq(source->subsampling, cases[i].subsampling);
        cr_expect_eq(source->interlaced, cases[i].progressive);
        cr_expect_eq(source->held_bytes, cases[i].held);
        up_source_close(&source);
    }
    free(pixels);
}

Test(jpeg, every_truncation_is_told)
{
    up_format f = picture(UP_COLOR_RGB, 40, 33);
    uint8_t *pixels = smooth_pixels(&f);
    for (int progressive = 0; progressive <= 1; progressive++) {
        up_encoding encoding = { .quality = 50, .progressive = progressive };
        encode(&f, pixels, &encoding);
        bytes file = load(path);
        expect_hostile_survived(path, file.data, file.size, 0);
        free(file.data);
    }
    free(pixels);
}

static void mutate(const bytes *file, int rounds, unsigned seed)
{
    uint8_t *copy = malloc(file->size);
    for (int i = 0; i < rounds; i++) {
        memcpy(copy, file->data, file->size);
        for (int k = 0; k <= i % 5; k++) {
            seed = seed * 1664525 + 1013904223;
            copy[(seed >> 4) % file->size] = (uint8_t)(seed >> 24);
        }
        save(copy, file->size);
        up_format format;
        up_error error;
        free(decode(path, &format, &error));
    }
    free(copy);
}

Test(jpeg, survives_random_damage)
{
    for (up_color color = UP_COLOR_GREY; color <= UP_COLOR_CMYK; color++)
        for (int progressive = 0; progressive <= 1; progressive++) {
            if (color == UP_COLOR_GREY_ALPHA || color == UP_COLOR_RGBA)
                continue;
            up_format f = picture(color, 37, 29);
            uint8_t *pixels = smooth_pixels(&f);
            up_encoding encoding = { .quality = 30, .progressive = progressive };
            uint8_t icc[300] = { 0 };
            encoding.metadata.icc = (up_blob){ icc, sizeof icc };
            encoding.metadata.exif = (up_blob){ icc, 40 };
            encode(&f, pixels, &encoding);
            bytes file = load(path);
            mutate(&file, 1000, (unsigned)(color * 2 + progressive));
            free(file.data);
            free(pixels);
        }
}

Test(jpeg, stray_bytes_before_a_marker_are_told)
{
    enum { STRAY = 40 }; /* a few the decoder reads ahead, and does not miss */
    bytes file = make_three_scans();
    uint8_t *longer = calloc(1, file.size + STRAY);
    memcpy(longer, file.data, file.size - 2);
    memcpy(longer + file.size - 2 + STRAY, "\xff\xd9", 2);
    save(longer, file.size + STRAY);
    up_error error;
    up_format format;
    uint8_t *pixels = decode(path, &format, &error);
    cr_expect_not_null(pixels, "%s", error.message);
    image loaded = expect_read_with_damage(path, "it holds bytes that belong to nothing");
    cr_expect_arr_eq(loaded.data, pixels, loaded.size);
    image_free(&loaded);
    free(pixels), free(longer), free(file.data);
}

Test(jpeg, a_component_without_a_scan_is_an_error)
{
    bytes file = make_three_scans();
    size_t at = last_scan(&file);
    memcpy(file.data + at, "\xff\xd9", 2);
    save(file.data, at + 2);
    expect_failure(UP_ERROR_INPUT, "component 3 has no data");
    free(file.data);
}

Test(jpeg, endless_scans_are_refused)
{
    enum { SCANS = 600 };
    bytes file = make_three_scans();
    size_t at = last_scan(&file), scan = file.size - 2 - at;
    uint8_t *bomb = malloc(file.size + SCANS * scan);
    memcpy(bomb, file.data, file.size - 2);
    for (size_t i = 0; i < SCANS; i++)
        memcpy(bomb + file.size - 2 + i * scan, file.data + at, scan);
    memcpy(bomb + file.size - 2 + SCANS * scan, "\xff\xd9", 2);
    save(bomb, file.size + SCANS * scan);
    expect_failure(UP_ERROR_INPUT, "more than 500 scans");
    free(bomb), free(file.data);
}

Test(jpeg, other_processes_are_refused_clearly)
{
    bytes file = make_three_scans();
    uint8_t *frame = find_marker(&file, 0xc0);
    cr_assert_not_null(frame);
    frame[4] = 12;
    save(file.data, file.size);
    expect_failure(UP_ERROR_UNSUPPORTED, "12 bits per sample");
    frame[4] = 8;
    frame[1] = 0xc3;
    save(file.data, file.size);
    expect_failure(UP_ERROR_UNSUPPORTED, "lossless");
    free(file.data);
}

Test(jpeg, a_failed_read_stays_failed)
{
    up_format f = picture(UP_COLOR_RGB, 200, 200);
    uint8_t *pixels = smooth_pixels(&f), line[600];
    up_encoding encoding = { 0 };
    encode(&f, pixels, &encoding);
    bytes file = load(path);
    memcpy(file.data + file.size / 2, "\xff\xd8", 2); /* a marker that belongs elsewhere */
    save(file.data, file.size);
    up_source *source;
    up_error error;
    cr_assert_eq(up_source_open(&source, path, &error), UP_OK);
    void *row = line;
    up_status status = UP_OK;
    for (int y = 0; y < 200 && status == UP_OK; y++)
        status = source->read(source, &row, 1, &error);
    cr_expect_eq(status, UP_ERROR_INPUT);
    cr_expect_eq(source->read(source, &row, 1, &error), UP_ERROR_INPUT);
    up_source_close(&source);
    free(file.data), free(pixels);
}

/* ---- writing */

Test(jpeg, round_trips_are_close)
{
    static const struct {
        up_color color;
        up_encoding encoding;
        int worst; /* rounding of the transform, and of YCbCr on top */
    } cases[] = {
        { UP_COLOR_GREY, { .quality = 100 }, 2 },
        { UP_COLOR_RGB, { .quality = 100 }, 5 },
        { UP_COLOR_CMYK, { .quality = 100 }, 5 },
        { UP_COLOR_GREY, { .quality = 100, .progressive = true }, 2 },
        { UP_COLOR_RGB, { .quality = 100, .progressive = true }, 5 },
        { UP_COLOR_CMYK, { .quality = 100, .progressive = true }, 5 },
        { UP_COLOR_RGB, { .quality = 0 }, 12 },
        { UP_COLOR_CMYK, { .quality = 80, .subsampling = UP_SUBSAMPLING_422 }, 30 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int error = round_trip_error(cases[i].color, &cases[i].encoding);
        cr_expect_leq(error, cases[i].worst, "case %zu: off by %d", i, error);
    }
}

Test(jpeg, quality_decides_the_subsampling)
{
    static const int quality[] = { 0, 90, 89 };
    static const up_subsampling expected[] = { UP_SUBSAMPLING_444, UP_SUBSAMPLING_444,
                                               UP_SUBSAMPLING_420 };
    for (int i = 0; i < 3; i++) {
        up_encoding encoding = { .quality = quality[i] };
        round_trip_error(UP_COLOR_RGB, &encoding);
        up_source *source;
        cr_assert_eq(up_source_open(&source, path, NULL), UP_OK);
        cr_expect_eq(source->subsampling, expected[i]);
        up_source_close(&source);
    }
}

Test(jpeg, cmyk_is_stored_as_adobe_does)
{
    up_format f = picture(UP_COLOR_CMYK, 16, 16);
    uint8_t ink[16 * 16 * 4];
    memset(ink, 0, sizeof ink);
    encode(&f, ink, &(up_encoding){ .quality = 100 });
    bytes file = load(path);
    int width, height, channels;
    cr_assert_not_null(find_marker(&file, 0xee));
    uint8_t *pixels = decode_plainly(&file, &width, &height, &channels);
    cr_expect_eq(channels, 4);
    cr_expect_arr_eq(pixels, ink, sizeof ink, "no ink stays no ink, by the Adobe marker");
    free(pixels), free(file.data);
}

Test(jpeg, chooses_eight_bits_or_refuses)
{
    up_error error;
    up_format f = picture(UP_COLOR_RGB, 10, 10);
    f.sample = UP_SAMPLE_U16, f.depth = 16, f.planar = true;
    cr_assert_eq(up_jpeg_sink.choose(&f, &error), UP_OK);
    cr_expect(f.sample == UP_SAMPLE_U8 && f.depth == 8 && !f.planar);
    f.color = UP_COLOR_RGBA, f.channels = 4;
    cr_expect_eq(up_jpeg_sink.choose(&f, &error), UP_ERROR_UNSUPPORTED);
    cr_expect_not_null(strstr(error.message, "--background"), "%s", error.message);
    f = picture(UP_COLOR_GREY, 10, 65501);
    cr_expect_eq(up_jpeg_sink.choose(&f, &error), UP_ERROR_UNSUPPORTED);
    cr_expect_not_null(strstr(error.message, "PNG"), "%s", error.message);
    f = picture(UP_COLOR_GREY, 10, 65500);
    cr_expect_eq(up_jpeg_sink.choose(&f, &error), UP_OK);
    f.color = UP_COLOR_TENSOR, f.sample = UP_SAMPLE_F32;
    cr_expect_eq(up_jpeg_sink.choose(&f, &error), UP_ERROR_UNSUPPORTED);
    cr_expect_not_null(strstr(error.message, "npy"), "%s", error.message);
}

Test(jpeg, states_the_memory_of_a_progressive_file)
{
    up_format f = picture(UP_COLOR_RGB, 50, 40);
    up_encoding encoding = { .quality = 50 };
    size_t streamed = up_sink_memory(&up_jpeg_sink, &f, &encoding, 2, 1000);
    encoding.progressive = true;
    cr_expect_eq(up_sink_memory(&up_jpeg_sink, &f, &encoding, 2, 1000), streamed + 4 * 3 * 6 * 128);
}

Test(jpeg, too_few_rows_make_no_file)
{
    up_error error;
    up_format f = picture(UP_COLOR_GREY, 8, 8);
    up_encoding encoding = { 0 };
    up_sink *sink;
    unlink(path);
    cr_assert_eq(up_sink_open(&sink, &up_jpeg_sink, path, false, &f, &encoding, 1, 64, &error),
                 UP_OK);
    cr_expect_eq(sink->finish(sink, &error), UP_ERROR_OUTPUT);
    up_sink_close(&sink);
    cr_expect_neq(access(path, F_OK), 0);
}

/* ---- metadata */

static void write_with(const up_metadata *metadata)
{
    up_format f = picture(UP_COLOR_RGB, 16, 16);
    uint8_t *pixels = smooth_pixels(&f);
    encode(&f, pixels, &(up_encoding){ .metadata = *metadata });
    free(pixels);
}

static uint8_t *random_block(size_t size)
{
    uint8_t *block = malloc(size);
    for (size_t i = 0; i < size; i++)
        block[i] = (uint8_t)(i * 2654435761u >> 13);
    return block;
}

Test(jpeg, metadata_comes_through)
{
    static uint8_t exif[] = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x02\0\0\0\0\0\0";
    static uint8_t xmp[] = "<x:xmpmeta/>";
    enum { ICC_SIZE = 200000 };
    up_metadata m;
    up_metadata_init(&m);
    uint8_t *icc = random_block(ICC_SIZE);
    m.icc = (up_blob){ icc, ICC_SIZE };
    m.exif = (up_blob){ exif, sizeof exif };
    m.xmp = (up_blob){ xmp, sizeof xmp - 1 };
    m.dpi_x = 300.2, m.dpi_y = 150;
    write_with(&m);
    up_source *source;
    cr_assert_eq(up_source_open(&source, path, NULL), UP_OK);
    const up_metadata *r = &source->metadata;
    cr_assert_eq(r->icc.size, ICC_SIZE);
    cr_expect_eq(memcmp(r->icc.data, icc, ICC_SIZE), 0);
    cr_assert_eq(r->exif.size, sizeof exif);
    cr_expect_arr_eq(r->exif.data, exif, sizeof exif);
    cr_assert_eq(r->xmp.size, sizeof xmp - 1);
    cr_expect_arr_eq(r->xmp.data, xmp, sizeof xmp - 1);
    cr_expect_eq(r->dpi_x, 300);
    cr_expect_eq(r->dpi_y, 150);
    cr_expect_eq(r->orientation, 2);
    up_source_close(&source);
    free(icc);
}

Test(jpeg, metadata_that_cannot_fit_is_left_out)
{
    enum { MANY = 17000000 };
    up_metadata m;
    up_metadata_init(&m);
    uint8_t *block = random_block(MANY);
    m.icc = (up_blob){ block, MANY };
    m.exif = (up_blob){ block, 65533 - 6 };
    m.xmp = (up_blob){ block, 65533 - 29 + 1 };
    m.aspect = 1.25;
    write_with(&m);
    up_source *source;
    cr_assert_eq(up_source_open(&source, path, NULL), UP_OK);
    cr_expect_eq(source->metadata.icc.size, 0);
    cr_expect_eq(source->metadata.exif.size, 65533 - 6);
    cr_expect_eq(source->metadata.xmp.size, 0);
    cr_expect_eq(source->metadata.aspect, 1.25);
    up_source_close(&source);
    free(block);
}

Test(jpeg, density_comes_from_exif_where_jfif_has_none)
{
    static const uint8_t exif[] = "MM\0*\0\0\0\x08\0\x03"
                                  "\x01\x1a\0\x05\0\0\0\x01\0\0\0\x32"
                                  "\x01\x1b\0\x05\0\0\0\x01\0\0\0\x32"
                                  "\x01\x28\0\x03\0\0\0\x01\0\x02\0\0"
                                  "\0\0\0\0\0\0\0\xf0\0\0\0\x01";
    up_metadata m;
    up_metadata_init(&m);
    m.exif = (up_blob){ (uint8_t *)exif, sizeof exif - 1 };
    write_with(&m);
    up_source *source;
    cr_assert_eq(up_source_open(&source, path, NULL), UP_OK);
    cr_expect_eq(source->metadata.dpi_x, 240);
    cr_expect_eq(source->metadata.aspect, 0);
    up_source_close(&source);
}
