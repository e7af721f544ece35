/* SPDX-License-Identifier: MIT */
/* The files a command line names: arguments, lists and folders. */
#ifndef UP_CLI_INPUTS_H
#define UP_CLI_INPUTS_H

#include "cli/batch/tasks/ledger.h"
#include "cli/settings.h"

#include <sys/types.h>

typedef struct {
    char *path;   /* "-": standard input */
    char *folder; /* where it lies below the folder that was named; "" if the file itself was */
    bool exists;  /* then these are known: */
    dev_t device;
    ino_t inode;
    off_t bytes;
} cli_input;

typedef struct {
    cli_input *item;
    size_t count;
    bool many; /* a folder or a list was named: however many files there are, they are a batch */
} cli_inputs;

/* false: the command line is wrong, and that was said. Folders that cannot be read, or hold no
 * image, go into the ledger; pictures in folders that are left out are told, and counted there.
 * Files that are missing are kept: opening them tells. */
bool cli_inputs_expand(cli_inputs *inputs, const cli_settings *settings, cli_ledger *ledger);
void cli_inputs_clear(cli_inputs *inputs);

/* The same, one input after the other: none is kept. `take` frees what it is given, path and
 * folder, and returns false to end it, which is no mistake of the command line. */
typedef bool cli_take_input(void *user, cli_input *input);
bool cli_inputs_each(const cli_settings *settings, cli_ledger *ledger, cli_take_input *take,
                     void *user);

#endif
