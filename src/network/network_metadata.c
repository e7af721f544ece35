/*
 * The metadata upscale.layers: a JSON list of objects, run in order. Each has an "op", may have an
 * "id", and has the fields that the tables below give it; what else it has is refused.
 *   name             its tensors are NAME.weight and, if there, NAME.bias
 *   padding, stride, output_padding, dilation, amount   N or [ROWS, COLUMNS]
 *   from             "input" or the id of an earlier item
 *   resize           of `from`: none, nearest, bilinear or bicubic
 *   cubic_a          Keys' parameter of bicubic; -0.75
 *   scale, offset    a number, or a list of one for each channel
 *   min, max         of an activation: what its result is clipped to, as those; of a clip: a number
 */
#include <float.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "network/network_builder.h"
#include "network/tensor_values.h"

#define MOST_TEXT (1 << 20)

typedef struct {
    const up_network_builder *builder;
    up_network_item item;
    const char *name, *id;
} entry;

typedef struct field field;
typedef bool read_field(entry *e, const field *f, const json_t *value);

struct field {
    const char *key, *expected;
    read_field *read;
    size_t offset; /* in up_network_item */
    int least;
    const char *(*names)(int); /* NULL past the last */
};

/* -------------------------------------------------------------- kinds of fields */

static void *place(entry *e, const field *f)
{
    return (char *)&e->item + f->offset;
}

static bool in_range(const json_t *value, int least)
{
    json_int_t n = json_integer_value(value);
    return json_is_integer(value) && n >= least && n <= UP_MOST_PARAMETER;
}

static bool read_count(entry *e, const field *f, const json_t *value)
{
    *(int *)place(e, f) = (int)json_integer_value(value);
    return in_range(value, f->least);
}

static bool read_pair(entry *e, const field *f, const json_t *value)
{
    int *pair = place(e, f);
    bool list = json_is_array(value);
    if (list && json_array_size(value) != 2)
        return false;
    for (size_t axis = 0; axis < 2; axis++) {
        const json_t *one = list ? json_array_get(value, axis) : value;
        pair[axis] = (int)json_integer_value(one);
        if (!in_range(one, f->least))
            return false;
    }
    return true;
}

static bool to_float(const json_t *value, float *number)
{
    double given = json_number_value(value);
    bool good = json_is_number(value) && fabs(given) <= FLT_MAX;
    *number = good ? (float)given : 0;
    return good;
}

static bool read_number(entry *e, const field *f, const json_t *value)
{
    return to_float(value, place(e, f));
}

static bool to_floats(const entry *e, float *numbers, const json_t *value)
{
    size_t channels = (size_t)up_network_channels(e->builder);
    bool list = json_is_array(value);
    if (list && json_array_size(value) != channels)
        return false;
    for (size_t c = 0; c < channels; c++)
        if (!to_float(list ? json_array_get(value, c) : value, &numbers[c]))
            return false;
    return true;
}

static bool read_numbers(entry *e, const field *f, const json_t *value)
{
    return to_floats(e, *(float **)place(e, f), value);
}

static bool read_lower_bound(entry *e, const field *f, const json_t *value)
{
    (void)f;
    return to_floats(e, e->item.bounds, value);
}

static bool read_upper_bound(entry *e, const field *f, const json_t *value)
{
    (void)f;
    return to_floats(e, e->item.bounds + up_network_channels(e->builder), value);
}

static const char *op_name(int i)
{
    return up_network_op_name((up_network_op)i);
}

static const char *padding_name(int i)
{
    return up_network_padding_name((up_network_padding)i);
}

static const char *resize_name(int i)
{
    return up_network_resize_name((up_network_resize)i);
}

static bool read_choice(entry *e, const field *f, const json_t *value)
{
    unsigned *choice = place(e, f); /* an enum */
    const char *text = json_string_value(value);
    for (*choice = 0; text && f->names((int)*choice); ++*choice)
        if (strcmp(text, f->names((int)*choice)) == 0)
            return true;
    return false;
}

static bool find_id(const up_network *network, const char *id, int *found)
{
    *found = UP_NETWORK_INPUT;
    if (strcmp(id, "input") == 0)
        return true;
    for (*found = 0; *found < network->items; ++*found)
        if (network->item[*found].id && strcmp(network->item[*found].id, id) == 0)
            return true;
    return false;
}

static bool read_from(entry *e, const field *f, const json_t *value)
{
    return json_is_string(value) &&
           find_id(e->builder->network, json_string_value(value), place(e, f));
}

static bool read_id(entry *e, const field *f, const json_t *value)
{
    int other;
    (void)f;
    e->id = json_string_value(value);
    return e->id && !find_id(e->builder->network, e->id, &other);
}

static bool read_name(entry *e, const field *f, const json_t *value)
{
    (void)f;
    e->name = json_string_value(value);
    return e->name && *e->name;
}

/* -------------------------------------------------------------- fields and ops */

enum {
    OP,
    ID,
    NAME,
    PADDING,
    PADDING_MODE,
    STRIDE,
    OUTPUT_PADDING,
    DILATION,
    GROUPS,
    SLOPE,
    MIN,
    MAX,
    FACTOR,
    AMOUNT,
    MODE,
    FROM,
    RESIZE,
    CUBIC_A,
    SCALE,
    OFFSET,
    LOWER_BOUND,
    UPPER_BOUND,
    FIELDS
};

#define FROM_ZERO "N or [ROWS, COLUMNS], each from 0 to 65536"
#define FROM_ONE "N or [ROWS, COLUMNS], each from 1 to 65536"
#define FOR_CHANNELS "a number, or a list of one for each channel"
#define AT(member) offsetof(up_network_item, member)

static const field fields[FIELDS] = {
    [OP] = { "op", "the name of a known op", read_choice, AT(op), 0, op_name },
    [ID] = { "id", "a name that no earlier layer has", read_id, 0, 0, NULL },
    [NAME] = { "name", "the name of tensors", read_name, 0, 0, NULL },
    [PADDING] = { "padding", FROM_ZERO, read_pair, AT(padding), 0, NULL },
    [PADDING_MODE] = { "padding_mode", "zeros, replicate or reflect", read_choice, AT(padding_mode),
                       0, padding_name },
    [STRIDE] = { "stride", FROM_ONE, read_pair, AT(stride), 1, NULL },
    [OUTPUT_PADDING] = { "output_padding", FROM_ZERO, read_pair, AT(output_padding), 0, NULL },
    [DILATION] = { "dilation", FROM_ONE, read_pair, AT(dilation), 1, NULL },
    [GROUPS] = { "groups", "a number from 1 to 65536", read_count, AT(groups), 1, NULL },
    [SLOPE] = { "slope", "a number", read_number, AT(slope), 0, NULL },
    [MIN] = { "min", "a number", read_number, AT(low), 0, NULL },
    [MAX] = { "max", "a number", read_number, AT(high), 0, NULL },
    [FACTOR] = { "factor", "a number from 1 to 65536", read_count, AT(factor), 1, NULL },
    [AMOUNT] = { "amount", FROM_ZERO, read_pair, AT(padding), 0, NULL },
    [MODE] = { "mode", "zeros, replicate or reflect", read_choice, AT(padding_mode), 0,
               padding_name },
    [FROM] = { "from", "\"input\" or the id of an earlier layer", read_from, AT(from), 0, NULL },
    [RESIZE] = { "resize", "none, nearest, bilinear or bicubic", read_choice, AT(resize), 0,
                 resize_name },
    [CUBIC_A] = { "cubic_a", "a number", read_number, AT(cubic_a), 0, NULL },
    [SCALE] = { "scale", FOR_CHANNELS, read_numbers, AT(weight), 0, NULL },
    [OFFSET] = { "offset", FOR_CHANNELS, read_numbers, AT(bias), 0, NULL },
    [LOWER_BOUND] = { "min", FOR_CHANNELS, read_lower_bound, 0, 0, NULL },
    [UPPER_BOUND] = { "max", FOR_CHANNELS, read_upper_bound, 0, 0, NULL },
};

#define BIT(field) (1u << (field))
#define BOUNDS (BIT(LOWER_BOUND) | BIT(UPPER_BOUND))

/* The fields that an op must and may have beside "op" and "id". */
static const struct {
    unsigned must, may;
} op_fields[] = {
    [UP_NETWORK_CONV2D] = { BIT(NAME), BIT(PADDING) | BIT(PADDING_MODE) | BIT(STRIDE) |
                                           BIT(DILATION) | BIT(GROUPS) },
    [UP_NETWORK_CONV_TRANSPOSE2D] = { BIT(NAME), BIT(PADDING) | BIT(STRIDE) | BIT(OUTPUT_PADDING) |
                                                     BIT(DILATION) | BIT(GROUPS) },
    [UP_NETWORK_PRELU] = { BIT(NAME), BOUNDS },
    [UP_NETWORK_LEAKY_RELU] = { 0, BIT(SLOPE) | BOUNDS },
    [UP_NETWORK_RELU] = { 0, BOUNDS },
    [UP_NETWORK_TANH] = { 0, BOUNDS },
    [UP_NETWORK_SIGMOID] = { 0, BOUNDS },
    [UP_NETWORK_CLIP] = { 0, BIT(MIN) | BIT(MAX) },
    [UP_NETWORK_PIXEL_SHUFFLE] = { BIT(FACTOR), 0 },
    [UP_NETWORK_PAD] = { BIT(AMOUNT), BIT(MODE) },
    [UP_NETWORK_ADD] = { BIT(FROM), BIT(RESIZE) | BIT(CUBIC_A) },
    [UP_NETWORK_CONCAT] = { BIT(FROM), BIT(RESIZE) | BIT(CUBIC_A) },
    [UP_NETWORK_AFFINE] = { 0, BIT(SCALE) | BIT(OFFSET) },
};

static up_status refuse(const entry *e, const char *key, const char *reason, const char *detail)
{
    char label[UP_LABEL];
    return up_network_refuse(e->builder, e->builder->network->items, e->item.op, "%s %s%s",
                             up_label(label, key), reason, detail);
}

static up_status read_op(entry *e, const json_t *object)
{
    char label[UP_LABEL] = "no op";
    const json_t *op = json_object_get(object, "op");
    if (op && read_choice(e, &fields[OP], op))
        return UP_OK;
    if (json_is_string(op))
        up_label(label, json_string_value(op));
    return up_fail(e->builder->error, UP_ERROR_WEIGHTS,
                   "%s: metadata upscale.layers: layer %d has %s, expected an object whose op is "
                   "conv2d, conv_transpose2d, prelu, ... or affine",
                   up_tensor_file_name(e->builder->file), e->builder->network->items, label);
}

static up_status read_fields(entry *e, json_t *object)
{
    const unsigned may = op_fields[e->item.op].may | BIT(OP) | BIT(ID);
    unsigned must = op_fields[e->item.op].must, known = must | may;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        int i = 0;
        while (i < FIELDS && !(known & BIT(i) && strcmp(fields[i].key, key) == 0))
            i++;
        if (i == FIELDS)
            return refuse(e, key, "is not a field of this op", "");
        if (!fields[i].read(e, &fields[i], value))
            return refuse(e, key, "must be ", fields[i].expected);
        must &= ~BIT(i);
    }
    for (int i = 0; i < FIELDS; i++)
        if (must & BIT(i))
            return refuse(e, fields[i].key, "is missing, expected ", fields[i].expected);
    return UP_OK;
}

/* Where an activation states any. */
static up_status make_bounds(entry *e, const json_t *object)
{
    size_t channels = (size_t)up_network_channels(e->builder);
    bool stated = json_object_get(object, "min") || json_object_get(object, "max");
    if (!stated || !(op_fields[e->item.op].may & BOUNDS))
        return UP_OK;
    e->item.bounds = up_alloc(2 * channels, sizeof *e->item.bounds);
    if (!e->item.bounds)
        return up_fail_memory(e->builder->error, "bounds", 2 * channels * sizeof(float));
    for (size_t c = 0; c < channels; c++) {
        e->item.bounds[c] = -INFINITY;
        e->item.bounds[channels + c] = INFINITY;
    }
    return UP_OK;
}

/* What an op's fields are where they are not stated, unless that is zero. */
static up_status set_defaults(entry *e)
{
    up_network_item *item = &e->item;
    size_t channels = (size_t)up_network_channels(e->builder);
    if (item->op == UP_NETWORK_LEAKY_RELU)
        item->slope = 0.01f;
    if (item->op == UP_NETWORK_ADD || item->op == UP_NETWORK_CONCAT)
        item->cubic_a = -0.75f;
    if (item->op == UP_NETWORK_CLIP) {
        item->low = -INFINITY;
        item->high = INFINITY;
    }
    if (item->op != UP_NETWORK_AFFINE)
        return UP_OK;
    item->weight = up_alloc(channels, sizeof *item->weight);
    item->bias = up_alloc_zero(channels, sizeof *item->bias);
    if (!item->weight || !item->bias)
        return up_fail_memory(e->builder->error, "an affine", 2 * channels * sizeof *item->weight);
    for (size_t c = 0; c < channels; c++)
        item->weight[c] = 1;
    return UP_OK;
}

static up_status read_layer(entry *e, json_t *object)
{
    UP_TRY(read_op(e, object));
    UP_TRY(set_defaults(e));
    UP_TRY(make_bounds(e, object));
    UP_TRY(read_fields(e, object));
    const int channels = e->item.bounds ? up_network_channels(e->builder) : 0;
    bool ordered = e->item.op != UP_NETWORK_CLIP || e->item.low <= e->item.high;
    for (int c = 0; c < channels; c++)
        ordered &= e->item.bounds[c] <= e->item.bounds[channels + c];
    return ordered ? UP_OK : refuse(e, "min", "is above max", "");
}

static up_status append_layer(up_network_builder *builder, json_t *object)
{
    entry e = { .builder = builder };
    up_status status = read_layer(&e, object);
    if (status == UP_OK)
        return up_network_append(builder, &e.item, e.name, e.id);
    up_free(e.item.weight);
    up_free(e.item.bias);
    up_free(e.item.bounds);
    return status;
}

/* -------------------------------------------------------------- list */

/* Channels that a layer's tensor asks for, or 0. */
static up_status channels_of(const up_network_builder *builder, const json_t *object, int *channels)
{
    const char *op = json_string_value(json_object_get(object, "op"));
    const char *name = json_string_value(json_object_get(object, "name"));
    const json_t *stated = json_object_get(object, "groups");
    const up_tensor *weight = name ? up_network_tensor(builder, name, "weight") : NULL;
    if (!op || !weight)
        return UP_OK;
    if (strcmp(op, "prelu") == 0 && weight->elements > 1 && weight->elements <= UP_MOST_CHANNELS)
        *channels = (int)weight->elements;
    if (strncmp(op, "conv", 4) != 0)
        return UP_OK;
    UP_TRY(up_tensor_check_kernel(builder->file, weight, builder->error));
    size_t groups = stated && in_range(stated, 1) ? (size_t)json_integer_value(stated) : 1;
    size_t in = strcmp(op, "conv2d") == 0 ? weight->shape[1] * groups : weight->shape[0];
    if (in > UP_MOST_CHANNELS)
        return up_tensor_refuse(builder->file, weight, "more than 65536 channels", builder->error);
    *channels = (int)in;
    return UP_OK;
}

static up_status find_channels(up_network_builder *builder, const json_t *list)
{
    int *channels = &builder->network->in_channels;
    UP_TRY(up_stated_count(builder->file, "upscale.channels", channels, builder->error));
    for (size_t i = 0; !*channels && i < json_array_size(list); i++)
        UP_TRY(channels_of(builder, json_array_get(list, i), channels));
    if (*channels)
        return UP_OK;
    return up_fail(builder->error, UP_ERROR_WEIGHTS,
                   "%s: no tensor of upscale.layers tells how many channels come in: state them in "
                   "the metadata upscale.channels",
                   up_tensor_file_name(builder->file));
}

static up_status append_layers(up_network_builder *builder, const json_t *list)
{
    size_t count = json_array_size(list);
    if (count < 1 || count > UP_NETWORK_MOST_ITEMS)
        return up_fail(builder->error, UP_ERROR_WEIGHTS,
                       "%s: metadata upscale.layers must be a list of 1 to %d layers",
                       up_tensor_file_name(builder->file), UP_NETWORK_MOST_ITEMS);
    UP_TRY(find_channels(builder, list));
    for (size_t i = 0; i < count; i++)
        UP_TRY(append_layer(builder, json_array_get(list, i)));
    return UP_OK;
}

static up_status check_flags(const up_network_builder *builder)
{
    const up_layer *flags = builder->flags;
    if (!flags->stride.set && !flags->padding.set && !flags->output_padding.set &&
        !flags->dilation.set && !flags->groups)
        return UP_OK;
    return up_fail(builder->error, UP_ERROR_ARGUMENT,
                   "%s states all parameters of its layers: --stride, --padding, --output-padding, "
                   "--dilation and --groups cannot change them",
                   up_tensor_file_name(builder->file));
}

up_status up_network_from_metadata(up_network_builder *builder, const char *layers)
{
    json_error_t problem;
    char label[UP_LABEL];
    const char *name = up_tensor_file_name(builder->file);
    size_t size = strlen(layers);
    builder->network->family = "layers";
    UP_TRY(check_flags(builder));
    if (size > MOST_TEXT)
        return up_fail(builder->error, UP_ERROR_WEIGHTS,
                       "%s: metadata upscale.layers is longer than 1 MiB", name);
    json_t *list = json_loadb(layers, size, JSON_REJECT_DUPLICATES, &problem);
    if (!list && json_error_code(&problem) == json_error_out_of_memory)
        return up_fail_memory(builder->error, "upscale.layers", size);
    if (!list)
        return up_fail(builder->error, UP_ERROR_WEIGHTS,
                       "%s: metadata upscale.layers: bad JSON at byte %d: %s", name,
                       problem.position, up_label(label, problem.text));
    up_status status = append_layers(builder, list);
    json_decref(list);
    return status;
}
