/* SPDX-License-Identifier: MIT */
/* What is seen of HEVC and AV1 streams in files of boxes before a decoder sees them: files are put
 * together here, bit by bit, with streams that say other things than their boxes. */
#include "io/boxes/av1_stream.h"
#include "io/boxes/hevc_stream.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

TestSuite(coded_streams, .timeout = 60);

typedef struct {
    uint8_t bytes[4096];
    size_t size, bits; /* bits: beyond `size`, of a byte that is begun */
} text;

static void put_bits(text *t, int count, uint32_t value)
{
    for (int i = count - 1; i >= 0; i--) {
        t->bytes[t->size] = (uint8_t)(t->bytes[t->size] << 1 | (value >> i & 1));
        if (++t->bits == 8) {
            t->size++;
            t->bits = 0;
        }
    }
}

static void put_code(text *t, uint32_t value)
{
    int length = 0;
    while ((value + 1) >> (length + 1))
        length++;
    put_bits(t, length, 0);
    put_bits(t, length + 1, value + 1);
}

static void align(text *t)
{
    put_bits(t, 1, 1);
    while (t->bits)
        put_bits(t, 1, 0);
}

static void put(text *t, const void *bytes, size_t size)
{
    memcpy(t->bytes + t->size, bytes, size);
    t->size += size;
}

static void put_number(text *t, int bytes, uint32_t value)
{
    put_bits(t, 8 * bytes, value);
}

static void put_box(text *t, const char *type, const text *contents)
{
    put_number(t, 4, (uint32_t)contents->size + 8);
    put(t, type, 4);
    put(t, contents->bytes, contents->size);
}

/* ---- HEVC */

/* With emulation prevention: a size that has many zeros needs it. */
static text sequence_set(int sub_layers, uint32_t width, uint32_t height, uint32_t bits)
{
    text plain = { .size = 0 }, nal = { .size = 0 };
    put_bits(&plain, 4, 0);
    put_bits(&plain, 3, (uint32_t)sub_layers);
    put_bits(&plain, 1, 1);
    for (int i = 0; i < 12; i++)
        put_bits(&plain, 8, 0);
    for (int i = 0; i < sub_layers; i++)
        put_bits(&plain, 2, i % 2 ? 1 : 3);
    for (int i = sub_layers; sub_layers && i < 8; i++)
        put_bits(&plain, 2, 0);
    for (int i = 0; i < sub_layers; i++)
        for (int n = 0; n < (i % 2 ? 1 : 12); n++)
            put_bits(&plain, 8, 0);
    put_code(&plain, 0);
    put_code(&plain, 1);
    put_code(&plain, width);
    put_code(&plain, height);
    put_bits(&plain, 1, 1);
    for (int i = 0; i < 4; i++)
        put_code(&plain, (uint32_t)i);
    put_code(&plain, bits - 8);
    put_code(&plain, 0);
    align(&plain);
    put(&nal, "\x42\x01", 2);
    for (size_t i = 0, zeros = 0; i < plain.size; i++) {
        if (zeros == 2 && plain.bytes[i] <= 3) {
            put(&nal, "\3", 1);
            zeros = 0;
        }
        put(&nal, &plain.bytes[i], 1);
        zeros = plain.bytes[i] ? 0 : zeros + 1;
    }
    return nal;
}

Test(coded_streams, sizes_of_hevc)
{
    for (int layers = 0; layers < 7; layers++)
        for (uint32_t bits = 8; bits <= 16; bits += 4)
            for (uint32_t width = 8; width <= 65536; width *= 2) {
                const text nal = sequence_set(layers, width, 24, bits);
                up_hevc_size size;
                cr_assert(up_hevc_read_size(&size, nal.bytes, nal.size));
                cr_expect_eq(size.width, width);
                cr_expect_eq(size.height, 24);
                cr_expect_eq(size.bits, bits);
                for (size_t n = 0; n + 6 < nal.size; n++)
                    cr_expect_not(up_hevc_read_size(&size, nal.bytes, n), "%zu bytes", n);
            }
}

/* A unit of a stream, its size before it. */
static void put_unit(text *t, const text *nal)
{
    put_number(t, 4, (uint32_t)nal->size);
    put(t, nal->bytes, nal->size);
}

static void put_slice(text *t, int kind)
{
    text nal = { .size = 0 };
    put_number(&nal, 1, (uint32_t)kind << 1);
    put(&nal, "\1\x80\0", 3);
    put_unit(t, &nal);
}

static text hevc_config(const text *nal)
{
    text t = { .size = 0 };
    for (int i = 0; i < 21; i++)
        put_number(&t, 1, 0);
    put_number(&t, 1, 0xff);
    put_number(&t, 1, nal ? 1 : 0);
    if (nal) {
        put_number(&t, 1, 33);
        put_number(&t, 2, 1);
        put_number(&t, 2, (uint32_t)nal->size);
        put(&t, nal->bytes, nal->size);
    }
    return t;
}

/* ---- files */

typedef struct {
    const char *type, *config_type;
    text config, stream;
    uint32_t width, height;
    bool in_idat;
} item;

static void put_properties(text *meta, const item *i)
{
    text ispe = { .size = 0 }, ipco = { .size = 0 }, ipma = { .size = 0 }, iprp = { .size = 0 };
    put_number(&ispe, 4, 0);
    put_number(&ispe, 4, i->width);
    put_number(&ispe, 4, i->height);
    put_box(&ipco, i->config_type, &i->config);
    put_box(&ipco, "ispe", &ispe);
    put_number(&ipma, 4, 0);
    put_number(&ipma, 4, 1);
    put_number(&ipma, 2, 7);
    put(&ipma, "\2\x81\2", 3);
    put_box(&iprp, "ipco", &ipco);
    put_box(&iprp, "ipma", &ipma);
    put_box(meta, "iprp", &iprp);
}

/* `offset`: of the stream in the file, where it is not in the box "idat". */
static text meta_of(const item *i, uint32_t offset)
{
    text meta = { .size = 0 }, infe = { .size = 0 }, iinf = { .size = 0 }, iloc = { .size = 0 };
    put_number(&meta, 4, 0);
    put_number(&infe, 4, 2 << 24);
    put_number(&infe, 2, 7);
    put_number(&infe, 2, 0);
    put(&infe, i->type, 5);
    put_number(&iinf, 4, 0);
    put_number(&iinf, 2, 1);
    put_box(&iinf, "infe", &infe);
    put_number(&iloc, 4, 1 << 24);
    put_number(&iloc, 2, 0x4400);
    put_number(&iloc, 2, 1);
    put_number(&iloc, 2, 7);
    put_number(&iloc, 2, i->in_idat);
    put_number(&iloc, 2, 0);
    put_number(&iloc, 2, 1);
    put_number(&iloc, 4, i->in_idat ? 0 : offset);
    put_number(&iloc, 4, (uint32_t)i->stream.size);
    put_box(&meta, "iinf", &iinf);
    put_box(&meta, "iloc", &iloc);
    put_properties(&meta, i);
    if (i->in_idat)
        put_box(&meta, "idat", &i->stream);
    return meta;
}

static text file_of(const item *i)
{
    text file = { .size = 0 };
    const text head = { .bytes = "heic\0\0\0\0mif1", .size = 12 };
    const text sized = meta_of(i, 0);
    const text meta = meta_of(i, (uint32_t)(20 + 8 + sized.size + 8));
    put_box(&file, "ftyp", &head);
    put_box(&file, "meta", &meta);
    if (!i->in_idat)
        put_box(&file, "mdat", &i->stream);
    return file;
}

static up_reader *reader_of(const text *file, size_t size)
{
    up_reader *reader;
    cr_assert_eq(up_reader_open_memory(&reader, file->bytes, size, "a.heic", NULL), UP_OK);
    return reader;
}

static up_status look(const item *i, up_hevc_luma *luma, up_error *error)
{
    const text file = file_of(i);
    up_reader *reader = reader_of(&file, file.size);
    const up_status status = up_hevc_look(reader, luma, error);
    up_reader_close(&reader);
    return status;
}

static item hevc_item(const text *set)
{
    return (item){
        .type = "hvc1", .config_type = "hvcC", .config = hevc_config(set), .width = 16, .height = 16
    };
}

Test(coded_streams, a_small_picture_with_a_large_stream_is_refused)
{
    const text honest = sequence_set(0, 16, 16, 8), large = sequence_set(0, 16384, 16384, 8);
    for (int in_stream = 0; in_stream < 2; in_stream++)
        for (int in_idat = 0; in_idat < 2; in_idat++) {
            up_error error = { 0 };
            up_hevc_luma luma;
            item i = hevc_item(in_stream ? &honest : &large);
            i.in_idat = in_idat;
            if (in_stream)
                put_unit(&i.stream, &large);
            put_slice(&i.stream, 19);
            cr_expect_eq(look(&i, &luma, &error), UP_ERROR_INPUT);
            cr_expect_str_eq(error.message, "a.heic: damaged HEIF: 16384 x 16384 pixels are coded "
                                            "where it says 16 x 16");
        }
}

Test(coded_streams, pictures_that_are_kept_are_counted)
{
    const text shallow = sequence_set(0, 16, 16, 8), deep = sequence_set(2, 16, 16, 10);
    static const struct {
        int idr, others;
        size_t kept;
    } cases[] = { { 1, 0, 1 }, { 3, 0, 3 }, { 0, 1, 17 }, { 40, 0, 31 }, { 0, 0, 1 } };
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++)
        for (int is_deep = 0; is_deep < 2; is_deep++) {
            up_hevc_luma luma;
            item i = hevc_item(is_deep ? &deep : &shallow);
            for (int k = 0; k < cases[n].idr; k++)
                put_slice(&i.stream, 19 + k % 2);
            for (int k = 0; k < cases[n].others; k++)
                put_slice(&i.stream, 21);
            cr_expect_eq(look(&i, &luma, NULL), UP_OK);
            cr_expect_eq(luma.bytes, is_deep ? 512 : 256);
            cr_expect_eq(luma.beside, luma.bytes * (cases[n].kept - 1));
        }
}

Test(coded_streams, short_sizes_are_refused)
{
    const text set = sequence_set(0, 16, 16, 8);
    up_error error = { 0 };
    up_hevc_luma luma;
    item i = hevc_item(&set);
    i.config.bytes[21] = 0xfc;
    cr_expect_eq(look(&i, &luma, &error), UP_ERROR_UNSUPPORTED);
}

/* Wherever a file ends, and whatever stands in it. */
Test(coded_streams, hostile_boxes)
{
    const text set = sequence_set(3, 16, 16, 8);
    uint32_t state = 5;
    item i = hevc_item(&set);
    put_slice(&i.stream, 19);
    const text file = file_of(&i);
    up_hevc_luma luma;
    size_t fine = 0;
    up_av1_streams streams;
    for (size_t n = 0; n < 20 * file.size; n++) {
        text changed = file;
        for (int k = 0; k < 2 && n > file.size; k++) {
            state = state * 1664525 + 1013904223;
            changed.bytes[(state >> 8) % file.size] = (uint8_t)(state >> 24);
        }
        up_reader *reader = reader_of(&changed, n < file.size ? n : file.size);
        fine += up_hevc_look(reader, &luma, NULL) == UP_OK;
        up_av1_look(reader, &streams, NULL);
        up_reader_close(&reader);
    }
    cr_expect(fine > file.size && fine < 20 * file.size);
}

/* ---- AV1 */

static text sequence_header(bool whole, int log_width, int log_height)
{
    text t = { .size = 0 }, unit = { .size = 0 };
    put_bits(&t, 4, 0);
    put_bits(&t, 1, !whole);
    if (!whole) {
        put_bits(&t, 5, 8);
    } else {
        put_bits(&t, 1, 1); /* timing, with all that may come */
        put_bits(&t, 32, 1);
        put_bits(&t, 32, 30);
        put_bits(&t, 1, 1);
        put_code(&t, 5);
        put_bits(&t, 1, 1);
        put_bits(&t, 5, 9);
        put_bits(&t, 32, 1);
        put_bits(&t, 10, 0x155);
        put_bits(&t, 1, 1);
        put_bits(&t, 5, 1);
        for (int point = 0; point < 2; point++) {
            put_bits(&t, 12, 0);
            put_bits(&t, 5, point ? 9 : 3);
            put_bits(&t, point, 0);
            put_bits(&t, 1, (uint32_t)point);
            put_bits(&t, point ? 21 : 0, 0x1234);
            put_bits(&t, 1, 1);
            put_bits(&t, 4, 3);
        }
    }
    put_bits(&t, 4, (uint32_t)log_width - 1);
    put_bits(&t, 4, (uint32_t)log_height - 1);
    align(&t);
    put_number(&unit, 1, 1 << 3 | 2);
    put_number(&unit, 1, (uint32_t)t.size);
    put(&unit, t.bytes, t.size);
    return unit;
}

Test(coded_streams, frames_and_sizes_of_av1)
{
    for (int whole = 0; whole < 2; whole++)
        for (int frames = 1; frames < 12; frames++) {
            up_av1_streams streams;
            const text header = sequence_header(whole, 5 + frames % 11, 16 - frames % 3);
            item i = { .type = "av01", .config_type = "av1C", .width = 16, .height = 16 };
            put_number(&i.config, 4, 0x81000000);
            if (frames % 2)
                put(&i.config, header.bytes, header.size);
            else
                put(&i.stream, header.bytes, header.size);
            put(&i.stream, "\x12\0", 2);
            for (int k = 0; k < frames; k++)
                put(&i.stream, k % 2 ? "\x32\3abc" : "\x1e\x20\2ab", 5);
            const text file = file_of(&i);
            up_reader *reader = reader_of(&file, file.size);
            cr_expect_eq(up_av1_look(reader, &streams, NULL), UP_OK);
            cr_expect_eq(streams.frames, frames);
            cr_expect_eq(streams.log_width, 5 + frames % 11);
            cr_expect_eq(streams.log_height, 16 - frames % 3);
            up_reader_close(&reader);
        }
}
