/* SPDX-License-Identifier: MIT */

#include <upscale_explain.h>

#include "api/option_defaults.h"
#include "base/memory.h"
#include "explain/explanation.h"
#include "explain/page/explain_page.h"
#include "explain/ways.h"

#include <stdlib.h>
#include <string.h>

const up_explain_op up_explain_ops[] = {
    { "tconv", "every input element times the kernel, laid down at its place", up_explain_tconv },
    { "conv", "every output a window of the input times the kernel", up_explain_conv },
    { "nearest", "every element repeated", up_explain_nearest },
    { "bed-of-nails", "every element at the top left of a cell of zeros", up_explain_nails },
    { "max-pool", "the largest of each window, and the maxima put back", up_explain_pool },
    { "max-unpool", "values put where --indices say", up_explain_unpool },
    { "bilinear", "between the two nearest rows and columns", up_explain_bilinear },
    { "bicubic", "between four rows and columns", up_explain_bicubic },
    { "pixel-shuffle", "channels made into the pixels of cells", up_explain_shuffle },
    { NULL, NULL, NULL },
};

static const up_explain_op *find_op(const char *name)
{
    for (const up_explain_op *op = up_explain_ops; op->name; op++)
        if (name && strcmp(op->name, name) == 0)
            return op;
    return NULL;
}

static up_status refuse_op(const char *name, up_error *error)
{
    char list[256] = "";
    for (const up_explain_op *op = up_explain_ops; op->name; op++) {
        strcat(list, op == up_explain_ops ? "" : ", ");
        strcat(list, op->name);
    }
    return up_fail(error, UP_ERROR_ARGUMENT, "'%s' cannot be explained; these can: %s",
                   name ? name : "", list);
}

up_status up_explain_open(up_explanation **explanation, const up_explain_options *options,
                          up_error *error)
{
    *explanation = NULL;
    const up_explain_op *op = find_op(options->op);
    if (!op)
        return refuse_op(options->op, error);
    up_explanation *e = up_alloc_zero(1, sizeof *e);
    if (!e)
        return up_fail_memory(error, "an explanation", sizeof *e);
    e->op = op;
    up_status status = up_options_take(&e->options, options->options, error);
    if (status == UP_OK)
        status = op->explain(e, options, error);
    if (status == UP_OK)
        status = up_ways_compare(e, error);
    if (status != UP_OK)
        up_explain_close(&e);
    *explanation = e;
    return status;
}

void up_explain_close(up_explanation **explanation)
{
    up_explanation *e = *explanation;
    if (!e)
        return;
    up_small *const tensors[] = { &e->x,      &e->k,       &e->y,        &e->inserted,
                                  &e->turned, &e->indices, &e->put_back, &e->overlap };
    for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++)
        up_small_free(tensors[i]);
    for (int w = 0; w < e->ways; w++)
        up_small_free(&e->way[w].y);
    up_free(e->link);
    up_free(e->tap);
    up_free(e->axis[0]);
    up_free(e->axis[1]);
    free(e->text);
    free(e->json);
    up_free(e);
    *explanation = NULL;
}

bool up_explain_agrees(const up_explanation *explanation)
{
    return explanation->agrees;
}

const char *up_explain_text(up_explanation *e, const up_explain_style *style)
{
    static const up_explain_style usual = { 0 };
    free(e->text);
    e->text = up_explanation_text(e, style ? style : &usual);
    return e->text;
}

const char *up_explain_json(up_explanation *e)
{
    free(e->json);
    e->json = up_explanation_json(e);
    return e->json;
}

up_status up_explain_page(up_explanation *e, const char *path, bool overwrite, up_error *error)
{
    const char *json = up_explain_json(e);
    if (!json)
        return up_fail_memory(error, "a page", 0);
    return up_explain_page_write(path, json, overwrite, error);
}

const char *up_explain_op_at(int i, const char **summary)
{
    const int count = (int)(sizeof up_explain_ops / sizeof *up_explain_ops) - 1;
    if (i < 0 || i >= count)
        return NULL;
    *summary = up_explain_ops[i].summary;
    return up_explain_ops[i].name;
}
