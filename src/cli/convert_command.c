/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/args/method_choice.h"
#include "cli/batch/output_check.h"
#include "cli/batch/tasks/ledger.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"
#include "cli/weights/weights_report.h"
#include "upscale_weights.h"

#include <stdio.h>
#include <stdlib.h>

static bool check_arguments(const cli_settings *s)
{
    const char *problem = NULL;
    if (s->operand_count != 2)
        problem = "convert takes two files: upscale convert IN OUT.safetensors";
    else if (cli_is_stream(s->operands[0]) || up_is_stream(s->operands[1]))
        problem = "weights are files, not streams; give IN and OUT names";
    else if (cli_same_file(s->operands[0], s->operands[1]))
        problem = "OUT is IN itself; give it another name";
    if (problem)
        cli_say("%s", problem);
    return !problem;
}

/* A file that says its scale keeps it. */
static up_status check_scale(const cli_settings *s, const up_weights *weights, up_error *error)
{
    const up_weights_info *info = up_weights_get_info(weights);
    double asked[2];
    if (!up_options_scale(&s->up, asked) || info->scale[0] == 0 ||
        (asked[0] == info->scale[0] && asked[1] == info->scale[1] && info->reduction[0] == 1 &&
         info->reduction[1] == 1))
        return UP_OK;
    error->status = UP_ERROR_ARGUMENT;
    snprintf(error->message, sizeof error->message,
             "%s is for %s, which -s cannot change; leave it out", info->name,
             cli_scale_text(info->scale).text);
    return error->status;
}

static up_status convert(const cli_settings *s, up_weights **weights, up_error *error)
{
    const char *out = s->operands[1];
    char *in = cli_weights_file(s, s->operands[0], error);
    up_status status = in ? up_weights_open(weights, in, &s->up, error) : error->status;
    free(in);
    if (status == UP_OK)
        status = check_scale(s, *weights, error);
    if (status == UP_OK && !cli_output_prepare(out, s->up.overwrite, error))
        status = error->status;
    return status == UP_OK ? up_weights_save(*weights, out, &s->up, error) : status;
}

static void show_json(const cli_settings *s, const up_weights *weights, const up_error *error)
{
    json_t *line = json_object();
    json_object_set_new(line, "input", cli_json_text(s->operands[0]));
    json_object_set_new(line, "output", cli_json_text(s->operands[1]));
    json_object_set_new(line, "status", json_string(error->status == UP_OK ? "done" : "failed"));
    if (error->status != UP_OK)
        json_object_set_new(line, "error", cli_json_text(error->message));
    if (weights)
        json_object_set_new(line, "family", json_string(up_weights_get_info(weights)->family));
    cli_json_put(line);
}

static void show_text(const cli_settings *s, const up_weights *weights)
{
    const up_weights_info *info = up_weights_get_info(weights);
    cli_say("%s: %s %s from %s, %s parameters", s->operands[1], info->family,
            cli_scale_text(info->scale).text, info->format,
            cli_count_text((double)info->parameters).text);
}

static int run_convert(cli_settings *s)
{
    if (!check_arguments(s))
        return CLI_EXIT_USAGE;
    cli_ledger ledger;
    cli_ledger_init(&ledger);
    up_error error = { 0 };
    up_weights *weights = NULL;
    error.status = convert(s, &weights, &error);
    if (error.status == UP_OK)
        cli_ledger_done(&ledger);
    else
        cli_ledger_failed(&ledger, s->operands[0], &error);
    if (s->json)
        show_json(s, weights, &error);
    else if (!s->quiet && error.status == UP_OK)
        show_text(s, weights);
    up_weights_close(&weights);
    int code = cli_ledger_close(&ledger, true, 0);
    cli_ledger_clear(&ledger);
    return code;
}

const cli_command cli_convert_command = {
    .name = "convert",
    .bit = CLI_CONVERT,
    .synopsis = "IN OUT.safetensors [options]\n",
    .summary = "write a network of any format as safetensors that says all of itself",
    .about =
        "Reads a network in any of the formats (safetensors, PyTorch, ONNX, ncnn) and writes it "
        "as safetensors, with its layers, scale, colours and range in the metadata, and what the "
        "file says of its licence and the like. The result gives the same pictures to the bit, "
        "needs no flags, and runs no code.\n"
        "What IN does not say is told by flags: -s where it leaves the scale open, and "
        "--weights-range, --weights-color ... where what is assumed is wrong; 'upscale info IN' "
        "names them.\n",
    .examples = "# a checkpoint, made safe to pass on\n"
                "upscale convert RealESRGAN_x4plus.pth realesrgan.safetensors\n"
                "# one that does not say its scale\n"
                "upscale convert fsrcnn.safetensors fsrcnn-x2.safetensors -s 2\n",
    .run = run_convert,
};
