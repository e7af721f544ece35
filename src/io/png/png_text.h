/* SPDX-License-Identifier: MIT */
/* Texts in PNG chunks (tEXt, zTXt, iTXt), and JPEG comments. */
#ifndef UP_IO_PNG_TEXT_H
#define UP_IO_PNG_TEXT_H

#include "io/metadata/metadata.h"

/* UTF-8, owned. */
typedef struct {
    char *keyword, *language, *text;
    size_t size; /* of the text */
} up_entry;

#define UP_PNG_TEXT_MOST ((size_t)32 << 20) /* bytes, inflated */
#define UP_COMMENT_MOST 65533               /* bytes of a JPEG comment */

/* Whether a chunk is a text, or a comment (its keyword is "Comment"). */
bool up_chunk_is_text(const up_chunk *chunk);
/* In the encoding of the file; lives as long as the chunk. */
const char *up_chunk_keyword(const up_chunk *chunk);
/* What it says; *sound: it can be read, and inflates to at most `most` bytes. */
up_status up_chunk_text(const up_chunk *chunk, size_t most, up_entry *entry, bool *sound,
                        up_error *error);
void up_entry_clear(up_entry *entry);

/* Makes PNG texts of JPEG comments; or comments of texts that are meant as such, and drops the
 * other chunks. What cannot come along is named in `lost`. */
up_status up_comments_to_texts(up_metadata *m, up_notes *lost, up_error *error);
up_status up_texts_to_comments(up_metadata *m, up_notes *lost, up_error *error);
/* Drops and names all of them. */
up_status up_chunks_drop(up_metadata *m, up_notes *lost, up_error *error);

#endif
