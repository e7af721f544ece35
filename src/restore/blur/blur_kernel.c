/* SPDX-License-Identifier: MIT */
#include "restore/blur/blur_kernel.h"

#include <string.h>

double up_blur_sum(const up_blur *blur)
{
    double sum = 0;
    for (int i = 0; i < blur->kernel[0] * blur->kernel[1]; i++)
        sum += blur->weight[i];
    return sum;
}

void up_blur_line(const up_blur *blur, int a, double *line)
{
    const int rows = blur->kernel[0], columns = blur->kernel[1];
    const double sum = a ? up_blur_sum(blur) : 1;
    memset(line, 0, blur->kernel[a] * sizeof *line);
    for (int i = 0; i < rows * columns; i++)
        line[a ? i % columns : i / columns] += blur->weight[i] / sum;
}
