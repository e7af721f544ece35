/* SPDX-License-Identifier: MIT */
#include "train/jobs/net_bounds.h"

#include "base/memory.h"
#include "network/build/builder.h"
#include "train/jobs/net_tiles.h"

#include <math.h>

static bool has_bounds(const up_trainable *net, int n)
{
    return net->node[n].pass && net->network->node[n].kind->activation;
}

static up_status allocate(up_net_bounds *bounds, const up_trainable *net, up_error *error)
{
    const size_t nodes = (size_t)net->last + 1;
    *bounds = (up_net_bounds){ .first = up_alloc(nodes, sizeof *bounds->first) };
    for (int n = 0; bounds->first && n <= net->last; n++) {
        bounds->first[n] = bounds->count;
        bounds->count += has_bounds(net, n) ? 2 * (size_t)net->network->node[n].channels : 0;
    }
    bounds->value = up_alloc(bounds->count, sizeof *bounds->value);
    if (!bounds->first || !bounds->value) {
        up_net_bounds_free(bounds);
        return up_fail_memory(error, "bounds", nodes * sizeof *bounds->first);
    }
    for (int n = 0; n <= net->last; n++)
        for (int c = 0; has_bounds(net, n) && c < net->network->node[n].channels; c++) {
            float *value = bounds->value + bounds->first[n] + c;
            value[0] = INFINITY;
            value[net->network->node[n].channels] = -INFINITY;
        }
    return UP_OK;
}

void up_net_bounds_free(up_net_bounds *bounds)
{
    up_free(bounds->first);
    up_free(bounds->value);
    *bounds = (up_net_bounds){ 0 };
}

static void widen(float *low, float *high, const float *plane, const up_patch_shape *patch)
{
    float least = *low, most = *high;
    for (int y = 0; y < patch->height; y++) {
        const float *row = plane + (size_t)y * patch->stride;
        for (int x = 0; x < patch->width; x++) {
            least = row[x] < least ? row[x] : least;
            most = row[x] > most ? row[x] : most;
        }
    }
    *low = least;
    *high = most;
}

static void look_at(up_net_bounds *bounds, const up_gradient_work *work)
{
    const up_patch_shape *shape = &work->patch.shape;
    for (int n = 0; n <= work->net->last; n++) {
        const int channels = work->net->network->node[n].channels;
        float *low = bounds->value + bounds->first[n];
        for (int c = 0; has_bounds(work->net, n) && c < channels; c++)
            widen(&low[c], &low[channels + c], work->output[n] + c * shape->size, shape);
    }
}

/* The union of what each thread has seen, in the first. */
static void unite(up_net_bounds *bounds, int count, const up_trainable *net)
{
    for (int n = 0; n <= net->last; n++) {
        const size_t channels = (size_t)net->network->node[n].channels, first = bounds->first[n];
        for (int i = 1; has_bounds(net, n) && i < count; i++)
            for (size_t c = first; c < first + channels; c++) {
                float *all = &bounds->value[c], *more = &bounds[i].value[c];
                all[0] = fminf(all[0], more[0]);
                all[channels] = fmaxf(all[channels], more[channels]);
            }
    }
}

/* user: what each thread has seen. */
static up_status look(void *user, const up_net_tiles *tiles, int thread, size_t picture,
                      up_error *error)
{
    up_net_bounds *each = user;
    for (int i = 0; i < up_samples_tiles(tiles->samples, picture, tiles->size); i++) {
        UP_TRY(up_net_tiles_run(tiles, thread, picture, i, error));
        look_at(&each[thread], &tiles->work[thread]);
    }
    return UP_OK;
}

up_status up_net_bounds_measure(up_net_bounds *bounds, const up_trainable *net,
                                const float *parameter, const up_samples *samples, int threads,
                                up_error *error)
{
    up_net_tiles tiles;
    *bounds = (up_net_bounds){ 0 };
    UP_TRY(up_net_tiles_make(&tiles, net, parameter, samples, threads, error));
    up_net_bounds *each = up_alloc_zero(threads, sizeof *each);
    up_status status = each ? UP_OK : up_fail_memory(error, "bounds", threads * sizeof *each);
    for (int i = 0; status == UP_OK && i < threads; i++)
        status = allocate(&each[i], net, error);
    if (status == UP_OK)
        status = up_net_tiles_each(&tiles, look, each, error);
    if (status == UP_OK) {
        unite(each, threads, net);
        *bounds = each[0];
        each[0] = (up_net_bounds){ 0 };
    }
    for (int i = 0; each && i < threads; i++)
        up_net_bounds_free(&each[i]);
    up_free(each);
    up_net_tiles_free(&tiles);
    return status;
}

up_status up_net_bounds_state(const up_net_bounds *bounds, up_trainable *net, up_error *error)
{
    up_network_builder builder = { .network = net->network, .error = error };
    for (int n = 0; n < net->network->nodes; n++)
        net->network->node[n].bounds = NULL;
    for (int n = 0; bounds && n <= net->last; n++) {
        up_network_node *node = &net->network->node[n];
        const size_t shape[2] = { 2, (size_t)node->channels };
        up_values values;
        float *write;
        if (!has_bounds(net, n))
            continue;
        UP_TRY(up_network_new_values(&builder, 2, shape, &values, &write));
        for (size_t i = 0; i < values.count; i++)
            write[i] = bounds->value[bounds->first[n] + i] + 0.0f; /* -0 and 0 came in any order */
        node->bounds = write;
    }
    return UP_OK;
}
