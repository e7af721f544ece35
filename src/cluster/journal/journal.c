/* SPDX-License-Identifier: MIT */
/* Writing the journal of a shard. */
#define _GNU_SOURCE

#include <upscale_cluster.h>

#include "base/memory.h"
#include "base/text_stream.h"
#include "cluster/journal/journal_text.h"
#include "io/files/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct up_journal {
    int fd;
    char *path;
    pthread_mutex_t lock;
};

static up_status fail(const up_journal *j, const char *doing, up_error *error)
{
    return up_fail_output(j->path, errno, doing, error);
}

/* A lock that the file system does not know is done without: then only whole lines protect. Who
 * only looks whether it is held has it for a moment. */
static up_status lock(const up_journal *j, up_error *error)
{
    const struct timespec moment = { 0, 10 * 1000 * 1000 };
    for (int tries = 0; tries < 10; tries++) {
        if (flock(j->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
            return UP_OK;
        nanosleep(&moment, NULL);
    }
    return up_fail(error, UP_ERROR_EXISTS,
                   "%s: another process is at work on this shard; nothing was done", j->path);
}

/* Of a process that was killed, the last line may have no end. */
static up_status end_last_line(const up_journal *j, up_error *error)
{
    struct stat info;
    char last = '\n';
    if (fstat(j->fd, &info) == 0 && info.st_size > 0 &&
        pread(j->fd, &last, 1, info.st_size - 1) != 1)
        return fail(j, "be read", error);
    return last == '\n' || write(j->fd, "\n", 1) == 1 ? UP_OK : fail(j, "be written", error);
}

static up_status write_all(const up_journal *j, const char *text, size_t size, up_error *error)
{
    for (size_t done = 0; done < size;) {
        const ssize_t n = write(j->fd, text + done, size - done);
        if (n < 0 && errno != EINTR)
            return fail(j, "be written", error);
        done += n > 0 ? (size_t)n : 0;
    }
    return UP_OK;
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static up_status write_mark(const up_journal *j, const char *event, bool sync, up_error *error)
{
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    char *line = up_journal_seal(json_pack("{ss ss si sI}", "event", event, "host", host, "pid",
                                           (int)getpid(), "time", (json_int_t)now()));
    if (!line)
        return up_fail_memory(error, "a journal", 1);
    up_status status = write_all(j, line, strlen(line), error);
    if (status == UP_OK && sync && fsync(j->fd))
        status = fail(j, "be written", error);
    free(line);
    return status;
}

static up_status open_locked(up_journal *j, up_error *error)
{
    j->fd = open(j->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (j->fd < 0)
        return fail(j, "be opened", error);
    UP_TRY(lock(j, error));
    UP_TRY(end_last_line(j, error));
    return write_mark(j, "begin", true, error);
}

up_status up_journal_open(up_journal **journal, const up_manifest_info *info, int shard,
                          up_error *error)
{
    up_journal *j = *journal = up_alloc_zero(1, sizeof *j);
    if (!j)
        return up_fail_memory(error, "a journal", sizeof *j);
    j->fd = -1;
    j->path = up_journal_name(info, shard);
    pthread_mutex_init(&j->lock, NULL);
    up_status status = UP_OK;
    if (!j->path)
        status = up_fail_memory(error, "a journal", 1);
    else if (mkdir(info->journals, 0777) && errno != EEXIST)
        status = up_fail_output(info->journals, errno, "be made", error);
    if (status == UP_OK)
        status = open_locked(j, error);
    if (status != UP_OK) {
        if (j->fd >= 0)
            close(j->fd);
        j->fd = -1;
        up_journal_close(journal);
    }
    return status;
}

/* One write for all of them: lines of processes that should not be there do not mix. */
up_status up_journal_write(up_journal *j, const up_record *records, int count, bool sync,
                           up_error *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = up_text_stream(&text, &size);
    bool fine = memory;
    for (int i = 0; fine && i < count; i++) {
        up_record record = records[i];
        record.time = now();
        char *line = up_journal_line(&record);
        fine = line && fputs(line, memory) >= 0;
        free(line);
    }
    if (memory)
        fine = fclose(memory) == 0 && fine;
    if (!fine) {
        free(text);
        return up_fail_memory(error, "a journal", size);
    }
    pthread_mutex_lock(&j->lock);
    up_status status = write_all(j, text, size, error);
    if (status == UP_OK && sync && fsync(j->fd))
        status = fail(j, "be written", error);
    pthread_mutex_unlock(&j->lock);
    free(text);
    return status;
}

void up_journal_close(up_journal **journal)
{
    up_journal *j = *journal;
    if (!j)
        return;
    if (j->fd >= 0) {
        write_mark(j, "end", true, NULL);
        close(j->fd);
    }
    pthread_mutex_destroy(&j->lock);
    free(j->path);
    up_free(j);
    *journal = NULL;
}
