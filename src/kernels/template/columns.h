/* Resampling of columns: the horizontal pass. */
#ifndef UP_KERNELS_TEMPLATE_COLUMNS_H
#define UP_KERNELS_TEMPLATE_COLUMNS_H

#include "kernels/kernels.h"
#include "kernels/template/vector.h"

static void resample_columns(float *out, const float *in, const up_columns *plan, int x0, int x1)
{
    up_kernels_reference.resample_columns(out, in, plan, x0, x1);
}

#endif
