/* SPDX-License-Identifier: MIT */
#include "support/network/random_network.h"

#include "base/memory.h"
#include "network/layers.h"
#include "support/network/network_file.h"
#include "support/reference/kernel_check.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 400, MOST_CHANNELS = 12, MOST_SCALE = 4 };

/* A network that grows: what is appended to both texts, and the nodes so far. */
typedef struct {
    random_network text;
    size_t layers, tensors; /* used */
    const up_network *network;
    uint32_t state;
    int names;
} growing;

static int below(growing *g, int n)
{
    return random_below(&g->state, n);
}

static const char *one_of(growing *g, const char *const *names, int count)
{
    return names[below(g, count)];
}

static int last_of(const growing *g)
{
    return g->network ? g->network->output : UP_NETWORK_INPUT;
}

static int channels_of(const growing *g)
{
    return g->network ? g->network->out_channels : g->text.channels;
}

static void add(growing *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A layer: its op and more members. Its id is its number among the nodes. */
static void add(growing *g, const char *format, ...)
{
    char *at = g->text.layers + g->layers;
    const size_t room = sizeof g->text.layers - g->layers - 64;
    int entries = 0;
    for (const char *c = g->text.layers; *c; c++)
        entries += *c == '{';
    va_list args;
    va_start(args, format);
    int used = sprintf(at, "%s{'id':'%d','op':", entries ? "," : "[", entries);
    used += vsnprintf(at + used, room, format, args);
    used += sprintf(at + used, "}");
    va_end(args);
    g->layers += (size_t)used;
    cr_assert_lt(g->layers, sizeof g->text.layers - 64);
}

static void add_tensor(growing *g, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_tensor(growing *g, const char *what, const char *format, ...)
{
    char *at = g->text.tensors + g->tensors;
    va_list args;
    va_start(args, format);
    int used = sprintf(at, "%st%d.%s:", g->tensors ? " " : "", g->names, what);
    used += vsprintf(at + used, format, args);
    va_end(args);
    g->tensors += (size_t)used;
    cr_assert_lt(g->tensors, sizeof g->text.tensors - 64);
}

/* The id of an earlier node, or of the input. */
static const char *earlier(growing *g)
{
    static char id[4][16];
    static int turn;
    const int nodes = g->network ? g->network->nodes : 0, n = below(g, nodes + 1) - 1;
    char *text = id[turn++ % 4];
    snprintf(text, sizeof *id, n < 0 ? "input" : "%d", n);
    return text;
}

static const char *previous(const growing *g)
{
    static char id[16];
    snprintf(id, sizeof id, last_of(g) < 0 ? "input" : "%d", last_of(g));
    return id;
}

/* ---------------------------------------------------------------- kinds */

static const char *const pad_modes[] = { "zeros", "replicate", "reflect" };

static void add_conv2d(growing *g)
{
    const int in = channels_of(g), groups = in % 2 == 0 && below(g, 3) == 0 ? 2 : 1;
    const int out = groups * (1 + below(g, 6 / groups));
    const int rows = 1 + below(g, 4), columns = 1 + below(g, 4);
    add_tensor(g, "weight", "%d,%d,%d,%d", out, in / groups, rows, columns);
    if (below(g, 2))
        add_tensor(g, "bias", "%d", out);
    add(g,
        "'conv2d','name':'t%d','groups':%d,'stride':[%d,%d],'dilation':[%d,%d],"
        "'padding':[%d,%d,%d,%d],'padding_mode':'%s'",
        g->names++, groups, 1 + (below(g, 6) == 0), 1 + (below(g, 6) == 0), 1 + below(g, 2),
        1 + below(g, 2), below(g, 3), below(g, 3), below(g, 3), below(g, 3),
        one_of(g, pad_modes, 3));
}

static void add_conv_transpose2d(growing *g)
{
    const int in = channels_of(g), groups = in % 3 == 0 && below(g, 2) ? 3 : 1;
    const int stride = 1 + below(g, 2);
    add_tensor(g, "weight", "%d,%d,%d,%d", in, 1 + below(g, 6 / groups), 1 + below(g, 4),
               1 + below(g, 4));
    add(g,
        "'conv_transpose2d','name':'t%d','groups':%d,'stride':%d,'dilation':%d,"
        "'padding':[%d,%d,%d,%d],'output_padding':%d",
        g->names++, groups, stride, 1 + below(g, 2), below(g, 2), below(g, 2), below(g, 2),
        below(g, 2), below(g, stride));
}

static const char *bounds(growing *g)
{
    static const char *const some[] = { "", "", ",'min':-0.25", ",'min':-0.5,'max':0.75" };
    return one_of(g, some, 4);
}

static void add_plain(growing *g)
{
    static const char *const names[] = {
        "'relu'",
        "'tanh'",
        "'sigmoid'",
        "'silu'",
        "'mish'",
        "'gelu'",
        "'gelu','tanh':true",
        "'elu'",
        "'elu','alpha':0.5",
        "'softplus'",
        "'hard_sigmoid'",
        "'hard_swish'",
        "'hard_sigmoid','alpha':0.25,'beta':0.25",
        "'abs'",
        "'erf'",
        "'leaky_relu'",
        "'leaky_relu','slope':-0.5",
        "'softmax'",
        "'clip','min':-0.5",
        "'power','exponent':2",
    };
    const char *name = one_of(g, names, sizeof names / sizeof *names);
    add(g, "%s%s", name, strstr(name, "clip") ? "" : bounds(g));
}

/* Functions that are steep or not there for some numbers. */
static void add_guarded(growing *g)
{
    static const char *const names[] = { "'log'",
                                         "'sqrt'",
                                         "'reciprocal'",
                                         "'exp'",
                                         "'power','exponent':0.75",
                                         "'power','exponent':-1.5" };
    add(g, "'clip','min':0.25,'max':2");
    add(g, "%s%s", one_of(g, names, 6), bounds(g));
}

static void add_prelu(growing *g)
{
    add_tensor(g, "weight", "%d", below(g, 2) ? 1 : channels_of(g));
    add(g, "'prelu','name':'t%d'%s", g->names++, bounds(g));
}

static void add_affine(growing *g)
{
    char list[256] = "";
    for (int c = 0; c < channels_of(g); c++)
        sprintf(list + strlen(list), "%s%d.5", c ? "," : "", below(g, 5) - 2);
    add(g, "'affine','scale':[%s],'offset':%d", list, below(g, 3) - 1);
}

static void add_shuffle(growing *g)
{
    static const char *const orders[] = { "pixel_last", "pixel_first" };
    const int factor = 2 + below(g, 2);
    add(g, "'%s','factor':%d,'order':'%s'", below(g, 2) ? "pixel_shuffle" : "pixel_unshuffle",
        factor, one_of(g, orders, 2));
}

static void add_edges(growing *g)
{
    switch (below(g, 3)) {
    case 0:
        add(g, "'pad','amount':[%d,%d,%d,%d],'mode':'%s','value':%d", below(g, 4), below(g, 4),
            below(g, 4), below(g, 4), one_of(g, pad_modes, 3), below(g, 3));
        break;
    case 1:
        add(g, "'crop','amount':[%d,%d,%d,%d]", below(g, 2), below(g, 2), below(g, 2), below(g, 2));
        break;
    default:
        add(g, "'slice','first':[%d,%d],'step':[%d,%d]", below(g, 2), below(g, 2), 1 + below(g, 2),
            1 + below(g, 2));
    }
}

static void add_arithmetic(growing *g)
{
    static const char *const names[] = { "add", "mul", "sub", "minimum", "maximum" };
    const char *name = one_of(g, names, 5), *a = previous(g), *b = earlier(g);
    const bool swap = below(g, 2);
    if (below(g, 4) == 0 && strcmp(name, "sub") != 0)
        add(g, "'%s','inputs':['%s','%s','%s']", name, a, b, earlier(g));
    else
        add(g, "'%s','inputs':['%s','%s']", name, swap ? a : b, swap ? b : a);
}

static void add_div(growing *g)
{
    const char *a = earlier(g);
    add(g, "'clip','min':0.25,'max':2");
    add(g, "'div','inputs':['%s','%d']", a, last_of(g) + 1);
}

static void add_concat(growing *g)
{
    const char *a = earlier(g), *b = earlier(g);
    if (below(g, 2))
        add(g, "'concat','inputs':['%s','%s','%s']", a, previous(g), b);
    else
        add(g, "'concat','inputs':['%s','%s']", previous(g), a);
}

static void add_channels(growing *g)
{
    const int count = 1 + below(g, channels_of(g));
    add(g, "'channels','first':%d,'count':%d", below(g, channels_of(g) - count + 1), count);
}

static void add_resize(growing *g)
{
    static const char *const modes[] = { "nearest", "bilinear", "bicubic" };
    static const char *const coordinates[] = { "usual", "half_pixel", "asymmetric", "align_corners",
                                               "pytorch_half_pixel" };
    static const char *const roundings[] = { "floor", "ceil", "round_down", "round_up" };
    static const char *const more[] = { "", ",'cubic_a':-0.5", ",'antialias':true",
                                        ",'exclude_outside':true",
                                        ",'antialias':true,'exclude_outside':true" };
    char to[96];
    if (below(g, 4) == 0)
        snprintf(to, sizeof to, "'inputs':['%s','%s']", previous(g), earlier(g));
    else
        snprintf(to, sizeof to, "'factor':[%d,%d],'divisor':[%d,%d]", 1 + below(g, 3),
                 1 + below(g, 3), 1 + below(g, 2), 1 + below(g, 2));
    add(g, "'resize','mode':'%s',%s,'coordinates':'%s','rounding':'%s'%s", one_of(g, modes, 3), to,
        one_of(g, coordinates, 5), one_of(g, roundings, 4), one_of(g, more, 5));
}

static void add_pool(growing *g)
{
    const int kernel = 2 + below(g, 2);
    const bool average = below(g, 2);
    add(g, "'%s','kernel':[%d,%d],'stride':[%d,%d],'padding':[%d,%d,%d,%d],'ceil_mode':%s%s",
        average ? "average_pool" : "max_pool", kernel, 2 + below(g, 2), 1 + below(g, 3),
        1 + below(g, 3), below(g, 2), below(g, 2), below(g, 2), below(g, 2),
        below(g, 2) ? "true" : "false",
        !average      ? ""
        : below(g, 2) ? ",'count_include_pad':true"
                      : "");
}

/* As squeeze-and-excitation has it. */
static void add_reduction(growing *g)
{
    static const char *const pools[] = { "global_average_pool", "global_max_pool",
                                         "global_contrast" };
    static const char *const joins[] = { "mul", "add", "sub" };
    char before[16];
    snprintf(before, sizeof before, "%s", previous(g));
    add(g, "'%s','inputs':['%s']", one_of(g, pools, 3), before);
    add(g, "'%s','inputs':['%s','%d']", one_of(g, joins, 3), before, last_of(g) + 1);
}

static void add_norm(growing *g)
{
    add_tensor(g, "weight", "%d", channels_of(g));
    add_tensor(g, "bias", "%d", channels_of(g));
    add(g, "'instance_norm','name':'t%d','eps':0.01", g->names++);
}

typedef void addition(growing *g);
static addition *const additions[] = {
    add_conv2d,   add_conv2d,     add_conv_transpose2d, add_plain,   add_plain,
    add_guarded,  add_prelu,      add_affine,           add_shuffle, add_shuffle,
    add_edges,    add_arithmetic, add_arithmetic,       add_div,     add_concat,
    add_channels, add_resize,     add_resize,           add_pool,    add_reduction,
    add_norm,
};

/* ---------------------------------------------------------------- growing */

static bool is_small(const up_network *network)
{
    bool small = network->out_channels <= MOST_CHANNELS;
    for (int axis = 0; axis < 2; axis++)
        small = small && network->multiple[axis] <= 12 && network->least[axis] <= 8 &&
                network->scale[axis] <= MOST_SCALE * network->reduction[axis] &&
                network->reduction[axis] <= MOST_SCALE * up_max(network->scale[axis], 1);
    return small;
}

/* What the library makes of it; NULL where it refuses it. */
static up_network *read(const random_network *text)
{
    up_error error = { 0 };
    up_network *network =
        network_read(network_file(text->tensors, text->layers, text->metadata), NULL, &error);
    if (!network)
        cr_expect_eq(error.status, UP_ERROR_WEIGHTS, "%s", error.message);
    return network;
}

static void grow(growing *g, up_network **network)
{
    const growing before = *g;
    additions[below(g, sizeof additions / sizeof *additions)](g);
    strcat(g->text.layers, "]");
    up_network *grown = read(&g->text);
    g->text.layers[g->layers] = '\0';
    if (grown && is_small(grown)) {
        up_network_free(network);
        g->network = *network = grown;
        return;
    }
    const uint32_t state = g->state;
    *g = before;
    g->state = state;
    up_network_free(&grown);
}

random_network random_network_make(unsigned seed, int nodes)
{
    static growing g;
    up_network *network = NULL;
    g = (growing){ .state = seed * 2654435761u };
    g.text.channels = 1 + below(&g, 6);
    sprintf(g.text.metadata, "'upscale.channels':'%d','upscale.color':'any'", g.text.channels);
    for (int i = 0; i < TRIES && (!network || network->nodes < nodes); i++)
        grow(&g, &network);
    cr_assert(network && network->nodes >= nodes, "seed %u", seed);
    up_network_free(&network);
    strcat(g.text.layers, "]");
    return g.text;
}
