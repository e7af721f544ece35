/* SPDX-License-Identifier: MIT */
/* What became of the files: counts, the failures for the end, and the exit code. */
#ifndef UP_CLI_LEDGER_H
#define UP_CLI_LEDGER_H

#include "upscale.h"

#include <pthread.h>

typedef struct {
    pthread_mutex_t lock;
    size_t done, skipped, failed;
    size_t left_out;  /* pictures in folders that cannot be read */
    size_t differing; /* outputs that were skipped though they are not what would have been made */
    size_t arguments, try_again; /* of those that failed */
    bool interrupted, unread;    /* nobody reads standard output, for which the work was */
    size_t planned;              /* files in all; 0: not known */
    const char *go_on; /* how a run that was broken off is taken up again; NULL: not at all */
    char **failures;   /* one line each */
} cli_ledger;

void cli_ledger_init(cli_ledger *ledger);
void cli_ledger_clear(cli_ledger *ledger);

void cli_ledger_done(cli_ledger *ledger);
/* `differs`: what is there is not what this run would have made. */
void cli_ledger_skipped(cli_ledger *ledger, bool differs);
/* Says it at once, and keeps it for the list at the end. `path` goes before a message that does not
 * begin with it. An UP_ERROR_INTERRUPTED is not a failure of the file. */
void cli_ledger_failed(cli_ledger *ledger, const char *path, const up_error *error);

/* Lists the failures where there was more than one file. Returns the exit code. */
int cli_ledger_close(const cli_ledger *ledger, bool quiet, double seconds);

/* Says why a command that does one thing failed. Returns its exit code. */
int cli_fail(const up_error *error);

#endif
