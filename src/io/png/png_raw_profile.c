/* SPDX-License-Identifier: MIT */
#include "io/png/png_raw_profile.h"

#include "base/memory.h"
#include "io/metadata/photoshop.h"
#include "io/png/png_text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A text of "\n", name, "\n", length in decimal, and hexadecimal with blanks in it. */
#define RAW_PROFILE "Raw profile type "

enum { MOST_RAW_PROFILES = 16 }; /* that are looked into: each may be deflated a thousandfold */

static int digit(char c)
{
    const int lower = c | 0x20;
    return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Decodes it in place; false if it is damaged. */
static bool decode_raw(up_entry *entry)
{
    const char *at = entry->text[0] == '\n' ? strchr(entry->text + 1, '\n') : NULL;
    size_t length = 0, made = 0;
    while (at && is_blank(*at))
        at++;
    for (; at && *at >= '0' && *at <= '9'; at++)
        length = length < entry->size ? 10 * length + (size_t)(*at - '0') : entry->size;
    if (!at || length == 0 || length > entry->size / 2)
        return false;
    for (; made < length; made++, at += 2) {
        while (is_blank(*at))
            at++;
        if (digit(at[0]) < 0 || digit(at[1]) < 0)
            return false;
        entry->text[made] = (char)(digit(at[0]) << 4 | digit(at[1]));
    }
    entry->size = made;
    return true;
}

static bool begins(const up_blob *blob, const char *front, size_t size)
{
    return blob->size > size && memcmp(blob->data, front, size) == 0;
}

/* Takes what is behind the first `skip` bytes, if nothing else said it. */
static up_status take_once(up_metadata *m, up_blob *to, const up_blob *from, size_t skip,
                           const char *what, up_error *error)
{
    const size_t size = from->size - skip;
    if (!to->data)
        return up_blob_set(to, from->data + skip, size, error);
    if (to->size == size && memcmp(to->data, from->data + skip, size) == 0)
        return UP_OK;
    return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "second %s", what);
}

static up_status take_profile(up_metadata *m, const char *type, const up_blob *profile, bool *taken,
                              up_error *error)
{
    static const char exif[] = "Exif\0", xmp[] = "http://ns.adobe.com/xap/1.0/";
    const bool app1 = strcasecmp(type, "APP1") == 0;
    *taken = true;
    if ((app1 || strcasecmp(type, "exif") == 0) && begins(profile, exif, sizeof exif))
        return take_once(m, &m->exif, profile, sizeof exif, "EXIF", error);
    if (app1 && begins(profile, xmp, sizeof xmp))
        return take_once(m, &m->xmp, profile, sizeof xmp, "XMP", error);
    if (strcasecmp(type, "exif") == 0 &&
        (begins(profile, "II*\0", 4) || begins(profile, "MM\0*", 4)))
        return take_once(m, &m->exif, profile, 0, "EXIF", error);
    if (strcasecmp(type, "xmp") == 0)
        return take_once(m, &m->xmp, profile, 0, "XMP", error);
    if (strcasecmp(type, "iptc") == 0 || strcasecmp(type, "8bim") == 0)
        return up_photoshop_take(m, profile->data, profile->size, error);
    *taken = false;
    return UP_OK;
}

static bool is_raw_profile(const up_chunk *chunk)
{
    return up_chunk_is_text(chunk) && begins(&chunk->data, RAW_PROFILE, sizeof RAW_PROFILE - 1);
}

static up_status take_raw_profile(up_metadata *m, const up_chunk *chunk, bool *taken,
                                  up_error *error)
{
    static const size_t front = sizeof RAW_PROFILE - 1;
    up_entry entry;
    bool sound;
    UP_TRY(up_chunk_text(chunk, UP_PNG_TEXT_MOST, &entry, &sound, error));
    up_status status = UP_OK;
    if (sound && strlen(entry.keyword) >= front && decode_raw(&entry)) {
        const up_blob profile = { (uint8_t *)entry.text, entry.size };
        status = take_profile(m, entry.keyword + front, &profile, taken, error);
    }
    up_entry_clear(&entry);
    return status;
}

up_status up_png_take_raw_profiles(up_metadata *m, up_error *error)
{
    int looked = 0;
    for (int i = 0; i < m->chunks.count && looked < MOST_RAW_PROFILES;) {
        bool taken = false;
        if (is_raw_profile(&m->chunks.item[i])) {
            looked++;
            UP_TRY(take_raw_profile(m, &m->chunks.item[i], &taken, error));
        }
        if (taken)
            up_metadata_remove_chunk(m, i);
        else
            i++;
    }
    return UP_OK;
}

up_status up_png_add_raw_profile(up_metadata *m, const char *type, const up_blob *profile,
                                 up_error *error)
{
    static const char digits[] = "0123456789abcdef";
    enum { PER_LINE = 36, HEAD = 64 };
    size_t room;
    if (!profile->data)
        return UP_OK;
    char *text =
        up_mul(profile->size, 3, &room) && up_add(room, HEAD, &room) ? up_alloc(room, 1) : NULL;
    if (!text)
        return up_fail_memory(error, "metadata", profile->size);
    size_t at =
        (size_t)sprintf(text, RAW_PROFILE "%.8s%c\n%.8s\n%8zu", type, 0, type, profile->size);
    for (size_t i = 0; i < profile->size; i++) {
        if (i % PER_LINE == 0)
            text[at++] = '\n';
        text[at++] = digits[profile->data[i] >> 4];
        text[at++] = digits[profile->data[i] & 15];
    }
    text[at++] = '\n';
    const up_chunk chunk = { .type = "tEXt", .data = { (uint8_t *)text, at } };
    up_status status = up_metadata_add_chunk(m, &chunk, error);
    up_free(text);
    return status;
}
