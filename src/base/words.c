/* SPDX-License-Identifier: MIT */
#include "base/words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool up_word_listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        if (n == length && strncasecmp(at, word, n) == 0)
            return true;
        at += n;
    }
    return false;
}

const char *up_path_extension(const char *path)
{
    const char *base = strrchr(path, '/');
    const char *dot = strrchr(base ? base : path, '.');
    return dot ? dot + 1 : "";
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *up_words_twice(const char **words, size_t count)
{
    if (count > 1)
        qsort(words, count, sizeof *words, compare_words);
    for (size_t i = 1; i < count; i++)
        if (strcmp(words[i - 1], words[i]) == 0)
            return words[i];
    return NULL;
}
