/* SPDX-License-Identifier: MIT */
#include "train/passes/mixed_pass.h"

#include "base/memory.h"

#include <string.h>

enum {
    STRETCH =
        4 * UP_MATRIX_DEPTH, /* records that are made at a time: their sums stay in the cache */
    CORRELATED = 12 * UP_MATRIX_DEPTH, /* records that stay in the cache for all taps */
    MOST_KERNEL = 15,
    BLOCKS_OF_STAGE = 6,
    OTHER_BLOCKS = 12,
};

/* ---------------------------------------------------------------- memory */

/* NULL where there is none; freed with the pass. */
static void *get(up_mixed_pass *pass, size_t count, size_t size)
{
    return pass->block[pass->blocks++] = up_alloc_zero(count, size);
}

/* Elements of a patch with records of `channels`, margins and what may be read beyond included. */
static size_t plane_size(const up_mixed_pass *pass, int channels)
{
    size_t around = (size_t)pass->reach * pass->pitch + pass->margin;
    return (pass->run + 2 * around + 2) * channels + 2 * UP_MATRIX_DEPTH;
}

static up_bfloat16 *get_plane(up_mixed_pass *pass, int channels)
{
    up_bfloat16 *plane = get(pass, plane_size(pass, channels), sizeof *plane);
    return plane ? plane + ((size_t)pass->reach * pass->pitch + pass->margin) * channels : NULL;
}

/* The other input of an addition to the node before it, or -1. */
static int skip_of(const up_trainable *net, int n)
{
    const up_network_node *node = &net->network->node[n];
    if (n > net->last || net->node[n].pass != &up_pass_add || node->inputs != 2)
        return -1;
    return node->input[0] == n - 1 ? node->input[1] : node->input[1] == n - 1 ? node->input[0] : -1;
}

static bool ends(const up_trainable *net, int n)
{
    return n == net->last ||
           (n == net->last - 1 && net->node[net->last].pass == &up_pass_pixel_shuffle);
}

static bool is_bent(const up_trainable *net, int n)
{
    return n < net->last && net->node[n + 1].pass == &up_pass_prelu &&
           net->network->node[n + 1].input[0] == n;
}

bool up_mixed_fits(const up_trainable *net)
{
    const int channels = net->network->node[0].channels;
    for (int n = 0, skips = 0; n <= net->last && skips < 2; n += 2) {
        const up_network_node *node = &net->network->node[n];
        if (!net->node[n].conv.kernel || node->input[0] != n - 1)
            return false;
        if (ends(net, n))
            return n > 0;
        if (node->channels != channels || !is_bent(net, n))
            return false;
        const int skip = skip_of(net, n + 2);
        if (skip >= 0 && net->node[skip].pass != &up_pass_prelu)
            return false;
        skips += skip >= 0;
        n += skip >= 0;
    }
    return false;
}

static void list_stages(up_mixed_pass *pass)
{
    const up_trainable *net = pass->net;
    for (int n = 0; n <= net->last; n++) {
        const up_conv_shape conv = net->node[n].conv;
        const int skip = skip_of(net, n);
        up_mixed_stage *stage = &pass->stage[pass->stages];
        if (conv.kernel) {
            *stage = (up_mixed_stage){ .node = n,
                                       .conv = conv,
                                       .skip = -1,
                                       .ins = up_mixed_ins(net, n),
                                       .outs = up_mixed_channels(conv.out) };
            pass->stages++;
        }
        for (int s = 0; skip >= 0 && s < pass->stages; s++)
            if (pass->stage[s].node + 1 == skip) {
                stage[-1].skip = s;
                pass->stage[s].shared = true;
            }
    }
}

/* What goes into a stage is kept for the way back; its low part only until the stage after it, so
 * that two take turns. */
static bool get_stages(up_mixed_pass *pass, int channels)
{
    up_bfloat16 *low[2] = { get_plane(pass, channels), get_plane(pass, channels) };
    bool got = low[0] && low[1];
    for (int s = 0; s < pass->stages; s++) {
        up_mixed_stage *stage = &pass->stage[s];
        bool own = s == 0 || stage[-1].shared;
        stage->high = get_plane(pass, stage->ins);
        stage->low = own ? get_plane(pass, stage->ins) : low[s % 2];
        stage->before = get(pass, (size_t)pass->run * stage->outs, sizeof *stage->before);
        stage->sums = get(pass, up_mixed_sums(&stage->conv), sizeof *stage->sums);
        stage->slope_gradient = get(pass, stage->outs, sizeof(float));
        stage->bias_gradient = get(pass, stage->outs, sizeof(float));
        got &= stage->high && stage->low && stage->before && stage->sums && stage->slope_gradient &&
               stage->bias_gradient;
    }
    return got;
}

static bool get_others(up_mixed_pass *pass, int channels)
{
    int most = up_mixed_channels(pass->net->most_planes);
    pass->sum = get(pass, (size_t)STRETCH * most, sizeof *pass->sum);
    pass->zeros = get(pass, most, sizeof *pass->zeros);
    pass->last_gradient = get_plane(pass, pass->stage[pass->stages - 1].outs);
    pass->kept = get(pass, (size_t)pass->run * channels, sizeof *pass->kept);
    pass->columns = get(pass, (size_t)pass->run * most, sizeof *pass->columns);
    bool got = pass->sum && pass->zeros && pass->last_gradient && pass->kept && pass->columns;
    for (int i = 0; i < 2; i++) {
        pass->gradient[i] = get_plane(pass, channels);
        pass->pairs[i] = get(pass, plane_size(pass, most), sizeof *pass->pairs[i]);
        got &= pass->gradient[i] && pass->pairs[i];
    }
    return got;
}

up_status up_mixed_pass_make(up_mixed_pass *pass, const up_trainable *net, int width, int height,
                             up_error *error)
{
    int margin = up_max(2, (int)up_round_up(net->reach, 2)), pitch = width + margin;
    *pass = (up_mixed_pass){
        .net = net,
        .kernels = up_matrix_kernels_get(),
        .width = width,
        .height = height,
        .pitch = pitch,
        .margin = margin,
        .reach = net->reach,
        .run = (int)up_round_up((size_t)height * pitch, UP_MATRIX_DEPTH),
        .stage = up_alloc_zero(net->last + 1, sizeof *pass->stage),
        .block = up_alloc_zero((net->last + 1) * BLOCKS_OF_STAGE + OTHER_BLOCKS, sizeof(void *)),
    };
    if (pass->stage && pass->block) {
        list_stages(pass);
        int channels = pass->stage[0].outs;
        if (get_stages(pass, channels) && get_others(pass, channels))
            return UP_OK;
    }
    up_mixed_pass_free(pass);
    return up_fail_memory(error, "a patch", plane_size(pass, net->most_planes));
}

void up_mixed_pass_free(up_mixed_pass *pass)
{
    for (int i = 0; i < pass->blocks; i++)
        up_free(pass->block[i]);
    up_free(pass->block);
    up_free(pass->stage);
    pass->block = NULL;
    pass->stage = NULL;
    pass->blocks = 0;
}

/* ---------------------------------------------------------------- forward */

static void take_input(up_mixed_pass *pass, const up_gradient_work *work)
{
    const up_mixed_stage *first = &pass->stage[0];
    const up_patch_shape *patch = &work->patch.shape;
    for (int c = 0; c < first->conv.in; c++)
        for (int y = 0; y < pass->height; y++)
            for (int x = 0; x < pass->width; x++) {
                float v = work->patch.input[c * patch->size + (size_t)y * patch->stride + x];
                ptrdiff_t at = ((ptrdiff_t)y * pass->pitch + x) * first->ins + c;
                first->high[at] = up_to_bfloat16(v);
                first->low[at] = up_to_bfloat16(v - up_from_bfloat16(first->high[at]));
            }
}

/* Whether record i is a pixel, not margin. */
static bool is_pixel(const up_mixed_pass *pass, int i)
{
    return i % pass->pitch < pass->width && i < pass->height * pass->pitch;
}

/* Sums of a stretch that are no pixels become 0, as margins must be. */
static void clear_margins(up_mixed_pass *pass, int channels, int first, int n)
{
    for (int y = first / pass->pitch; y * pass->pitch < first + n; y++) {
        int margin = y * pass->pitch + (y < pass->height ? pass->width : 0);
        int start = up_max(margin - first, 0), end = up_min((y + 1) * pass->pitch - first, n);
        if (start < end)
            memset(pass->sum + (size_t)start * channels, 0,
                   (size_t)(end - start) * channels * sizeof *pass->sum);
    }
}

static void give_output(const up_mixed_pass *pass, int first, int n, up_gradient_work *work)
{
    const up_patch_shape *patch = &work->patch.shape;
    const up_mixed_stage *stage = &pass->stage[pass->stages - 1];
    float *result = up_gradient_result(work);
    for (int i = 0; i < n; i++) {
        int y = (first + i) / pass->pitch, x = (first + i) % pass->pitch;
        for (int c = 0; is_pixel(pass, first + i) && c < stage->conv.out; c++)
            result[c * patch->size + (size_t)y * patch->stride + x] =
                pass->sum[i * stage->outs + c];
    }
}

static up_matrix_taps taps_of(const up_mixed_conv *conv)
{
    return (up_matrix_taps){
        .rows = conv->kernel, .chunks = conv->chunks, .step = conv->in, .outs = conv->outs
    };
}

/* What the rows of a kernel read for record `first`. */
static void point_to_rows(const up_mixed_pass *pass, const up_bfloat16 *plane,
                          const up_matrix_taps *taps, int first, const up_bfloat16 **row)
{
    int reach = taps->rows / 2;
    for (int r = 0; r < taps->rows; r++)
        row[r] = plane + ((ptrdiff_t)first + (r - reach) * pass->pitch - reach) * taps->step;
}

/* A stretch of what comes out of stage s, before the PReLU. */
static void convolve_stretch(up_mixed_pass *pass, int s, const up_mixed_layer *layer, int first,
                             int n)
{
    const up_mixed_stage *stage = &pass->stage[s];
    const up_bfloat16 *high[MOST_KERNEL], *low[MOST_KERNEL];
    up_matrix_taps taps = taps_of(&layer->forward);
    taps.high = layer->high;
    taps.low = layer->low;
    taps.bias = layer->bias;
    point_to_rows(pass, stage->high, &taps, first, high);
    point_to_rows(pass, stage->low, &taps, first, low);
    pass->kernels->convolve(pass->sum, high, low, &taps, n);
}

/* On to what goes into stage s + 1. */
static void activate_stretch(up_mixed_pass *pass, int s, const up_mixed_layer *layer, int first,
                             int n)
{
    up_mixed_stage *stage = &pass->stage[s];
    size_t at = (size_t)first * stage->outs;
    up_matrix_activation run = {
        .sum = pass->sum,
        .slope = layer->slope,
        .before = stage->before + at,
        .high = stage[1].high + at,
        .low = stage[1].low + at,
    };
    if (stage->skip >= 0) {
        run.skip_high = pass->stage[stage->skip + 1].high + at;
        run.skip_low = pass->stage[stage->skip + 1].low + at;
    }
    clear_margins(pass, stage->outs, first, n);
    pass->kernels->activate(&run, stage->outs, n);
}

void up_mixed_forward(up_mixed_pass *pass, const up_mixed_weights *weights, up_gradient_work *work)
{
    take_input(pass, work);
    for (int s = 0; s < pass->stages; s++) {
        const up_mixed_layer *layer = &weights->layer[pass->stage[s].node];
        for (int first = 0; first < pass->run; first += STRETCH) {
            int n = up_min(STRETCH, pass->run - first);
            convolve_stretch(pass, s, layer, first, n);
            if (s + 1 < pass->stages)
                activate_stretch(pass, s, layer, first, n);
            else
                give_output(pass, first, n, work);
        }
    }
}

/* ---------------------------------------------------------------- back */

static void take_gradient(up_mixed_pass *pass, const up_gradient_work *work)
{
    const up_patch_shape *patch = &work->patch.shape;
    up_mixed_stage *stage = &pass->stage[pass->stages - 1];
    const float *gradient = up_gradient_of_result(work);
    for (int c = 0; c < stage->conv.out; c++)
        for (int y = 0; y < pass->height; y++)
            for (int x = 0; x < pass->width; x++) {
                float g = gradient[c * patch->size + (size_t)y * patch->stride + x];
                stage->bias_gradient[c] += g;
                pass->last_gradient[((size_t)y * pass->pitch + x) * stage->outs + c] =
                    up_to_bfloat16(g);
            }
}

/* Sums of the gradient of the weights of stage s. */
static void correlate(up_mixed_pass *pass, int s, const up_bfloat16 *gradient)
{
    up_mixed_stage *stage = &pass->stage[s];
    int kernel = stage->conv.kernel, ins = up_mixed_channels(stage->ins);
    ptrdiff_t around = (ptrdiff_t)pass->reach * pass->pitch + pass->margin;
    pass->kernels->pair(pass->pairs[0], pass->pairs[1], ins, stage->high - around * stage->ins,
                        stage->ins, (int)(pass->run + 2 * around));
    pass->kernels->transpose(pass->columns, pass->run, gradient, stage->outs, pass->run);
    for (int first = 0; first < pass->run; first += CORRELATED) {
        float *sums = stage->sums;
        for (int y = -(kernel / 2); y <= kernel / 2; y++)
            for (int x = -(kernel / 2); x <= kernel / 2; x++, sums += ins * stage->outs) {
                ptrdiff_t shift = around + first + (ptrdiff_t)y * pass->pitch + x;
                pass->kernels->correlate(sums, pass->pairs[shift % 2] + (shift - shift % 2) * ins,
                                         ins, pass->columns + first, pass->run, stage->outs,
                                         up_min(CORRELATED, pass->run - first));
            }
    }
}

/* A stretch of the gradient of the sums of stage s, from that of the stage after it. */
static void back_stretch(up_mixed_pass *pass, const up_mixed_weights *weights, int s, int first,
                         const up_bfloat16 *gradient, up_bfloat16 *out)
{
    up_mixed_stage *stage = &pass->stage[s];
    const up_mixed_layer *next = &weights->layer[stage[1].node];
    const up_bfloat16 *rows[MOST_KERNEL];
    up_matrix_taps taps = taps_of(&next->backward);
    int n = up_min(STRETCH, pass->run - first);
    taps.high = next->back;
    taps.bias = pass->zeros;
    point_to_rows(pass, gradient, &taps, first, rows);
    pass->kernels->convolve(pass->sum, rows, NULL, &taps, n);
    clear_margins(pass, stage->outs, first, n);
    size_t at = (size_t)first * stage->outs;
    const up_matrix_activation_back run = {
        .gradient = pass->sum,
        .slope = weights->layer[stage->node].slope,
        .before = stage->before + at,
        .kept = stage->shared ? pass->kept + at : NULL,
        .keep = stage->skip >= 0 ? pass->kept + at : NULL,
        .out = out + at,
        .slope_gradient = stage->slope_gradient,
        .bias_gradient = stage->bias_gradient,
    };
    pass->kernels->activate_back(&run, stage->outs, n);
}

void up_mixed_backward(up_mixed_pass *pass, const up_mixed_weights *weights,
                       const up_gradient_work *work)
{
    const up_bfloat16 *gradient = pass->last_gradient;
    take_gradient(pass, work);
    for (int s = pass->stages - 1; s >= 0; s--) {
        correlate(pass, s, gradient);
        up_bfloat16 *before = pass->gradient[s % 2];
        for (int first = 0; s > 0 && first < pass->run; first += STRETCH)
            back_stretch(pass, weights, s - 1, first, gradient, before);
        gradient = before;
    }
}

static void add_and_clear(float *to, float *from, int count)
{
    for (int i = 0; i < count; i++)
        to[i] += from[i];
    memset(from, 0, count * sizeof *from);
}

void up_mixed_collect(up_mixed_pass *pass, float *gradient)
{
    for (int s = 0; s < pass->stages; s++) {
        up_mixed_stage *stage = &pass->stage[s];
        const up_trained_node *node = &pass->net->node[stage->node];
        float *bias = gradient + node->first + node->weights;
        up_mixed_sums_add(&stage->conv, stage->sums, gradient + node->first);
        memset(stage->sums, 0, up_mixed_sums(&stage->conv) * sizeof *stage->sums);
        add_and_clear(bias, stage->bias_gradient, stage->conv.out);
        if (s + 1 < pass->stages)
            add_and_clear(gradient + node[1].first, stage->slope_gradient, stage->conv.out);
    }
}
