/* SPDX-License-Identifier: MIT */
#include "io/files/output_batch.h"

#include "base/memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define GROUP 16         /* files that are worth a sync */
#define PATIENCE 0.1     /* seconds that fewer of them wait for more */
#define MOST_WAITING 128 /* files, of which each takes a descriptor */

typedef struct {
    up_new_file file; /* fd -1: nothing to publish */
    void *user;
    up_error outcome;
} up_waiting;

struct up_batch {
    void (*published)(void *user, const up_error *outcome);
    up_status (*ready)(void *watcher, const up_batch_file *file, int count, up_error *error);
    void *watcher;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* more files, fewer files, or closing */
    bool closing;
    int most, count;
    up_waiting waiting[MOST_WAITING], group[MOST_WAITING];
    char *folder; /* of the last names, not synced yet */
};

static void keep_folder(up_batch *b, up_new_file *file)
{
    if (b->folder && strcmp(b->folder, file->folder) == 0)
        return;
    if (b->folder)
        up_sync_folder(b->folder);
    free(b->folder);
    b->folder = file->folder;
    file->folder = NULL;
}

static void publish(up_batch *b, up_waiting *w)
{
    up_new_file *file = &w->file;
    const bool good = file->fd >= 0 && w->outcome.status == UP_OK;
    if (good && up_new_file_publish(file, &w->outcome) == UP_OK)
        keep_folder(b, file);
    up_new_file_discard(file);
    b->published(w->user, &w->outcome);
}

/* Whoever watches hears of what is on disk before it can be seen. */
static void tell_ready(up_batch *b, int count)
{
    up_batch_file ready[MOST_WAITING];
    up_error error;
    int told = 0;
    for (int i = 0; i < count; i++) {
        up_waiting *w = &b->group[i];
        up_batch_file *r = &ready[told];
        if (w->file.fd < 0 || w->outcome.status != UP_OK ||
            up_new_file_hash(&w->file, &r->hash, &r->bytes, &w->outcome) != UP_OK)
            continue;
        r->user = w->user;
        told++;
    }
    if (told == 0 || b->ready(b->watcher, ready, told, &error) == UP_OK)
        return;
    for (int i = 0; i < count; i++)
        if (b->group[i].file.fd >= 0 && b->group[i].outcome.status == UP_OK)
            b->group[i].outcome = error;
}

/* Waits for a group; 0: there will be none. */
static int take_group(up_batch *b)
{
    struct timespec end;
    pthread_mutex_lock(&b->lock);
    while (b->count == 0 && !b->closing)
        pthread_cond_wait(&b->changed, &b->lock);
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += (long)(PATIENCE * 1e9);
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    int late = 0;
    while (b->count < up_min(GROUP, b->most) && !b->closing && !late)
        late = pthread_cond_timedwait(&b->changed, &b->lock, &end);
    int count = b->count;
    memcpy(b->group, b->waiting, (size_t)count * sizeof *b->group);
    b->count = 0;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
    return count;
}

static void *work(void *user)
{
    up_batch *b = user;
    for (int count; (count = take_group(b)) > 0;) {
        for (int i = 0; i < count; i++)
            up_new_file_start_sync(&b->group[i].file);
        for (int i = 0; i < count; i++)
            if (b->group[i].file.fd >= 0)
                up_new_file_sync(&b->group[i].file, &b->group[i].outcome);
        if (b->ready)
            tell_ready(b, count);
        for (int i = 0; i < count; i++)
            publish(b, &b->group[i]);
    }
    return NULL;
}

void up_batch_add(up_batch *batch, up_new_file *file, void *user)
{
    pthread_mutex_lock(&batch->lock);
    while (batch->count == batch->most)
        pthread_cond_wait(&batch->changed, &batch->lock);
    batch->waiting[batch->count++] =
        (up_waiting){ .file = file ? *file : (up_new_file){ .fd = -1 }, .user = user };
    if (file)
        *file = (up_new_file){ .fd = -1 };
    pthread_cond_broadcast(&batch->changed);
    pthread_mutex_unlock(&batch->lock);
}

static void release(up_batch *b)
{
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->lock);
    free(b->folder);
    up_free(b);
}

up_status up_batch_open(up_batch **batch, void (*published)(void *user, const up_error *outcome),
                        up_error *error)
{
    up_batch *b = *batch = up_alloc_zero(1, sizeof *b);
    if (!b)
        return up_fail_memory(error, "a batch", sizeof *b);
    struct rlimit limit;
    bool limited = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 8 * MOST_WAITING;
    b->most = limited ? up_max((int)limit.rlim_cur / 8, 1) : MOST_WAITING;
    b->published = published;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->changed, NULL);
    if (pthread_create(&b->thread, NULL, work, b) == 0)
        return UP_OK;
    release(b);
    *batch = NULL;
    return up_fail(error, UP_ERROR_MEMORY, "there is no further thread to be had");
}

void up_batch_watch(up_batch *batch,
                    up_status (*ready)(void *watcher, const up_batch_file *file, int count,
                                       up_error *error),
                    void *watcher)
{
    batch->ready = ready;
    batch->watcher = watcher;
}

void up_batch_close(up_batch **batch)
{
    up_batch *b = *batch;
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    b->closing = true;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
    pthread_join(b->thread, NULL);
    if (b->folder)
        up_sync_folder(b->folder);
    release(b);
    *batch = NULL;
}
