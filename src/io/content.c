/* SPDX-License-Identifier: MIT */
#include "io/content.h"

#include "base/words.h"
#include "io/formats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define BY_MAGICK "'magick IN OUT.png' converts it"
#define BY_FFMPEG "'ffmpeg -i IN -frames:v 1 OUT.png' takes its first frame"
#define BY_DCRAW "'dcraw -w -c IN > OUT.ppm' develops it"
#define AGAIN "a download that failed? fetch the picture itself"

/* ---------------------------------------------------------------- by signature */

typedef struct {
    const char *bytes;
    int size;
    int more_at; /* where `more` must follow */
    const char *more;
    int more_size;
    bool picture;
    const char *name, *advice;
} signature;

#define BYTES(text) text, (int)sizeof text - 1
#define PICTURE(text, name, advice)                                                                \
    {                                                                                              \
        BYTES(text), 0, NULL, 0, true, name, advice                                                \
    }
#define PICTURE_WITH(text, at, more, name, advice)                                                 \
    {                                                                                              \
        BYTES(text), at, BYTES(more), true, name, advice                                           \
    }
#define OTHER(text, name, advice)                                                                  \
    {                                                                                              \
        BYTES(text), 0, NULL, 0, false, name, advice                                               \
    }
#define OTHER_WITH(text, at, more, name, advice)                                                   \
    {                                                                                              \
        BYTES(text), at, BYTES(more), false, name, advice                                          \
    }

/* clang-format off */
static const signature signatures[] = {
    PICTURE_WITH("RIFF", 8, "WEBP", "WebP", "'dwebp IN -o OUT.png' converts it"),
    PICTURE_WITH("II*\0", 8, "CR", "camera raw (CR2)", BY_DCRAW),
    PICTURE("II*\0", "TIFF", BY_MAGICK),
    PICTURE("MM\0*", "TIFF", BY_MAGICK),
    PICTURE("II+\0", "BigTIFF", BY_MAGICK),
    PICTURE("MM\0+", "BigTIFF", BY_MAGICK),
    PICTURE("IIU\0", "camera raw (RW2)", BY_DCRAW),
    PICTURE("IIRO", "camera raw (ORF)", BY_DCRAW),
    PICTURE("IIRS", "camera raw (ORF)", BY_DCRAW),
    PICTURE("MMOR", "camera raw (ORF)", BY_DCRAW),
    PICTURE("FUJIFILMCCD-RAW", "camera raw (RAF)", BY_DCRAW),
    PICTURE("\0MRM", "camera raw (MRW)", BY_DCRAW),
    PICTURE("FOVb", "camera raw (X3F)", BY_DCRAW),
    PICTURE_WITH("II\x1a\0\0\0", 6, "HEAPCCDR", "camera raw (CRW)", BY_DCRAW),
    PICTURE("GIF87a", "GIF", "'magick IN[0] OUT.png' converts its first frame"),
    PICTURE("GIF89a", "GIF", "'magick IN[0] OUT.png' converts its first frame"),
    PICTURE("\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL", "'djxl IN OUT.png' converts it"),
    PICTURE("\xff\x0a", "JPEG XL", "'djxl IN OUT.png' converts it"),
    PICTURE("\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000", "'opj_decompress -i IN -o OUT.png' converts it"),
    PICTURE("\xff\x4f\xff\x51", "JPEG 2000", "'opj_decompress -i IN -o OUT.png' converts it"),
    PICTURE("II\xbc\x01", "JPEG XR", BY_MAGICK),
    PICTURE("8BPS", "Photoshop's PSD", "'magick IN[0] OUT.png' converts it, flattened"),
    PICTURE("gimp xcf", "GIMP's XCF", "export it from GIMP as PNG"),
    PICTURE("v/1\x01", "OpenEXR", BY_MAGICK),
    PICTURE("#?RADIANCE", "Radiance HDR", BY_MAGICK),
    PICTURE("#?RGBE", "Radiance HDR", BY_MAGICK),
    PICTURE("DDS ", "DDS", BY_MAGICK),
    PICTURE("\0\0\x01\0", "ICO", BY_MAGICK),
    PICTURE("\0\0\x02\0", "CUR", BY_MAGICK),
    PICTURE("icns", "ICNS", BY_MAGICK),
    PICTURE("farbfeld", "farbfeld", BY_MAGICK),
    PICTURE("SIMPLE  =", "FITS", BY_MAGICK),
    PICTURE("PF\n", "PFM", BY_MAGICK),
    PICTURE("Pf\n", "PFM", BY_MAGICK),
    PICTURE("FLIF", "FLIF", "'flif -d IN OUT.png' converts it"),
    PICTURE("BPG\xfb", "BPG", "'bpgdec -o OUT.png IN' converts it"),
    PICTURE("\x8bJNG\r\n", "JNG", BY_MAGICK),
    PICTURE("\x8aMNG\r\n", "MNG", BY_MAGICK),
    PICTURE("\x01\xda\0\1", "SGI", BY_MAGICK),
    PICTURE("\x01\xda\1\1", "SGI", BY_MAGICK),
    PICTURE("\x59\xa6\x6a\x95", "Sun raster", BY_MAGICK),
    PICTURE("\x0a\x05\x01", "PCX", BY_MAGICK),
    PICTURE("\xabKTX ", "KTX", BY_MAGICK),
    PICTURE("/* XPM */", "XPM", BY_MAGICK),
    PICTURE("AT&TFORM", "DjVu", "'ddjvu -format=ppm IN OUT.ppm' converts it"),
    PICTURE("\xd7\xcd\xc6\x9a", "WMF", BY_MAGICK),
    PICTURE_WITH("\x01\0\0\0", 40, " EMF", "EMF", BY_MAGICK),
    PICTURE("\x89PNG\n", "PNG whose line ends were converted", "transfer it again, as binary"),
    PICTURE("\x89PNG\r\n\x1a\r", "PNG whose line ends were converted", "transfer it again, as binary"),

    OTHER("%PDF-", "PDF", "'pdftoppm -png IN OUT' draws its pages"),
    OTHER("%!PS", "PostScript", "'magick -density 300 IN OUT.png' draws it"),
    OTHER("\xc5\xd0\xd3\xc6", "EPS", "'magick -density 300 IN OUT.png' draws it"),
    OTHER("version https://git-lfs.github.com/", "a Git LFS pointer", "'git lfs pull' fetches the picture"),
    OTHER("/annex/objects/", "a git-annex pointer", "'git annex get IN' fetches the picture"),
    OTHER("\0\x05\x16\x07", "AppleDouble metadata", "the picture is the file without ._ before its name"),
    OTHER("PK\3\4", "a ZIP archive", "unpack it first"),
    OTHER("\x1f\x8b", "compressed by gzip", "'gunzip' unpacks it"),
    OTHER("BZh", "compressed by bzip2", "'bunzip2' unpacks it"),
    OTHER("\xfd" "7zXZ", "compressed by xz", "'unxz' unpacks it"),
    OTHER("\x28\xb5\x2f\xfd", "compressed by zstd", "'unzstd' unpacks it"),
    OTHER("7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    OTHER("Rar!", "a RAR archive", "unpack it first"),
    OTHER_WITH("RIFF", 8, "AVI ", "a video (AVI)", BY_FFMPEG),
    OTHER("\x1a\x45\xdf\xa3", "a video (Matroska, WebM)", BY_FFMPEG),
    OTHER("\x89HDF\r\n", "HDF5", "save the array as .npy"),
    OTHER("MATLAB 5.0", "a MAT-file", "save the array as .npy"),
};

/* Brands of ISO base media files: HEIF, and videos, in the same boxes. */
static const struct {
    const char *brands, *name, *advice;
    bool picture;
} brands[] = {
    { "avif avis", "AVIF", "'avifdec IN OUT.png' converts it", true },
    { "heic heix heim heis hevc hevx", "HEIC", "'heif-convert IN OUT.png' converts it", true },
    { "crx ", "camera raw (CR3)", BY_DCRAW, true },
    { "mif1 msf1", "HEIF", "'heif-convert IN OUT.png' converts it", true },
};

/* What only the name can tell, or tells better than "TIFF". */
static const struct {
    const char *extensions, *name, *advice;
    const char *over; /* what the bytes say, and this name says better */
} extensions[] = {
    { "nef nrw arw sr2 srf dng pef srw 3fr iiq erf kdc dcr mos fff gpr rwl cr2 cr3 crw raf orf rw2 x3f mrw",
      "camera raw", BY_DCRAW, "TIFF" },
    { "tga targa icb vda vst", "TGA", BY_MAGICK, "" },
    { "webp", "WebP", "'dwebp IN -o OUT.png' converts it", "" },
    { "heic heif hif", "HEIC", "'heif-convert IN OUT.png' converts it", "" },
    { "avif", "AVIF", "'avifdec IN OUT.png' converts it", "" },
    { "jxl", "JPEG XL", "'djxl IN OUT.png' converts it", "" },
    { "svg svgz", "SVG", "'rsvg-convert -z 4 IN -o OUT.png' draws it, four times as large", "text XML" },
    { "tif tiff bmp dib gif jp2 j2k j2c jpc jpf jpx jpm jxr wdp hdp psd psb xcf exr hdr qoi dds ico cur icns "
      "fits pfm flif bpg mng jng pcx sgi ras xpm xbm djvu wmf emf apng mpo jps pjpeg pjp jif jfi",
      "of an unknown kind", NULL, "" },
};
/* clang-format on */

static bool holds(const uint8_t *head, size_t size, int at, const char *bytes, int count)
{
    return count == 0 ||
           (size >= (size_t)at + (size_t)count && memcmp(head + at, bytes, (size_t)count) == 0);
}

static bool by_signature(up_content *content, const uint8_t *head, size_t size)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        const signature *s = &signatures[i];
        if (!holds(head, size, 0, s->bytes, s->size) ||
            !holds(head, size, s->more_at, s->more, s->more_size))
            continue;
        *content = (up_content){ s->name, s->advice, false, s->picture };
        return true;
    }
    return false;
}

/* Among the major brand and those behind its version, in a box of `end` bytes. */
static bool has_brand(const uint8_t *head, size_t end, const char *brand)
{
    for (size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4)
        if (memcmp(head + at, brand, 4) == 0)
            return true;
    return false;
}

/* A brand counts wherever it stands in the list: "mif1" before "avif" is AVIF. */
static bool by_brand(up_content *content, const uint8_t *head, size_t size)
{
    bool is_movie = holds(head, size, 4, "moov", 4) || holds(head, size, 4, "mdat", 4);
    if (!is_movie && !holds(head, size, 4, "ftyp", 4))
        return false;
    *content = (up_content){ "a video (MP4, QuickTime)", BY_FFMPEG, false, false };
    if (is_movie)
        return true;
    size_t box = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    size_t end = box < size ? box : size;
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        for (const char *brand = brands[i].brands; *brand; brand += brand[4] ? 5 : 4)
            if (has_brand(head, end, brand)) {
                *content =
                    (up_content){ brands[i].name, brands[i].advice, false, brands[i].picture };
                return true;
            }
    return true;
}

/* ---------------------------------------------------------------- text */

static bool begins(const char *text, const char *word)
{
    return strncasecmp(text, word, strlen(word)) == 0;
}

static bool is_text(const char *text, size_t size)
{
    size_t i = 0;
    while (i < size && text[i] != 0x7f &&
           ((unsigned char)text[i] >= ' ' || (text[i] && strchr("\t\n\f\r", text[i]))))
        i++;
    return size > 0 && i == size;
}

static bool by_text(up_content *content, const uint8_t *head, size_t size)
{
    static const char *const pages[] = { "<!doctype html", "<html", "<head", "<body", "<script" };
    char text[UP_CONTENT_HEAD + 1];
    size_t length = size < UP_CONTENT_HEAD ? size : UP_CONTENT_HEAD;
    memcpy(text, head, length);
    text[length] = 0;
    if (!is_text(text, length))
        return false;
    const char *start = begins(text, "\xef\xbb\xbf") ? text + 3 : text;
    start += strspn(start, " \t\r\n");
    *content = (up_content){ "text", NULL, false, false };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (begins(start, pages[i]))
            *content = (up_content){ "a web page (HTML)", AGAIN, false, false };
    if (begins(start, "<svg") || begins(start, "<!doctype svg") ||
        (begins(start, "<?xml") && strstr(start, "<svg")))
        *content = (up_content){ "SVG",
                                 "'rsvg-convert -z 4 IN -o OUT.png' draws it, four times "
                                 "as large",
                                 false, true };
    else if (begins(start, "<?xml") || begins(start, "<error"))
        *content = (up_content){ "XML", AGAIN, false, false };
    else if (*start == '{')
        *content = (up_content){ "JSON", AGAIN, false, false };
    return true;
}

/* ---------------------------------------------------------------- all of them */

static bool by_readable(up_content *content, const uint8_t *head, size_t size)
{
    for (const up_file_format *f = up_file_formats; f->info.name; f++)
        if (f->source && f->source->probe(head, size)) {
            *content = (up_content){ f->info.name, NULL, true, true };
            return true;
        }
    return false;
}

static bool is_zero(const uint8_t *head, size_t size)
{
    size_t i = 0;
    while (i < size && head[i] == 0)
        i++;
    return size > 0 && i == size;
}

/* Weights begin with the size of their header, which is JSON. */
static bool is_weights(const uint8_t *head, size_t size)
{
    return size > 9 && !head[6] && !head[7] && head[8] == '{' && head[9] == '"';
}

static bool by_content(up_content *content, const uint8_t *head, size_t size)
{
    if (by_readable(content, head, size) || by_signature(content, head, size) ||
        by_brand(content, head, size))
        return true;
    if (is_weights(head, size))
        *content = (up_content){ "a weight file (safetensors)", "-w takes it, and 'upscale info'",
                                 false, false };
    else if (size == UP_CONTENT_HEAD && is_zero(head, size))
        *content = (up_content){ "a file of zeros", AGAIN, false, false };
    else
        return by_text(content, head, size);
    return true;
}

/* What is called a picture counts as one, whatever it holds. */
static void by_name(up_content *content, bool *known, const char *name)
{
    const char *extension = up_path_extension(name);
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        if (!up_word_listed(extensions[i].extensions, extension))
            continue;
        if (!*known || up_word_listed(extensions[i].over, content->name))
            *content = (up_content){ extensions[i].name, extensions[i].advice, false, true };
        content->picture = true;
        *known = true;
    }
}

bool up_content_find(up_content *content, const uint8_t *head, size_t size, const char *name)
{
    *content = (up_content){ 0 };
    bool known = by_content(content, head, size);
    by_name(content, &known, name);
    return known;
}

bool up_content_of(up_content *content, const char *path)
{
    uint8_t head[UP_CONTENT_HEAD];
    struct stat info;
    *content = (up_content){ 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    size_t size = 0;
    ssize_t n = fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? 1 : 0;
    while (n > 0 && size < sizeof head) {
        n = read(fd, head + size, sizeof head - size);
        size += n > 0 ? (size_t)n : 0;
        n = n < 0 && errno == EINTR ? 1 : n;
    }
    if (fd >= 0)
        close(fd);
    return up_content_find(content, head, size, path);
}

/* As the table of formats has it. */
static const char *format_of(const up_content *content)
{
    static const char *const kinds[][2] = { { "JPEG XL", "jxl" }, { "HEIF", "heic" } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i][0], content->name) == 0)
            return kinds[i][1];
    return content->name;
}

up_status up_content_fail(const uint8_t *head, size_t size, const char *name, up_error *error)
{
    up_content content;
    char list[128] = "";
    const bool known = up_content_find(&content, head, size, name);
    const up_file_format_info *left_out = known ? up_format_left_out(format_of(&content)) : NULL;
    if (left_out)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: is %s, which this build cannot read: it was made without %s%s%s", name,
                       content.name, left_out->library, content.advice ? "; " : "",
                       content.advice ? content.advice : "");
    if (known && content.advice)
        return up_fail(error, UP_ERROR_INPUT, "%s: is %s, which cannot be read; %s", name,
                       content.name, content.advice);
    for (const up_file_format *f = up_file_formats; f->info.name; f++)
        if (f->source) {
            size_t used = strlen(list);
            snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", f->source->type);
        }
    bool is_text = content.name && strcmp(content.name, "text") == 0;
    return up_fail(error, UP_ERROR_INPUT, "%s: is in no format that can be read (%s)%s", name, list,
                   is_text ? "; it holds text that is not numbers alone" : "");
}
