/* SPDX-License-Identifier: MIT */
#include "compare/pictures/tiles.h"

#include "base/text_stream.h"
#include "compare/files/work_folder.h"
#include "compare/pictures/tile_text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ROOM_FOR_NAME = 64, ROOM_FOR_FILE = ROOM_FOR_NAME + 4 };

typedef struct {
    char *bytes;
    size_t size;
} script;

/* UTF-16 is known by its mark, whatever a server says of the file. */
static up_status make_script(script *s, const up_kept_bytes *tile, up_error *error)
{
    static const char mark[2] = { '\xFF', '\xFE' };
    FILE *out = up_text_stream(&s->bytes, &s->size);
    if (!out)
        return up_fail_memory(error, "a tile", tile->size);
    fwrite(mark, 1, sizeof mark, out);
    up_put_utf16_words(out, "upscaleTile(");
    up_put_utf16(out, tile->data, tile->size);
    up_put_utf16_words(out, ")\n");
    const bool fine = !ferror(out);
    return fclose(out) == 0 && fine ? UP_OK : up_fail_memory(error, "a tile", tile->size);
}

static bool put_script(FILE *out, const void *what)
{
    const script *s = what;
    return fwrite(s->bytes, 1, s->size, out) == s->size;
}

/* -------------------------------------------------------------- the same tile of another result */

static void name_tile(char name[ROOM_FOR_NAME], int result, int level, int column, int row)
{
    snprintf(name, ROOM_FOR_NAME, "%d/%d/%d-%d", result, level, column, row);
}

static void name_file(char file[ROOM_FOR_FILE], const char *name)
{
    snprintf(file, ROOM_FOR_FILE, "%s.js", name);
}

/* Whether the file at `path` holds just that. */
static bool holds(const char *path, const script *s)
{
    struct stat info;
    if (stat(path, &info) != 0 || (uintmax_t)info.st_size != s->size)
        return false;
    FILE *in = fopen(path, "re");
    char part[1 << 14];
    size_t at = 0, n;
    while (in && (n = fread(part, 1, sizeof part, in)) > 0 && at + n <= s->size &&
           memcmp(part, s->bytes + at, n) == 0)
        at += n;
    if (in)
        fclose(in);
    return at == s->size;
}

/* Where an earlier result has it, that place in `name`. */
static bool find_same(const up_tiling *tiling, int level, int column, int row, const script *s,
                      char name[ROOM_FOR_NAME])
{
    bool same = false;
    for (int result = 0; result < tiling->result && !same; result++) {
        char file[ROOM_FOR_FILE];
        name_tile(name, result, level, column, row);
        name_file(file, name);
        char *path = up_path_join(tiling->folder, file, NULL);
        same = path && holds(path, s);
        free(path);
    }
    return same;
}

static bool put_same(FILE *out, const void *name)
{
    return fprintf(out, "upscaleSame(\"%s\")\n", (const char *)name) > 0;
}

/* -------------------------------------------------------------- where tiles go */

up_status up_tile_inline(FILE *page, const char *name, const up_kept_bytes *tile, up_error *error)
{
    fprintf(page, "<script type=\"text/plain\" id=\"tile-%s\">", name);
    up_put_base64(page, tile->data, tile->size);
    fputs("</script>\n", page);
    return ferror(page) ? up_fail_write("the page", error) : UP_OK;
}

up_status up_tile_put(const up_tiling *tiling, int level, int column, int row,
                      const up_kept_bytes *tile, up_error *error)
{
    char name[ROOM_FOR_NAME], same[ROOM_FOR_NAME], file[ROOM_FOR_FILE];
    name_tile(name, tiling->result, level, column, row);
    if (!tiling->folder)
        return up_tile_inline(tiling->page, name, tile, error);
    script s = { 0 };
    name_file(file, name);
    up_status status = make_script(&s, tile, error);
    if (status == UP_OK && find_same(tiling, level, column, row, &s, same))
        status = up_file_write_in(tiling->folder, file, put_same, same, error);
    else if (status == UP_OK)
        status = up_file_write_in(tiling->folder, file, put_script, &s, error);
    free(s.bytes);
    return status;
}
