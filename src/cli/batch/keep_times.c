/* SPDX-License-Identifier: MIT */
#include "cli/batch/keep_times.h"

#include "cli/batch/output_check.h"
#include "cli/show/console.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

void cli_times_keep(const cli_task *task)
{
    struct stat st;
    if (cli_is_stream(task->input->path) || up_is_stream(task->output))
        return;
    bool kept = stat(task->input->path, &st) == 0;
    const struct timespec times[] = { st.st_atim, st.st_mtim };
    kept = kept && utimensat(AT_FDCWD, task->output, times, 0) == 0;
    if (!kept)
        cli_say("%s: the times of %s could not be kept: %s", task->output, task->input->path,
                strerror(errno));
}
