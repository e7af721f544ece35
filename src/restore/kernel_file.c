#include "restore/kernel_file.h"

#include "base/memory.h"
#include "io/npy/npy_header.h"
#include "io/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TEXT ((size_t)4 << 20)

static up_status check_size(int64_t rows, int64_t columns, const char *path, up_error *error)
{
    if (rows >= 1 && columns >= 1 && rows <= UP_MOST_KERNEL && columns <= UP_MOST_KERNEL)
        return UP_OK;
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: a kernel of %lld rows and %lld columns; 1 to %d can be undone", path,
                   (long long)rows, (long long)columns, UP_MOST_KERNEL);
}

static up_status allocate(up_blur *blur, int rows, int columns, up_error *error)
{
    const size_t count = (size_t)rows * columns;
    blur->kernel[0] = rows;
    blur->kernel[1] = columns;
    blur->weight = up_alloc_zero(count, sizeof(double));
    return blur->weight ? UP_OK : up_fail_memory(error, "a kernel", count * sizeof(double));
}

/* ---- .npy */

static void to_double(double *out, const void *in, up_sample sample, int n)
{
    for (int i = 0; i < n; i++)
        out[i] = sample == UP_SAMPLE_U8    ? ((const uint8_t *)in)[i]
                 : sample == UP_SAMPLE_U16 ? ((const uint16_t *)in)[i]
                                           : ((const float *)in)[i];
}

static up_status read_tensor(up_blur *blur, up_source *source, const char *path, up_error *error)
{
    const up_format *f = &source->format;
    float row[UP_MOST_KERNEL];
    if (f->channels != 1 || f->frames != 1)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s: a tensor of %lld frames and %d channels; a kernel has rows and columns "
                       "only",
                       path, (long long)f->frames, f->channels);
    UP_TRY(check_size(f->height, f->width, path, error));
    UP_TRY(allocate(blur, f->height, f->width, error));
    for (int y = 0; y < f->height; y++) {
        void *rows[] = { row };
        UP_TRY(up_source_read(source, rows, 1, error));
        to_double(blur->weight + (size_t)y * f->width, row, f->sample, f->width);
    }
    return UP_OK;
}

static up_status read_npy(up_blur *blur, const char *path, up_error *error)
{
    up_source *source;
    UP_TRY(up_source_open(&source, path, error));
    up_status status = read_tensor(blur, source, path, error);
    up_source_close(&source);
    return status;
}

/* ---- text */

static const char blanks[] = " \t\r,;";

/* The numbers of a line, at most `most` of which are stored; -1: something else is there. */
static int read_line(const char *line, double *number, int most)
{
    int count = 0;
    for (line += strspn(line, blanks); *line; line += strspn(line, blanks), count++) {
        char *end;
        double value = strtod(line, &end);
        if (end == line || (*end && !strchr(blanks, *end)))
            return -1;
        if (count < most)
            number[count] = value;
        line = end;
    }
    return count;
}

/* Counts rows and columns, and stores what there is room for. Lines without numbers and those that
 * begin with # are left out. */
static up_status read_lines(up_blur *blur, const char *text, const char *path, up_error *error)
{
    char line[1 << 13];
    double number[UP_MOST_KERNEL];
    int64_t rows = 0, columns = 0;
    for (int at = 1; *text; at++) {
        const size_t length = strcspn(text, "\n");
        if (length >= sizeof line)
            return up_fail(error, UP_ERROR_WEIGHTS, "%s: line %d is too long for a kernel's row",
                           path, at);
        memcpy(line, text, length);
        line[length] = 0;
        text += length + (text[length] == '\n');
        const int count = *line == '#' ? 0 : read_line(line, number, UP_MOST_KERNEL);
        if (count < 0)
            return up_fail(error, UP_ERROR_WEIGHTS,
                           "%s: line %d has something else than numbers (and blanks, commas or "
                           "semicolons between)",
                           path, at);
        if (count == 0)
            continue;
        if (rows && count != columns)
            return up_fail(error, UP_ERROR_WEIGHTS, "%s: line %d has %d numbers, those above %lld",
                           path, at, count, (long long)columns);
        columns = count;
        if (blur->weight)
            memcpy(blur->weight + rows * columns, number, columns * sizeof *number);
        rows++;
        UP_TRY(check_size(rows, columns, path, error));
    }
    return blur->weight ? UP_OK
                        : (check_size(rows, columns, path, error) == UP_OK
                               ? allocate(blur, (int)rows, (int)columns, error)
                               : UP_ERROR_WEIGHTS);
}

static up_status read_text(up_blur *blur, up_reader *reader, const char *path, up_error *error)
{
    char *text = up_alloc(MOST_TEXT + 1, 1);
    if (!text)
        return up_fail_memory(error, path, MOST_TEXT);
    const size_t size = up_reader_read(reader, text, MOST_TEXT + 1);
    text[up_min((int)size, (int)MOST_TEXT)] = 0;
    up_status status = UP_OK;
    if (up_reader_failed(reader))
        status = up_fail(error, UP_ERROR_INPUT, "%s: cannot be read", path);
    else if (size > MOST_TEXT || memchr(text, 0, size))
        status =
            up_fail(error, UP_ERROR_WEIGHTS,
                    "%s: is no kernel: an .npy, or text with a row of numbers on each line", path);
    for (int pass = 0; pass < 2 && status == UP_OK; pass++) /* counts, then stores */
        status = read_lines(blur, text, path, error);
    up_free(text);
    return status;
}

up_status up_kernel_file_read(up_blur *blur, const char *path, up_error *error)
{
    up_reader *reader;
    const uint8_t *head;
    UP_TRY(up_reader_open(&reader, path, error));
    const size_t size = up_reader_peek(reader, &head);
    const bool is_npy = up_npy_probe(head, size);
    up_status status = is_npy ? UP_OK : read_text(blur, reader, path, error);
    up_reader_close(&reader);
    if (is_npy)
        status = read_npy(blur, path, error);
    for (int i = 0; status == UP_OK && i < blur->kernel[0] * blur->kernel[1]; i++)
        if (!isfinite(blur->weight[i]))
            status = up_fail(error, UP_ERROR_WEIGHTS, "%s: element %d,%d is %s", path,
                             i / blur->kernel[1], i % blur->kernel[1],
                             isnan(blur->weight[i]) ? "no number" : "infinite");
    return status;
}
