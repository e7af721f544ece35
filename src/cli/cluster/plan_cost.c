/* SPDX-License-Identifier: MIT */
#include "cli/cluster/plan_cost.h"

#include "cli/batch/file_types.h"

#include <string.h>

/* Nanoseconds of a core for a sample, as measured on one with AVX2; their ratios matter. */
typedef struct {
    const char *type;
    double decode, encode;
} codec;

static const codec codecs[] = {
    { "png", 8, 12 },    { "jpeg", 4, 5 },  { "webp", 8, 100 },  { "tiff", 6, 40 },
    { "bmp", 0.6, 0.8 }, { "qoi", 3, 4 },   { "tga", 0.6, 0.8 }, { "pnm", 0.6, 0.8 },
    { "npy", 0.6, 0.8 }, { "txt", 60, 90 },
};
static const double per_sample = 2, per_multiply_add = 0.06, per_file = 2e6;

void cli_costs_init(cli_costs *costs)
{
    *costs = (cli_costs){ 0 };
    pthread_mutex_init(&costs->lock, NULL);
}

void cli_costs_clear(cli_costs *costs)
{
    pthread_mutex_destroy(&costs->lock);
}

static const codec *codec_of(const char *type)
{
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
        if (cli_same_format(type, codecs[i].type))
            return &codecs[i];
    return &codecs[0];
}

static double pixels(const up_format *f)
{
    return (double)f->width * f->height * (double)(f->frames > 0 ? f->frames : 1);
}

static double find_out(up_image *image, const char *output_path, const up_options *options)
{
    up_plan *plan = NULL;
    double multiply_adds = 0;
    if (up_plan_create(&plan, image, output_path, options, NULL) == UP_OK) {
        const up_plan_info *info = up_plan_get_info(plan);
        const up_format *in = &up_image_get_info(image)->format;
        multiply_adds = info->multiply_adds * in->width * in->height /
                        ((double)info->output.width * info->output.height);
    }
    up_plan_destroy(&plan);
    return multiply_adds;
}

/* Planning a network takes longer than reading a header, and tells the same of all pictures. */
static double multiply_adds(cli_costs *costs, up_image *image, const char *output_path,
                            const up_options *options)
{
    const up_format *in = &up_image_get_info(image)->format;
    pthread_mutex_lock(&costs->lock);
    int i = 0;
    while (i < costs->count &&
           (strcmp(costs->kind[i].method, options->method) != 0 ||
            costs->kind[i].channels != in->channels || costs->kind[i].color != in->color))
        i++;
    const bool known = i < costs->count;
    const double found =
        known ? costs->kind[i].multiply_adds : find_out(image, output_path, options);
    if (!known && i < (int)(sizeof costs->kind / sizeof *costs->kind)) {
        costs->kind[i].method = options->method;
        costs->kind[i].channels = in->channels;
        costs->kind[i].color = in->color;
        costs->kind[i].multiply_adds = found;
        costs->count++;
    }
    pthread_mutex_unlock(&costs->lock);
    return found;
}

up_status cli_cost_of(cli_costs *costs, const char *input, const char *output_path,
                      const up_options *options, up_format *output, double *cost, up_error *error)
{
    up_image *image = NULL;
    up_status status = up_image_open(&image, input, error);
    if (status == UP_OK)
        status = up_output_format(&up_image_get_info(image)->format, options, output, error);
    if (status == UP_OK) {
        const up_image_info *info = up_image_get_info(image);
        const char *dot = cli_extension_dot(output_path);
        const char *type = options->output_format ? options->output_format
                           : *dot                 ? dot + 1
                                                  : info->type;
        const double out = pixels(output), in = pixels(&info->format);
        const double work = multiply_adds(costs, image, output_path, options) * out;
        *cost = 1e-9 * (per_file + in * info->format.channels * codec_of(info->type)->decode +
                        out * output->channels * (per_sample + codec_of(type)->encode) +
                        work * per_multiply_add);
    }
    up_image_close(&image);
    return status;
}
