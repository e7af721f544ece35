/* SPDX-License-Identifier: MIT */
/*
 * What was measured of all pictures of a report, and what that comes to. As JSON a list of groups:
 * for each scale all its pictures, and then, if they lie in several folders, those of each:
 *   scale      or null, where sizes were asked for
 *   set        the folder, by its own name where that tells them apart; null: all of them
 *   pictures   how many
 *   methods    name, and by key of the numbers of a result (psnr_y, ssim ... seconds)
 *     mean, median, deviation, low, high   see up_summary; null where a picture lacks the number
 *     times      as in compare/numbers/result_times.h: means over the pictures, of pixels a second
 *                by all of them, and the highest peak; absent where a picture was not timed
 *     against_baseline   of the other methods, by the same keys, time and cost left out: the same
 *                        of the differences, and p, wins, losses, equal (see up_paired)
 */
#ifndef UP_COMPARE_GATHERED_H
#define UP_COMPARE_GATHERED_H

#include "compare/comparison.h"
#include "compare/numbers/row_numbers.h"

typedef struct {
    double value[UP_MOST_NUMBERS];
    up_timing all_threads, one_thread;
} up_gathered_result;

typedef struct {
    char *folder;               /* that it lies in: its set */
    double scale;               /* 0: a size was asked for */
    up_gathered_result *result; /* of each method */
} up_gathered_picture;

typedef struct {
    up_gathered_picture *picture;
    size_t count, room;
    const up_report_options *options;
    int methods, numbers;
    up_row_number number[UP_MOST_NUMBERS];
    const char *name[UP_MOST_CONTENDERS];
    int baseline; /* a method, or -1 */
} up_gathered;

/* As the options say, whose names must outlive it. */
void up_gathered_init(up_gathered *gathered, const up_report_options *options);
up_status up_gathered_add(up_gathered *gathered, const up_comparison *comparison, up_error *error);
void up_gathered_clear(up_gathered *gathered);

/* The mean of a number over the pictures of the first scale. */
double up_gathered_mean(const up_gathered *gathered, int method, int number);

/* The list above; NULL: out of memory. */
json_t *up_gathered_json(const up_gathered *gathered);

/* The scale of the options, or 0: a size was asked for. */
double up_asked_scale(const up_options *options);

#endif
