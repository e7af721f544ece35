/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "support/shell.h"

#include <criterion/criterion.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* size_of: the first words of a PNM, which are its size. */
static const char prelude[] = "PATH='%s':$PATH\n"
                              "size_of() { head -c 16 $1 | tr '\\n' ' '; }\n%s";

static process_result run(const char *format, va_list list)
{
    char program[] = UP_PROGRAM, *command, *line;
    cr_assert_geq(vasprintf(&command, format, list), 0);
    cr_assert_geq(asprintf(&line, prelude, dirname(program), command), 0);
    const char *const argv[] = { "sh", "-c", line, NULL };
    process_result result = process_run(argv, &(process_options){ .directory = scratch_folder() });
    free(line);
    free(command);
    return result;
}

process_result shell(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    process_result result = run(format, list);
    va_end(list);
    return result;
}

json_t *shell_json(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    process_result r = run(format, list);
    va_end(list);
    json_t *json = json_loads(r.out, JSON_DISABLE_EOF_CHECK, NULL);
    cr_assert(r.exit_code == 0 && json, "%s: %d\n%s\n%s", format, r.exit_code, r.out, r.err);
    process_free(&r);
    return json;
}

int shell_code(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    process_result result = run(format, list);
    va_end(list);
    int code = result.exit_code;
    process_free(&result);
    return code;
}

static bool says(const char *text, const char *wanted)
{
    return !wanted || (*wanted ? strstr(text, wanted) != NULL : !*text);
}

void shell_expect(const shell_case *test)
{
    process_result r = shell("%s", test->command);
    cr_expect(r.exit_code == test->exit_code && says(r.out, test->out) && says(r.err, test->err),
              "%s\nexit %d (expected %d)\nout: %s\nexpected: %s\nerr: %s\nexpected: %s",
              test->command, r.exit_code, test->exit_code, r.out, test->out ? test->out : "*",
              r.err, test->err ? test->err : "*");
    process_free(&r);
}

void shell_expect_all(const shell_case *tests, int count)
{
    for (int i = 0; i < count; i++)
        shell_expect(&tests[i]);
}

void write_ppm(const char *name, int width, int height)
{
    size_t size = 3 * (size_t)width * (size_t)height;
    char *bytes = malloc(size + 64);
    int head = sprintf(bytes, "P6 %d %d 255\n", width, height);
    unsigned state = (unsigned)(width * 31 + height);
    for (size_t i = 0; i < size; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[(size_t)head + i] = (char)(state >> 24);
    }
    shell_code("mkdir -p \"$(dirname '%s')\"", name);
    file_write(scratch_path("%s", name), bytes, (size_t)head + size);
    free(bytes);
}

void write_sets_of_ppm(void)
{
    for (int i = 0; i < 3; i++) {
        char name[32];
        snprintf(name, sizeof name, "one/%c.ppm", "abc"[i]);
        write_ppm(name, 60 + 4 * i, 48);
        snprintf(name, sizeof name, "two_b/%c.ppm", "abc"[i]);
        write_ppm(name, 48, 60 + 4 * i);
    }
}
