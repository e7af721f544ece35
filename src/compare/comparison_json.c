/* SPDX-License-Identifier: MIT */

#include "compare/comparison.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "compare/classroom/classroom.h"
#include "compare/classroom/lessons.h"
#include "compare/files/file_names.h"
#include "compare/files/json_text.h"
#include "compare/impulse.h"
#include "compare/network_facts.h"
#include "compare/numbers/result_times.h"
#include "compare/pictures/tiles.h"
#include "io/pixels.h"

#include <math.h>

json_t *up_comparison_protocol(const up_comparison *c)
{
    json_t *list = json_array();
    if (c->options->degrade)
        up_json_add_sentence(
            list,
            "The original was brought to 8 bits, cropped at the top left to a multiple of "
            "%d, and spoilt by %s (seed %llu). Every method enlarged the result by %d and "
            "was compared with the original.",
            c->original.scale, c->options->degrade, (unsigned long long)c->options->seed,
            c->original.scale);
    else if (c->options->from_original)
        up_json_add_sentence(
            list,
            "The original was brought to 8 bits, cropped at the top left to a multiple of "
            "%d, and reduced by bicubic as MATLAB's imresize does it. Every method "
            "enlarged the result by %d and was compared with the original.",
            c->original.scale, c->original.scale);
    else if (c->options->classroom)
        up_json_add_sentence(
            list,
            "The original was brought to 8 bits, put on white where it is transparent, "
            "cropped at the top left to a multiple of %d, and pooled: of each %dx%d "
            "pixels the largest value of every channel was "
            "kept. Every method brought that back to the size of the original, and was "
            "compared with it. What pooling lost, and that it makes pictures lighter, "
            "counts against all of them.",
            c->original.scale, c->original.scale, c->original.scale);
    else if (c->options->reference)
        up_json_add_sentence(list,
                             "Every method enlarged the input, and was compared with the reference "
                             "as it is.");
    if (up_has_reference(c->options))
        up_json_add_sentence(
            list,
            "PSNR Y, SSIM (Wang 2004, 11x11 Gaussian window) and MS-SSIM are of luma as "
            "MATLAB's rgb2ycbcr makes it (BT.601, 16 to 235), PSNR RGB of all three "
            "channels; %d pixels were left out at every border.",
            c->border);
    up_times_say(list, c);
    up_json_add_sentence(list, "Multiply-adds: per pixel of the input.");
    return list;
}

/* What was left out of this input, or changed, beside what holds for all. */
static json_t *protocol_of_input(const up_comparison *c)
{
    json_t *list = up_comparison_protocol(c);
    if (c->inks)
        up_json_add_sentence(list,
                             "The picture is CMYK, and was made sRGB first: by its ICC profile, "
                             "or as (1 - C)(1 - K) without one.");
    if (c->frames > 1 || c->frames < 0)
        up_json_add_sentence(list, "Of the frames of the animation the first was taken.");
    if (c->pages > 1)
        up_json_add_sentence(list, "Of %d pages the first that can be read was taken.", c->pages);
    return list;
}

static json_t *levels(const up_comparison *c)
{
    json_t *list = json_array();
    int count = up_tile_levels(c->output.width, c->output.height);
    for (int i = 0; i < count; i++)
        up_json_append(list, up_tile_level_is_kept(c->output.width, c->output.height, i)
                                 ? json_pack("[i,i]", up_tile_halved(c->output.width, i),
                                             up_tile_halved(c->output.height, i))
                                 : json_null());
    return list;
}

static json_t *boxes(const up_comparison *c)
{
    json_t *list = json_array();
    for (int i = 0; i < c->boxes; i++) {
        const up_box *b = &c->box[i];
        up_json_append(list, json_pack("{s:i, s:i, s:i, s:i, s:b}", "x", b->x, "y", b->y, "width",
                                       b->width, "height", b->height, "automatic", i >= c->asked));
    }
    return list;
}

/* Methods that take no grey picture have no response to show. */
static json_t *impulse(const up_comparison *c, const up_compared *r)
{
    up_pixels response = { 0 };
    const bool pooled = c->options->classroom &&
                        up_lesson_needs_positions(&c->options->contender[r - c->result - 1]);
    up_status status =
        pooled ? up_classroom_impulse(&response, c, r->options, NULL)
               : up_impulse_response(&response, r->options, &c->input_format, &c->output, NULL);
    if (status != UP_OK)
        return NULL;
    const up_format *f = &response.format;
    json_t *values = json_array();
    for (size_t i = 0; i < (size_t)f->width * (size_t)f->height; i++) {
        double value = (double)((const float *)response.data)[i];
        up_json_append(values, json_real(isfinite(value) ? round(1e4 * value) / 1e4 : 0));
    }
    up_free(response.data);
    return up_json_made(
        json_pack("{s:i, s:i, s:o}", "width", f->width, "height", f->height, "values", values));
}

static json_t *result_json(const up_comparison *c, const up_compared *r)
{
    const up_report_row *row = &r->row;
    json_t *json = json_pack("{s:o, s:b, s:I, s:i, s:i, s:i}", "name", up_json_bytes(row->name),
                             "reference", row->reference, "bytes", (json_int_t)row->bytes, "width",
                             row->width, "height", row->height, "channels", r->format.channels);
    up_json_set_numbers(json, row, c->options);
    up_times_set(json, row);
    double scale = (double)row->width / c->input_format.width;
    if (up_keeps_files(c->options))
        up_json_set(json, "file", json_string(r->file));
    if (!r->options)
        return json;
    up_json_set(json, "scale", json_real(scale));
    up_json_set(json, "steps", up_json_bytes(row->steps));
    json_t *response = impulse(c, r), *facts = up_network_facts(r->options, scale);
    if (response)
        up_json_set(json, "impulse", response);
    if (facts)
        up_json_set(json, "network", facts);
    return json;
}

static json_t *results(const up_comparison *c)
{
    json_t *list = json_array();
    for (int i = 0; i < c->count; i++)
        up_json_append(list, result_json(c, &c->result[i]));
    return list;
}

static json_t *reference_words(const up_comparison *c)
{
    if (up_has_original(c->options))
        return json_string("the original");
    return c->options->reference ? up_json_bytes(up_last_part(c->options->reference)) : json_null();
}

json_t *up_comparison_json(const up_comparison *c)
{
    const up_format *in = &c->input_format;
    json_t *picture =
        json_pack("{s:o, s:i, s:i, s:i, s:i, s:b}", "name", up_json_bytes(up_last_part(c->input)),
                  "width", in->width, "height", in->height, "bits", in->depth, "channels",
                  in->channels, "alpha", up_color_has_alpha(in->color));
    json_t *json = json_pack(
        "{s:s, s:o, s:{s:i, s:i}, s:[f,f], s:o, s:o, s:i, s:i, s:o, s:b, s:b, s:b, s:o, s:o}",
        "program", "upscale " UP_VERSION, "picture", picture, "output", "width", c->output.width,
        "height", c->output.height, "scale", (double)c->output.height / in->height,
        (double)c->output.width / in->width, "reference", reference_words(c), "protocol",
        protocol_of_input(c), "methods", c->options->contenders, "tile", UP_TILE, "levels",
        levels(c), "inlined", c->options->single_file, "crops_only",
        c->options->single_file && !c->options->full, "part_of_many", c->options->many, "crops",
        boxes(c), "results", results(c));
    if (json)
        up_json_set(json, "measures", up_json_measures(c->options));
    if (json)
        up_json_set(json, "machine", up_machine_json(c->options));
    if (json && c->classroom)
        up_json_set(json, "classroom", json_incref(c->classroom));
    return json;
}
