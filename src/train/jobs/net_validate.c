#include "train/jobs/net_tiles.h"
#include "train/jobs/net_training.h"

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

/* In dB, of the tiles of a picture. */
static double psnr_of(const up_net_tiles *tiles, int thread, const up_train_picture *picture)
{
    const int count = up_net_tiles_count(tiles, picture);
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += squared_error(up_net_tiles_run(tiles, thread, picture, i));
    return -10 * log10(fmax(sum / count, 1e-7));
}

up_status up_net_training_validate(up_net_training *t, const up_train_pictures *pictures,
                                   double *psnr, up_error *error)
{
    up_net_tiles tiles;
    UP_TRY(up_net_tiles_make(&tiles, &t->net, t->average, pictures, t->threads, error));
#pragma omp parallel for num_threads(t->threads) schedule(static, 1)
    for (int i = 0; i < t->threads; i++) {
        t->loss[i] = 0;
        for (size_t p = i; p < pictures->count; p += t->threads)
            t->loss[i] += psnr_of(&tiles, i, &pictures->picture[p]);
    }
    double sum = 0;
    for (int i = 0; i < t->threads; i++)
        sum += t->loss[i];
    *psnr = sum / (double)pictures->count;
    up_net_tiles_free(&tiles);
    return UP_OK;
}
