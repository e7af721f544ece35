/* SPDX-License-Identifier: MIT */
/* Text in memory is whole, or is none. */
#include "base/text_stream.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static int refuse; /* this call from now on; 0: none */

void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);

void *__wrap_realloc(void *block, size_t size)
{
    return refuse > 0 && --refuse == 0 ? NULL : __real_realloc(block, size);
}

enum { LINES = 20000 };

static FILE *write_lines(char **text, size_t *size)
{
    FILE *out = up_text_stream(text, size);
    cr_assert_not_null(out);
    for (int i = 0; i < LINES; i++)
        fprintf(out, "%05d\n", i);
    return out;
}

Test(text_stream, holds_what_was_written)
{
    char *text, number[16];
    size_t size;
    FILE *out = write_lines(&text, &size);
    cr_expect_eq(fflush(out), 0);
    cr_expect_eq(size, 6 * LINES);
    cr_expect_eq(strlen(text), size);
    fputs("end", out);
    cr_assert_eq(fclose(out), 0);
    cr_expect_eq(size, 6 * LINES + 3);
    cr_expect_str_eq(text + size - 3, "end");
    for (int i = 0; i < LINES; i++) {
        snprintf(number, sizeof number, "%05d\n", i);
        cr_assert_eq(memcmp(text + 6 * i, number, 6), 0, "line %d", i);
    }
    free(text);
}

Test(text_stream, of_nothing_is_empty)
{
    char *text;
    size_t size;
    cr_assert_eq(fclose(up_text_stream(&text, &size)), 0);
    cr_expect_str_eq(text, "");
    cr_expect_eq(size, 0);
    free(text);
}

/* Refused once, and given memory again. */
Test(text_stream, fails_where_memory_was_refused)
{
    for (int n = 1; n <= 4; n++) {
        char *text;
        size_t size;
        refuse = n;
        FILE *out = write_lines(&text, &size);
        cr_assert_eq(refuse, 0, "it grows %d times at least", n);
        cr_expect_neq(fclose(out), 0);
        cr_expect_null(text);
        cr_expect_eq(size, 0);
    }
}
