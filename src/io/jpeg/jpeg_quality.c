/* SPDX-License-Identifier: MIT */
#include "io/jpeg/jpeg_quality.h"

#include <math.h>

enum { LEAST_QUALITY = 1, MOST_QUALITY = 100, MOST_BASELINE = 255, MOST_ENTRY = 32767 };

const unsigned char up_jpeg_luminance[DCTSIZE2] = {
    16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
    14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
    18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
};

/* As jpeg_quality_scaling() and jpeg_add_quant_table() of libjpeg have it. */
static int entry(int quality, int k, int most)
{
    const int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    const int value = (up_jpeg_luminance[k] * percent + 50) / 100;
    return value < 1 ? 1 : value > most ? most : value;
}

/* The mean is a sum here; 0 where the table is that of the quality. */
static double distance(const UINT16 table[DCTSIZE2], int quality, int most)
{
    double sum = 0;
    for (int k = 0; k < DCTSIZE2; k++) {
        const int scaled = entry(quality, k, most);
        sum += table[k] == scaled ? 0 : fabs(log(fmax(table[k], 1) / scaled));
    }
    return sum;
}

int up_jpeg_table_quality(const UINT16 table[DCTSIZE2])
{
    int best = MOST_QUALITY, most = MOST_BASELINE;
    double least = INFINITY;
    for (int k = 0; k < DCTSIZE2; k++)
        most = table[k] > MOST_BASELINE ? MOST_ENTRY : most;
    for (int quality = MOST_QUALITY; quality >= LEAST_QUALITY && least > 0; quality--) {
        const double far = distance(table, quality, most);
        best = far < least ? quality : best;
        least = fmin(far, least);
    }
    return best;
}

int up_jpeg_quality(const struct jpeg_decompress_struct *info)
{
    const unsigned number = (unsigned)info->comp_info[0].quant_tbl_no;
    const JQUANT_TBL *table = number < NUM_QUANT_TBLS ? info->quant_tbl_ptrs[number] : NULL;
    return table ? up_jpeg_table_quality(table->quantval) : 0;
}
