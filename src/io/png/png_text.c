/* SPDX-License-Identifier: MIT */
#include "io/png/png_text.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "io/png/png_chunk.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool up_chunk_is_text(const up_chunk *chunk)
{
    static const char types[][5] = { "tEXt", "zTXt", "iTXt", UP_COMMENT };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(chunk->type, types[i]) == 0)
            return true;
    return false;
}

/* ---- what it says */

/* In new memory: Latin-1 with two bytes for what is above ASCII; UTF-8 as it is. */
static char *to_utf8(const void *text, size_t size, bool utf8)
{
    const uint8_t *from = text;
    char *to = up_alloc(2 * size + 1, 1), *end = to;
    if (!to)
        return NULL;
    for (size_t i = 0; i < size; i++)
        if (utf8 || from[i] < 0x80)
            *end++ = (char)from[i];
        else {
            *end++ = (char)(0xc0 | from[i] >> 6);
            *end++ = (char)(0x80 | (from[i] & 0x3f));
        }
    *end = 0;
    return to;
}

/* The parts of a text chunk, as they lie in it. */
typedef struct {
    const char *keyword, *language;
    const uint8_t *text;
    size_t size;
    bool deflated, utf8;
} parts;

/* The position behind the zero that ends the string at `at`; 0 if nothing does. */
static size_t behind_string(const up_blob *data, size_t at)
{
    const uint8_t *zero = at < data->size ? memchr(data->data + at, 0, data->size - at) : NULL;
    return zero ? (size_t)(zero - data->data) + 1 : 0;
}

static bool find_parts(const up_chunk *chunk, parts *p)
{
    const up_blob *data = &chunk->data;
    const char *chars = (const char *)data->data;
    size_t at = behind_string(data, 0);
    *p = (parts){ .keyword = chars, .language = "" };
    if (at == 0)
        return false;
    if (strcmp(chunk->type, "zTXt") == 0) {
        p->deflated = true;
        if (at >= data->size || chars[at++] != 0) /* method */
            return false;
    } else if (strcmp(chunk->type, "iTXt") == 0) {
        if (data->size - at < 2)
            return false;
        p->utf8 = true;
        p->deflated = chars[at];
        p->language = chars + at + 2;
        at = behind_string(data, at + 2);
        at = at ? behind_string(data, at) : 0; /* the keyword, translated */
        if (at == 0)
            return false;
    }
    p->text = data->data + at;
    p->size = data->size - at;
    return true;
}

static up_status set_text(const parts *p, const uint8_t *text, size_t size, up_entry *entry,
                          up_error *error)
{
    entry->keyword = to_utf8(p->keyword, strlen(p->keyword), p->utf8);
    entry->language = to_utf8(p->language, strlen(p->language), true);
    entry->text = to_utf8(text, size, p->utf8);
    entry->size = entry->text ? strlen(entry->text) : 0;
    if (entry->keyword && entry->language && entry->text)
        return UP_OK;
    up_entry_clear(entry);
    return up_fail_memory(error, "a text", size);
}

up_status up_chunk_text(const up_chunk *chunk, size_t most, up_entry *entry, bool *sound,
                        up_error *error)
{
    parts p = {
        .keyword = "Comment", .language = "", .text = chunk->data.data, .size = chunk->data.size
    };
    *entry = (up_entry){ 0 };
    const bool comment = strcmp(chunk->type, UP_COMMENT) == 0;
    p.utf8 = comment && up_utf8_valid((const char *)p.text, p.size);
    while (comment && p.size > 0 && p.text[p.size - 1] == 0)
        p.size--;
    *sound = comment || find_parts(chunk, &p);
    if (!*sound)
        return UP_OK;
    if (!p.deflated) {
        *sound = p.size <= most;
        return *sound ? set_text(&p, p.text, p.size, entry, error) : UP_OK;
    }
    up_blob text = { 0 };
    UP_TRY(up_png_inflate(&text, p.text, p.size, most, sound, error));
    up_status status = *sound ? set_text(&p, text.data, text.size, entry, error) : UP_OK;
    up_free(text.data);
    return status;
}

void up_entry_clear(up_entry *entry)
{
    up_free(entry->keyword);
    up_free(entry->language);
    up_free(entry->text);
    *entry = (up_entry){ 0 };
}

const char *up_chunk_keyword(const up_chunk *chunk)
{
    const bool named = strcmp(chunk->type, UP_COMMENT) != 0 && behind_string(&chunk->data, 0) > 0;
    return named ? (const char *)chunk->data.data : "Comment";
}

/* ---- comments */

/* Makes a chunk of one text: tEXt where ASCII or Latin-1 do, else iTXt. */
static up_status comment_to_text(up_chunk *chunk, bool *made, up_error *error)
{
    static const char plain[] = "Comment", international[] = "Comment\0\0\0\0";
    up_blob *data = &chunk->data;
    while (data->size > 0 && data->data[data->size - 1] == 0)
        data->size--;
    bool ascii = true;
    for (size_t i = 0; i < data->size; i++)
        ascii = ascii && data->data[i] < 0x80;
    *made = data->size == 0 || !memchr(data->data, 0, data->size);
    if (!*made)
        return UP_OK;
    const bool utf8 = !ascii && up_utf8_valid((const char *)data->data, data->size);
    const size_t front = utf8 ? sizeof international : sizeof plain;
    uint8_t *bytes = up_alloc(front + data->size, 1);
    if (!bytes)
        return up_fail_memory(error, "a comment", front + data->size);
    memcpy(bytes, utf8 ? international : plain, front);
    if (data->size)
        memcpy(bytes + front, data->data, data->size);
    up_free(data->data);
    *data = (up_blob){ bytes, front + data->size };
    memcpy(chunk->type, utf8 ? "iTXt" : "tEXt", 5);
    return UP_OK;
}

up_status up_comments_to_texts(up_metadata *m, up_notes *lost, up_error *error)
{
    for (int i = 0; i < m->chunks.count; i++) {
        bool made = true;
        if (strcmp(m->chunks.item[i].type, UP_COMMENT) == 0)
            UP_TRY(comment_to_text(&m->chunks.item[i], &made, error));
        if (made)
            continue;
        UP_TRY(up_notes_add(lost, UP_NOTE_DROPPED, error, "comment that is no text"));
        up_metadata_remove_chunk(m, i--);
    }
    return UP_OK;
}

/* Makes a comment of one text; *made: it is meant as one, and fits. */
static up_status text_to_comment(up_chunk *chunk, bool *made, up_error *error)
{
    up_entry entry;
    const char *keyword = up_chunk_keyword(chunk);
    *made = strcmp(chunk->type, UP_COMMENT) == 0 && chunk->data.size <= UP_COMMENT_MOST;
    if (*made || (strcasecmp(keyword, "Comment") != 0 && strcasecmp(keyword, "Description") != 0))
        return UP_OK;
    UP_TRY(up_chunk_text(chunk, UP_COMMENT_MOST, &entry, made, error));
    *made = *made && entry.size <= UP_COMMENT_MOST;
    up_status status = UP_OK;
    if (*made) {
        memcpy(chunk->type, UP_COMMENT, sizeof UP_COMMENT);
        status = up_blob_set(&chunk->data, entry.text, entry.size, error);
    }
    up_entry_clear(&entry);
    return status;
}

static up_status name_chunk(const up_chunk *chunk, up_notes *lost, up_error *error)
{
    if (!up_chunk_is_text(chunk))
        return up_notes_add(lost, UP_NOTE_DROPPED, error, "%s chunk", chunk->type);
    return up_notes_add(lost, UP_NOTE_DROPPED, error, "text \"%.79s\"", up_chunk_keyword(chunk));
}

/* Names and drops the chunks that are marked so. */
static up_status drop_lost(up_metadata *m, up_notes *lost, up_error *error)
{
    enum { MOST_NAMED = 8 };
    int named = 0, more = 0;
    for (int i = 0; i < m->chunks.count;) {
        const up_chunk *chunk = &m->chunks.item[i];
        if (!chunk->lost) {
            i++;
            continue;
        }
        if (named++ < MOST_NAMED)
            UP_TRY(name_chunk(chunk, lost, error));
        else
            more++;
        up_metadata_remove_chunk(m, i);
    }
    if (more > 0)
        return up_notes_add(lost, UP_NOTE_DROPPED, error, "%d more text%s", more,
                            more > 1 ? "s" : "");
    return UP_OK;
}

up_status up_texts_to_comments(up_metadata *m, up_notes *lost, up_error *error)
{
    for (int i = 0; i < m->chunks.count; i++) {
        bool made;
        UP_TRY(text_to_comment(&m->chunks.item[i], &made, error));
        m->chunks.item[i].lost = !made;
    }
    return drop_lost(m, lost, error);
}

up_status up_chunks_drop(up_metadata *m, up_notes *lost, up_error *error)
{
    for (int i = 0; i < m->chunks.count; i++)
        m->chunks.item[i].lost = true;
    return drop_lost(m, lost, error);
}
