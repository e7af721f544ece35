/* SPDX-License-Identifier: MIT */
#include "train/jobs/net_tiles.h"

#include "base/memory.h"

#include <omp.h>

static up_status make(up_net_tiles *tiles, const up_trainable *net, const float *parameter,
                      int threads, up_error *error)
{
    UP_TRY(up_packed_weights_make(&tiles->packed, net, error));
    tiles->work = up_alloc_zero(threads, sizeof *tiles->work);
    tiles->pair = up_alloc_zero(threads, sizeof *tiles->pair);
    if (!tiles->work || !tiles->pair)
        return up_fail_memory(error, "patches", threads * sizeof *tiles->work);
    for (; tiles->threads < threads; tiles->threads++) {
        UP_TRY(
            up_samples_work_make(&tiles->pair[tiles->threads], tiles->samples, tiles->size, error));
        up_status status = up_gradient_work_make(&tiles->work[tiles->threads], net, tiles->size,
                                                 tiles->size, false, error);
        if (status != UP_OK) {
            up_pair_work_free(&tiles->pair[tiles->threads]);
            return status;
        }
    }
    for (int n = 0; n <= net->last; n++)
        up_packed_weights_pack(&tiles->packed, net, n, parameter);
    return UP_OK;
}

up_status up_net_tiles_make(up_net_tiles *tiles, const up_trainable *net, const float *parameter,
                            const up_samples *samples, int threads, up_error *error)
{
    *tiles = (up_net_tiles){ .samples = samples, .size = up_samples_tile_size(samples) };
    up_status status = make(tiles, net, parameter, threads, error);
    if (status != UP_OK)
        up_net_tiles_free(tiles);
    return status;
}

void up_net_tiles_free(up_net_tiles *tiles)
{
    for (int i = 0; i < tiles->threads; i++) {
        up_gradient_work_free(&tiles->work[i]);
        up_pair_work_free(&tiles->pair[i]);
    }
    up_free(tiles->work);
    up_free(tiles->pair);
    up_packed_weights_free(&tiles->packed);
    *tiles = (up_net_tiles){ 0 };
}

up_status up_net_tiles_run(const up_net_tiles *tiles, int thread, size_t picture, int tile,
                           up_error *error)
{
    up_gradient_work *work = &tiles->work[thread];
    UP_TRY(up_samples_tile(tiles->samples, &work->net->residual, picture, tile,
                           &tiles->pair[thread], &work->patch, error));
    up_gradient_forward(work, &tiles->packed);
    return UP_OK;
}

up_status up_net_tiles_each(const up_net_tiles *tiles, up_net_look *look, void *user,
                            up_error *error)
{
    up_status all = UP_OK;
#pragma omp parallel for num_threads(tiles->threads) schedule(dynamic)
    for (size_t p = 0; p < up_samples_pictures(tiles->samples); p++) {
        up_error why;
        up_status before;
#pragma omp atomic read
        before = all;
        up_status status =
            before == UP_OK ? look(user, tiles, omp_get_thread_num(), p, &why) : UP_OK;
        if (status == UP_OK)
            continue;
#pragma omp critical(up_net_tiles)
        if (all == UP_OK) {
#pragma omp atomic write
            all = status;
            if (error)
                *error = why;
        }
    }
    return all;
}
