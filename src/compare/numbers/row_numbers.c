/* SPDX-License-Identifier: MIT */
#include "compare/numbers/row_numbers.h"

#include <stdio.h>
#include <string.h>

#define NUMBER(member, quality)                                                                    \
    {                                                                                              \
#member, offsetof(up_report_row, member), quality, false                                   \
    }

static const up_row_number usual[] = {
    NUMBER(psnr_y, true),         NUMBER(psnr_rgb, true), NUMBER(ssim, true),
    NUMBER(ms_ssim, true),        NUMBER(seconds, false), NUMBER(processor, false),
    NUMBER(multiply_adds, false),
};

_Static_assert(sizeof usual / sizeof *usual + UP_MOST_METRICS == UP_MOST_NUMBERS,
               "a place for every number");

const up_measure_info *up_measure_named(const char *name)
{
    const up_measure_info *info;
    for (int i = 0; (info = up_measure_at(i)); i++)
        if (strcmp(info->name, name) == 0)
            return info;
    return NULL;
}

int up_row_number_count(const up_report_options *o)
{
    return o->metrics + (int)(sizeof usual / sizeof *usual);
}

up_row_number up_row_number_at(const up_report_options *o, int i)
{
    if (i >= o->metrics)
        return usual[i - o->metrics];
    const up_measure_info *info = up_measure_named(o->metric[i]);
    up_row_number number = {
        .offset = offsetof(up_report_row, metric) + (size_t)i * sizeof(double),
        .quality = true,
        .lower_is_better = info && info->lower_is_better,
    };
    snprintf(number.key, sizeof number.key, "%s", o->metric[i]);
    for (char *c = number.key; *c; c++)
        *c = *c == '-' ? '_' : *c;
    return number;
}

double up_row_value(const up_report_row *row, const up_row_number *number)
{
    return *(const double *)((const char *)row + number->offset);
}
