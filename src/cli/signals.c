/* SPDX-License-Identifier: MIT */
#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t received;

static void on_signal(int signal_number)
{
    if (__atomic_load_n(&received, __ATOMIC_RELAXED))
        _exit(128 + signal_number);
    __atomic_store_n(&received, signal_number, __ATOMIC_RELAXED);
}

void cli_signals_install(void)
{
    static const int stopping[] = { SIGINT, SIGTERM, SIGHUP };
    for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++) {
        struct sigaction old, action = { .sa_handler = on_signal };
        sigaction(stopping[i], NULL, &old);
        /* nohup, and shells that start jobs in the background, have asked for deaf programs. */
        if (old.sa_handler != SIG_IGN)
            sigaction(stopping[i], &action, NULL);
    }
    /* A closed pipe is then an error like any other write that fails. */
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* and so is a limit on the size of files */
}

const volatile int *cli_signals_flag(void)
{
    return &received;
}

int cli_signals_exit_code(void)
{
    int signal_number = __atomic_load_n(&received, __ATOMIC_RELAXED);
    return signal_number ? 128 + signal_number : 0;
}
