#include "support/esrgan_file.h"

#include "support/torch_data.h"

#include <stdio.h>

enum { FEATURES = 4, GROWTH = 2, MOST = 64, VALUES = 8192 };

typedef struct {
    char name[MOST][48];
    torch_view view[MOST];
    int views, used;
} parts;

static void add(parts *p, const char *name, const char *suffix, int dims, const int size[4])
{
    torch_view *view = &p->view[p->views];
    int step = 1;
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

static void add_block(parts *p)
{
    char name[40];
    for (int dense = 1; dense <= 3; dense++)
        for (int conv = 1; conv <= 5; conv++) {
            snprintf(name, sizeof name, "body.0.rdb%d.conv%d", dense, conv);
            add_conv(p, name, FEATURES + (conv - 1) * GROWTH, conv < 5 ? GROWTH : FEATURES);
        }
}

tensor_file esrgan_file(void)
{
    static const char *const inner[] = { "conv_body", "conv_up1", "conv_up2", "conv_hr" };
    static float values[VALUES];
    parts p = { .views = 0 };
    for (int i = 0; i < VALUES; i++)
        values[i] = (float)(i * 7 % 31 - 15) / 128;
    add_conv(&p, "conv_first", 3, FEATURES);
    add_block(&p);
    for (int i = 0; i < 4; i++)
        add_conv(&p, inner[i], FEATURES, FEATURES);
    add_conv(&p, "conv_last", FEATURES, 3);
    static const char before[] = "}X\x0a\0\0\0"
                                 "params_ema";
    tensor_file pickle = pickle_state_dict(p.view, p.views, before, sizeof before - 1, "s", 1);
    const torch_storage storage = { "0", values, sizeof values, VALUES };
    return torch_zip(pickle, &storage, 1, false);
}
