/* SPDX-License-Identifier: MIT */
#include "cli/args/habits.h"

#include "cli/args/values/number_values.h"
#include "cli/batch/file_types.h"
#include "cli/show/console.h"

#include <string.h>
#include <strings.h>

enum { TAKES_PICTURES = CLI_UPSCALE | CLI_COMPARE | CLI_EVAL };

static const struct {
    const char *words; /* between spaces; - stands for _ as well */
    const char *answer;
} habits[] = {
    { " i input ", "pictures are named without a flag: upscale photo.png -o large.png" },
    { " n model model-name model-path network ",
      "a method is chosen by -m, and a file of weights by -w" },
    { " g gpu gpu-id device cuda cpu ", "the processor is all that it runs on, and needs no flag" },
    { " t tile tile-size tile-pad split ",
      "pictures are read in bands, without tiles; --max-memory says how much it may take" },
    { " x tta ", "there is no averaging over turned pictures" },
    { " denoise noise-level denoise-strength ", "--clean 0..100 cleans noise and JPEG blocks" },
    { " outscale upscale-factor resize ", "how large is said by -s, --size, --width or --height" },
    { " fp16 fp32 half ", "how exactly networks are computed is said by --precision" },
    { " ext suffix ", "-f says the format, and --name what files are called" },
    { " j workers num-workers ", "--threads says how many" },
};

static bool holds(const char *words, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = words; (at = strchr(at, ' ')); at++) {
        size_t same = 0;
        while (same < length && at[1 + same] == (word[same] == '_' ? '-' : word[same]))
            same++;
        if (length > 0 && same == length && at[1 + same] == ' ')
            return true;
    }
    return false;
}

const char *cli_habit_flag(const cli_command *command, const char *word)
{
    for (size_t i = 0; (command->bit & TAKES_PICTURES) && i < sizeof habits / sizeof *habits; i++)
        if (holds(habits[i].words, word))
            return habits[i].answer;
    return NULL;
}

static bool is_address(const char *operand)
{
    return strncasecmp(operand, "http://", 7) == 0 || strncasecmp(operand, "https://", 8) == 0;
}

static bool is_scale(const char *operand)
{
    double scale;
    return cli_take_scale(&operand, &scale) && !*operand;
}

static bool is_likely_output(const cli_command *command, const cli_settings *s, size_t i)
{
    return command->bit == CLI_UPSCALE && s->operand_count == 2 && i == 1 && !s->output &&
           cli_writable_extension(s->operands[i]);
}

bool cli_habit_missing(const cli_command *command, const cli_settings *s, size_t i)
{
    const char *operand = s->operands[i];
    if (!(command->bit & TAKES_PICTURES))
        return true;
    if (is_address(operand)) {
        cli_say("%s: addresses are not fetched; a program that does can write into this one: "
                "curl -L ADDRESS | upscale - -o large.png",
                operand);
        return false;
    }
    if (is_scale(operand)) {
        cli_say("%s: there is no such file; if it is to be the scale, write -s %s", operand,
                operand);
        return false;
    }
    if (is_likely_output(command, s, i))
        cli_say("%s is not there; if it is to be the output, write -o %s", operand, operand);
    return true;
}
