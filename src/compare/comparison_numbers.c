/* SPDX-License-Identifier: MIT */
#include "compare/comparison_numbers.h"

#include "compare/numbers/result_times.h"

#include <math.h>

static up_status or_unknown(up_status status, double *value)
{
    if (status != UP_ERROR_UNSUPPORTED)
        return status;
    *value = (double)NAN; /* too small a picture for this measure */
    return UP_OK;
}

static up_measuring measuring(const up_comparison *c, up_channel channel)
{
    return (up_measuring){ .channel = channel,
                           .border = c->border,
                           .threads = c->options->contender[0].options.threads,
                           .max_memory = c->options->contender[0].options.max_memory,
                           .cancel = c->options->contender[0].options.cancel,
                           .weights = c->options->metric_weights };
}

static up_status measure_named(const up_comparison *c, up_report_row *row,
                               const up_pixels *reference, const up_pixels *result, up_error *error)
{
    const up_measuring y = measuring(c, UP_CHANNEL_Y);
    for (int i = 0; i < c->options->metrics; i++)
        UP_TRY(or_unknown(
            up_measure(&row->metric[i], c->options->metric[i], reference, result, &y, error),
            &row->metric[i]));
    return UP_OK;
}

/* Beside PSNR and SSIM of luma. */
static up_status measure_more(const up_comparison *c, up_report_row *row,
                              const up_pixels *reference, const up_pixels *result, up_error *error)
{
    const up_measuring y = measuring(c, UP_CHANNEL_Y), rgb = measuring(c, UP_CHANNEL_RGB);
    UP_TRY(measure_named(c, row, reference, result, error));
    UP_TRY(or_unknown(up_ms_ssim(&row->ms_ssim, reference, result, &y, error), &row->ms_ssim));
    bool grey = reference->format.channels < 3 && result->format.channels < 3;
    return grey ? UP_OK
                : or_unknown(up_psnr(&row->psnr_rgb, reference, result, &rgb, error),
                             &row->psnr_rgb);
}

static up_status measure(const up_comparison *c, up_report_row *row, const up_pixels *reference,
                         const up_pixels *result, up_error *error)
{
    const up_measuring y = measuring(c, UP_CHANNEL_Y);
    UP_TRY(or_unknown(up_psnr(&row->psnr_y, reference, result, &y, error), &row->psnr_y));
    UP_TRY(or_unknown(up_ssim(&row->ssim, reference, result, &y, error), &row->ssim));
    return measure_more(c, row, reference, result, error);
}

/* As `upscale eval` does it, its time included: from memory to memory. */
static up_status measure_original(const up_comparison *c, up_compared *r, up_error *error)
{
    up_eval_result eval;
    up_pixels upscaled = { 0 };
    UP_TRY(up_eval_run(&eval, &c->original, r->options, NULL, &upscaled, error));
    up_status status = measure_more(c, &r->row, &c->original.reference, &upscaled, error);
    up_pixels_free(&upscaled);
    r->row.psnr_y = eval.psnr;
    r->row.ssim = eval.ssim;
    up_row_take_run(&r->row, &eval);
    r->row.multiply_adds = eval.multiply_adds;
    return status;
}

static up_status measure_file(const up_comparison *c, up_compared *r, up_error *error)
{
    up_pixels upscaled;
    UP_TRY(up_read_pixels(&upscaled, r->path, r->options, error));
    up_status status = up_has_reference(c->options)
                           ? measure(c, &r->row, &c->reference, &upscaled, error)
                           : measure_named(c, &r->row, &upscaled, &upscaled, error);
    up_pixels_free(&upscaled);
    return status;
}

up_status up_comparison_measure(const up_comparison *c, up_compared *r, up_error *error)
{
    if (c->options->from_original)
        return measure_original(c, r, error);
    return up_has_reference(c->options) || c->options->metrics > 0 ? measure_file(c, r, error)
                                                                   : UP_OK;
}
