#include "train/passes/gradient.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static up_conv_shape conv_of(const up_model_layer *layer)
{
    return (up_conv_shape){ layer->in, layer->out, layer->kernel };
}

up_status up_model_packed_make(up_model_packed *packed, const up_model *model, up_error *error)
{
    *packed = (up_model_packed){ up_alloc_zero(model->parameters, sizeof(float)),
                                 up_alloc_zero(model->parameters, sizeof(float)), NULL };
    if (packed->forward && packed->backward)
        return UP_OK;
    up_model_packed_free(packed);
    return up_fail_memory(error, "weights", 2 * model->parameters * sizeof(float));
}

void up_model_packed_free(up_model_packed *packed)
{
    up_free(packed->forward);
    up_free(packed->backward);
    *packed = (up_model_packed){ 0 };
}

void up_model_pack(up_model_packed *packed, const up_model *model, int i, const float *parameter)
{
    const up_model_layer *layer = &model->layer[i];
    const up_kernels *kernels = up_kernels_get();
    if (i == 0) /* layers may be packed by many threads */
        packed->parameter = parameter;
    if (layer->op != UP_MODEL_CONV)
        return;
    up_conv_shape conv = conv_of(layer);
    up_conv_pack(kernels, &conv, parameter + layer->first, packed->forward + layer->first);
    up_conv_pack_transposed(kernels, &conv, parameter + layer->first,
                            packed->backward + layer->first);
}

static float *take(float **at, const up_patch_shape *patch, int channels)
{
    float *first = *at + patch->before;
    *at += channels * patch->size;
    return first;
}

static size_t count_planes(const up_model *model, bool backward)
{
    int last = model->layer[model->layers - 1].out;
    size_t planes = 1 + last + (backward ? 2 * (size_t)model->most_channels : 0);
    for (int i = 0; i < model->layers; i++)
        planes += model->layer[i].out * (size_t)(1 + (backward && model->layer[i].shared));
    return planes;
}

static size_t most_taps(const up_model *model)
{
    size_t most = 0;
    for (int i = 0; i < model->layers; i++) {
        const up_model_layer *layer = &model->layer[i];
        size_t taps =
            (size_t)up_max(layer->in, layer->out) * (size_t)(layer->kernel * layer->kernel);
        most = taps > most ? taps : most;
    }
    return most;
}

static void divide(up_gradient_work *work, const up_model *model, bool backward)
{
    const up_patch_shape *patch = &work->conv.patch;
    float *at = work->memory;
    work->input = take(&at, patch, 1);
    work->target = take(&at, patch, model->layer[model->layers - 1].out);
    for (int i = 0; i < model->layers; i++) {
        work->output[i] = take(&at, patch, model->layer[i].out);
        work->kept[i] =
            backward && model->layer[i].shared ? take(&at, patch, model->layer[i].out) : NULL;
    }
    for (int i = 0; backward && i < 2; i++)
        work->spare[i] = take(&at, patch, model->most_channels);
}

double up_gradient_work_bytes(const up_model *model, int width, int height, bool backward)
{
    const up_patch_shape patch = up_patch_shape_make(width, height, model->reach);
    const double sums = UP_CORRELATE_OUTS * UP_CORRELATE_LANES;
    const double planes = (double)count_planes(model, backward) * (double)patch.size;
    return (double)up_alloc_bytes((size_t)(planes * sizeof(float))) +
           sizeof(float) * (double)most_taps(model) * (sums + 2);
}

up_status up_gradient_work_make(up_gradient_work *work, const up_model *model, int width,
                                int height, bool backward, up_error *error)
{
    static const float zeros[UP_MAX_OUTS] = { 0 };
    size_t taps = most_taps(model), planes = count_planes(model, backward), count;
    *work = (up_gradient_work){ .model = model };
    work->conv.kernels = up_kernels_get();
    work->conv.zeros = zeros;
    work->conv.patch = up_patch_shape_make(width, height, model->reach);
    work->conv.row = up_alloc(taps, sizeof *work->conv.row);
    work->conv.sums = up_alloc(taps, UP_CORRELATE_OUTS * UP_CORRELATE_LANES * sizeof(float));
    work->output = up_alloc_zero(model->layers, sizeof *work->output);
    work->kept = up_alloc_zero(model->layers, sizeof *work->kept);
    work->memory =
        up_mul(planes, work->conv.patch.size, &count) ? up_alloc_zero(count, sizeof(float)) : NULL;
    if (!work->conv.row || !work->conv.sums || !work->output || !work->kept || !work->memory) {
        up_gradient_work_free(work);
        return up_fail_memory(error, "a patch", planes * work->conv.patch.size * sizeof(float));
    }
    divide(work, model, backward);
    return UP_OK;
}

void up_gradient_work_free(up_gradient_work *work)
{
    up_free(work->conv.row);
    up_free(work->conv.sums);
    up_free(work->output);
    up_free(work->kept);
    up_free(work->memory);
    *work = (up_gradient_work){ 0 };
}

/* Pixels and what lies between rows: margins are 0 and stay so. */
static int points(const up_patch_shape *patch)
{
    return patch->height * patch->stride;
}

void up_model_forward(up_gradient_work *work, const up_model_packed *packed)
{
    const up_patch_shape *patch = &work->conv.patch;
    const up_kernels *kernels = work->conv.kernels;
    const float *in = work->input;
    for (int i = 0; i < work->model->layers; i++) {
        const up_model_layer *layer = &work->model->layer[i];
        const float *parameter = packed->parameter + layer->first;
        up_conv_shape conv = conv_of(layer);
        float *out = work->output[i];
        for (int c = 0; layer->op != UP_MODEL_CONV && c < layer->out; c++) {
            size_t at = c * patch->size;
            if (layer->op == UP_MODEL_PRELU)
                kernels->prelu(out + at, in + at, parameter[c], points(patch));
            else
                kernels->add(out + at, in + at, work->output[layer->from] + at, points(patch));
        }
        if (layer->op == UP_MODEL_CONV)
            up_conv_forward(&work->conv, &conv, packed->forward + layer->first,
                            parameter + up_model_weights(layer), in, out);
        in = out;
    }
}

static double loss_of(up_loss loss, float error, float weight, float *gradient)
{
    const float e2 = 1e-6f;
    float root;
    switch (loss) {
    case UP_LOSS_L2:
        *gradient = 2 * weight * error;
        return (double)error * error;
    case UP_LOSS_CHARBONNIER:
        root = sqrtf(error * error + e2);
        *gradient = weight * error / root;
        return root;
    default:
        *gradient = weight * (float)((error > 0) - (error < 0));
        return fabsf(error);
    }
}

double up_model_loss(up_gradient_work *work, up_loss loss, float weight)
{
    const up_patch_shape *patch = &work->conv.patch;
    int last = work->model->layers - 1;
    double sum = 0;
    for (int c = 0; c < work->model->layer[last].out; c++)
        for (int y = 0; y < patch->height; y++) {
            size_t at = c * patch->size + (size_t)y * patch->stride;
            const float *out = work->output[last] + at, *target = work->target + at;
            for (int x = 0; x < patch->width; x++)
                sum += loss_of(loss, out[x] - target[x], weight, work->spare[0] + at + x);
        }
    return sum;
}

static void add_to(const up_gradient_work *work, float *to, const float *a, const float *b,
                   int channels)
{
    const up_patch_shape *patch = &work->conv.patch;
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < points(patch); x++)
            to[c * patch->size + x] = a[c * patch->size + x] + (b ? b[c * patch->size + x] : 0);
}

static void bend_back(const up_gradient_work *work, const up_model_layer *layer, const float *slope,
                      const float *in, float *grad, float *gradient)
{
    const up_patch_shape *patch = &work->conv.patch;
    for (int c = 0; c < layer->out; c++)
        gradient[c] += work->conv.kernels->prelu_gradient(
            grad + c * patch->size, in + c * patch->size, slope[c], points(patch));
}

void up_model_backward(up_gradient_work *work, const up_model_packed *packed, float *gradient)
{
    float *grad = work->spare[0], *other = work->spare[1];
    for (int i = work->model->layers - 1; i >= 0; i--) {
        const up_model_layer *layer = &work->model->layer[i];
        const float *in = i > 0 ? work->output[i - 1] : work->input;
        up_conv_shape conv = conv_of(layer);
        if (work->kept[i])
            add_to(work, grad, grad, work->kept[i], layer->out);
        if (layer->op == UP_MODEL_ADD) {
            add_to(work, work->kept[layer->from], grad, NULL, layer->out);
        } else if (layer->op == UP_MODEL_PRELU) {
            bend_back(work, layer, packed->parameter + layer->first, in, grad,
                      gradient + layer->first);
        } else {
            up_conv_weight_gradient(&work->conv, &conv, in, grad, gradient + layer->first);
            if (i > 0)
                up_conv_backward(&work->conv, &conv, packed->backward + layer->first, grad, other);
            float *made = other;
            other = grad;
            grad = made;
        }
    }
}
