/* Gradients of training against finite differences of the same networks in double precision, and
 * against PyTorch. */
#include "base/memory.h"
#include "support/json_data.h"
#include "support/kernel_check.h"
#include "train/passes/gradient.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed = 5;

/* ---------------------------------------------------------------- the same in double precision */

enum { MOST_LAYERS = 16 };

typedef struct {
    const up_model *model;
    int width, height;
    double *input, *target;
    double *output[MOST_LAYERS];
} plain_run;

static double at(const double *plane, int width, int height, int x, int y)
{
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : plane[y * width + x];
}

static double conv_at(const plain_run *run, const up_model_layer *layer, const double *weight,
                      const double *in, int out, int x, int y)
{
    int k = layer->kernel, reach = k / 2;
    double sum = weight[(size_t)layer->out * layer->in * k * k + out];
    for (int i = 0; i < layer->in; i++)
        for (int v = 0; v < k; v++)
            for (int u = 0; u < k; u++)
                sum += weight[((out * layer->in + i) * k + v) * k + u] *
                       at(in + (size_t)i * run->width * run->height, run->width, run->height,
                          x + u - reach, y + v - reach);
    return sum;
}

static double point(const plain_run *run, int l, const double *weight, const double *in, int c,
                    int x, int y)
{
    const up_model_layer *layer = &run->model->layer[l];
    size_t i = ((size_t)c * run->height + y) * run->width + x;
    switch (layer->op) {
    case UP_MODEL_CONV:
        return conv_at(run, layer, weight, in, c, x, y);
    case UP_MODEL_PRELU:
        return in[i] > 0 ? in[i] : weight[c] * in[i];
    default:
        return in[i] + run->output[layer->from][i];
    }
}

static double loss_of(up_loss loss, double error)
{
    return loss == UP_LOSS_L1   ? fabs(error)
           : loss == UP_LOSS_L2 ? error * error
                                : sqrt(error * error + 1e-6);
}

static double loss_in_double(plain_run *run, const double *parameter, up_loss loss)
{
    const up_model *model = run->model;
    double sum = 0;
    const double *in = run->input;
    for (int l = 0; l < model->layers; l++) {
        const up_model_layer *layer = &model->layer[l];
        for (int c = 0; c < layer->out; c++)
            for (int y = 0; y < run->height; y++)
                for (int x = 0; x < run->width; x++)
                    run->output[l][((size_t)c * run->height + y) * run->width + x] =
                        point(run, l, parameter + layer->first, in, c, x, y);
        in = run->output[l];
    }
    int outs = model->layer[model->layers - 1].out;
    for (int i = 0; i < outs * run->width * run->height; i++)
        sum += loss_of(loss, in[i] - run->target[i]);
    return sum;
}

/* ---------------------------------------------------------------- one model, one patch */

typedef struct {
    up_model model;
    up_gradient_work work;
    up_model_packed packed;
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

static void make(subject *s, const up_model_shape *shape, int width, int height)
{
    *s = (subject){ 0 };
    cr_assert_eq(up_model_make(&s->model, shape, NULL), UP_OK);
    cr_assert_leq(s->model.layers, MOST_LAYERS);
    cr_assert_eq(up_gradient_work_make(&s->work, &s->model, width, height, true, NULL), UP_OK);
    cr_assert_eq(up_model_packed_make(&s->packed, &s->model, NULL), UP_OK);
    s->run = (plain_run){ .model = &s->model, .width = width, .height = height };
    s->parameter = calloc(s->model.parameters, sizeof(float));
    s->gradient = calloc(s->model.parameters, sizeof(float));
    s->exact = calloc(s->model.parameters, sizeof(double));
    for (size_t i = 0; i < s->model.parameters; i++)
        s->exact[i] = s->parameter[i] = random_between(&seed, -0.3f, 0.3f);
    int outs = s->model.layer[s->model.layers - 1].out;
    s->run.input = planes(&s->run, 1);
    s->run.target = planes(&s->run, outs);
    for (int l = 0; l < s->model.layers; l++)
        s->run.output[l] = planes(&s->run, s->model.layer[l].out);
    fill(&s->run, s->run.input, 1, s->work.input, &s->work.conv.patch);
    fill(&s->run, s->run.target, outs, s->work.target, &s->work.conv.patch);
}

static void done(subject *s)
{
    free(s->run.input);
    free(s->run.target);
    for (int l = 0; l < s->model.layers; l++)
        free(s->run.output[l]);
    free(s->parameter);
    free(s->gradient);
    free(s->exact);
    up_model_packed_free(&s->packed);
    up_gradient_work_free(&s->work);
    up_model_free(&s->model);
}

static double run_gradient(subject *s, up_loss loss)
{
    const up_model *model = &s->model;
    for (int i = 0; i < model->layers; i++)
        up_model_pack(&s->packed, model, i, s->parameter);
    memset(s->gradient, 0, model->parameters * sizeof(float));
    up_model_forward(&s->work, &s->packed);
    double sum = up_model_loss(&s->work, loss, 1);
    up_model_backward(&s->work, &s->packed, s->gradient);
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

static void check(const up_model_shape *shape, up_loss loss)
{
    subject s;
    make(&s, shape, 16, 7);
    double sum = run_gradient(&s, loss), exact = loss_in_double(&s.run, s.exact, loss);
    cr_expect_float_eq(sum, exact, 1e-4 * exact, "loss %g instead of %g", sum, exact);
    double largest = 0;
    for (size_t i = 0; i < s.model.parameters; i++)
        largest = fmax(largest, fabs(s.gradient[i]));
    for (size_t i = 0; i < s.model.parameters; i++) {
        double wanted = slope_in_double(&s, i, loss);
        if (fabs(s.gradient[i] - wanted) > 2e-5 * largest + 1e-4 * fabs(wanted)) {
            cr_expect(false,
                      "scale %d, %d channels, loss %d: gradient %zu is %g "
                      "instead of %g",
                      shape->scale, shape->channels, loss, i, s.gradient[i], wanted);
            break;
        }
    }
    done(&s);
}

Test(gradient, of_every_layer_agrees_with_finite_differences)
{
    static const up_model_shape shapes[] = {
        { 2, 1, 0, 1, 3, 1 }, { 2, 3, 1, 3, 3, 3 }, { 3, 4, 2, 5, 3, 1 },
        { 2, 3, 2, 3, 3, 5 }, { 4, 2, 3, 1, 1, 3 }, { 2, 9, 0, 3, 3, 3 },
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check(&shapes[i], UP_LOSS_L2);
        check(&shapes[i], UP_LOSS_CHARBONNIER);
    }
    check(&shapes[1], UP_LOSS_L1);
}

/* <conv(x), y> = <x, the gradient that y gives x>: the one is the transposed of the other. */
Test(gradient, of_the_input_is_the_transposed_convolution)
{
    for (int round = 0; round < 40; round++) {
        up_conv_shape conv = { 1 + random_below(&seed, 20), 1 + random_below(&seed, 20),
                               1 + 2 * random_below(&seed, 3) };
        int most = up_max(conv.in, conv.out), width = 16 * (1 + random_below(&seed, 4));
        up_model model = { .layer = &(up_model_layer){ UP_MODEL_CONV, conv.in, conv.out,
                                                       conv.kernel, 0, false, 0 },
                           .layers = 1,
                           .reach = conv.kernel / 2,
                           .most_channels = most };
        up_gradient_work work;
        cr_assert_eq(
            up_gradient_work_make(&work, &model, width, 1 + random_below(&seed, 20), true, NULL),
            UP_OK);
        const up_patch_shape *p = &work.conv.patch;
        float *x = calloc(most, p->size * sizeof(float)),
              *y = calloc(most, p->size * sizeof(float));
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
        up_conv_pack(work.conv.kernels, &conv, weight, packed);
        up_conv_forward(&work.conv, &conv, packed, NULL, x + p->before, work.output[0]);
        up_conv_pack_transposed(work.conv.kernels, &conv, weight, packed);
        up_conv_backward(&work.conv, &conv, packed, y + p->before, back + p->before);
        double left = 0, right = 0;
        for (int c = 0; c < most; c++)
            for (int v = 0; v < p->height; v++)
                for (int u = 0; u < p->width; u++) {
                    size_t i = c * p->size + (size_t)v * p->stride + u;
                    left += c < conv.out ? (double)work.output[0][i] * y[p->before + i] : 0;
                    right += c < conv.in ? (double)x[p->before + i] * back[p->before + i] : 0;
                }
        cr_expect_float_eq(left, right, 1e-3 * sqrt((double)up_conv_packed(&conv)),
                           "%d to %d channels, kernel %d: %g and %g", conv.in, conv.out,
                           conv.kernel, left, right);
        free(x), free(y), free(back), free(weight), free(packed);
        up_gradient_work_free(&work);
    }
}

/* golden/train_gradient.json says of which network; the numbers that go in are made here. */
Test(gradient, is_that_of_pytorch)
{
    json_t *golden = json_data_load(UP_GOLDEN_DIR "/train_gradient.json");
    ndarray wanted = json_data_array(json_data_at(golden, "gradient"));
    double loss = json_real_value(json_data_at(golden, "loss")), largest = 0;
    subject s;
    make(&s, &(up_model_shape){ 2, 3, 2, 5, 3, 3 }, 16, 6);
    const up_patch_shape *patch = &s.work.conv.patch;
    for (size_t i = 0; i < s.model.parameters; i++)
        s.parameter[i] = (float)(0.3 * sin(1.7 * (double)i + 0.3));
    for (int y = 0; y < 6; y++)
        for (int x = 0; x < 16; x++) {
            float *target = s.work.target + (size_t)y * patch->stride + x;
            s.work.input[(size_t)y * patch->stride + x] = (float)sin(0.37 * x + 0.73 * y);
            for (int c = 0; c < 4; c++)
                target[c * patch->size] = (float)cos(0.21 * x - 0.4 * y + c);
        }
    cr_expect_float_eq(run_gradient(&s, UP_LOSS_L2), loss, 1e-4 * loss);
    cr_assert_eq(wanted.count, s.model.parameters);
    for (size_t i = 0; i < s.model.parameters; i++)
        largest = fmax(largest, fabs(ndarray_get(&wanted, i)));
    for (size_t i = 0; i < s.model.parameters; i++)
        cr_expect_float_eq(s.gradient[i], ndarray_get(&wanted, i), 1e-5 * largest,
                           "parameter %zu: %g", i, s.gradient[i]);
    done(&s);
    ndarray_free(&wanted);
    json_decref(golden);
}
