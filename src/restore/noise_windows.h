/* SPDX-License-Identifier: MIT */
/* Windows of a picture, sorted by how flat they are: see noise.h. */
#ifndef UP_RESTORE_NOISE_WINDOWS_H
#define UP_RESTORE_NOISE_WINDOWS_H

enum {
    UP_NOISE_SIDE = 8,
    UP_NOISE_LOW = 20,  /* coefficients (i, j) of the DCT with 0 < i + j < 6 */
    UP_NOISE_HIGH = 28, /* and with i + j >= 8 */
    UP_NOISE_BINS = 320 /* of low energies: 8 to an octave, from 2^-20 on */
};

/* Of some windows, how many and what they have together. */
typedef struct {
    double count;
    double low;                 /* mean square of the low frequencies */
    double high[UP_NOISE_HIGH]; /* square of each of the high ones */
    double mean_squares;        /* the mean square of those in a window, squared */
} up_noise_sums;

typedef struct {
    double all, flat; /* windows; flat ones (neither black nor white) are not used ... */
    double drawn;     /* ... nor drawn ones */
    double used;
    up_noise_sums bin[UP_NOISE_BINS];
} up_noise_windows;

/* The window whose left column is x. */
void up_noise_window_add(up_noise_windows *windows, const float *const row[UP_NOISE_SIDE], int x,
                         double unit);

/* Of the windows by rising low energy, those from number `first` to number `last`; the order within
 * a bin is not known, and each stands for all of its bin. */
up_noise_sums up_noise_lowest(const up_noise_windows *windows, double first, double last);

#endif
