/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/batch/output_check.h"
#include "cli/batch/tasks/ledger.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/lines/picture_blocks.h"
#include "cli/signals.h"

#include <stdlib.h>
#include <string.h>

static bool check_arguments(const cli_settings *s)
{
    const char *problem = s->operand_count == 0 ? "show needs a file: upscale show FILE..." : NULL;
    for (size_t i = 0; i < s->operand_count; i++)
        if (cli_is_stream(s->operands[i]))
            problem = "show reads its input more than once: give it a file, not standard input";
    if (problem)
        cli_say("%s", problem);
    return !problem;
}

static bool is_picture(const char *path)
{
    up_image *image = NULL;
    bool picture = up_image_open(&image, path, NULL) == UP_OK &&
                   up_image_get_info(image)->format.color != UP_COLOR_TENSOR;
    up_image_close(&image);
    return picture;
}

static up_status show_numbers(const char *path, int digits, up_error *error)
{
    char *text;
    up_status status = up_tensor_text(&text, path, digits, error);
    if (status == UP_OK)
        cli_put_text(text);
    free(text);
    return status;
}

/* Asked for digits, a picture is numbers. */
static void show_file(const char *path, const cli_settings *s, cli_ledger *ledger)
{
    up_error error = { 0 };
    if (s->operand_count > 1)
        cli_print("%s", path);
    error.status =
        s->digits == 0 && is_picture(path)
            ? cli_picture_show(path, cli_output_columns(), cli_output_is_terminal(), &s->up, &error)
            : show_numbers(path, s->digits, &error);
    if (error.status == UP_OK)
        cli_ledger_done(ledger);
    else
        cli_ledger_failed(ledger, path, &error);
}

static int run_show(cli_settings *s)
{
    if (!check_arguments(s))
        return CLI_EXIT_USAGE;
    cli_ledger ledger;
    cli_ledger_init(&ledger);
    s->up.cancel = cli_signals_flag();
    size_t i = 0;
    for (; i < s->operand_count && !*cli_signals_flag() && !cli_output_gone(); i++)
        show_file(s->operands[i], s, &ledger);
    ledger.interrupted |= *cli_signals_flag() != 0;
    ledger.unread |= i < s->operand_count && cli_output_gone();
    int code = cli_ledger_close(&ledger, true, 0);
    cli_ledger_clear(&ledger);
    return code;
}

const cli_command cli_show_command = {
    .name = "show",
    .bit = CLI_SHOW,
    .synopsis = "FILE... [--digits N]\n",
    .summary = "print the numbers of a small tensor, or a picture as blocks",
    .about =
        "Prints tensors (.npy, positions of max-pooling too, .txt, .csv) of up to 65536 numbers as "
        "aligned rows, channels one below the other under their titles. Pictures are drawn as "
        "blocks, two pixels to a character in 24-bit colour on a terminal, and as shades of ASCII "
        "elsewhere; with --digits they are numbers too.\n",
    .examples = "# what is in this tensor?\n"
                "upscale show x.npy --digits 3\n"
                "# a look at a picture\n"
                "upscale show photo.jpg\n",
    .run = run_show,
};
