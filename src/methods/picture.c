#include "methods/picture.h"

#include "methods/alpha.h"
#include "ops/arrange.h"
#include "ops/planes.h"
#include "ops/pointwise.h"

typedef struct {
    up_graph *graph;
    up_request *request;
    int node;
    bool alpha;      /* the last channel of `node` is alpha ... */
    bool associated; /* ... and the colours are premultiplied by it */
} builder;

static bool drops_alpha(const up_request *request)
{
    return request->options->has_background && up_color_has_alpha(request->input.color);
}

static bool uses_linear_light(const up_request *request)
{
    return request->options->linear && !request->tensor;
}

static up_status add(builder *b, up_status planned, up_op *const *op, up_error *error)
{
    return planned != UP_OK ? planned : up_graph_add(b->graph, *op, b->node, -1, &b->node, error);
}

static up_status add_point(builder *b, const up_point *point, const float parameter[4],
                           up_error *error)
{
    up_op *op = NULL;
    up_shape shape = *up_graph_shape(b->graph, b->node);
    return add(b, up_point_plan(&op, &shape, point, parameter, 4, error), &op, error);
}

static up_status add_select(builder *b, int first, int count, up_error *error)
{
    up_op *op = NULL;
    up_shape shape = *up_graph_shape(b->graph, b->node);
    return add(b, up_select_plan(&op, &shape, first, count, error), &op, error);
}

static up_status associate(builder *b, bool associated, up_error *error)
{
    if (!b->alpha || b->associated == associated)
        return UP_OK;
    b->associated = associated;
    const float white[4] = { b->request->white };
    return add_point(b, associated ? &up_point_premultiply : &up_point_unpremultiply, white, error);
}

static up_status change_light(builder *b, const up_point *point, up_error *error)
{
    int channels = up_graph_shape(b->graph, b->node)->channels;
    const float parameter[4] = { b->request->white, (float)(channels - (b->alpha ? 1 : 0)) };
    return add_point(b, point, parameter, error);
}

static up_status flatten(builder *b, up_error *error)
{
    const uint8_t *colour = b->request->options->background;
    float unit = b->request->white / 255;
    float parameter[4] = { b->request->white, colour[0] * unit, colour[1] * unit,
                           colour[2] * unit };
    int channels = up_graph_shape(b->graph, b->node)->channels;
    if (channels == 2) /* BT.601 luma of the background */
        parameter[1] = 0.299f * parameter[1] + 0.587f * parameter[2] + 0.114f * parameter[3];
    UP_TRY(associate(b, true, error));
    UP_TRY(add_point(b, &up_point_over, parameter, error));
    b->alpha = b->associated = false;
    return add_select(b, 0, channels - 1, error);
}

static bool blends(up_domain domain)
{
    return domain == UP_ON_COLOUR || domain == UP_ON_COLOUR_ONLY;
}

/* Everything between the samples of the file and the method. */
static up_status enter(builder *b, up_domain domain, up_error *error)
{
    up_op *op = NULL;
    UP_TRY(add(b, up_unpack_plan(&op, &b->request->input, error), &op, error));
    if (drops_alpha(b->request))
        UP_TRY(flatten(b, error));
    if (!blends(domain))
        return UP_OK;
    if (uses_linear_light(b->request))
        UP_TRY(change_light(b, &up_point_to_linear, error));
    return domain == UP_ON_COLOUR ? associate(b, true, error) : UP_OK;
}

static up_status leave(builder *b, up_domain domain, const up_format *output, up_error *error)
{
    const up_format *input = &b->request->input;
    up_op *op = NULL;
    if (blends(domain)) {
        UP_TRY(associate(b, false, error));
        if (uses_linear_light(b->request))
            UP_TRY(change_light(b, &up_point_from_linear, error));
    }
    float factor = up_white(output->sample) / up_white(input->sample);
    if (!b->request->tensor && output->sample != UP_SAMPLE_F32 && factor != 1)
        UP_TRY(add_point(b, &up_point_affine, (float[4]){ factor, 0 }, error));
    up_format packed = *output;
    const up_shape *shape = up_graph_shape(b->graph, b->node);
    packed.width = shape->width;
    packed.height = shape->height;
    return add(b, up_pack_plan(&op, &packed, b->request->past, error), &op, error);
}

static bool same_samples(const up_format *a, const up_format *b)
{
    return a->sample == b->sample && a->planar == b->planar && a->channels == b->channels;
}

static up_status build_raw(builder *b, const up_method *method, const up_format *output,
                           up_error *error)
{
    if (!same_samples(&b->request->input, output)) {
        UP_TRY(enter(b, UP_ON_RAW, error));
        UP_TRY(leave(b, UP_ON_RAW, output, error));
    }
    return method->build(b->graph, b->node, b->request, &b->node, error);
}

static up_status build_planes(builder *b, const up_method *method, const up_format *output,
                              up_error *error)
{
    UP_TRY(enter(b, method->domain, error));
    if (method->domain == UP_ON_COLOUR_ONLY && b->alpha)
        UP_TRY(up_add_beside_alpha(b->graph, b->node, method, b->request, &b->node, error));
    else
        UP_TRY(method->build(b->graph, b->node, b->request, &b->node, error));
    return leave(b, method->domain, output, error);
}

up_status up_build_picture(up_graph *graph, const up_method *method, up_request *request,
                           const up_format *output, up_error *error)
{
    builder b = { .graph = graph, .request = request };
    b.alpha = up_color_has_alpha(request->input.color);
    up_shape shape = up_raw_shape(&request->input);
    UP_TRY(up_graph_add_input(graph, &shape, error));
    if (method->domain == UP_ON_RAW)
        UP_TRY(build_raw(&b, method, output, error));
    else
        UP_TRY(build_planes(&b, method, output, error));
    if (!request->steps[0])
        up_request_say(request, "%s to %dx%d", method->info.name, request->width, request->height);
    return up_graph_mark_output(graph, b.node, error);
}

static up_status choose_depth(const up_method *method, const up_request *request, up_format *output,
                              up_error *error)
{
    /* Filtered tensors are neither rounded nor clamped. */
    if (request->tensor && method->domain != UP_ON_RAW)
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
    if (network && request->tensor && network->in_channels == output->channels)
        output->channels = network->out_channels;
    if (drops_alpha(request)) {
        output->channels--;
        output->color = output->channels == 1 ? UP_COLOR_GREY : UP_COLOR_RGB;
    }
    return choose_depth(method, request, output, error);
}
