/* SPDX-License-Identifier: MIT */
/* Command lines: the first byte picks a command, its arguments are lines. */
#include "cli/args/options.h"
#include "cli/args/settings_clear.h"
#include "cli/args/values/name_template.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ARGUMENTS = 64 };

static void expand(const char *name)
{
    char wanted[CLI_WANTED];
    char *value[CLI_FIELDS];
    for (int i = 0; i < CLI_FIELDS; i++)
        value[i] = (char *)"x.y";
    if (cli_template_check(name, wanted, sizeof wanted))
        free(cli_template_expand(name, value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = size ? malloc(size) : NULL, *argument[MOST_ARGUMENTS];
    int count = 0, commands = 0;
    if (!line)
        return 0;
    memcpy(line, data + 1, size - 1);
    line[size - 1] = '\0';
    while (cli_commands[commands])
        commands++;
    char *rest = line;
    while (rest && count < MOST_ARGUMENTS)
        argument[count++] = strsep(&rest, "\n");
    cli_settings settings = { 0 };
    up_options_init(&settings.up);
    up_train_options_init(&settings.train);
    cli_options_parse(cli_commands[data[0] % commands], count, argument, &settings);
    for (int i = 0; i < count; i++)
        expand(argument[i]);
    cli_settings_clear(&settings);
    free(line);
    return 0;
}
