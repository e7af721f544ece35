/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/args/method_choice.h"
#include "cli/args/options.h"
#include "cli/batch/inputs.h"
#include "cli/show/animation_info.h"
#include "cli/show/cli_text.h"
#include "cli/show/color_info.h"
#include "cli/show/console.h"
#include "cli/show/describe.h"
#include "cli/show/json_lines.h"
#include "cli/show/lines/file_notes.h"
#include "cli/signals.h"
#include "cli/weights/weights_info.h"

#include <stdlib.h>
#include <string.h>

/* What an upscale of an image would make of it; `error` says why it would not. */
typedef struct {
    up_plan_info plan;
    cli_notes notes;
    up_error error;
    int page;      /* of a file that it is; 0: it is all */
    bool measured; /* its noise */
    double noise;
} upscale_estimate;

static void estimate(up_image *image, const cli_settings *s, const char *method,
                     upscale_estimate *e)
{
    up_plan *plan = NULL;
    up_options options = cli_method_options(s, method);
    options.page = 0; /* it is the image itself */
    options.cancel = cli_signals_flag();
    *e = (upscale_estimate){ .page = s->up.page };
    e->error.status = up_plan_create(&plan, image, NULL, &options, &e->error);
    if (e->error.status == UP_OK)
        e->plan = *up_plan_get_info(plan);
    if (e->error.status == UP_OK)
        cli_notes_take(&e->notes, plan);
    up_plan_destroy(&plan);
    e->noise = e->plan.cleaning.noise;
    e->measured = e->plan.cleaning.measured ||
                  (s->verbose && up_image_noise(image, &e->noise, &options, NULL) == UP_OK);
}

static json_t *estimate_json(const upscale_estimate *e, const char *method)
{
    json_t *json = json_object();
    json_object_set_new(json, "method", cli_json_text(method));
    if (e->error.status != UP_OK) {
        json_object_set_new(json, "error", cli_json_text(e->error.message));
        return json;
    }
    cli_json_set_format(json, &e->plan.output);
    json_object_set_new(json, "memory", json_integer((json_int_t)e->plan.memory_bytes));
    json_object_set_new(json, "multiply_adds", json_real(e->plan.multiply_adds));
    json_object_set_new(json, "steps", cli_json_text(e->plan.steps));
    cli_json_set_cleaning(json, &e->plan.cleaning);
    return json;
}

static json_t *texts_json(up_image *image)
{
    json_t *list = json_array();
    const up_text *text;
    for (int i = 0; (text = up_image_text_at(image, i)) != NULL; i++) {
        json_t *item = json_object();
        json_object_set_new(item, "keyword", cli_json_text(text->keyword));
        json_object_set_new(item, "language", cli_json_text(text->language));
        json_object_set_new(item, "text", text->text ? cli_json_text(text->text) : json_null());
        json_array_append_new(list, item);
    }
    return list;
}

static void show_json(const char *path, up_image *image, const upscale_estimate *e,
                      const char *method)
{
    const up_image_info *info = up_image_get_info(image);
    json_t *line = json_object();
    json_object_set_new(line, "input", cli_json_text(path));
    if (e->page)
        json_object_set_new(line, "page", json_integer(e->page));
    json_object_set_new(line, "type", cli_json_text(info->type));
    cli_json_set_format(line, &info->format);
    json_object_set_new(line, "orientation", json_integer(info->orientation));
    json_object_set_new(line, "dpi", json_pack("[f,f]", info->dpi_x, info->dpi_y));
    json_object_set_new(line, "interlaced", json_boolean(info->interlaced));
    if (info->jpeg_quality)
        json_object_set_new(line, "jpeg_quality", json_integer(info->jpeg_quality));
    if (e->measured)
        json_object_set_new(line, "noise", json_real(e->noise));
    json_object_set_new(line, "icc_bytes", json_integer((json_int_t)info->icc_bytes));
    json_object_set_new(line, "exif_bytes", json_integer((json_int_t)info->exif_bytes));
    json_object_set_new(line, "xmp_bytes", json_integer((json_int_t)info->xmp_bytes));
    cli_color_set_json(line, image);
    json_object_set_new(line, "iptc_bytes", json_integer((json_int_t)info->iptc_bytes));
    json_object_set_new(line, "text", texts_json(image));
    cli_animation_json(line, info);
    cli_pages_json(line, image);
    json_object_set_new(line, "further_pictures", json_integer(info->further_pictures));
    json_object_set_new(line, "gain_map", json_boolean(info->gain_map));
    cli_notes_json(&e->notes, line);
    json_object_set_new(line, "upscale", estimate_json(e, method));
    cli_json_put(line);
}

static void show_metadata(const up_image_info *info)
{
    if (info->dpi_x > 0)
        cli_print("  density   %.4g x %.4g dpi", info->dpi_x, info->dpi_y);
    if (info->orientation > 1)
        cli_print("  rotation  orientation %d, applied", info->orientation);
    const struct {
        const char *name;
        size_t bytes;
    } parts[] = { { "profile   ICC", info->icc_bytes },
                  { "camera    EXIF", info->exif_bytes },
                  { "notes     XMP", info->xmp_bytes },
                  { "caption   IPTC", info->iptc_bytes } };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].bytes > 0)
            cli_print("  %s, %s", parts[i].name, cli_bytes_text((double)parts[i].bytes).text);
    }
}

static void show_texts(up_image *image)
{
    enum { COLUMNS = 60 };
    const up_text *text;
    for (int i = 0; (text = up_image_text_at(image, i)) != NULL; i++) {
        char *line =
            cli_format("%s%s%s%s: %s", text->keyword, *text->language ? " (" : "", text->language,
                       *text->language ? ")" : "", text->text ? text->text : "cannot be shown");
        char *printable = cli_printable(line), *shortened = cli_shorten(printable, COLUMNS);
        cli_print("  text      %s", shortened);
        free(shortened);
        free(printable);
        free(line);
    }
}

static void show_spoilt(const up_image_info *info, const upscale_estimate *e)
{
    if (info->jpeg_quality)
        cli_print("  quality   %d, as JPEG counts it", info->jpeg_quality);
    if (e->measured)
        cli_print("  noise     %.1f of 255 levels", e->noise);
    if (e->plan.cleaning.used)
        cli_print("  cleaned   with strength %.2f", e->plan.cleaning.strength);
}

static void show_companions(up_image *image)
{
    const up_image_info *info = up_image_get_info(image);
    cli_animation_show(info);
    cli_pages_show(image);
    if (info->gain_map)
        cli_print("  gain map  for HDR");
    if (info->further_pictures > info->gain_map)
        cli_print("  pictures  %d further", info->further_pictures - info->gain_map);
}

/* Of strips and tiles a band is held; else all pixels, of a byte each sample at least. */
static void show_held(const up_image_info *info)
{
    const up_format *f = &info->format;
    const bool whole = (double)info->held_bytes >= (double)f->width * f->height * f->channels;
    if (info->held_bytes > 0)
        cli_print("  held      %s, %s", cli_bytes_text((double)info->held_bytes).text,
                  whole ? "for it cannot be read row by row" : "a few rows at a time");
}

static void show_words(const char *path, up_image *image, const upscale_estimate *e,
                       const char *method)
{
    const up_image_info *info = up_image_get_info(image);
    char *format = cli_describe_format(&info->format);
    if (e->page)
        cli_print("%s, page %d", path, e->page);
    else
        cli_print("%s", path);
    cli_print("  image     %s, %s%s", format, info->type, info->interlaced ? ", interlaced" : "");
    free(format);
    show_metadata(info);
    cli_color_show(image);
    show_texts(image);
    show_companions(image);
    show_spoilt(info, e);
    show_held(info);
    if (e->error.status == UP_OK)
        cli_print("  upscaled  %d x %d with %s in about %s", e->plan.output.width,
                  e->plan.output.height, method, cli_bytes_text((double)e->plan.memory_bytes).text);
    else
        cli_print("  upscaled  not with %s: %s", method, e->error.message);
    char *notes = cli_notes_text(&e->notes);
    if (notes)
        cli_print("  warning   %s", notes);
    free(notes);
}

static void show_opened(const char *path, up_image *image, const cli_settings *s)
{
    upscale_estimate e;
    const char *method = cli_method_at(s, 0);
    estimate(image, s, method, &e);
    (s->json ? show_json : show_words)(path, image, &e, method);
    cli_notes_clear(&e.notes);
}

/* The one that --page names, or all that there is. */
static up_status show_page(const char *path, up_image *image, const cli_settings *s,
                           up_error *error)
{
    const int number = s->up.page;
    if (number == 0 || (number == 1 && up_image_get_info(image)->pages == 0)) {
        show_opened(path, image, s);
        return UP_OK;
    }
    up_image *page;
    const up_status status = up_image_open_page(&page, image, number, error);
    if (status == UP_OK)
        show_opened(path, page, s);
    up_image_close(&page);
    return status;
}

static void show_image(const char *path, const cli_settings *s, cli_ledger *ledger)
{
    up_image *image = NULL;
    up_error error = { UP_ERROR_ARGUMENT,
                       "--plot draws the filters of weight files; this is none" };
    if (s->plot) {
        cli_ledger_failed(ledger, path, &error);
        return;
    }
    if (up_image_open(&image, path, &error) != UP_OK) {
        cli_ledger_failed(ledger, path, &error);
        return;
    }
    if (show_page(path, image, s, &error) == UP_OK)
        cli_ledger_done(ledger);
    else
        cli_ledger_failed(ledger, path, &error);
    up_image_close(&image);
}

static void show_inputs(const cli_inputs *inputs, const cli_settings *s, cli_ledger *ledger)
{
    size_t i = 0;
    for (; i < inputs->count && !*cli_signals_flag() && !cli_output_gone(); i++) {
        const cli_input *input = &inputs->item[i];
        if (cli_weights_meant(input))
            cli_weights_info(input, s, ledger);
        else
            show_image(input->path, s, ledger);
    }
    ledger->interrupted |= *cli_signals_flag() != 0;
    ledger->unread |= i < inputs->count && cli_output_gone();
}

static bool check_plot(const cli_settings *s)
{
    bool alone = s->operand_count == 1 && !s->files_from && !s->recursive;
    if (s->plot && (!alone || strcmp(s->plot, "-") == 0))
        cli_say(alone ? "--plot draws into a file such as filters.png"
                      : "--plot draws one weight file; give no other input");
    return !s->plot || (alone && strcmp(s->plot, "-") != 0);
}

static int run_info(cli_settings *s)
{
    if (s->operand_count == 0 && !s->files_from) {
        cli_say("info needs a file: upscale info FILE...");
        return CLI_EXIT_USAGE;
    }
    if (!check_plot(s) || !cli_methods_settle(s))
        return CLI_EXIT_USAGE;
    cli_ledger ledger;
    cli_inputs inputs;
    cli_ledger_init(&ledger);
    int code = CLI_EXIT_USAGE;
    if (cli_inputs_expand(&inputs, s, &ledger)) {
        show_inputs(&inputs, s, &ledger);
        code = cli_ledger_close(&ledger, true, 0);
    }
    cli_inputs_clear(&inputs);
    cli_ledger_clear(&ledger);
    return code;
}

const cli_command cli_info_command = {
    .name = "info",
    .bit = CLI_INFO,
    .synopsis = "FILE... [options]\n",
    .summary = "show what is in images and weight files, and what an upscale would take",
    .about =
        "Shows what is in image files, metadata and what cannot be kept of them included, how hard "
        "a JPEG was squeezed, and how large an upscale with the flags given would be and how much "
        "memory it would take: by their headers alone. With -v, and for networks that clean, the "
        "pixels are read once to tell how much noise there is.\n"
        "Of a weight file (safetensors, PyTorch, ONNX, ncnn), or tconv:NAME, it shows the network: "
        "family, scale, colours, cost, receptive field, layers, and where the taps of a transposed "
        "convolution overlap unevenly. What the file does not say, and is assumed, comes with the "
        "flags that say it. Of blocks of layers that repeat the first is shown.\n",
    .examples = "# what is it?\n"
                "upscale info photo.jpg\n"
                "# and how noisy?\n"
                "upscale info -v photo.jpg\n"
                "# how much memory would this take?\n"
                "upscale info scan.png -s 8 -m lanczos\n"
                "# one page of a TIFF\n"
                "upscale info scans.tif --page 2\n"
                "# widths of all pictures in a tree\n"
                "upscale info -r photos --json | jq .width\n"
                "# what is in this network, and what do its filters look like?\n"
                "upscale info network.safetensors --plot filters.png\n",
    .run = run_info,
};
