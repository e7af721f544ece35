/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/args/options.h"
#include "cli/batch/output_check.h"
#include "cli/batch/tasks/ledger.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <string.h>

/* Flags that mean something to some ops only. */
static const struct {
    const char *flag, *ops;
} meant_for[] = {
    { "k", "tconv conv" },
    { "kernel-values", "tconv conv" },
    { "stride", "tconv conv max-pool max-unpool" },
    { "padding", "tconv conv max-pool max-unpool" },
    { "dilation", "tconv conv max-pool" },
    { "output-padding", "tconv" },
    { "groups", "tconv conv" },
    { "kernel", "max-pool max-unpool" },
    { "ceil-mode", "max-pool" },
    { "indices", "max-unpool" },
    { "output-size", "max-unpool" },
    { "scale", "nearest bed-of-nails bilinear bicubic pixel-shuffle" },
    { "align-corners", "bilinear bicubic" },
    { "cubic-a", "bicubic" },
};

static bool is_op(const char *name)
{
    const char *op, *summary;
    for (int i = 0; (op = up_explain_op_at(i, &summary)); i++)
        if (strcmp(op, name) == 0)
            return true;
    return false;
}

static bool check_flags(const cli_settings *s)
{
    const char *op = s->operands[0];
    for (size_t i = 0; i < sizeof meant_for / sizeof *meant_for && is_op(op); i++) {
        if (!cli_given(s, meant_for[i].flag) ||
            cli_list_find(meant_for[i].ops, op, strlen(op)) >= 0)
            continue;
        cli_say("--%s means nothing to %s; it is for: %s", meant_for[i].flag, op, meant_for[i].ops);
        return false;
    }
    return true;
}

static bool check_arguments(const cli_settings *s)
{
    const char *problem = NULL;
    if (s->operand_count != 1)
        problem = "explain needs the name of one op: upscale explain tconv --x '0,1;2,3' "
                  "--k '0,1;2,3'";
    else if (s->output && cli_is_standard_output(s->output))
        problem = "a page cannot go to standard output; give it a name";
    else if (cli_given(s, "overwrite") && !s->output)
        problem = "--overwrite means nothing without -o PAGE.html";
    if (problem)
        cli_say("%s", problem);
    return !problem && check_flags(s);
}

static int show(up_explanation *explanation, const cli_settings *s)
{
    const up_explain_style style = { .columns = cli_output_columns(),
                                     .digits = s->digits,
                                     .all_steps = s->all_steps };
    up_error error = { 0 };
    if (s->output) {
        if (!cli_output_prepare(s->output, s->up.overwrite, &error))
            return cli_fail(&error);
        if (up_explain_page(explanation, s->output, s->up.overwrite, &error) != UP_OK)
            return cli_fail(&error);
    }
    const bool words = !s->json && !s->output && !s->quiet;
    const char *text = s->json ? up_explain_json(explanation)
                       : words ? up_explain_text(explanation, &style)
                               : "";
    if (!text) {
        error = (up_error){ UP_ERROR_MEMORY, "out of memory" };
        return cli_fail(&error);
    }
    if (*text)
        cli_put_text(text);
    if (up_explain_agrees(explanation))
        return CLI_EXIT_OK;
    cli_say("the ways to the result differ");
    return CLI_EXIT_FAILED;
}

static int run_explain(cli_settings *s)
{
    if (!check_arguments(s))
        return CLI_EXIT_USAGE;
    const up_explain_options options = { .op = s->operands[0],
                                         .input = s->x,
                                         .kernel = s->up.kernel,
                                         .indices = s->up.indices,
                                         .options = &s->up };
    up_explanation *explanation;
    up_error error = { 0 };
    if (up_explain_open(&explanation, &options, &error) != UP_OK)
        return cli_fail(&error);
    int code = show(explanation, s);
    up_explain_close(&explanation);
    return code;
}

const cli_command cli_explain_command = {
    .name = "explain",
    .bit = CLI_EXPLAIN,
    .synopsis = "OP --x X [--k K] [--stride N ...] [options]\n",
    .summary = "show every step of an upsampling of a few numbers, and the other ways to it",
    .about =
        "Works an op out by hand, on numbers given as text: what each input element adds, or each "
        "output is made from; the formula of the size; and the other ways to the same result, "
        "which are compared: zeros inserted and a convolution with the turned kernel, the matrix "
        "of the convolution and its transpose, the polyphase form that the kernels run, and the "
        "op itself. The overlap counts how many taps meet in each output, and says whether that "
        "leaves a checkerboard. Exit code 1 if any two ways differ.\n"
        "OP is tconv, conv, nearest, bed-of-nails, max-pool, max-unpool, bilinear, bicubic or "
        "pixel-shuffle. Inputs and kernels have at most 16x16 numbers in a channel. --json gives "
        "every intermediate, -o PAGE.html a page to step through.\n",
    .examples = "# what the textbooks print\n"
                "upscale explain tconv --x '0,1;2,3' --k '0,1;2,3'\n"
                "# stride opens gaps, padding takes away\n"
                "upscale explain tconv --x '0,1;2,3' --k '0,1;2,3' --stride 2 --padding 1\n"
                "# is the input of a convolution what its transpose gives back?\n"
                "upscale explain conv --x '0,1,2;3,4,5;6,7,8' --k '1,2;3,4'\n"
                "# both conventions of bilinear\n"
                "upscale explain bilinear --x '6,10;9,12' --align-corners\n",
    .run = run_explain,
};
