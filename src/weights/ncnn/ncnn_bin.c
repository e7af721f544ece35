/* SPDX-License-Identifier: MIT */
#include "weights/ncnn/ncnn_bin.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "weights/label.h"

enum { MOST_DIMS = 4, FLAG = 4 };
enum {
    FLOAT32_FLAG = 0,
    SCALED_FLAG = 0x0002C056,
    FLOAT16_FLAG = 0x01306B47,
    INT8_FLAG = 0x000D4B38
};

typedef struct {
    up_tensor_file *file;
    up_error *error;
    const unsigned char *bytes;
    size_t size, at;
} reader;

static up_status refuse(const reader *r, const up_ncnn_layer *layer, const char *reason)
{
    char type[UP_LABEL], name[UP_LABEL];
    return up_tensor_file_refuse(r->file, r->error, "layer %s of type %s: %s",
                                 up_label(name, layer->name), up_label(type, layer->type), reason);
}

/* ---------------------------------------------------------------- parameters */

/* A size that must be at least 1. */
static up_status take_size(const reader *r, const up_ncnn_layer *layer, int id, size_t otherwise,
                           size_t *size)
{
    int value;
    *size = otherwise;
    if (!up_ncnn_whole(layer, id, (int)otherwise, &value) || value < 1)
        return refuse(r, layer, "a size among its parameters is not a whole number from 1 on");
    *size = (size_t)value;
    return UP_OK;
}

static up_status take_flag(const reader *r, const up_ncnn_layer *layer, int id, bool otherwise,
                           bool *flag)
{
    int value;
    *flag = otherwise;
    if (!up_ncnn_whole(layer, id, otherwise, &value))
        return refuse(r, layer, "a switch among its parameters is not a whole number");
    *flag = value != 0;
    return UP_OK;
}

static up_status refuse_if(const reader *r, const up_ncnn_layer *layer, int id, const char *reason)
{
    bool on;
    UP_TRY(take_flag(r, layer, id, false, &on));
    return on ? refuse(r, layer, reason) : UP_OK;
}

/* ---------------------------------------------------------------- tensors */

/* The type that the word before the weights tells. */
static up_status read_flag(reader *r, const up_ncnn_layer *layer, up_dtype *dtype)
{
    uint32_t flag = 0;
    if (r->size - r->at < FLAG)
        return refuse(r, layer, "the .bin ends before its weights do (truncated?)");
    for (int i = FLAG; i-- > 0;)
        flag = flag << 8 | r->bytes[r->at + (size_t)i];
    r->at += FLAG;
    *dtype = flag == FLOAT16_FLAG ? UP_DTYPE_F16 : UP_DTYPE_F32;
    if (flag == FLOAT32_FLAG || flag == SCALED_FLAG || flag == FLOAT16_FLAG)
        return UP_OK;
    return refuse(r, layer,
                  flag == INT8_FLAG ? "its weights are int8; take the float32 or float16 file"
                                    : "its weights are quantised by a table, or the .bin belongs "
                                      "to another .param; take the float32 or float16 file");
}

static up_status name_of(const reader *r, const up_ncnn_layer *layer, const char *suffix,
                         const char **name)
{
    const size_t length = strlen(layer->name), more = strlen(suffix) + 1;
    char *text = up_tensor_file_keep(r->file, length + more, 1);
    if (!text)
        return up_tensor_file_no_room(r->file, r->error);
    memcpy(text, layer->name, length);
    memcpy(text + length, suffix, more);
    *name = text;
    return UP_OK;
}

/* LAYER + suffix. */
static up_status take(reader *r, const up_ncnn_layer *layer, const char *suffix, bool flagged,
                      int dims, const size_t shape[])
{
    up_tensor tensor = { .dtype = UP_DTYPE_F32, .dims = dims };
    size_t *kept = up_tensor_file_keep(r->file, MOST_DIMS, sizeof *kept);
    if (!kept)
        return up_tensor_file_no_room(r->file, r->error);
    memcpy(kept, shape, (size_t)dims * sizeof *kept);
    tensor.shape = kept;
    if (flagged)
        UP_TRY(read_flag(r, layer, &tensor.dtype));
    const char *reason = up_tensor_measure(&tensor, &tensor.elements, &tensor.bytes);
    if (reason)
        return refuse(r, layer, reason);
    /* No more than the .bin has is rounded up below. */
    if (tensor.bytes > r->size - r->at || up_round_up(tensor.bytes, 4) > r->size - r->at)
        return refuse(r, layer, "the .bin ends before its weights do (truncated?)");
    tensor.data = r->bytes + r->at;
    r->at += up_round_up(tensor.bytes, 4);
    UP_TRY(name_of(r, layer, suffix, &tensor.name));
    return up_tensor_file_add(r->file, &tensor, r->error);
}

static up_status take_vector(reader *r, const up_ncnn_layer *layer, const char *suffix,
                             size_t count)
{
    return take(r, layer, suffix, false, 1, &count);
}

/* ---------------------------------------------------------------- layers */

enum { NUM_OUTPUT = 0, KERNEL_W = 1, KERNEL_H = 11, BIAS_TERM = 5, WEIGHTS = 6, GROUPS = 7 };

static up_status convolution_shape(const reader *r, const up_ncnn_layer *layer, size_t shape[4])
{
    size_t count, groups, outputs;
    UP_TRY(take_size(r, layer, NUM_OUTPUT, 0, &shape[0]));
    UP_TRY(take_size(r, layer, KERNEL_W, 0, &shape[3]));
    UP_TRY(take_size(r, layer, KERNEL_H, shape[3], &shape[2]));
    UP_TRY(take_size(r, layer, WEIGHTS, 0, &count));
    UP_TRY(take_size(r, layer, GROUPS, 1, &groups));
    if (!up_mul(shape[0], shape[2], &outputs) || !up_mul(outputs, shape[3], &outputs) ||
        count % outputs != 0)
        return refuse(r, layer, "the number of its weights is no multiple of outputs and kernel");
    shape[1] = count / outputs;
    return shape[0] % groups == 0 ? UP_OK
                                  : refuse(r, layer, "its outputs are no multiple of its groups");
}

static up_status take_convolution(reader *r, const up_ncnn_layer *layer)
{
    size_t shape[4];
    bool bias;
    UP_TRY(refuse_if(r, layer, 8, "int8 weights; take the float32 or float16 file"));
    UP_TRY(refuse_if(r, layer, strncmp(layer->type, "Conv", 4) == 0 ? 19 : 28,
                     "weights that other layers make cannot be run"));
    UP_TRY(convolution_shape(r, layer, shape));
    UP_TRY(take_flag(r, layer, BIAS_TERM, false, &bias));
    UP_TRY(take(r, layer, ".weight", true, 4, shape));
    return bias ? take_vector(r, layer, ".bias", shape[0]) : UP_OK;
}

static up_status take_inner_product(reader *r, const up_ncnn_layer *layer)
{
    size_t shape[2], count;
    bool bias;
    UP_TRY(refuse_if(r, layer, 8, "int8 weights; take the float32 or float16 file"));
    UP_TRY(take_size(r, layer, 0, 0, &shape[0]));
    UP_TRY(take_flag(r, layer, 1, false, &bias));
    UP_TRY(take_size(r, layer, 2, 0, &count));
    if (count % shape[0] != 0)
        return refuse(r, layer, "the number of its weights is no multiple of its outputs");
    shape[1] = count / shape[0];
    UP_TRY(take(r, layer, ".weight", true, 2, shape));
    return bias ? take_vector(r, layer, ".bias", shape[0]) : UP_OK;
}

static up_status take_one(reader *r, const up_ncnn_layer *layer, const char *suffix)
{
    size_t count;
    UP_TRY(take_size(r, layer, 0, 0, &count));
    return take_vector(r, layer, suffix, count);
}

static up_status take_slopes(reader *r, const up_ncnn_layer *layer)
{
    return take_one(r, layer, ".weight");
}

static up_status take_bias(reader *r, const up_ncnn_layer *layer)
{
    return take_one(r, layer, ".bias");
}

static up_status take_batch_norm(reader *r, const up_ncnn_layer *layer)
{
    static const char *const suffixes[] = { ".weight", ".running_mean", ".running_var", ".bias" };
    for (int i = 0; i < 4; i++)
        UP_TRY(take_one(r, layer, suffixes[i]));
    return UP_OK;
}

/* -233: the scale is its second input. */
static up_status take_scale(reader *r, const up_ncnn_layer *layer)
{
    int count;
    bool bias;
    UP_TRY(take_flag(r, layer, 1, false, &bias));
    if (up_ncnn_whole(layer, 0, 0, &count) && count == -233)
        return UP_OK;
    UP_TRY(take_one(r, layer, ".weight"));
    return bias ? take_one(r, layer, ".bias") : UP_OK;
}

static up_status take_instance_norm(reader *r, const up_ncnn_layer *layer)
{
    bool affine;
    UP_TRY(take_flag(r, layer, 2, true, &affine));
    if (!affine)
        return UP_OK;
    UP_TRY(take_one(r, layer, ".weight"));
    return take_one(r, layer, ".bias");
}

/* Columns, rows, channels: those of 0 are not there. */
static up_status take_memory(reader *r, const up_ncnn_layer *layer)
{
    static const int ids[] = { 2, 1, 0 };
    size_t shape[3];
    bool raw;
    int dims = 0;
    UP_TRY(take_flag(r, layer, 21, true, &raw));
    UP_TRY(refuse_if(r, layer, 11, "data of 4 dimensions cannot be run"));
    for (int i = 0; i < 3; i++) {
        int value;
        if (up_ncnn_whole(layer, ids[i], 0, &value) && value == 0 && dims == 0)
            continue;
        UP_TRY(take_size(r, layer, ids[i], 0, &shape[dims++]));
    }
    return dims ? take(r, layer, ".weight", !raw, dims, shape)
                : refuse(r, layer, "data of no size");
}

static up_status take_padding(reader *r, const up_ncnn_layer *layer)
{
    return refuse_if(r, layer, 6, "padding with another value for each channel cannot be run");
}

static up_status take_unknown(reader *r, const up_ncnn_layer *layer)
{
    return refuse(r, layer, "a type of layer with weights that cannot be run");
}

/* Types that take something; all others take nothing. */
static const struct {
    const char *type;
    up_status (*take)(reader *r, const up_ncnn_layer *layer);
} types[] = {
    { "Convolution", take_convolution },
    { "ConvolutionDepthWise", take_convolution },
    { "Deconvolution", take_convolution },
    { "DeconvolutionDepthWise", take_convolution },
    { "InnerProduct", take_inner_product },
    { "PReLU", take_slopes },
    { "Bias", take_bias },
    { "BatchNorm", take_batch_norm },
    { "Scale", take_scale },
    { "InstanceNorm", take_instance_norm },
    { "MemoryData", take_memory },
    { "Padding", take_padding },
    { "Convolution1D", take_unknown },
    { "Convolution3D", take_unknown },
    { "ConvolutionDepthWise1D", take_unknown },
    { "ConvolutionDepthWise3D", take_unknown },
    { "Deconvolution1D", take_unknown },
    { "Deconvolution3D", take_unknown },
    { "DeconvolutionDepthWise1D", take_unknown },
    { "DeconvolutionDepthWise3D", take_unknown },
    { "DeformableConv2D", take_unknown },
    { "Dequantize", take_unknown },
    { "Embed", take_unknown },
    { "GRU", take_unknown },
    { "Gemm", take_unknown },
    { "GroupNorm", take_unknown },
    { "LSTM", take_unknown },
    { "LayerNorm", take_unknown },
    { "MultiHeadAttention", take_unknown },
    { "Normalize", take_unknown },
    { "Quantize", take_unknown },
    { "RMSNorm", take_unknown },
    { "RNN", take_unknown },
    { "Requantize", take_unknown },
};

static up_status read_layer(reader *r, const up_ncnn_layer *layer)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].type, layer->type) == 0)
            return types[i].take(r, layer);
    return UP_OK;
}

up_status up_ncnn_bin_read(up_tensor_file *file, const up_ncnn_graph *graph,
                           const unsigned char *bytes, size_t size, up_error *error)
{
    reader r = { .file = file, .error = error, .bytes = bytes, .size = size };
    for (int i = 0; i < graph->layers; i++)
        UP_TRY(read_layer(&r, &graph->layer[i]));
    if (r.at < size)
        return up_tensor_file_refuse(
            file, error,
            "%zu bytes of the .bin follow the weights of the last layer; does it belong to this "
            ".param?",
            size - r.at);
    return UP_OK;
}
