/* SPDX-License-Identifier: MIT */
/* Networks of ncnn made up for a test, as net.param and net.bin in the scratch folder. */
#ifndef SUPPORT_NCNN_FILE_H
#define SUPPORT_NCNN_FILE_H

#include "support/reference/ndarray.h"

#include <stdbool.h>

/* A picture in memory, double precision. */
typedef struct {
    int channels, height, width;
    double *data;
} picture;

picture picture_make(int channels, int height, int width); /* zeros */
/* Between low and high, the same each time. */
picture picture_noise(int channels, int height, int width, double low, double high);
void picture_free(picture *p);
/* Zero outside of it. */
double picture_at(const picture *p, int c, int y, int x);
double *picture_put(picture *p, int c, int y, int x);

/* What goes into the .bin. Numbers are exact in float16. */
typedef struct {
    unsigned char bytes[1 << 16];
    size_t size;
    double number[1 << 14]; /* all of them, as they come */
    int numbers;
} ncnn_bin;

/* `count` made-up numbers from low to high behind the word for float32 (0), for float16, or as they
 * are. Returns where they begin in number[]. */
typedef enum { NCNN_FLOAT32, NCNN_FLOAT16, NCNN_RAW } ncnn_form;
const double *ncnn_bin_add(ncnn_bin *bin, ncnn_form form, int count, double low, double high);

/* Lines of layers behind an Input of so many channels, which makes the blob x. The header is
 * counted from them. Both files are written; `bin` may be NULL: it is empty. */
void ncnn_write(int channels, const char *lines, const ncnn_bin *bin);

/* Runs net.param, or net.bin, on x; the result is to be as expected, within 2e-6 of its size. */
void ncnn_expect(const picture *x, const picture *expected, const char *what);

/* Whether the library takes net.param; the error, if not, names the file in one line. */
bool ncnn_loads(char message[512]);
void ncnn_refused(const char *reason);

#endif
