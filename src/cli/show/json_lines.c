/* SPDX-License-Identifier: MIT */
#include "cli/show/json_lines.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/describe.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_bool refused;

void *cli_json_allocate(size_t size)
{
    void *block = malloc(size ? size : 1);
    if (!block)
        atomic_store(&refused, true);
    return block;
}

void cli_json_check(void)
{
    if (atomic_load(&refused))
        cli_out_of_memory();
}

json_t *cli_json_text(const char *bytes)
{
    char *text = cli_utf8(bytes);
    json_t *json = json_string(text);
    free(text);
    return json;
}

json_t *cli_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

void cli_json_set_format(json_t *object, const up_format *format)
{
    json_object_set_new(object, "width", json_integer(format->width));
    json_object_set_new(object, "height", json_integer(format->height));
    json_object_set_new(object, "channels", json_integer(format->channels));
    json_object_set_new(object, "frames", json_integer(format->frames));
    json_object_set_new(object, "color", json_string(cli_color_name(format->color)));
    json_object_set_new(object, "depth", json_integer(format->depth));
}

static char *take_line(json_t *object, size_t flags)
{
    char *line =
        json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(9) | flags);
    cli_json_check();
    json_decref(object);
    return line;
}

void cli_json_set_cleaning(json_t *object, const up_cleaning *cleaning)
{
    if (!cleaning->used)
        return;
    json_t *clean = json_pack("{s:f,s:s}", "strength", cleaning->strength, "by",
                              cleaning->measured ? "auto" : "given");
    if (cleaning->measured) {
        const int quality = cleaning->quality;
        json_object_set_new(clean, "jpeg_quality", quality ? json_integer(quality) : json_null());
        json_object_set_new(clean, "noise", json_real(cleaning->noise));
    }
    json_object_set_new(object, "clean", clean);
}

void cli_json_put(json_t *object)
{
    char *line = take_line(object, 0);
    if (line)
        cli_put_line(line);
    free(line);
}

void cli_json_note(json_t *object)
{
    char *line = take_line(object, JSON_ENSURE_ASCII);
    if (line)
        cli_note("%s", line);
    free(line);
}

char *cli_metric_key(const char *name)
{
    char *key = cli_copy(name);
    for (char *c = key; *c; c++)
        *c = *c == '-' ? '_' : *c;
    return key;
}
