/* SPDX-License-Identifier: MIT */

#include "train/jobs/net_training.h"

#include "base/memory.h"
#include "train/jobs/net_tiles.h"

#include <math.h>

enum { BORDER = 8 }; /* low-resolution pixels at each end of a tile that are not looked at */

/* The mean of the squared errors of a tile, of samples of which 1 is white. */
static double squared_error(const up_gradient_work *work)
{
    const up_patch_shape *patch = &work->patch.shape;
    const float *result = up_gradient_result(work);
    int outs = work->net->node[work->net->last].planes;
    int border = patch->width > 4 * BORDER ? BORDER : 0;
    double sum = 0;
    for (int c = 0; c < outs; c++)
        for (int y = border; y < patch->height - border; y++) {
            size_t at = c * patch->size + (size_t)y * patch->stride;
            for (int x = border; x < patch->width - border; x++) {
                double error = result[at + x] - work->patch.target[at + x];
                sum += error * error;
            }
        }
    double samples = (double)(patch->width - 2 * border) * (patch->height - 2 * border) * outs;
    return sum / samples;
}

/* user: PSNR in dB of every picture, of its tiles. */
static up_status look(void *user, const up_net_tiles *tiles, int thread, size_t picture,
                      up_error *error)
{
    const int count = up_samples_tiles(tiles->samples, picture, tiles->size);
    double *psnr = user, sum = 0;
    for (int i = 0; i < count; i++) {
        UP_TRY(up_net_tiles_run(tiles, thread, picture, i, error));
        sum += squared_error(&tiles->work[thread]);
    }
    psnr[picture] = -10 * log10(fmax(sum / count, 1e-7));
    return UP_OK;
}

static up_status measure(const up_net_training *t, const float *parameter,
                         const up_samples *samples, double *each, double *psnr, up_error *error)
{
    const size_t pictures = up_samples_pictures(samples);
    up_net_tiles tiles;
    UP_TRY(up_net_tiles_make(&tiles, &t->net, parameter, samples, t->threads, error));
    up_status status = up_net_tiles_each(&tiles, look, each, error);
    up_net_tiles_free(&tiles);
    UP_TRY(status);
    *psnr = 0;
    for (size_t i = 0; i < pictures; i++)
        *psnr += each[i] / (double)pictures;
    return UP_OK;
}

up_status up_net_training_validate(const up_net_training *t, const up_samples *samples,
                                   double *psnr, up_error *error)
{
    const size_t pictures = up_samples_pictures(samples);
    float *parameter = up_alloc(t->net.parameters, sizeof *parameter);
    double *each = up_alloc(pictures, sizeof *each);
    up_status status;
    if (parameter && each) {
        up_trainable_join_all(&t->net, t->average, parameter);
        status = measure(t, parameter, samples, each, psnr, error);
    } else {
        status = up_fail_memory(error, "pictures", pictures * sizeof *each);
    }
    up_free(parameter);
    up_free(each);
    return status;
}
