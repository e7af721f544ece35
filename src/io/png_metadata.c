#include "io/png_metadata.h"

#include "base/memory.h"
#include "colour/profile.h"
#include "io/png_chunk.h"
#include "io/png_colour.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

#define XMP_KEYWORD "XML:com.adobe.xmp" /* with its zero */
#define PROFILE_NAME "ICC profile"
#define PROFILE_HEAD 132 /* bytes of the shortest ICC profile */
#define INCH 0.0254      /* metres */
#define LAST_CHUNKS 1000 /* behind the pixels; nobody writes as many */

typedef up_status take_chunk(up_metadata *m, const uint8_t *data, size_t size, up_error *error);

/* ---- reading */

static up_status take_density(up_metadata *m, const uint8_t *data, size_t size, up_error *error)
{
    (void)error;
    if (size != 9 || m->dpi_x > 0 || m->aspect > 0)
        return UP_OK;
    double x = up_png_get_u32(data), y = up_png_get_u32(data + 4);
    if (x < 1 || y < 1)
        return UP_OK;
    if (data[8] == 1) {
        m->dpi_x = x * INCH;
        m->dpi_y = y * INCH;
    } else if (x != y)
        m->aspect = y / x;
    return UP_OK;
}

/* Inflates a zlib stream into a blob; leaves the blob as it is if the stream is damaged, or what it
 * holds too large. */
static up_status inflate_blob(up_blob *blob, const uint8_t *data, size_t size, up_error *error)
{
    up_status status = UP_OK;
    for (size_t room = 4 * size + 4096; room <= UP_PNG_METADATA_MOST; room *= 4) {
        uint8_t *bytes = up_alloc(room, 1);
        if (!bytes)
            return up_fail_memory(error, "metadata", room);
        uLongf made = room;
        int result = uncompress(bytes, &made, data, size);
        if (result == Z_OK)
            status = up_blob_set(blob, bytes, made, error);
        up_free(bytes);
        if (result != Z_BUF_ERROR)
            return status;
    }
    return UP_OK;
}

/* The position behind the zero that ends the string at `at`; 0 if nothing does. */
static size_t behind_string(const uint8_t *data, size_t at, size_t size)
{
    const uint8_t *zero = at < size ? memchr(data + at, 0, size - at) : NULL;
    return zero ? (size_t)(zero - data) + 1 : 0;
}

static up_status take_profile(up_metadata *m, const uint8_t *data, size_t size, up_error *error)
{
    size_t at = behind_string(data, 0, size);
    if (m->icc.data || !at || at + 1 >= size || data[at] != 0)
        return UP_OK;
    UP_TRY(inflate_blob(&m->icc, data + at + 1, size - at - 1, error));
    const uint8_t *icc = m->icc.data;
    if (icc && (m->icc.size < PROFILE_HEAD || up_png_get_u32(icc) != m->icc.size ||
                memcmp(icc + 36, "acsp", 4) != 0))
        return up_blob_set(&m->icc, NULL, 0, error);
    return UP_OK;
}

static up_status take_exif(up_metadata *m, const uint8_t *data, size_t size, up_error *error)
{
    if (size > 6 && memcmp(data, "Exif\0\0", 6) == 0) { /* as in a JPEG: some writers err so */
        data += 6;
        size -= 6;
    }
    if (m->exif.data || size < 8 ||
        (memcmp(data, "II*\0", 4) != 0 && memcmp(data, "MM\0*", 4) != 0))
        return UP_OK;
    UP_TRY(up_blob_set(&m->exif, data, size, error));
    m->orientation = up_exif_orientation(&m->exif);
    return UP_OK;
}

static bool is_xmp(const uint8_t *data, size_t size)
{
    return size > sizeof XMP_KEYWORD && memcmp(data, XMP_KEYWORD, sizeof XMP_KEYWORD) == 0;
}

static up_status take_text(up_metadata *m, const uint8_t *data, size_t size, up_error *error)
{
    if (m->xmp.data || !is_xmp(data, size))
        return UP_OK;
    return up_blob_set(&m->xmp, data + sizeof XMP_KEYWORD, size - sizeof XMP_KEYWORD, error);
}

static up_status take_international_text(up_metadata *m, const uint8_t *data, size_t size,
                                         up_error *error)
{
    if (m->xmp.data || !is_xmp(data, size))
        return UP_OK;
    size_t flags = sizeof XMP_KEYWORD;
    size_t translated = behind_string(data, flags + 2, size); /* behind the language */
    size_t text = translated ? behind_string(data, translated, size) : 0;
    if (!text || text >= size)
        return UP_OK;
    if (data[flags])
        return inflate_blob(&m->xmp, data + text, size - text, error);
    return up_blob_set(&m->xmp, data + text, size - text, error);
}

const char up_png_metadata_types[UP_PNG_METADATA_COUNT][5] = { "iCCP", "pHYs", "eXIf", "iTXt",
                                                               "tEXt" };

static take_chunk *taker_of(const char *type)
{
    static take_chunk *const takers[UP_PNG_METADATA_COUNT] = {
        take_profile, take_density, take_exif, take_international_text, take_text,
    };
    for (int i = 0; i < UP_PNG_METADATA_COUNT; i++)
        if (memcmp(type, up_png_metadata_types[i], 4) == 0)
            return takers[i];
    return NULL;
}

up_status up_png_metadata_take(up_metadata *m, const char *type, const uint8_t *data, size_t size,
                               up_error *error)
{
    if (up_png_colour_take(&m->color, type, data, size))
        return UP_OK;
    take_chunk *take = taker_of(type);
    return take ? take(m, data, size, error) : UP_OK;
}

/* Reads and takes the chunk whose `head` has been read, if it is whole. */
static up_status take_from_file(up_metadata *m, up_reader *reader, const uint8_t *head, size_t size,
                                up_error *error)
{
    size_t all = 4 + size + UP_PNG_CHUNK_TAIL;
    uint8_t *chunk = up_alloc(all, 1);
    if (!chunk)
        return up_fail_memory(error, "metadata", all);
    memcpy(chunk, head + 4, 4);
    up_status status = UP_OK;
    if (up_reader_read(reader, chunk + 4, all - 4) == all - 4 &&
        crc32_z(0, chunk, all - 4) == up_png_get_u32(chunk + all - 4))
        status = up_png_metadata_take(m, (const char *)chunk, chunk + 4, size, error);
    up_free(chunk);
    return status;
}

up_status up_png_metadata_take_trailing(up_metadata *m, up_reader *reader, up_error *error)
{
    int64_t file = up_reader_size(reader), at = UP_PNG_SIGNATURE_SIZE;
    bool pixels = false;
    for (int last = 0; at < file && last < LAST_CHUNKS;) {
        uint8_t head[UP_PNG_CHUNK_HEAD];
        UP_TRY(up_reader_seek(reader, at, error));
        if (up_reader_read(reader, head, sizeof head) != sizeof head)
            break;
        size_t size = up_png_get_u32(head);
        at += (int64_t)size + UP_PNG_CHUNK_HEAD + UP_PNG_CHUNK_TAIL;
        if (memcmp(head + 4, "IDAT", 4) == 0)
            pixels = true;
        else if (pixels) {
            last++;
            if (at <= file && size <= UP_PNG_METADATA_MOST && taker_of((const char *)head + 4))
                UP_TRY(take_from_file(m, reader, head, size, error));
        }
    }
    return up_reader_seek(reader, 0, error);
}

/* ---- writing */

static up_status write_profile(const up_blob *icc, up_writer *writer, up_error *error)
{
    static const size_t front = sizeof PROFILE_NAME + 1; /* name, zero, method 0 */
    uLongf room = compressBound(icc->size);
    uint8_t *data = up_alloc(front + room, 1);
    if (!data)
        return up_fail_memory(error, "an ICC profile", front + room);
    memcpy(data, PROFILE_NAME, sizeof PROFILE_NAME);
    data[front - 1] = 0;
    up_status status;
    if (compress(data + front, &room, icc->data, icc->size) == Z_OK)
        status = up_png_write_chunk(writer, "iCCP", data, front + room, error);
    else
        status = up_fail_memory(error, "an ICC profile", room);
    up_free(data);
    return status;
}

static up_status write_density(const up_metadata *m, up_writer *writer, up_error *error)
{
    uint8_t data[9];
    double x = m->dpi_x / INCH, y = m->dpi_y / INCH;
    bool known = x > 0 && y > 0;
    if (!known && !(m->aspect > 0))
        return UP_OK;
    if (!known) {
        x = 10000;
        y = 10000 * m->aspect;
    }
    up_png_put_u32(data, (uint32_t)fmin(fmax(round(x), 1), INT32_MAX));
    up_png_put_u32(data + 4, (uint32_t)fmin(fmax(round(y), 1), INT32_MAX));
    data[8] = known;
    return up_png_write_chunk(writer, "pHYs", data, sizeof data, error);
}

static up_status write_xmp(const up_blob *xmp, up_writer *writer, up_error *error)
{
    static const char front[] =
        XMP_KEYWORD "\0\0\0\0"; /* not deflated, no language, no translation */
    uint8_t *data = up_alloc(sizeof front + xmp->size, 1);
    if (!data)
        return up_fail_memory(error, "XMP", sizeof front + xmp->size);
    memcpy(data, front, sizeof front);
    memcpy(data + sizeof front, xmp->data, xmp->size);
    up_status status = up_png_write_chunk(writer, "iTXt", data, sizeof front + xmp->size, error);
    up_free(data);
    return status;
}

up_status up_png_metadata_write(const up_metadata *m, bool grey, up_writer *writer, up_error *error)
{
    bool profile = m->icc.data && up_profile_fits(m->icc.data, m->icc.size, grey);
    UP_TRY(up_png_colour_write(&m->color, !profile, writer, error));
    if (profile)
        UP_TRY(write_profile(&m->icc, writer, error));
    UP_TRY(write_density(m, writer, error));
    if (m->exif.data)
        UP_TRY(up_png_write_chunk(writer, "eXIf", m->exif.data, m->exif.size, error));
    return m->xmp.data ? write_xmp(&m->xmp, writer, error) : UP_OK;
}
