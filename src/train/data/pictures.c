/* SPDX-License-Identifier: MIT */
#include "train/data/pictures.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "train/data/decode.h"

#include <math.h>

/* What becomes of one picture at one size. */
typedef struct {
    const char *path;
    double factor;
    up_train_header header; /* its size is the reduced one */
    double held_bytes;      /* while it is being loaded */
    up_train_picture picture;
    up_status status;
    up_error why;
} candidate;

void up_train_pictures_free(up_train_pictures *set)
{
    for (size_t i = 0; i < set->count; i++)
        up_train_picture_free(&set->picture[i]);
    up_free(set->picture);
    *set = (up_train_pictures){ 0 };
}

static up_status inspect(candidate *c, int scale, up_error *error)
{
    up_train_header *h = &c->header;
    UP_TRY(up_train_decode_header(h, c->path, error));
    c->held_bytes = (double)h->held_bytes +
                    (double)h->width * h->height * (2 * h->channels + (double)sizeof(float));
    h->width = up_train_reduced(h->width, c->factor);
    h->height = up_train_reduced(h->height, c->factor);
    return up_train_picture_check(c->path, h->width, h->height, scale, error);
}

/* Of the planes that stay. */
static size_t kept_bytes(size_t width, size_t height, const up_train_options *options)
{
    const size_t scale = (size_t)options->scale, low = (width / scale) * (height / scale);
    if (options->recipe)
        return up_alloc_bytes(3 * low * scale * scale);
    return up_alloc_bytes(low * sizeof(float)) +
           up_alloc_bytes(low * scale * scale * sizeof(int16_t));
}

static up_status check_memory(const candidate *list, size_t count, size_t bytes_before, int threads,
                              const up_train_options *options, up_error *error)
{
    double kept = (double)bytes_before, passing = 0;
    for (size_t i = 0; i < count; i++) {
        const up_train_header *h = &list[i].header;
        if (list[i].status != UP_OK)
            continue;
        kept += (double)kept_bytes((size_t)h->width, (size_t)h->height, options);
        passing = fmax(passing, list[i].held_bytes);
    }
    const size_t most = up_machine_memory_limit(options->max_memory);
    const double need = kept + fmin(threads, (double)count) * passing;
    if (need <= (double)most)
        return UP_OK;
    return up_fail(error, UP_ERROR_LIMIT,
                   "%zu pictures would need %.0f MiB of memory, more than the %zu MiB allowed; "
                   "raise --max-memory or take fewer pictures",
                   count, ceil(need / (1 << 20)), most >> 20);
}

static bool is_skipped(up_status status)
{
    return status == UP_ERROR_INPUT || status == UP_ERROR_UNSUPPORTED;
}

static void load_all(candidate *list, size_t count, size_t first_place, int threads,
                     const up_train_options *options)
{
    bool stop = false;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (size_t i = 0; i < count; i++) {
        bool stopped;
#pragma omp atomic read
        stopped = stop;
        candidate *c = &list[i];
        if (stopped || c->status != UP_OK)
            continue;
        c->status = up_train_picture_load(&c->picture, c->path, c->factor, first_place + i, options,
                                          &c->why);
        if (c->status != UP_OK && !is_skipped(c->status)) {
#pragma omp atomic write
            stop = true;
        }
    }
}

/* Reports what was skipped, and fails with the first error that is not a picture's own. */
static up_status report(const candidate *list, size_t count, const up_train_options *options,
                        up_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].status != UP_OK && !is_skipped(list[i].status)) {
            if (error)
                *error = list[i].why;
            return list[i].status;
        }
    for (size_t i = 0; i < count && options->skipped; i++)
        if (list[i].status != UP_OK && list[i].factor == 1)
            options->skipped(options->user, list[i].path, &list[i].why);
    return UP_OK;
}

static up_status load(candidate *list, size_t count, const up_train_pictures *before,
                      const up_train_options *options, up_error *error)
{
    for (size_t i = 0; i < count; i++)
        list[i].status = inspect(&list[i], options->scale, &list[i].why);
    const int threads = options->threads ? options->threads : up_machine_cores();
    UP_TRY(check_memory(list, count, before->bytes, threads, options, error));
    load_all(list, count, before->count, threads, options);
    return report(list, count, options, error);
}

static void collect(up_train_pictures *set, candidate *list, size_t count,
                    const up_train_options *options)
{
    const int scale = options->scale;
    for (size_t i = 0; i < count; i++) {
        const up_train_picture *p = &list[i].picture;
        if (!p->low && !p->pixels)
            continue;
        set->picture[set->count++] = *p;
        set->bytes += kept_bytes((size_t)(p->width * scale), (size_t)(p->height * scale), options);
    }
}

/* Adds the candidates to the set, whose array has room for them. */
static up_status add(up_train_pictures *set, candidate *list, size_t count,
                     const up_train_options *options, up_error *error)
{
    up_status status = load(list, count, set, options, error);
    collect(set, list, count, options);
    return status;
}

static candidate *make_list(size_t count, up_error *error)
{
    candidate *list = up_alloc_zero(count, sizeof *list);
    if (!list)
        up_fail_memory(error, "a list of pictures", count * sizeof *list);
    return list;
}

static size_t factors(const up_train_options *options)
{
    size_t count = 0;
    while (count < UP_MULTISCALE_MOST && options->multiscale[count] > 0)
        count++;
    return count;
}

up_status up_train_pictures_load(up_train_pictures *set, const char *const *paths, size_t count,
                                 const up_train_options *options, up_error *error)
{
    const size_t sizes = 1 + factors(options); /* room for up_train_pictures_add_reduced() */
    *set = (up_train_pictures){ .picture = up_alloc_zero(count, sizes * sizeof *set->picture) };
    if (!set->picture)
        return up_fail_memory(error, "a list of pictures", count * sizes * sizeof *set->picture);
    candidate *list = make_list(count, error);
    for (size_t i = 0; list && i < count; i++)
        list[i] = (candidate){ .path = paths[i], .factor = 1 };
    up_status status = list ? add(set, list, count, options, error) : UP_ERROR_MEMORY;
    up_free(list);
    if (status != UP_OK)
        up_train_pictures_free(set);
    return status;
}

up_status up_train_pictures_add_reduced(up_train_pictures *set, const up_train_options *options,
                                        up_error *error)
{
    const size_t originals = set->count, each = factors(options), count = originals * each;
    if (count == 0)
        return UP_OK;
    candidate *list = make_list(count, error);
    if (!list)
        return UP_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        list[i] = (candidate){ .path = set->picture[i / each].path,
                               .factor = options->multiscale[i % each] };
    up_status status = add(set, list, count, options, error);
    up_free(list);
    return status;
}

up_status up_train_pictures_keep_aside(up_train_pictures *set, up_train_pictures *aside,
                                       up_error *error)
{
    const size_t count = set->count, every = count < 10 ? count : 10;
    *aside = (up_train_pictures){ .picture = up_alloc_zero(count, sizeof *aside->picture) };
    if (!aside->picture)
        return up_fail_memory(error, "a list of pictures", count * sizeof *aside->picture);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (count > 1 && i % every == every - 1)
            aside->picture[aside->count++] = set->picture[i];
        else
            set->picture[kept++] = set->picture[i];
    set->count = kept;
    return UP_OK;
}
