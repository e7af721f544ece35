/* SPDX-License-Identifier: MIT */
/* Words in lists and at the ends of names. */
#ifndef UP_BASE_WORDS_H
#define UP_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether `word` is one of the blank-separated `list`, in whatever case. */
bool up_word_listed(const char *list, const char *word);

/* What follows the last dot of the last part of a path; "" if nothing does. */
const char *up_path_extension(const char *path);

/* One that is there twice, or NULL. Sorts the words. */
const char *up_words_twice(const char **words, size_t count);

#endif
