/* SPDX-License-Identifier: MIT */
#include "support/network/esrgan_file.h"

#include "support/weights/torch_data.h"

#include <stdio.h>

enum { MOST = 1024, VALUES = 1 << 17 };

typedef struct {
    char name[MOST][80];
    torch_view view[MOST];
    int views, used, features, growth;
} parts;

static void add(parts *p, const char *name, const char *suffix, int dims, const int size[4])
{
    torch_view *view = &p->view[p->views];
    int step = 1, count = 1;
    for (int i = 0; i < dims; i++)
        count *= size[i];
    if (p->used + count > VALUES)
        p->used = 0;
    snprintf(p->name[p->views], sizeof p->name[0], "%s.%s", name, suffix);
    *view = (torch_view){ .name = p->name[p->views++],
                          .type = "Float",
                          .key = "0",
                          .whole = VALUES,
                          .offset = p->used,
                          .dims = dims };
    for (int i = dims; i-- > 0; step *= size[i]) {
        view->size[i] = size[i];
        view->stride[i] = step;
    }
    p->used += step;
}

static void add_conv(parts *p, const char *name, int in, int out)
{
    const int size[4] = { out, in, 3, 3 };
    add(p, name, "weight", 4, size);
    add(p, name, "bias", 1, size);
}

static void add_block(parts *p, int block)
{
    char name[64];
    for (int dense = 1; dense <= 3; dense++)
        for (int conv = 1; conv <= 5; conv++) {
            snprintf(name, sizeof name, "body.%d.rdb%d.conv%d", block, dense, conv);
            add_conv(p, name, p->features + (conv - 1) * p->growth,
                     conv < 5 ? p->growth : p->features);
        }
}

tensor_file esrgan_file(int features, int growth, int blocks)
{
    static const char *const inner[] = { "conv_body", "conv_up1", "conv_up2", "conv_hr" };
    static float values[VALUES];
    static parts p;
    p = (parts){ .features = features, .growth = growth };
    for (int i = 0; i < VALUES; i++)
        values[i] = (float)(i * 7 % 31 - 15) / (float)(32 * features);
    add_conv(&p, "conv_first", 3, features);
    for (int block = 0; block < blocks; block++)
        add_block(&p, block);
    for (int i = 0; i < 4; i++)
        add_conv(&p, inner[i], features, features);
    add_conv(&p, "conv_last", features, 3);
    static const char before[] = "}X\x0a\0\0\0"
                                 "params_ema";
    tensor_file pickle = pickle_state_dict(p.view, p.views, before, sizeof before - 1, "s", 1);
    const torch_storage storage = { "0", values, sizeof values, VALUES };
    return torch_zip(pickle, &storage, 1, false);
}
