/* SPDX-License-Identifier: MIT */
/* Networks described in JSON: what they come to, what their branches are, and what is refused. */
#include "base/memory.h"
#include "support/reference/kernel_check.h"
#include "train/design/design.h"
#include "train/optimise/curve.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed = 11;

/* With ' for ". */
static json_t *design_of(const char *text)
{
    char *copy = strdup(text);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_error_t problem;
    json_t *design = json_loads(copy, 0, &problem);
    cr_assert_not_null(design, "%s: %s", text, problem.text);
    free(copy);
    return design;
}

static up_status make(up_trainable *net, const char *text, int scale, up_error *error)
{
    json_t *design = design_of(text);
    up_status status = up_design_make(net, design, "net.json", scale, 1, error);
    json_decref(design);
    return status;
}

static void must_make(up_trainable *net, const char *text, int scale)
{
    up_error error = { 0 };
    cr_assert_eq(make(net, text, scale, &error), UP_OK, "%s: %s", text, error.message);
}

#define PHASES "{'op':'conv2d','channels':'phases'},{'op':'pixel_shuffle','factor':'scale'}"

/* ---------------------------------------------------------------- what it comes to */

Test(design, is_for_every_scale)
{
    const char *text =
        "{'color':'rgb','condition':'strength','layers':[{'op':'conv2d','channels':6},"
        "{'op':'prelu'},{'op':'conv2d','channels':'phases','kernel':1},"
        "{'op':'pixel_shuffle','factor':'scale','id':'made'},"
        "{'op':'channels','inputs':['input'],'count':3},"
        "{'op':'resize','mode':'bicubic','cubic_a':-0.5,'factor':'scale','id':'big'},"
        "{'op':'add','inputs':['made','big']}]}";
    for (int scale = 1; scale <= 4; scale++) {
        up_trainable net;
        must_make(&net, text, scale);
        cr_expect_eq(net.scale, scale);
        cr_expect_eq(net.colors, 3);
        cr_expect(net.conditioned);
        cr_expect_eq(net.network->in_channels, 4);
        cr_expect_eq(net.last, 3);
        cr_expect_not_null(net.residual.added);
        cr_expect_float_eq(net.network->multiply_adds, 6 * 36 + 18 * scale * scale, 60 * scale);
        up_trainable_free(&net);
    }
}

Test(design, repeats_know_their_own_layers_and_what_comes_before)
{
    up_trainable net;
    must_make(&net,
              "{'layers':[{'op':'conv2d','channels':4,'id':'first'},{'repeat':[9,3],'id':'body',"
              "'layers':[{'op':'conv2d','id':'a'},{'op':'sigmoid','id':'s'},"
              "{'op':'mul','inputs':['a','s']},{'op':'add','from':'before'}]},"
              "{'op':'add','inputs':['body','first']}," PHASES "]}",
              2);
    const up_network *network = net.network;
    cr_expect_eq(network->nodes, 1 + 3 * 4 + 1 + 2);
    cr_expect_eq(network->node[3].input[0], 1);
    cr_expect_eq(network->node[3].input[1], 2);
    cr_expect_eq(network->node[4].input[1], 0);
    cr_expect_eq(network->node[8].input[1], 4);
    cr_expect_eq(network->node[13].input[0], 12);
    cr_expect_eq(network->node[13].input[1], 0);
    up_trainable_free(&net);
}

Test(design, begins_as_it_says)
{
    up_trainable net;
    must_make(&net,
              "{'layers':[{'op':'conv2d','channels':4,'init':0},{'op':'prelu','init':0.5},"
              "{'op':'conv2d','channels':8,'kernel':1},{'op':'conv2d'},{'op':'prelu'}," PHASES "]}",
              2);
    float *learned = calloc(net.learned, sizeof *learned);
    up_trainable_read(&net, learned);
    cr_expect_eq(learned[0], 0);
    cr_expect_eq(learned[net.node[1].first], 0.5f);
    cr_expect_neq(learned[net.node[2].first], 0);
    cr_expect_eq(learned[net.node[4].first], 0.25f);
    cr_expect_eq(learned[net.node[5].first], 0, "what makes the result begins as 0");
    free(learned);
    up_trainable_free(&net);
}

/* ---------------------------------------------------------------- branches */

#define BRANCHED                                                                                   \
    "{'layers':[{'op':'conv2d','channels':3},{'op':'conv2d','kernel':5,'branches':["               \
    "'identity',[1],[3],[{'kernel':1,'channels':4},3,{'kernel':3}],[{'kernel':3,'channels':2},1]]" \
    "}," PHASES "]}"

enum { SIDE = 20, MOST = 8 };

/* Planes of zeros around the edge. */
typedef struct {
    int channels;
    double at[MOST][SIDE][SIDE];
} planes;

static double pixel(const planes *p, int c, int y, int x)
{
    return y < 0 || x < 0 || y >= SIDE || x >= SIDE ? 0 : p->at[c][y][x];
}

static planes convolve(const planes *in, const float *weight, int out, int size)
{
    planes to = { .channels = out };
    for (int o = 0; o < out; o++)
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                for (int i = 0; i < in->channels; i++)
                    for (int t = 0; t < size * size; t++)
                        to.at[o][y][x] +=
                            (double)weight[(o * in->channels + i) * size * size + t] *
                            pixel(in, i, y + t / size - size / 2, x + t % size - size / 2);
    return to;
}

static void add(planes *to, const planes *more)
{
    for (int c = 0; c < to->channels; c++)
        for (int i = 0; i < SIDE * SIDE; i++)
            to->at[c][i / SIDE][i % SIDE] += more->at[c][i / SIDE][i % SIDE];
}

/* Every branch by itself, and their sum. */
static planes run_branches(const up_trained_node *node, const float *learned, const planes *in)
{
    const float *at = learned + node->branch_first;
    planes sum = convolve(in, learned + node->first, node->conv.out, node->conv.kernel);
    for (int b = 0; b < node->branches.count; b++) {
        const up_branch *branch = &node->branches.branch[b];
        planes now = *in;
        for (int c = 0; !branch->kernels && c < in->channels; c++) {
            for (int i = 0; i < SIDE * SIDE; i++)
                now.at[c][i / SIDE][i % SIDE] *= (double)at[c];
        }
        at += branch->kernels ? 0 : in->channels;
        for (int i = 0; i < branch->kernels; i++) {
            const int out = branch->channels[i + 1], size = branch->kernel[i];
            const int before = now.channels;
            now = convolve(&now, at, out, size);
            at += out * before * size * size;
        }
        add(&sum, &now);
    }
    return sum;
}

/* Far enough inside that no chain of kernels has met what lies beyond the edge. */
Test(design, branches_are_one_convolution)
{
    up_trainable net;
    must_make(&net, BRANCHED, 2);
    const up_trained_node *node = &net.node[1];
    float *learned = calloc(net.learned, sizeof(float));
    float *run = calloc(net.parameters, sizeof(float));
    planes in = { .channels = 3 };
    cr_assert_eq(node->branches.count, 5);
    cr_assert_eq(net.learned - net.parameters, 3 + 9 + 81 + 12 + 108 + 81 + 54 + 6);
    for (size_t i = 0; i < net.learned; i++)
        learned[i] = random_between(&seed, -0.5f, 0.5f);
    for (int i = 0; i < 3 * SIDE * SIDE; i++)
        in.at[i / SIDE / SIDE][i / SIDE % SIDE][i % SIDE] = (double)random_between(&seed, -1, 1);
    up_trainable_join_all(&net, learned, run);
    const planes apart = run_branches(node, learned, &in);
    const planes whole = convolve(&in, run + node->first, 3, 5);
    for (int c = 0; c < 3; c++)
        for (int y = 2; y < SIDE - 2; y++)
            for (int x = 2; x < SIDE - 2; x++)
                cr_assert_float_eq(apart.at[c][y][x], whole.at[c][y][x], 1e-5, "%d: %d,%d", c, y,
                                   x);
    free(run), free(learned);
    up_trainable_free(&net);
}

/* The sum of all numbers that are run, each times one of `factor`. */
static double weighed(const up_trainable *net, const float *learned, float *run,
                      const float *factor)
{
    double sum = 0;
    up_trainable_join_all(net, learned, run);
    for (size_t i = 0; i < net->parameters; i++)
        sum += (double)run[i] * (double)factor[i];
    return sum;
}

Test(design, gradients_of_branches_agree_with_finite_differences)
{
    up_trainable net;
    must_make(&net, BRANCHED, 2);
    float *learned = calloc(net.learned, sizeof(float)), *gradient = calloc(net.learned, 4);
    float *run = calloc(net.parameters, sizeof(float));
    for (size_t i = 0; i < net.learned; i++) {
        learned[i] = random_between(&seed, -0.5f, 0.5f);
        gradient[i] = i < net.parameters ? random_between(&seed, -1, 1) : 0;
    }
    float *factor = calloc(net.learned, sizeof(float));
    memcpy(factor, gradient, net.learned * sizeof(float));
    for (int n = 0; n <= net.last; n++)
        up_trainable_part(&net, n, learned, gradient);
    cr_expect(memcmp(factor, gradient, net.parameters * sizeof(float)) == 0);
    for (size_t i = net.parameters; i < net.learned; i++) {
        const float value = learned[i], step = 0.0625f;
        learned[i] = value + step;
        const double above = weighed(&net, learned, run, factor);
        learned[i] = value - step;
        const double below = weighed(&net, learned, run, factor);
        learned[i] = value;
        const double wanted = (above - below) / (2 * (double)step);
        cr_assert_float_eq(gradient[i], wanted, 2e-4 + 1e-4 * fabs(wanted), "%zu: %g, not %g", i,
                           (double)gradient[i], wanted);
    }
    free(run), free(learned), free(gradient), free(factor);
    up_trainable_free(&net);
}

/* ---------------------------------------------------------------- what is wrong */

Test(design, what_is_wrong_is_said)
{
    static const struct {
        const char *text, *why;
    } wrong[] = {
        { "{'layer':[]}", "\"layer\" is no part of a design" },
        { "{'color':'rgb'}", "layers must be a list" },
        { "{'layers':[]}", "layers must be a list" },
        { "{'layers':[3]}", "layer 0 of a list is no object" },
        { "{'color':'cmyk','layers':[{'op':'relu'}]}", "color must be" },
        { "{'condition':'noise','layers':[{'op':'relu'}]}", "condition must be \"strength\"" },
        { "{'layers':[{'op':'conv'}]}", "layer 0 has \"conv\", expected an object whose op" },
        { "{'layers':[{'op':'conv2d','channel':3}]}", "\"channel\" is not a field of this op" },
        { "{'layers':[{'op':'conv2d','channels':'many'}]}", "channels must be a number" },
        { "{'layers':[{'op':'conv2d','channels':5000}]}", "channels must be a number" },
        { "{'layers':[{'op':'conv2d','kernel':4}]}", "kernel must be an odd number" },
        { "{'layers':[{'op':'conv2d','init':'zeros'}]}", "init must be a number" },
        { "{'layers':[{'op':'prelu','kernel':3}]}", "only convolutions have" },
        { "{'layers':[{'op':'conv2d','channels':2,'branches':['identity']}]}", "a branch is" },
        { "{'layers':[{'op':'conv2d','branches':[[5]]}]}", "a branch is" },
        { "{'layers':[{'op':'conv2d','branches':[[{'kernel':1,'channels':2}]]}]}", "a branch is" },
        { "{'layers':[{'op':'conv2d','branches':3}]}", "branches are a list" },
        { "{'layers':[{'op':'conv2d','channels':1024,'kernel':15},{'op':'conv2d','kernel':15}]}",
          "more than 67 million weights" },
        { "{'layers':[{'op':'conv_transpose2d','kernel':15,'stride':65536}]}",
          "more than 67 million weights" },
        { "{'layers':[{'op':'conv2d'},{'op':'add','from':'x'}]}", "the id of an earlier layer" },
        { "{'layers':[{'op':'conv2d','id':'input'}]}", "an id must be" },
        { "{'layers':[{'repeat':0,'layers':[{'op':'relu'}]}]}", "repeat must be a number" },
        { "{'layers':[{'repeat':[1],'layers':[{'op':'relu'}]}]}", "repeat must be a number" },
        { "{'layers':[{'repeat':2,'layers':[{'op':'relu'}],'op':'relu'}]}", "of a repeat" },
        { "{'layers':[{'repeat':4096,'layers':[{'repeat':4096,'layers':[{'op':'relu'}]}]}]}",
          "more than 4096 layers" },
        { "{'layers':[{'repeat':1,'layers':[{'repeat':1,'layers':[{'repeat':1,'layers':[{'repeat':"
          "1,"
          "'layers':[{'repeat':1,'layers':[{'op':'relu'}]}]}]}]}]}]}",
          "repeats within each other" },
        { "{'layers':[{'op':'conv2d','channels':9},{'op':'pixel_shuffle','factor':3}]}",
          "enlarges by 3, not by 2" },
        { "{'color':'rgb','layers':[" PHASES ",{'op':'channels','count':1}]}", "studio luma" },
        { "{'layers':[{'op':'conv2d'},{'op':'mish'}," PHASES "]}", "mish) cannot be trained here" },
        { "{'layers':[{'op':'resize','mode':'nearest','factor':2}]}", "cannot be trained" },
        { "{'layers':[{'op':'concat','inputs':['input','input','input','input']},"
          "{'op':'pixel_shuffle','factor':2}]}",
          "nothing to learn" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        up_trainable net;
        up_error error = { 0 };
        cr_expect_eq(make(&net, wrong[i].text, 2, &error), UP_ERROR_WEIGHTS, "%s", wrong[i].text);
        cr_expect_not_null(strstr(error.message, wrong[i].why), "%s: %s", wrong[i].text,
                           error.message);
        cr_expect_not_null(strstr(error.message, "net.json"), "%s", error.message);
        cr_expect_null(net.network);
    }
}

/* ---------------------------------------------------------------- the figure at the end */

Test(curve, tells_the_end_from_the_beginning)
{
    float point[20][2];
    for (int i = 0; i < 20; i++) {
        const double step = 500.0 * (i + 1);
        point[i][0] = (float)step;
        point[i][1] = (float)(32 - 30 * pow(step, -0.35));
    }
    const double end = 32 - 30 * pow(100000, -0.35);
    cr_expect_float_eq(up_curve_expected((const float(*)[2])point, 20, 100000), end, 0.02);
    cr_expect(isnan(up_curve_expected((const float(*)[2])point, 3, 100000)));
    for (int i = 0; i < 20; i++)
        point[i][1] = 30;
    cr_expect_float_eq(up_curve_expected((const float(*)[2])point, 20, 100000), 30, 1e-3);
}
