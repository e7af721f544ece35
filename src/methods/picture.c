/* SPDX-License-Identifier: MIT */
#include "methods/picture.h"

#include "io/metadata/declared_colour.h"
#include "methods/alpha.h"
#include "methods/back_project.h"
#include "methods/clean/cleaning_stage.h"
#include "methods/colour/to_srgb.h"
#include "ops/arrange/planes.h"
#include "ops/point/light.h"
#include "pipeline/add_ops.h"

#include <string.h>

typedef struct {
    up_graph *graph;
    up_request *request;
    int node;
    up_light light;  /* light.curves == 0: samples are filtered as they are */
    bool cleaned;    /* before the method */
    size_t said;     /* characters of request->steps that are not of the method */
    bool alpha;      /* the last channel of `node` is alpha ... */
    bool associated; /* ... and the colours are premultiplied by it */
} builder;

static up_status add_point(builder *b, const up_point *point, const float parameter[4],
                           up_error *error)
{
    return up_add_point(b->graph, b->node, -1, point, parameter, 4, &b->node, error);
}

static up_status add_select(builder *b, int first, int count, up_error *error)
{
    return up_add_select(b->graph, b->node, first, count, &b->node, error);
}

static up_status associate(builder *b, bool associated, up_error *error)
{
    if (!b->alpha || b->associated == associated)
        return UP_OK;
    b->associated = associated;
    const float white[4] = { b->request->white };
    return add_point(b, associated ? &up_point_premultiply : &up_point_unpremultiply, white, error);
}

static int colours_of(const builder *b)
{
    return up_graph_shape(b->graph, b->node)->channels - (b->alpha ? 1 : 0);
}

static up_status to_light(builder *b, up_error *error)
{
    if (b->light.curves == 0)
        return UP_OK;
    return UP_ADD_OP(b->graph, b->node, &b->node, error, up_to_light_plan, &b->light, colours_of(b),
                     b->request->white);
}

static up_status from_light(builder *b, float white, bool whole, up_error *error)
{
    if (b->light.curves == 0)
        return UP_OK;
    return UP_ADD_OP(b->graph, b->node, &b->node, error, up_from_light_plan, &b->light,
                     colours_of(b), white, whole);
}

/* Grey and alpha to RGB and alpha. */
static up_status grey_to_rgb(builder *b, up_error *error)
{
    int grey;
    UP_TRY(up_add_select(b->graph, b->node, 0, 1, &grey, error));
    return up_graph_add_concat(b->graph, (int[]){ grey, grey, b->node }, 3, &b->node, error);
}

static up_status flatten(builder *b, up_error *error)
{
    const uint8_t *colour = b->request->options->background;
    float unit = b->request->white / 255;
    const float parameter[4] = { b->request->white, colour[0] * unit, colour[1] * unit,
                                 colour[2] * unit };
    if (up_request_colours_grey(b->request))
        UP_TRY(grey_to_rgb(b, error));
    int colours = colours_of(b);
    UP_TRY(associate(b, true, error));
    UP_TRY(add_point(b, &up_point_over, parameter, error));
    b->alpha = b->associated = false;
    return add_select(b, 0, colours, error);
}

static up_status stretch(builder *b, up_error *error)
{
    const float white = b->request->white, *levels = b->request->levels.in;
    const float factor = white / (levels[1] - levels[0]);
    if (!b->request->levels.set)
        return UP_OK;
    return add_point(b, &up_point_affine, (float[4]){ factor, -levels[0] * factor }, error);
}

static up_status stretch_back(builder *b, float white, up_error *error)
{
    const float *levels = b->request->levels.out;
    if (!b->request->levels.set)
        return UP_OK;
    return add_point(b, &up_point_affine, (float[4]){ (levels[1] - levels[0]) / white, levels[0] },
                     error);
}

static bool blends(up_domain domain)
{
    return domain == UP_ON_COLOUR || domain == UP_ON_COLOUR_ONLY;
}

static up_status clean(builder *b, up_error *error)
{
    if (!b->cleaned)
        return UP_OK;
    UP_TRY((b->alpha ? up_add_cleaning_beside_alpha
                     : up_add_cleaning)(b->graph, b->node, b->request, &b->node, error));
    b->said = strlen(b->request->steps);
    return UP_OK;
}

/* Everything between the samples of the file and the method. */
static up_status enter(builder *b, up_domain domain, up_error *error)
{
    UP_TRY(up_add_unpack(b->graph, b->node, &b->request->given, &b->node, error));
    UP_TRY(up_add_to_srgb(b->graph, b->node, b->request, &b->node, error));
    UP_TRY(stretch(b, error));
    if (up_request_flattens(b->request))
        UP_TRY(flatten(b, error));
    UP_TRY(clean(b, error));
    if (!blends(domain))
        return UP_OK;
    UP_TRY(to_light(b, error));
    return domain == UP_ON_COLOUR ? associate(b, true, error) : UP_OK;
}

static up_status leave(builder *b, up_domain domain, const up_format *output, up_error *error)
{
    const up_format *input = &b->request->input;
    if (blends(domain))
        UP_TRY(associate(b, false, error));
    const bool whole = !b->request->tensor && output->sample != UP_SAMPLE_F32;
    const bool scaled = whole || (!b->request->tensor && b->request->unit_floats);
    const float factor = scaled ? up_white(output->sample) / up_white(input->sample) : 1;
    if (factor != 1)
        UP_TRY(add_point(b, &up_point_affine, (float[4]){ factor, 0 }, error));
    if (blends(domain))
        UP_TRY(from_light(b, b->request->white * factor, whole, error));
    UP_TRY(stretch_back(b, b->request->white * factor, error));
    up_format packed = *output;
    const up_shape *shape = up_graph_shape(b->graph, b->node);
    packed.width = shape->width;
    packed.height = shape->height;
    return up_add_pack(b->graph, b->node, &packed, b->request->past, &b->node, error);
}

static bool same_samples(const up_format *a, const up_format *b)
{
    return a->sample == b->sample && a->planar == b->planar && a->channels == b->channels;
}

/* Whether the method's samples are those of the file: what is done to pictures beside the method is
 * named here, or is left out where they need not become floats. */
static bool keeps_samples(const builder *b, const up_format *output)
{
    return same_samples(&b->request->input, output) && !b->request->plain.conversion &&
           !b->request->levels.set && !b->cleaned;
}

static up_status build_raw(builder *b, const up_method *method, const up_format *output,
                           up_error *error)
{
    if (!keeps_samples(b, output)) {
        UP_TRY(enter(b, UP_ON_RAW, error));
        UP_TRY(leave(b, UP_ON_RAW, output, error));
    }
    return method->build(b->graph, b->node, b->request, &b->node, error);
}

/* Where nothing is done to samples of 8 bits but a resampling, they need not become floats. */
static bool resamples_bytes(const builder *b, const up_method *method, const up_format *output)
{
    return method->resampling && keeps_samples(b, output) && output->sample == UP_SAMPLE_U8 &&
           !b->alpha && b->light.curves == 0 && b->request->options->back_project == 0;
}

static up_status build_bytes(builder *b, const up_method *method, up_error *error)
{
    up_resampling resampling;
    method->resampling(b->request, &resampling);
    return up_add_resample_bytes(b->graph, b->node, &resampling, b->request, &b->node, error);
}

static up_status build_planes(builder *b, const up_method *method, const up_format *output,
                              up_error *error)
{
    const up_domain domain = up_request_domain(b->request, method);
    const int from = b->node;
    if (resamples_bytes(b, method, output))
        UP_TRY(build_bytes(b, method, error));
    if (b->node != from)
        return UP_OK;
    UP_TRY(enter(b, domain, error));
    if (domain == UP_ON_COLOUR_ONLY && b->alpha)
        UP_TRY(up_add_beside_alpha(b->graph, b->node, method, b->request, &b->node, error));
    else
        UP_TRY(up_build_projected(b->graph, b->node, method, b->request, &b->node, error));
    return leave(b, domain, output, error);
}

static up_status find_light(builder *b, const up_method *method, up_error *error)
{
    up_request *request = b->request;
    if (!request->options->linear || request->tensor || !blends(up_request_domain(request, method)))
        return UP_OK;
    UP_TRY(up_declared_light(&b->light, request->declared, &request->input, error));
    up_request_say(request, "to light by %s", b->light.name);
    return UP_OK;
}

static up_status build(builder *b, const up_method *method, const up_format *output,
                       up_error *error)
{
    UP_TRY(find_light(b, method, error));
    UP_TRY(up_request_is_cleaned(b->request, &b->cleaned, error));
    b->said = strlen(b->request->steps);
    UP_TRY(up_request_domain(b->request, method) == UP_ON_RAW
               ? build_raw(b, method, output, error)
               : build_planes(b, method, output, error));
    const up_request *r = b->request;
    const bool same_size = r->height == r->input.height && r->width == r->input.width;
    if (strlen(r->steps) == b->said && !(b->cleaned && same_size))
        up_request_say(b->request, "%s to %dx%d", method->info.name, b->request->width,
                       b->request->height);
    return up_graph_mark_output(b->graph, b->node, error);
}

up_status up_build_picture(up_graph *graph, const up_method *method, up_request *request,
                           const up_format *output, up_error *error)
{
    builder b = { .graph = graph, .request = request };
    b.alpha = up_color_has_alpha(request->input.color);
    up_shape shape = up_raw_shape(&request->given);
    UP_TRY(up_graph_add_input(graph, &shape, error));
    up_status status = build(&b, method, output, error);
    up_light_free(&b.light);
    return status;
}

static up_status choose_depth(const up_method *method, const up_request *request, up_format *output,
                              up_error *error)
{
    /* Filtered tensors are neither rounded nor clamped. */
    if (request->tensor && up_request_domain(request, method) != UP_ON_RAW)
        output->sample = UP_SAMPLE_F32;
    switch (request->options->depth) {
    case 0:
        break;
    case 8:
        output->sample = UP_SAMPLE_U8;
        break;
    case 16:
        output->sample = UP_SAMPLE_U16;
        break;
    case 32:
        output->sample = UP_SAMPLE_F32;
        break;
    default:
        return up_fail(error, UP_ERROR_ARGUMENT, "--depth is 8, 16 or 32, not %d",
                       request->options->depth);
    }
    output->depth = output->sample == UP_SAMPLE_F32 ? 32 : output->sample == UP_SAMPLE_U16 ? 16 : 8;
    return UP_OK;
}

up_status up_picture_format(const up_method *method, const up_request *request, up_format *output,
                            up_error *error)
{
    *output = request->input;
    output->width = request->width;
    output->height = request->height;
    const up_network *network = request->network;
    if (network && request->tensor && up_network_colours(network) == output->channels)
        output->channels = network->out_channels;
    if (up_request_flattens(request)) {
        output->channels = up_request_colours(request);
        output->color = output->channels == 1 ? UP_COLOR_GREY : UP_COLOR_RGB;
    }
    return choose_depth(method, request, output, error);
}
