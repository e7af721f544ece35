/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/args/help/completion.h"
#include "cli/args/help/help.h"
#include "cli/args/help/man_page.h"
#include "cli/args/method_choice.h"
#include "cli/args/options.h"
#include "cli/batch/batch.h"
#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/method_list.h"
#include "cli/signals.h"
#include "cli/typed_input.h"
#ifdef UPSCALE_CLUSTER
#include "cli/cluster/shard.h"
#include "cli/cluster/shard_choice.h"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show_formats(const char *what, bool reads, bool writes)
{
    char list[256] = "";
    const up_file_format_info *format;
    for (int i = 0; (format = up_file_format_at(i)); i++) {
        const size_t used = strlen(list);
        if ((reads && format->reads) || (writes && format->writes))
            snprintf(list + used, sizeof list - used, " %s", format->name);
    }
    cli_print("%s%s", what, list);
}

static void show_version(void)
{
    cli_print("upscale %s (%s kernels, %d cores)", UP_VERSION, up_cpu_name(), up_cpu_count());
    show_formats("reads", true, false);
    show_formats("writes", false, true);
    const up_file_format_info *format;
    up_error missing;
    for (int i = 0; (format = up_file_format_at(i)); i++)
        if (!format->reads && !format->writes)
            cli_print("without %s (%s)", format->name, format->library);
        else if (up_file_format_load(format->name, &missing) != UP_OK)
            cli_print("not here: %s", missing.message);
}

/* What is asked for instead of work; false: nothing. */
static bool show_something(const cli_settings *s)
{
    if (s->show.version)
        show_version();
    else if (s->show.methods)
        cli_methods_show(s);
    else if (s->show.man_page)
        cli_man_page_print();
    else if (cli_given(s, "completion"))
        cli_completion_print(s->show.shell);
    else
        return false;
    return true;
}

static int run_tasks(cli_settings *s, const cli_inputs *inputs, cli_ledger *ledger)
{
    double start = cli_now();
    cli_tasks tasks;
    up_error error;
    if (inputs->count * cli_method_count(s) > 1 && cli_methods_share(s, &error) != UP_OK &&
        error.status != UP_ERROR_MEMORY) /* of which one picture may do with what another lacks */
        return cli_fail(&error);
    bool fine = cli_tasks_make(&tasks, inputs, s) && cli_tasks_check(&tasks, inputs, s);
    if (fine)
        cli_batch_run(&tasks, s, ledger);
    cli_tasks_clear(&tasks);
    return fine ? cli_ledger_close(ledger, s->quiet || s->dry_run, cli_now() - start)
                : CLI_EXIT_USAGE;
}

static int run_upscale(cli_settings *s)
{
    if (show_something(s))
        return CLI_EXIT_OK;
#ifdef UPSCALE_CLUSTER
    if (s->manifest)
        return cli_shard_run(s);
#endif
    if (s->operand_count == 0 && !s->files_from && !s->x) {
        cli_say("no input; 'upscale photo.jpg -o big.png' makes a picture twice as large, "
                "'upscale --help' tells more");
        return CLI_EXIT_USAGE;
    }
    if (cli_given(s, "digits") && !s->x) {
        cli_say("--digits means nothing without --x; 'upscale show FILE' has it");
        return CLI_EXIT_USAGE;
    }
    if (!cli_methods_settle(s))
        return CLI_EXIT_USAGE;
    if (s->x)
        return cli_typed_input_run(s);
    cli_ledger ledger;
    cli_inputs inputs;
    cli_ledger_init(&ledger);
    int code = CLI_EXIT_USAGE;
    if (!cli_inputs_expand(&inputs, s, &ledger))
        code = cli_signals_exit_code() ? cli_signals_exit_code() : CLI_EXIT_USAGE;
#ifdef UPSCALE_CLUSTER
    else if (!cli_shard_take(&inputs, s))
        code = CLI_EXIT_USAGE;
#endif
    else if (inputs.count > 0)
        code = run_tasks(s, &inputs, &ledger);
    else
        code = cli_ledger_close(&ledger, s->quiet, 0);
    cli_inputs_clear(&inputs);
    cli_ledger_clear(&ledger);
    return code;
}

const cli_command cli_upscale_command = {
    .name = "upscale",
    .bit = CLI_UPSCALE,
    .synopsis = "[options] INPUT... [-o OUT|DIR/]\n",
    .summary = "make pictures and tensors larger",
    .about =
        "Makes pictures (--version tells of what formats) and tensors (.npy, .txt) larger, in "
        "memory that does not grow with their height. Grey stays grey, 16 bit stays 16 bit; alpha, "
        "colour profile and "
        "metadata are carried along. Of an animation (GIF, PNG, WebP) all frames are made where "
        "the output is PNG or WebP; of a TIFF all pages, each of its own size, where it is TIFF. "
        "What is left behind of a file (a gain map, thumbnails ...) is "
        "said in one line, and in --json as \"dropped\".\n"
        "An INPUT is a file, - for standard input, or with -r a folder. The output's format "
        "follows its extension. Without -o the output is put beside the input: photo.jpg becomes "
        "photo-x2.jpg. Files that exist are never replaced unless --overwrite says so.\n"
        "In folders files are taken by their extension. Pictures in formats that are not read "
        "(PSD, camera raw ...) are named and counted, and so are links to folders, which are not "
        "followed; in --json each is a line of status \"left out\". A run that was broken off is "
        "taken up again by the same command with --skip-existing.\n"
        "A damaged picture is read as far as it goes, with a warning: rows missing at its end are "
        "mid-grey, or transparent, and a comment or profile with a wrong checksum is left out. "
        "--strict refuses it. Refused in any case is what has a broken header, less than a tenth "
        "of its rows, or damage that garbles what is there, and any damage to tensors and "
        "weights.\n",
    .examples = "# twice as large\n"
                "upscale photo.jpg -o big.png\n"
                "# four times, sharper, into a folder\n"
                "upscale *.jpg -m lanczos -s 4 -o large/\n"
                "# all frames of an animation; and one of them\n"
                "upscale dance.gif -m bicubic -o dance.png\n"
                "upscale dance.gif --frame 1 -o still.png\n"
                "# one page of a TIFF\n"
                "upscale scans.tif --page 2 -o second.png\n"
                "# at most 1920x1080, as JPEG\n"
                "upscale scan.png --fit 1920x1080 -o scan.jpg --quality 95\n"
                "# a tree of folders; carry on where it was stopped\n"
                "upscale -r photos -o large/ --skip-existing\n"
                "# a network, as it was downloaded\n"
                "upscale photo.jpg -w RealESRGAN_x4plus.pth -o big.png\n"
                "# compare methods\n"
                "upscale photo.png -m nearest,bicubic,lanczos -o out/\n"
                "# a learned layer on a tensor\n"
                "upscale x.npy -m tconv -w layer.safetensors --stride 2 --padding 1 -o y.npy\n"
                "# a tensor that is typed, its result printed\n"
                "upscale --x '0,1;2,3' -m tconv --kernel-values '0,1;2,3' --stride 2\n"
                "# in a pipe\n"
                "curl -s URL | upscale - -s 3 -f png | display\n",
    .run = run_upscale,
};
