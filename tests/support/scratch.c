/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;
static char *paths[256];
static int path_count;

void scratch_init(void)
{
    const char *base = getenv("TMPDIR");
    cr_assert_geq(asprintf(&folder, "%s/upscale-test-XXXXXX", base ? base : "/tmp"), 0);
    cr_assert_not_null(mkdtemp(folder), "%s: %s", folder, strerror(errno));
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)walk;
    if (type == FTW_D)
        chmod(path, 0700);
    return remove(path);
}

void scratch_fini(void)
{
    chmod(folder, 0700);
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    while (path_count)
        free(paths[--path_count]);
    free(folder);
    folder = NULL;
}

const char *scratch_folder(void)
{
    return folder;
}

const char *scratch_path(const char *format, ...)
{
    char name[256];
    va_list list;
    va_start(list, format);
    vsnprintf(name, sizeof name, format, list);
    va_end(list);
    for (int i = 0; i < path_count; i++)
        if (strcmp(paths[i] + strlen(folder) + 1, name) == 0)
            return paths[i];
    cr_assert_lt(path_count, (int)(sizeof paths / sizeof *paths));
    cr_assert_geq(asprintf(&paths[path_count], "%s/%s", folder, name), 0);
    return paths[path_count++];
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

void file_write(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file, "%s: %s", path, strerror(errno));
    cr_assert_eq(fwrite(bytes, 1, size, file), size, "%s: %s", path, strerror(errno));
    cr_assert_eq(fclose(file), 0, "%s: %s", path, strerror(errno));
}

char *file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s: %s", path, strerror(errno));
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    char *bytes = malloc((size_t)length + 1);
    cr_assert_not_null(bytes);
    cr_assert_eq(fread(bytes, 1, (size_t)length, file), (size_t)length, "%s", path);
    fclose(file);
    bytes[length] = 0;
    if (size)
        *size = (size_t)length;
    return bytes;
}

void expect_same_file(const char *a, const char *b)
{
    size_t size_a, size_b;
    char *bytes_a = file_read(a, &size_a), *bytes_b = file_read(b, &size_b);
    cr_expect(size_a == size_b && memcmp(bytes_a, bytes_b, size_a) == 0, "%s and %s differ", a, b);
    free(bytes_a);
    free(bytes_b);
}
