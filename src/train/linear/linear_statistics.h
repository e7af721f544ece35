/* SPDX-License-Identifier: MIT */
/* The sums over pictures that a least-squares fit needs. */
#ifndef UP_TRAIN_LINEAR_STATISTICS_H
#define UP_TRAIN_LINEAR_STATISTICS_H

#include "train/data/pictures.h"

enum { UP_LINEAR_MOST_WINDOW = 21 };

/* An output pixel of phase p = row * scale + column lies in a low-resolution pixel, the centre of
 * window * window = taps of them; tap row * window + column. Borders are repeated. */
typedef struct {
    int scale, window;
    size_t phases, taps;
    double *gram;   /* [taps][taps]: sum of low * low; of a pair only [smaller][larger] is filled */
    double *cross;  /* [phases][taps]: sum of residual * low */
    double *energy; /* [phases]: sum of residual^2, white being 1 */
    double pixels;  /* of the low resolution */
} up_linear_statistics;

up_status up_linear_statistics_init(up_linear_statistics *s, int scale, int window,
                                    up_error *error);
/* Memory for pictures of up to this width: the sums, and what they are gathered in. */
double up_linear_statistics_bytes(int scale, int window, int width, int threads);
void up_linear_statistics_clear(up_linear_statistics *s); /* all sums to zero */
void up_linear_statistics_free(up_linear_statistics *s);

/* Adds pictures. The sums are the same bits for every number of threads. `advanced` (may be NULL)
 * hears of pixels of the low resolution that are done, one thread at a time. Once *cancel (may be
 * NULL) is set the sums mean nothing. */
typedef struct {
    int threads;
    const volatile int *cancel;
    void (*advanced)(void *user, double pixels);
    void *user;
} up_linear_gathering;

up_status up_linear_statistics_add(up_linear_statistics *s, const up_train_picture *picture,
                                   size_t count, const up_linear_gathering *how, up_error *error);

#endif
