#include "train/jobs/net_tiles.h"

#include "base/memory.h"
#include "train/data/patches.h"

enum {
    MOST_ACROSS = 3, /* tiles side by side */
};

static int size_of(const up_train_pictures *pictures)
{
    int size = UP_NET_TILE;
    for (size_t i = 0; i < pictures->count; i++)
        size = up_min(size, up_min(pictures->picture[i].width, pictures->picture[i].height));
    return size / 16 * 16;
}

static up_status make(up_net_tiles *tiles, const up_trainable *net, const float *parameter,
                      int size, int threads, up_error *error)
{
    UP_TRY(up_packed_weights_make(&tiles->packed, net, error));
    tiles->work = up_alloc_zero(threads, sizeof *tiles->work);
    if (!tiles->work)
        return up_fail_memory(error, "patches", threads * sizeof *tiles->work);
    for (; tiles->threads < threads; tiles->threads++)
        UP_TRY(up_gradient_work_make(&tiles->work[tiles->threads], net, size, size, false, error));
    for (int n = 0; n <= net->last; n++)
        up_packed_weights_pack(&tiles->packed, net, n, parameter);
    return UP_OK;
}

up_status up_net_tiles_make(up_net_tiles *tiles, const up_trainable *net, const float *parameter,
                            const up_train_pictures *pictures, int threads, up_error *error)
{
    *tiles = (up_net_tiles){ 0 };
    up_status status = make(tiles, net, parameter, size_of(pictures), threads, error);
    if (status != UP_OK)
        up_net_tiles_free(tiles);
    return status;
}

void up_net_tiles_free(up_net_tiles *tiles)
{
    for (int i = 0; i < tiles->threads; i++)
        up_gradient_work_free(&tiles->work[i]);
    up_free(tiles->work);
    up_packed_weights_free(&tiles->packed);
    *tiles = (up_net_tiles){ 0 };
}

static int across(const up_net_tiles *tiles, int length)
{
    return up_min(length / tiles->work->patch.shape.width, MOST_ACROSS);
}

int up_net_tiles_count(const up_net_tiles *tiles, const up_train_picture *picture)
{
    return across(tiles, picture->width) * across(tiles, picture->height);
}

/* Where tile i of `count` begins: they are spread evenly, one alone is in the middle. */
static int tile_start(int i, int count, int length, int size)
{
    return count == 1 ? (length - size) / 2 : (length - size) * i / (count - 1);
}

const up_gradient_work *up_net_tiles_run(const up_net_tiles *tiles, int thread,
                                         const up_train_picture *picture, int tile)
{
    up_gradient_work *work = &tiles->work[thread];
    const int size = work->patch.shape.width, columns = across(tiles, picture->width);
    const int rows = across(tiles, picture->height);
    up_patch_take(picture, &work->net->residual,
                  tile_start(tile % columns, columns, picture->width, size),
                  tile_start(tile / columns, rows, picture->height, size), 0, &work->patch);
    up_gradient_forward(work, &tiles->packed);
    return work;
}
