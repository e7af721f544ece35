/* SPDX-License-Identifier: MIT */
#include "cli/typed_input.h"

#include "cli/args/method_choice.h"
#include "cli/args/options.h"
#include "cli/batch/output_check.h"
#include "cli/batch/tasks/ledger.h"
#include "cli/commands.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/signals.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Flags about files that a typed tensor is none of. */
static bool check_flags(const cli_settings *s)
{
    static const char *const flags[] = { "recursive",     "files-from", "null", "name",
                                         "skip-existing", "dry-run",    "jobs", "json" };
    if (s->operand_count > 0) {
        cli_say("--x is the input: no file goes with it");
        return false;
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (!cli_given(s, flags[i]))
            continue;
        cli_say("--%s means nothing to a tensor given by --x", flags[i]);
        return false;
    }
    if (s->output && cli_given(s, "digits"))
        cli_say("--digits means nothing to a file: without -o the numbers are printed");
    else if (s->output && cli_method_count(s) > 1)
        cli_say("--x with -o takes one method; without -o the results of all are printed");
    else
        return true;
    return false;
}

/* output->data is for free(). */
static up_status upscale(up_pixels *output, const up_pixels *input, const up_options *options,
                         up_error *error)
{
    size_t values;
    up_format *f = &output->format;
    *output = (up_pixels){ 0 };
    up_status status = up_output_format(&input->format, options, f, error);
    if (status != UP_OK)
        return status;
    if (__builtin_mul_overflow((size_t)f->width * (size_t)f->channels, (size_t)f->height,
                               &values) ||
        __builtin_mul_overflow(values, (size_t)f->frames, &values))
        values = SIZE_MAX;
    output->data = cli_alloc(values, sizeof(float));
    return up_upscale_pixels(input, output, options, error);
}

static up_status put_numbers(const up_pixels *output, const char *method, const cli_settings *s,
                             up_error *error)
{
#ifdef UPSCALE_EXPLAIN
    char *text;
    up_status status = up_pixels_text(&text, output, s->digits, error);
    if (status == UP_OK && cli_method_count(s) > 1)
        cli_print("%s", method);
    if (status == UP_OK)
        cli_put_text(text);
    free(text);
    return status;
#else
    (void)output, (void)method, (void)s;
    error->status = UP_ERROR_UNSUPPORTED;
    snprintf(error->message, sizeof error->message,
             "this upscale was built without what shows numbers; -o FILE takes them");
    return error->status;
#endif
}

static up_status run_method(const up_pixels *input, const char *method, const cli_settings *s,
                            up_error *error)
{
    up_pixels output;
    up_options options = cli_method_options(s, method);
    options.cancel = cli_signals_flag();
    up_status status = upscale(&output, input, &options, error);
    if (status == UP_OK && !s->output)
        status = put_numbers(&output, method, s, error);
    else if (status == UP_OK)
        status = cli_output_prepare(s->output, options.overwrite, error)
                     ? up_write_pixels(s->output, &output, &options, error)
                     : error->status;
    free(output.data);
    return status;
}

static up_status read_input(up_pixels *input, const cli_settings *s, up_error *error)
{
    up_status status = up_tensor_read(input, s->x, "--x", error);
    if (status != UP_OK || input->format.color == UP_COLOR_TENSOR)
        return status;
    up_pixels_free(input);
    error->status = UP_ERROR_ARGUMENT;
    snprintf(error->message, sizeof error->message, "%s: is a picture; give it without --x", s->x);
    return error->status;
}

int cli_typed_input_run(const cli_settings *s)
{
    if (!check_flags(s))
        return CLI_EXIT_USAGE;
    up_pixels input;
    up_error error = { 0 };
    up_status status = read_input(&input, s, &error);
    for (size_t i = 0; i < cli_method_count(s) && status == UP_OK; i++)
        status = run_method(&input, cli_method_at(s, i), s, &error);
    up_pixels_free(&input);
    return status == UP_OK ? CLI_EXIT_OK : cli_fail(&error);
}
