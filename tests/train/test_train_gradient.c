/* SPDX-License-Identifier: MIT */
/* Gradients of training against finite differences of the same networks in double precision, and
 * against PyTorch. */
#include "base/memory.h"
#include "support/json_data.h"
#include "support/network/network_file.h"
#include "support/reference/kernel_check.h"
#include "train/passes/gradient.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed = 5;

/* ---------------------------------------------------------------- the same in double precision */

enum { MOST_NODES = 24 };

typedef struct {
    const up_trainable *net;
    int width, height;
    double *input, *target;
    double *output[MOST_NODES];
} plain_run;

static double at(const double *plane, int width, int height, int x, int y)
{
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : plane[y * width + x];
}

static const double *input_of(const plain_run *run, int n, int i)
{
    const int before = run->net->network->node[n].input[i];
    return before < 0 ? run->input : run->output[before];
}

static double conv_at(const plain_run *run, int n, const double *weight, int out, int x, int y)
{
    const up_conv_shape conv = run->net->node[n].conv;
    const double *in = input_of(run, n, 0);
    int k = conv.kernel, reach = k / 2;
    double sum = weight[(size_t)conv.out * conv.in * k * k + out];
    for (int i = 0; i < conv.in; i++)
        for (int v = 0; v < k; v++)
            for (int u = 0; u < k; u++)
                sum += weight[((out * conv.in + i) * k + v) * k + u] *
                       at(in + (size_t)i * run->width * run->height, run->width, run->height,
                          x + u - reach, y + v - reach);
    return sum;
}

static int planes_of(const plain_run *run, int before)
{
    return before < 0 ? run->net->network->in_channels : run->net->node[before].planes;
}

/* Pixel i of plane c of an input, which may have one for all. */
static double pixel_of(const plain_run *run, int n, int input, int c, size_t i)
{
    const int before = run->net->network->node[n].input[input];
    const size_t plane = planes_of(run, before) == 1 ? 0 : (size_t)c;
    return input_of(run, n, input)[plane * run->width * run->height + i];
}

static double hard(const up_network_node *node, double v)
{
    const up_hard_sigmoid *fields = node->fields;
    return fmin(fmax((double)fields->alpha * v + (double)fields->beta, 0), 1);
}

/* Of one number; NaN where the kind is none of these. */
static double mapped(const up_network_node *node, int c, double v)
{
    const up_clip *clip = node->fields;
    if (node->kind == &up_layer_sigmoid)
        return 1 / (1 + exp(-v));
    if (node->kind == &up_layer_tanh)
        return tanh(v);
    if (node->kind == &up_layer_silu)
        return v / (1 + exp(-v));
    if (node->kind == &up_layer_gelu)
        return v / 2 * (1 + erf(v / sqrt(2)));
    if (node->kind == &up_layer_hard_sigmoid)
        return hard(node, v);
    if (node->kind == &up_layer_hard_swish)
        return v * hard(node, v);
    if (node->kind == &up_layer_affine)
        return (double)node->weight.value[c] * v + (double)node->bias.value[c];
    if (node->kind == &up_layer_clip)
        return fmin(fmax(v, (double)clip->low), (double)clip->high);
    return NAN;
}

/* Plane c of all inputs, one after the other. */
static double joined(const plain_run *run, int n, int c, size_t i)
{
    const up_network_node *node = &run->net->network->node[n];
    int input = 0;
    while (c >= planes_of(run, node->input[input]))
        c -= planes_of(run, node->input[input++]);
    return input_of(run, n, input)[(size_t)c * run->width * run->height + i];
}

static double point(const plain_run *run, int n, const double *parameter, int c, int x, int y)
{
    const up_network_node *node = &run->net->network->node[n];
    const size_t i = (size_t)y * run->width + x;
    if (node->kind == &up_layer_concat)
        return joined(run, n, c, i);
    if (node->kind == &up_layer_channels)
        c += ((const up_channels *)node->fields)->first;
    const double in = pixel_of(run, n, 0, c, i);
    double sum = 0;
    if (!isnan(mapped(node, c, in)))
        return mapped(node, c, in);
    if (node->kind == &up_layer_prelu)
        return in > 0 ? in : parameter[c] * in;
    if (node->kind == &up_layer_leaky_relu)
        return in > 0 ? in : (double)((const up_leaky_relu *)node->fields)->slope * in;
    if (node->kind == &up_layer_relu)
        return fmax(in, 0);
    if (node->kind == &up_layer_mul)
        return in * pixel_of(run, n, 1, c, i);
    if (node->kind == &up_layer_sub)
        return in - pixel_of(run, n, 1, c, i);
    for (int other = 0; other < node->inputs; other++)
        sum += pixel_of(run, n, other, c, i);
    return sum; /* also of one: a pixel shuffle leaves phases where they are */
}

static double loss_of(up_loss loss, double error)
{
    return loss == UP_LOSS_L1   ? fabs(error)
           : loss == UP_LOSS_L2 ? error * error
                                : sqrt(error * error + 1e-6);
}

static void run_node(plain_run *run, int n, const double *parameter)
{
    const bool conv = run->net->node[n].conv.kernel;
    double *out = run->output[n];
    for (int p = 0; p < run->net->node[n].planes; p++)
        for (int y = 0; y < run->height; y++)
            for (int x = 0; x < run->width; x++)
                *out++ =
                    conv ? conv_at(run, n, parameter, p, x, y) : point(run, n, parameter, p, x, y);
}

static double loss_in_double(plain_run *run, const double *parameter, up_loss loss)
{
    const up_trainable *net = run->net;
    double sum = 0;
    for (int n = 0; n <= net->last; n++)
        if (net->node[n].pass)
            run_node(run, n, parameter + net->node[n].first);
    const int samples = net->node[net->last].planes * run->width * run->height;
    for (int i = 0; i < samples; i++)
        sum += loss_of(loss, run->output[net->last][i] - run->target[i]);
    return sum;
}

/* ---------------------------------------------------------------- one network, one patch */

typedef struct {
    up_trainable net;
    up_gradient_work work;
    up_packed_weights packed;
    plain_run run;
    float *parameter, *gradient;
    double *exact; /* the parameters */
} subject;

static double *planes(const plain_run *run, int channels)
{
    return calloc((size_t)channels * run->width * run->height, sizeof(double));
}

static void fill(const plain_run *run, double *to, int channels, float *patch,
                 const up_patch_shape *shape)
{
    for (int c = 0; c < channels; c++)
        for (int y = 0; y < run->height; y++)
            for (int x = 0; x < run->width; x++)
                to[((size_t)c * run->height + y) * run->width + x] =
                    patch[c * shape->size + (size_t)y * shape->stride + x] =
                        random_between(&seed, -1, 1);
}

/* Of s->net. */
static void make(subject *s, int width, int height)
{
    const up_trainable *net = &s->net;
    cr_assert_lt(net->last, MOST_NODES);
    cr_assert_eq(up_gradient_work_make(&s->work, net, width, height, true, NULL), UP_OK);
    cr_assert_eq(up_packed_weights_make(&s->packed, net, NULL), UP_OK);
    s->run = (plain_run){ .net = net, .width = width, .height = height };
    s->parameter = calloc(net->parameters, sizeof(float));
    s->gradient = calloc(net->parameters, sizeof(float));
    s->exact = calloc(net->parameters, sizeof(double));
    for (size_t i = 0; i < net->parameters; i++)
        s->exact[i] = s->parameter[i] = random_between(&seed, -0.3f, 0.3f);
    int outs = net->node[net->last].planes;
    const int ins = net->network->in_channels;
    s->run.input = planes(&s->run, ins);
    s->run.target = planes(&s->run, outs);
    for (int n = 0; n <= net->last; n++)
        s->run.output[n] = planes(&s->run, net->node[n].planes);
    fill(&s->run, s->run.input, ins, s->work.patch.input, &s->work.patch.shape);
    fill(&s->run, s->run.target, outs, s->work.patch.target, &s->work.patch.shape);
}

static void done(subject *s)
{
    free(s->run.input);
    free(s->run.target);
    for (int n = 0; n <= s->net.last; n++)
        free(s->run.output[n]);
    free(s->parameter);
    free(s->gradient);
    free(s->exact);
    up_packed_weights_free(&s->packed);
    up_gradient_work_free(&s->work);
    up_trainable_free(&s->net);
}

static double run_gradient(subject *s, up_loss loss)
{
    for (int n = 0; n <= s->net.last; n++)
        up_packed_weights_pack(&s->packed, &s->net, n, s->parameter);
    memset(s->gradient, 0, s->net.parameters * sizeof(float));
    up_gradient_forward(&s->work, &s->packed);
    double sum = up_gradient_loss(&s->work, loss, 1);
    up_gradient_backward(&s->work, &s->packed, s->gradient);
    return sum;
}

static double slope_in_double(subject *s, size_t i, up_loss loss)
{
    const double step = 1e-6, value = s->exact[i];
    s->exact[i] = value + step;
    double above = loss_in_double(&s->run, s->exact, loss);
    s->exact[i] = value - step;
    double below = loss_in_double(&s->run, s->exact, loss);
    s->exact[i] = value;
    return (above - below) / (2 * step);
}

/* Twice, to see that nothing stays behind. */
static void check(up_trainable *net, up_loss loss, const char *what)
{
    subject s = { .net = *net };
    make(&s, 16, 7);
    run_gradient(&s, loss);
    double sum = run_gradient(&s, loss), exact = loss_in_double(&s.run, s.exact, loss);
    cr_expect_float_eq(sum, exact, 1e-4 * exact, "%s: loss %g instead of %g", what, sum, exact);
    double largest = 0;
    for (size_t i = 0; i < s.net.parameters; i++)
        largest = fmax(largest, fabs(s.gradient[i]));
    for (size_t i = 0; i < s.net.parameters; i++) {
        double wanted = slope_in_double(&s, i, loss);
        if (fabs(s.gradient[i] - wanted) > 2e-5 * largest + 1e-4 * fabs(wanted)) {
            cr_expect(false, "%s, loss %d: gradient %zu is %g instead of %g", what, loss, i,
                      s.gradient[i], wanted);
            break;
        }
    }
    done(&s);
}

static void check_shape(const up_trainable_shape *shape, up_loss loss)
{
    char what[64];
    up_trainable net;
    snprintf(what, sizeof what, "scale %d, %d channels", shape->scale, shape->channels);
    cr_assert_eq(up_trainable_new(&net, shape, 1, NULL), UP_OK);
    check(&net, loss, what);
}

Test(gradient, of_every_layer_agrees_with_finite_differences)
{
    static const up_trainable_shape shapes[] = {
        { 2, 1, 0, 1, 3, 1 }, { 2, 3, 1, 3, 3, 3 }, { 3, 4, 2, 5, 3, 1 },
        { 2, 3, 2, 3, 3, 5 }, { 4, 2, 3, 1, 1, 3 }, { 2, 9, 0, 3, 3, 3 },
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check_shape(&shapes[i], UP_LOSS_L2);
        check_shape(&shapes[i], UP_LOSS_CHARBONNIER);
    }
    check_shape(&shapes[1], UP_LOSS_L1);
}

/* ---------------------------------------------------------------- networks of files */

static const struct {
    const char *what, *tensors, *layers, *metadata;
} networks[] = {
    { "a residual block, nothing added",
      "a.weight:3,1,3,3 b.weight:3,3,5,5 b.bias:3 d.weight:3,3,1,1 t.weight:3,1,6,6",
      "[{'op':'conv2d','name':'a','padding':1,'id':'c'},{'op':'relu'},"
      "{'op':'conv2d','name':'b','padding':2},{'op':'add','from':'c'},"
      "{'op':'leaky_relu','slope':0.2,'id':'l'},{'op':'conv2d','name':'d','id':'d'},"
      "{'op':'add','inputs':['c','l','d']},"
      "{'op':'conv_transpose2d','name':'t','stride':2,'padding':2}]",
      "" },
    { "branches that two convolutions read",
      "a.weight:2,1,3,3 b.weight:2,2,3,3 c.weight:2,2,3,3 s.weight:1 t.weight:9,2,3,3 t.bias:9",
      "[{'op':'conv2d','name':'a','padding':1,'id':'a'},{'op':'conv2d','name':'b','padding':1},"
      "{'op':'prelu','name':'s','id':'b'},"
      "{'op':'conv2d','name':'c','padding':1,'inputs':['a'],'id':'c'},"
      "{'op':'add','inputs':['b','c']},{'op':'conv2d','name':'t','padding':1},"
      "{'op':'pixel_shuffle','factor':3}]",
      "" },
    { "the input added before it is enlarged",
      "a.weight:1,1,3,3 a.bias:1 t.weight:1,1,2,2 t.bias:1",
      "[{'op':'conv2d','name':'a','padding':1,'id':'a'},{'op':'add','inputs':['input','a']},"
      "{'op':'relu'},{'op':'conv_transpose2d','name':'t','stride':2},"
      "{'op':'add','from':'input','resize':'bilinear'}]",
      "" },
    { "SRVGGNetCompact",
      "body.0.weight:4,1,3,3 body.0.bias:4 body.1.weight:4 body.2.weight:4,4,3,3 body.2.bias:4 "
      "body.3.weight:4 body.4.weight:4,4,3,3 body.4.bias:4",
      NULL, "" },
    { "gates, of SPAN's kind and of one channel for all",
      "a.weight:3,1,3,3 b.weight:3,3,3,3 g.weight:1,3,1,1 t.weight:4,3,3,3",
      "[{'op':'conv2d','name':'a','padding':1,'id':'a'},"
      "{'op':'conv2d','name':'b','padding':1,'id':'b'},{'op':'sigmoid'},"
      "{'op':'affine','scale':1,'offset':-0.5,'id':'s'},{'op':'add','inputs':['a','b'],'id':'r'},"
      "{'op':'mul','inputs':['r','s'],'id':'m'},{'op':'conv2d','name':'g'},{'op':'tanh','id':'g'},"
      "{'op':'mul','inputs':['m','g']},{'op':'mul','from':'m'},"
      "{'op':'conv2d','name':'t','padding':1},{'op':'pixel_shuffle','factor':2}]",
      "" },
    { "channels taken apart and joined, and every activation",
      "a.weight:8,1,3,3 b.weight:2,2,3,3 t.weight:4,11,1,1",
      "[{'op':'conv2d','name':'a','padding':1,'id':'a'},"
      "{'op':'channels','first':0,'count':2,'inputs':['a'],'id':'p'},"
      "{'op':'channels','first':2,'count':2,'inputs':['a']},{'op':'silu','id':'q'},"
      "{'op':'channels','first':4,'count':2,'inputs':['a']},{'op':'gelu','id':'r'},"
      "{'op':'channels','first':6,'count':2,'inputs':['a']},{'op':'hard_swish','id':'w'},"
      "{'op':'sub','inputs':['p','q']},{'op':'hard_sigmoid','id':'u'},"
      "{'op':'conv2d','name':'b','padding':1,'inputs':['p']},"
      "{'op':'clip','min':-0.4,'max':0.5,'id':'v'},"
      "{'op':'concat','inputs':['p','u','v','r','p','input']},"
      "{'op':'conv2d','name':'t','id':'t'},{'op':'channels','inputs':['w'],'count':1,'id':'x'},{'"
      "op':'mul','inputs':['t','x']},"
      "{'op':'pixel_shuffle','factor':2}]",
      "" },
    { "RGB and a plane of strength, the colours added at x1",
      "a.weight:5,4,3,3 s.weight:5 t.weight:3,5,3,3",
      "[{'op':'conv2d','name':'a','padding':1},{'op':'prelu','name':'s'},"
      "{'op':'conv2d','name':'t','padding':1,'id':'t'},"
      "{'op':'channels','inputs':['input'],'count':3,'id':'c'},{'op':'add','inputs':['t','c']}]",
      "'upscale.color':'rgb','upscale.condition':'strength'" },
    { "YCbCr, the input as it is among the branches", "a.weight:3,3,3,3 t.weight:12,3,3,3",
      "[{'op':'conv2d','name':'a','padding':1,'id':'a'},{'op':'add','inputs':['a','input']},"
      "{'op':'relu'},{'op':'mul','from':'input'},{'op':'conv2d','name':'t','padding':1},"
      "{'op':'pixel_shuffle','factor':2,'id':'t'},"
      "{'op':'resize','mode':'nearest','factor':2,'inputs':['input'],'id':'e'},"
      "{'op':'add','inputs':['t','e']}]",
      "'upscale.color':'ycbcr'" },
};

Test(gradient, of_networks_of_files_agrees_with_finite_differences)
{
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        for (int loss = UP_LOSS_L2; loss <= UP_LOSS_CHARBONNIER; loss++) {
            up_trainable net;
            up_error error = { 0 };
            up_network *network =
                network_made(networks[i].tensors, networks[i].layers, networks[i].metadata, 0);
            cr_assert_eq(up_trainable_make(&net, network, "made", &error), UP_OK, "%s: %s",
                         networks[i].what, error.message);
            check(&net, (up_loss)loss, networks[i].what);
        }
}

static const struct {
    const char *tensors, *layers, *metadata, *reason;
} refused[] = {
    { "a.weight:4,1,3,3",
      "[{'op':'conv2d','name':'a','padding':1},{'op':'mish'},"
      "{'op':'pixel_shuffle','factor':2}]",
      "", "made: layer 1 (mish) cannot be trained here" },
    { "a.weight:4,1,3,3",
      "[{'op':'conv2d','name':'a','padding':1,'padding_mode':'reflect'},"
      "{'op':'pixel_shuffle','factor':2}]",
      "", "layer 0 (conv2d) cannot be trained here: only a stride" },
    { "a.weight:4,1,3,3", "[{'op':'conv2d','name':'a'},{'op':'pixel_shuffle','factor':2}]", "",
      "padding is not half the kernel" },
    { "a.weight:4,1,2,2",
      "[{'op':'conv2d','name':'a','padding':[0,0,1,1]},{'op':'pixel_shuffle','factor':2}]", "",
      "its kernel is not a square of odd size" },
    { "a.weight:4,1,3,3 b.weight:1,1,3,3",
      "[{'op':'conv2d','name':'a','padding':1},{'op':'pixel_shuffle','factor':2},"
      "{'op':'conv2d','name':'b','padding':1}]",
      "", "layer 2 (conv2d) cannot be trained here: it works on what is enlarged already" },
    { "a.weight:4,1,3,3",
      "[{'op':'add','inputs':['input','input']},"
      "{'op':'conv2d','name':'a','padding':1},"
      "{'op':'pixel_shuffle','factor':2}]",
      "", "layer 0 (add) cannot be trained here: it takes one input twice" },
    { "a.weight:1,1,9,9", "[{'op':'conv_transpose2d','name':'a','stride':9}]", "",
      "enlarge by 1 to 8" },
    { "a.weight:1,1,4,4", "[{'op':'conv_transpose2d','name':'a','stride':2,'padding':1}]", "",
      "its kernel is not a square of odd size" },
    { "a.weight:12,2,3,3",
      "[{'op':'conv2d','name':'a','padding':1},{'op':'pixel_shuffle','factor':2}]", "",
      "studio luma" },
    { "a.weight:4,1,3,3",
      "[{'op':'conv2d','name':'a','padding':1},{'op':'pixel_shuffle','factor':2}]",
      "'upscale.range':'255'", "studio luma" },
};

Test(gradient, networks_without_a_way_back_are_refused_by_name)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        up_trainable net;
        up_error error = { 0 };
        up_network *network =
            network_made(refused[i].tensors, refused[i].layers, refused[i].metadata, 0);
        cr_assert_eq(up_trainable_make(&net, network, "made", &error), UP_ERROR_WEIGHTS);
        cr_expect_not_null(strstr(error.message, refused[i].reason), "%s", error.message);
        cr_expect_null(net.network);
    }
}

/* <conv(x), y> = <x, the gradient that y gives x>: the one is the transposed of the other. */
Test(gradient, of_the_input_is_the_transposed_convolution)
{
    for (int round = 0; round < 40; round++) {
        up_conv_shape conv = { 1 + random_below(&seed, 20), 1 + random_below(&seed, 20),
                               1 + 2 * random_below(&seed, 3) };
        int most = up_max(conv.in, conv.out), width = 16 * (1 + random_below(&seed, 4));
        const up_patch_shape patch = up_patch_shape_make(width, 1 + random_below(&seed, 20),
                                                         conv.kernel / 2),
                             *p = &patch;
        static const float zeros[UP_MAX_OUTS];
        const float **row = calloc((size_t)most * conv.kernel * conv.kernel, sizeof *row);
        const up_conv_work work = {
            .kernels = up_kernels_get(), .patch = patch, .row = row, .zeros = zeros
        };
        float *x = calloc(most, p->size * sizeof(float)),
              *y = calloc(most, p->size * sizeof(float));
        float *out = calloc(most, p->size * sizeof(float));
        float *back = calloc(most, p->size * sizeof(float));
        float *weight = calloc(up_conv_packed(&conv), sizeof(float));
        float *packed = calloc(up_conv_packed(&conv), sizeof(float));
        for (size_t i = 0; i < up_conv_packed(&conv); i++)
            weight[i] = random_between(&seed, -1, 1);
        for (int c = 0; c < most; c++)
            for (int v = 0; v < p->height; v++)
                for (int u = 0; u < p->width; u++) {
                    size_t i = p->before + c * p->size + (size_t)v * p->stride + u;
                    x[i] = random_between(&seed, -1, 1);
                    y[i] = random_between(&seed, -1, 1);
                }
        up_conv_pack(work.kernels, &conv, weight, packed);
        up_conv_forward(&work, &conv, packed, NULL, x + p->before, out + p->before);
        up_conv_pack_transposed(work.kernels, &conv, weight, packed);
        up_conv_backward(&work, &conv, packed, y + p->before, back + p->before);
        double left = 0, right = 0;
        for (int c = 0; c < most; c++)
            for (int v = 0; v < p->height; v++)
                for (int u = 0; u < p->width; u++) {
                    size_t i = p->before + c * p->size + (size_t)v * p->stride + u;
                    left += c < conv.out ? (double)out[i] * y[i] : 0;
                    right += c < conv.in ? (double)x[i] * back[i] : 0;
                }
        cr_expect_float_eq(left, right, 1e-3 * sqrt((double)up_conv_packed(&conv)),
                           "%d to %d channels, kernel %d: %g and %g", conv.in, conv.out,
                           conv.kernel, left, right);
        free(x), free(y), free(out), free(back), free(weight), free(packed), free(row);
    }
}

/* golden/train_gradient.json says of which network; the numbers that go in are made here. */
Test(gradient, is_that_of_pytorch)
{
    json_t *golden = json_data_load(UP_GOLDEN_DIR "/train_gradient.json");
    ndarray wanted = json_data_array(json_data_at(golden, "gradient"));
    double loss = json_real_value(json_data_at(golden, "loss")), largest = 0;
    subject s;
    cr_assert_eq(up_trainable_new(&s.net, &(up_trainable_shape){ 2, 3, 2, 5, 3, 3 }, 1, NULL),
                 UP_OK);
    make(&s, 16, 6);
    const up_patch_shape *patch = &s.work.patch.shape;
    for (size_t i = 0; i < s.net.parameters; i++)
        s.parameter[i] = (float)(0.3 * sin(1.7 * (double)i + 0.3));
    for (int y = 0; y < 6; y++)
        for (int x = 0; x < 16; x++) {
            float *target = s.work.patch.target + (size_t)y * patch->stride + x;
            s.work.patch.input[(size_t)y * patch->stride + x] = (float)sin(0.37 * x + 0.73 * y);
            for (int c = 0; c < 4; c++)
                target[c * patch->size] = (float)cos(0.21 * x - 0.4 * y + c);
        }
    cr_expect_float_eq(run_gradient(&s, UP_LOSS_L2), loss, 1e-4 * loss);
    cr_assert_eq(wanted.count, s.net.parameters);
    for (size_t i = 0; i < s.net.parameters; i++)
        largest = fmax(largest, fabs(ndarray_get(&wanted, i)));
    for (size_t i = 0; i < s.net.parameters; i++)
        cr_expect_float_eq(s.gradient[i], ndarray_get(&wanted, i), 1e-5 * largest,
                           "parameter %zu: %g", i, s.gradient[i]);
    done(&s);
    ndarray_free(&wanted);
    json_decref(golden);
}
