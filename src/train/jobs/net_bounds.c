#include "train/jobs/net_bounds.h"

#include "base/memory.h"
#include "train/jobs/net_tiles.h"

#include <math.h>
#include <string.h>

static up_status allocate(up_net_bounds *bounds, const up_model *model, up_error *error)
{
    *bounds = (up_net_bounds){ up_alloc(model->parameters, sizeof(float)),
                               up_alloc(model->parameters, sizeof(float)) };
    if (!bounds->low || !bounds->high) {
        up_net_bounds_free(bounds);
        return up_fail_memory(error, "bounds", 2 * model->parameters * sizeof(float));
    }
    for (size_t p = 0; p < model->parameters; p++) {
        bounds->low[p] = INFINITY;
        bounds->high[p] = -INFINITY;
    }
    return UP_OK;
}

void up_net_bounds_free(up_net_bounds *bounds)
{
    up_free(bounds->low);
    up_free(bounds->high);
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
    const up_patch_shape *patch = &work->conv.patch;
    for (int i = 0; i < work->model->layers; i++) {
        const up_model_layer *layer = &work->model->layer[i];
        for (int c = 0; layer->op == UP_MODEL_PRELU && c < layer->out; c++)
            widen(&bounds->low[layer->first + c], &bounds->high[layer->first + c],
                  work->output[i] + c * patch->size, patch);
    }
}

/* The union of what each thread has seen, in the first. */
static void unite(up_net_bounds *bounds, int count, size_t parameters)
{
    for (int i = 1; i < count; i++)
        for (size_t p = 0; p < parameters; p++) {
            bounds->low[p] = fminf(bounds->low[p], bounds[i].low[p]);
            bounds->high[p] = fmaxf(bounds->high[p], bounds[i].high[p]);
        }
}

static void look_at_all(up_net_bounds *bounds, const up_net_tiles *tiles,
                        const up_train_pictures *pictures)
{
#pragma omp parallel for num_threads(tiles->threads) schedule(static, 1)
    for (int i = 0; i < tiles->threads; i++)
        for (size_t p = i; p < pictures->count; p += tiles->threads) {
            const up_train_picture *picture = &pictures->picture[p];
            for (int tile = 0; tile < up_net_tiles_count(tiles, picture); tile++)
                look_at(&bounds[i], up_net_tiles_run(tiles, i, picture, tile));
        }
}

up_status up_net_bounds_measure(up_net_bounds *bounds, const up_model *model,
                                const float *parameter, const up_train_pictures *pictures,
                                int threads, up_error *error)
{
    up_net_tiles tiles;
    *bounds = (up_net_bounds){ 0 };
    UP_TRY(up_net_tiles_make(&tiles, model, parameter, pictures, threads, error));
    up_net_bounds *each = up_alloc_zero(threads, sizeof *each);
    up_status status = each ? UP_OK : up_fail_memory(error, "bounds", threads * sizeof *each);
    for (int i = 0; status == UP_OK && i < threads; i++)
        status = allocate(&each[i], model, error);
    if (status == UP_OK) {
        look_at_all(each, &tiles, pictures);
        unite(each, threads, model->parameters);
        *bounds = each[0];
        each[0] = (up_net_bounds){ 0 };
    }
    for (int i = 0; each && i < threads; i++)
        up_net_bounds_free(&each[i]);
    up_free(each);
    up_net_tiles_free(&tiles);
    return status;
}

static json_t *numbers(const float *value, int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(list, json_real((double)value[i]));
    return list;
}

void up_net_bounds_state(const up_net_bounds *bounds, const up_model *model, json_t *layers)
{
    for (int i = 0; i < model->layers; i++) {
        const up_model_layer *layer = &model->layer[i];
        json_t *item = json_array_get(layers, (size_t)i);
        if (layer->op != UP_MODEL_PRELU)
            continue;
        json_object_set_new(item, "min", numbers(bounds->low + layer->first, layer->out));
        json_object_set_new(item, "max", numbers(bounds->high + layer->first, layer->out));
    }
}
