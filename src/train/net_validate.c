#include "train/net_training.h"

#include "base/memory.h"

#include <math.h>

enum {
    MOST_SIZE = 128, /* low-resolution pixels on a side of a tile */
    BORDER = 8,      /* of which so many at each end are not looked at */
    MOST_ACROSS = 3, /* tiles side by side */
};

static int size_of(const up_train_pictures *pictures)
{
    int size = MOST_SIZE;
    for (size_t i = 0; i < pictures->count; i++)
        size = up_min(size, up_min(pictures->picture[i].width, pictures->picture[i].height));
    return size / 16 * 16;
}

/* The mean of the squared errors of a tile, of samples of which 1 is white. */
static double squared_error(const up_gradient_work *work)
{
    const up_patch_shape *patch = &work->conv.patch;
    int last = work->model->layers - 1, outs = work->model->layer[last].out;
    int border = patch->width > 4 * BORDER ? BORDER : 0;
    double sum = 0;
    for (int c = 0; c < outs; c++)
        for (int y = border; y < patch->height - border; y++) {
            size_t at = c * patch->size + (size_t)y * patch->stride;
            for (int x = border; x < patch->width - border; x++) {
                double error = work->output[last][at + x] - work->target[at + x];
                sum += error * error;
            }
        }
    double samples = (double)(patch->width - 2 * border) * (patch->height - 2 * border) * outs;
    return sum / samples;
}

/* Where tile i of `count` begins: they are spread evenly, one alone is in the middle. */
static int tile_start(int i, int count, int length, int size)
{
    return count == 1 ? (length - size) / 2 : (length - size) * i / (count - 1);
}

/* In dB, of tiles spread over the picture. */
static double psnr_of(const up_train_picture *picture, int scale, up_gradient_work *work,
                      const up_model_packed *packed)
{
    const int size = work->conv.patch.width;
    const int across = up_min(picture->width / size, MOST_ACROSS);
    const int down = up_min(picture->height / size, MOST_ACROSS);
    double sum = 0;
    for (int i = 0; i < across * down; i++) {
        up_patch_take(picture, scale, tile_start(i % across, across, picture->width, size),
                      tile_start(i / across, down, picture->height, size), 0, work);
        up_model_forward(work, packed);
        sum += squared_error(work);
    }
    return -10 * log10(fmax(sum / (across * down), 1e-7));
}

static double mean_psnr(up_net_training *t, const up_train_pictures *pictures,
                        up_gradient_work *work, const up_model_packed *packed)
{
#pragma omp parallel for num_threads(t->threads) schedule(static, 1)
    for (int i = 0; i < t->threads; i++) {
        t->loss[i] = 0;
        for (size_t p = i; p < pictures->count; p += t->threads)
            t->loss[i] += psnr_of(&pictures->picture[p], t->model.scale, &work[i], packed);
    }
    double sum = 0;
    for (int i = 0; i < t->threads; i++)
        sum += t->loss[i];
    return sum / (double)pictures->count;
}

up_status up_net_training_validate(up_net_training *t, const up_train_pictures *pictures,
                                   double *psnr, up_error *error)
{
    up_model_packed packed;
    int size = size_of(pictures), made = 0;
    UP_TRY(up_model_packed_make(&packed, &t->model, error));
    up_gradient_work *work = up_alloc_zero(t->threads, sizeof *work);
    up_status status = work ? UP_OK : up_fail_memory(error, "patches", t->threads * sizeof *work);
    for (; status == UP_OK && made < t->threads; made++)
        status = up_gradient_work_make(&work[made], &t->model, size, size, false, error);
    if (status == UP_OK) {
        for (int i = 0; i < t->model.layers; i++)
            up_model_pack(&packed, &t->model, i, t->average);
        *psnr = mean_psnr(t, pictures, work, &packed);
    }
    for (int i = 0; work && i < made; i++)
        up_gradient_work_free(&work[i]);
    up_free(work);
    up_model_packed_free(&packed);
    return status;
}
