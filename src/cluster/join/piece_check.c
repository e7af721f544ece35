/* SPDX-License-Identifier: MIT */
/* Whether what is there is what was recorded, and would be made again. */

#include <upscale_cluster.h>

#include "base/hash.h"
#include "base/status.h"
#include "upscale_cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

uint64_t up_piece_key(const char *output)
{
    const uint64_t key = up_hash_of(output, strlen(output));
    return key ? key : 1; /* 0 is no key */
}

uint64_t up_options_hash(const char *options)
{
    return up_hash_of(options, strlen(options));
}

static up_status fail(const char *path, up_error *error)
{
    return up_fail(error, up_status_of(errno, UP_ERROR_INPUT), "%s: cannot be read: %s", path,
                   strerror(errno));
}

static up_status hash_file(up_file_facts *facts, const char *path, up_error *error)
{
    uint8_t buffer[1 << 16];
    up_hash hash;
    ssize_t n;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(path, error);
    up_hash_init(&hash);
    while ((n = read(fd, buffer, sizeof buffer)) > 0)
        up_hash_add(&hash, buffer, (size_t)n);
    const up_status status = n < 0 ? fail(path, error) : UP_OK;
    close(fd);
    facts->hash = up_hash_end(&hash);
    return status;
}

up_status up_file_look(up_file_facts *facts, const char *path, bool hash, up_error *error)
{
    struct stat info;
    *facts = (up_file_facts){ 0 };
    if (stat(path, &info))
        return fail(path, error);
    facts->bytes = info.st_size;
    facts->changed = info.st_mtim.tv_sec * INT64_C(1000000000) + info.st_mtim.tv_nsec;
    return hash ? hash_file(facts, path, error) : UP_OK;
}

/* An input that was only touched is what it was. One that has gone cannot be made anew anyway. */
static bool input_is_the_same(const up_piece *piece, const up_file_facts *then)
{
    up_file_facts now;
    if (up_file_look(&now, piece->input, false, NULL) != UP_OK)
        return true;
    if (now.bytes != then->bytes)
        return false;
    return now.changed == then->changed ||
           (up_file_look(&now, piece->input, true, NULL) == UP_OK && now.hash == then->hash);
}

static up_piece_state check_output(const char *path, const up_record *r, bool thorough)
{
    up_file_facts now;
    thorough |= r->event == UP_EVENT_MADE; /* whether it was named is not known */
    if (up_file_look(&now, path, false, NULL) != UP_OK)
        return UP_PIECE_GONE;
    if (now.bytes != r->output.bytes)
        return UP_PIECE_DIFFERS;
    if (thorough && (up_file_look(&now, path, true, NULL) != UP_OK || now.hash != r->output.hash))
        return UP_PIECE_DIFFERS;
    return UP_PIECE_COMPLETE;
}

/* The bytes of the whole are looked at for the first of its bands. */
static bool is_joined(const up_piece *piece, const up_records *records, const up_record *band,
                      bool thorough)
{
    const up_record *whole =
        piece->join ? up_records_find(records, up_piece_key(piece->join)) : NULL;
    return whole && whole->event == UP_EVENT_DONE && whole->options == band->options &&
           whole->time >= band->time &&
           check_output(piece->join, whole, thorough && piece->first == 0) == UP_PIECE_COMPLETE;
}

up_piece_state up_piece_check(const up_piece *piece, const up_records *records, bool thorough)
{
    const up_record *r = up_records_find(records, up_piece_key(piece->output));
    if (!r)
        return UP_PIECE_NEW;
    if (r->event == UP_EVENT_FAILED && r->again)
        return UP_PIECE_RETRY;
    if (r->options != up_options_hash(piece->options) || !input_is_the_same(piece, &r->input))
        return UP_PIECE_STALE;
    if (r->event == UP_EVENT_FAILED)
        return UP_PIECE_FAILED;
    const up_piece_state state = check_output(piece->output, r, thorough);
    return state == UP_PIECE_GONE && is_joined(piece, records, r, thorough) ? UP_PIECE_COMPLETE
                                                                            : state;
}

const char *up_piece_state_name(up_piece_state state)
{
    static const char *const names[] = {
        [UP_PIECE_COMPLETE] = "is complete",
        [UP_PIECE_NEW] = "was never made",
        [UP_PIECE_GONE] = "is missing",
        [UP_PIECE_DIFFERS] = "is not what was written",
        [UP_PIECE_STALE] = "was made of another input, or with other options",
        [UP_PIECE_FAILED] = "failed",
        [UP_PIECE_RETRY] = "failed, and may work now",
    };
    return names[state];
}
