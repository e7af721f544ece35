/* SPDX-License-Identifier: MIT */
#include "cli/cluster/plan_cost.h"

#include "cli/batch/file_types.h"

#include <string.h>

/* Nanoseconds of a core with AVX2, as measured: see samples/cluster/README.md. Ratios matter. */
typedef struct {
    const char *type;
    double decode, encode; /* a byte of samples */
} codec;

static const codec codecs[] = {
    { "png", 12, 5 },    { "jpeg", 3, 1.7 }, { "webp", 8, 100 },  { "tiff", 6, 40 },
    { "bmp", 0.6, 0.8 }, { "qoi", 3, 4 },    { "tga", 0.6, 0.8 }, { "pnm", 0.5, 0.4 },
    { "npy", 0.5, 0.4 }, { "txt", 60, 95 },  { "jxl", 30, 300 },  { "avif", 30, 300 },
    { "heic", 40, 0 },
};
static const double per_file = 2e6;
static const double per_byte = 0.6,
                    per_float = 1.8;             /* a sample, by what it is while it is filtered */
static const double per_light = 3, per_pass = 3; /* a sample, to light and back; back-projected */
static const double per_multiply_add = 0.045, per_deconvolution = 0.3;
static const double per_wide = 0.02; /* products of wide layers, most of which Winograd saves */
enum { WIDE = 3000 };                /* multiply-adds for a sample */

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

static double bytes(const up_format *f)
{
    const int each = f->sample == UP_SAMPLE_U8 ? 1 : f->sample == UP_SAMPLE_U16 ? 2 : 4;
    return pixels(f) * f->channels * each;
}

/* What is done between decoding and encoding. */
static double filtering(const up_format *in, const up_format *out, double work,
                        const up_options *options)
{
    const bool alpha = in->color == UP_COLOR_GREY_ALPHA || in->color == UP_COLOR_RGBA;
    const bool floats = alpha || in->sample != UP_SAMPLE_U8 || out->sample != UP_SAMPLE_U8;
    const double samples = pixels(out) * out->channels;
    const double product = strcmp(options->method, "deconvolve") == 0 ? per_deconvolution
                           : work > WIDE * samples                    ? per_wide
                                                                      : per_multiply_add;
    const double each = (floats ? per_float : per_byte) + (options->linear ? per_light : 0) +
                        options->back_project * per_pass;
    return samples * each + work * product;
}

/* Whether a band finds its rows without those above. */
static bool is_entered_anywhere(const char *type)
{
    return strcmp(type, "pnm") == 0 || strcmp(type, "npy") == 0;
}

/* Of an animation, or pages, that stay that: as many times. It is made as a whole, like what takes
 * decoding alone. */
static void count_frames(up_piece *piece, const up_image_info *info, const char *type)
{
    const bool held = cli_same_format(type, "png") || cli_same_format(type, "webp");
    const int64_t made = cli_same_format(type, "tif") ? info->pages : held ? info->frames : 0;
    if (made < 2)
        return;
    piece->cost *= (double)made;
    piece->decode = piece->cost;
}

up_status cli_cost_of(cli_costs *costs, const up_options *options, up_piece *piece, up_error *error)
{
    up_image *image = NULL;
    up_format output;
    up_status status = up_image_open(&image, piece->input, error);
    if (status == UP_OK)
        status = up_output_format(&up_image_get_info(image)->format, options, &output, error);
    if (status == UP_OK) {
        const up_image_info *info = up_image_get_info(image);
        const char *dot = cli_extension_dot(piece->output);
        const char *type = options->output_format ? options->output_format
                           : *dot                 ? dot + 1
                                                  : info->type;
        const double work = multiply_adds(costs, image, piece->output, options) * pixels(&output);
        const double decoding = 1e-9 * bytes(&info->format) * codec_of(info->type)->decode;
        piece->cost =
            decoding + 1e-9 * (per_file + filtering(&info->format, &output, work, options) +
                               bytes(&output) * codec_of(type)->encode);
        piece->decode = is_entered_anywhere(info->type) ? 0 : decoding;
        count_frames(piece, info, type);
        piece->width = output.width;
        piece->height = output.height;
    }
    up_image_close(&image);
    return status;
}
