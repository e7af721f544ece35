/* SPDX-License-Identifier: MIT */
/* Max pooling, and maxima put back. */

#include "explain/explanation.h"

#include "base/memory.h"
#include "explain/explain_engine.h"
#include "explain/links.h"
#include "explain/ops/layer_terms.h"
#include "explain/ways.h"
#include "ops/pool/pool.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- pooling */

static up_status take_window(up_explanation *e, up_error *error)
{
    const up_layer *layer = &e->options.layer;
    if (!layer->kernel.set)
        return up_fail(error, UP_ERROR_ARGUMENT, "%s needs the size of its window: --kernel K",
                       e->op->name);
    for (int a = 0; a < 2; a++) {
        e->kernel[a] = up_terms_pair(&layer->kernel, a, 0);
        e->stride[a] = up_terms_pair(&layer->stride, a, e->kernel[a]);
        e->padding[a] = up_terms_pair(&layer->padding, a, 0);
        e->dilation[a] = up_terms_pair(&layer->dilation, a, 1);
        const int most = up_max(up_max(e->kernel[a], e->stride[a]), e->dilation[a]);
        const int least = up_min(up_min(e->kernel[a], e->stride[a]), e->dilation[a]);
        if (least < 1 || most > UP_EXPLAIN_SIDE || e->padding[a] < 0)
            return up_fail(error, UP_ERROR_UNSUPPORTED,
                           "--kernel, --stride and --dilation from 1 to %d can be explained, and a "
                           "--padding from 0 on",
                           UP_EXPLAIN_SIDE);
        if (e->padding[a] > e->kernel[a] / 2)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "pooling needs a --padding between 0 and half the kernel, not %d of %d",
                           e->padding[a], e->kernel[a]);
    }
    return UP_OK;
}

static up_pool pool_of(const up_explanation *e)
{
    up_pool pool = { .ceil_mode = e->options.layer.ceil_mode };
    memcpy(pool.kernel, e->kernel, sizeof pool.kernel);
    memcpy(pool.stride, e->stride, sizeof pool.stride);
    memcpy(pool.dilation, e->dilation, sizeof pool.dilation);
    memcpy(pool.pad_before, e->padding, sizeof pool.pad_before);
    memcpy(pool.pad_after, e->padding, sizeof pool.pad_after);
    return pool;
}

static up_status size_pooled(up_explanation *e, up_error *error)
{
    const up_pool pool = pool_of(e);
    const bool ceil_mode = pool.ceil_mode;
    UP_TRY(up_pool_size(&pool, e->x.height, e->x.width, e->full, error));
    e->size_formula = ceil_mode ? "ceil((in + 2*padding - dilation*(kernel-1) - 1) / stride) + 1"
                                : "floor((in + 2*padding - dilation*(kernel-1) - 1) / stride) + 1";
    for (int a = 0; a < 2; a++)
        snprintf(e->size_text[a], sizeof e->size_text[a],
                 "%s((%d + 2*%d - %d*(%d-1) - 1) / %d) + 1 = %d", ceil_mode ? "ceil" : "floor",
                 a ? e->x.width : e->x.height, e->padding[a], e->dilation[a], e->kernel[a],
                 e->stride[a], e->full[a]);
    return up_terms_result(e, e->x.channels, e->full[0], e->full[1], error);
}

/* Links to all of the window; the weight of the first maximum is 1, that of the others 0. */
static up_status link_window(up_explanation *e, int out, up_error *error)
{
    const int column = out % e->y.width, row = out / e->y.width % e->y.height;
    const int channel = out / e->y.width / e->y.height;
    const size_t first = e->links;
    size_t best = first;
    for (int n = 0; n < e->kernel[0] * e->kernel[1]; n++) {
        const int i = n / e->kernel[1], j = n % e->kernel[1];
        const int y = row * e->stride[0] + i * e->dilation[0] - e->padding[0];
        const int x = column * e->stride[1] + j * e->dilation[1] - e->padding[1];
        if (y < 0 || x < 0 || y >= e->x.height || x >= e->x.width)
            continue;
        const int in = (channel * e->x.height + y) * e->x.width + x;
        UP_TRY(up_links_add(e, (up_link){ in, out, n, 0 }, error));
        if (e->x.value[in] > e->x.value[e->link[best].in])
            best = e->links - 1;
    }
    if (e->links == first)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "a window lies in the padding alone");
    e->link[best].weight = 1;
    e->indices.value[out] = e->link[best].in % (e->x.height * e->x.width);
    return UP_OK;
}

static up_status plan_pool(up_op **op, const up_shape *in, const void *pool, up_error *error)
{
    return up_pool_plan(op, in, pool, error);
}

/* ---------------------------------------------------------------- putting back */

typedef struct {
    const up_small *indices;
    int size[2];
} putting;

static up_status plan_unpool(up_op **op, const up_shape *in, const void *what, up_error *error)
{
    const putting *p = what;
    const size_t count = up_small_count(p->indices);
    int64_t *index = up_alloc(count, sizeof *index);
    if (!index)
        return up_fail_memory(error, "positions", count * sizeof *index);
    for (size_t i = 0; i < count; i++)
        index[i] = (int64_t)p->indices->value[i];
    return up_unpool_plan(op, in, 1, index, p->size, error);
}

/* Of what is put back nothing but the maxima may be there, each at its position. */
static bool has_strayed(const up_explanation *e)
{
    const int in_plane = e->x.height * e->x.width, out_plane = e->y.height * e->y.width;
    size_t right = 0, found = 0;
    for (int i = 0; i < (int)up_small_count(&e->y); i++) {
        const int place = i / out_plane * in_plane + (int)e->indices.value[i];
        if (e->put_back.value[place] != e->y.value[i])
            return true;
    }
    for (size_t i = 0; i < up_small_count(&e->put_back); i++)
        found += e->put_back.value[i] != 0;
    for (const up_link *l = e->link; l < e->link + e->links; l++)
        right += l->weight != 0 && e->x.value[l->in] != 0;
    return found > right;
}

up_status up_explain_pool(up_explanation *e, const up_explain_options *o, up_error *error)
{
    up_small y;
    UP_TRY(up_terms_input(e, o, error));
    UP_TRY(take_window(e, error));
    UP_TRY(size_pooled(e, error));
    UP_TRY(up_small_make(&e->indices, e->y.channels, e->y.height, e->y.width, error));
    const up_pool pool = pool_of(e);
    UP_TRY(up_explain_run(&y, &e->x, plan_pool, &pool, error));
    e->y.value = y.value;
    for (int out = 0; out < (int)up_small_count(&e->y); out++)
        UP_TRY(link_window(e, out, error));
    UP_TRY(up_ways_add_sum(e, "windows", "the first maximum of each window", error));
    UP_TRY(up_ways_add_matrix(e, error));
    UP_TRY(up_ways_add_engine(e, "upscale pool, in float32", &e->y, error));
    const putting back = { &e->indices, { e->x.height, e->x.width } };
    UP_TRY(up_explain_run(&e->put_back, &e->y, plan_unpool, &back, error));
    e->strayed = has_strayed(e);
    return up_links_overlap(e, error);
}

/* ---------------------------------------------------------------- unpooling */

static up_status size_unpooled(up_explanation *e, up_error *error)
{
    const up_pair *wanted = &e->options.layer.output_size;
    e->size_formula = wanted->set ? "--output-size" : "(in-1)*stride - 2*padding + kernel";
    for (int a = 0; a < 2; a++) {
        const int in = a ? e->x.width : e->x.height;
        const int usual = (in - 1) * e->stride[a] - 2 * e->padding[a] + e->kernel[a];
        e->full[a] = up_terms_pair(wanted, a, usual);
        if (e->full[a] <= usual - e->stride[a] || e->full[a] >= usual + e->stride[a])
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "--output-size: %s must be between %d and %d, not %d",
                           a ? "columns" : "rows", usual - e->stride[a] + 1,
                           usual + e->stride[a] - 1, e->full[a]);
        snprintf(e->size_text[a], sizeof e->size_text[a], "(%d-1)*%d - 2*%d + %d = %d%s", in,
                 e->stride[a], e->padding[a], e->kernel[a], usual,
                 wanted->set && e->full[a] != usual ? ", but asked for otherwise" : "");
    }
    return up_terms_result(e, e->x.channels, e->full[0], e->full[1], error);
}

static up_status read_indices(up_explanation *e, const up_explain_options *o, up_error *error)
{
    const up_small *i = &e->indices;
    if (!o->indices)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "max-unpool needs positions: --indices '5,7;13,15', or a file");
    UP_TRY(up_small_read(&e->indices, o->indices, "--indices", error));
    if (i->channels != e->x.channels || i->height != e->x.height || i->width != e->x.width)
        return up_fail(error, UP_ERROR_ARGUMENT, "--indices are not shaped like --x");
    for (size_t n = 0; n < up_small_count(i); n++) {
        const double place = i->value[n];
        if (place != floor(place) || place < 0 || place >= (double)e->y.height * e->y.width)
            return up_fail(
                error, UP_ERROR_ARGUMENT,
                "--indices: %g is no position in a plane of %dx%d; they are row * width + "
                "column",
                place, e->y.height, e->y.width);
    }
    return UP_OK;
}

/* The last of several values for one position stays. */
static up_status link_positions(up_explanation *e, up_error *error)
{
    const int in_plane = e->x.height * e->x.width, out_plane = e->y.height * e->y.width;
    const size_t places = up_small_count(&e->y);
    int *last = up_alloc_zero(places, sizeof *last); /* 1 + the link that is there */
    up_status status = last ? UP_OK : up_fail_memory(error, "positions", places * sizeof *last);
    for (int i = 0; status == UP_OK && i < (int)up_small_count(&e->x); i++) {
        const int out = i / in_plane * out_plane + (int)e->indices.value[i];
        if (last[out])
            e->link[last[out] - 1].weight = 0;
        status = up_links_add(e, (up_link){ i, out, -1, 1 }, error);
        last[out] = (int)e->links;
    }
    up_free(last);
    return status;
}

up_status up_explain_unpool(up_explanation *e, const up_explain_options *o, up_error *error)
{
    up_small y;
    e->scatter = true;
    UP_TRY(up_terms_input(e, o, error));
    UP_TRY(take_window(e, error));
    UP_TRY(size_unpooled(e, error));
    UP_TRY(read_indices(e, o, error));
    const putting how = { &e->indices, { e->y.height, e->y.width } };
    UP_TRY(up_explain_run(&y, &e->x, plan_unpool, &how, error));
    e->y.value = y.value;
    UP_TRY(link_positions(e, error));
    UP_TRY(up_ways_add_sum(e, "scatter", "each element put at its position", error));
    UP_TRY(up_ways_add_matrix(e, error));
    UP_TRY(up_ways_add_engine(e, "upscale -m max-unpool", &e->y, error));
    return up_links_overlap(e, error);
}
