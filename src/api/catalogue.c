/* SPDX-License-Identifier: MIT */
/* What there is: methods, file formats, the machine. */

#include <upscale.h>

#include "base/machine/machine.h"
#include "io/formats.h"
#include "kernels/kernels.h"
#include "methods/method.h"

#include <stdio.h>
#include <string.h>

const char *up_version(void)
{
    return UP_VERSION;
}

const up_method_info *up_method_at(int i)
{
    const up_method *method = up_method_table(i);
    return method ? &method->info : NULL;
}

const char *up_default_method(void)
{
    return "tconv:small";
}

const up_file_format_info *up_file_format_at(int i)
{
    for (int known = 0; known <= i; known++)
        if (!up_file_formats[known].info.name)
            return NULL;
    return i < 0 ? NULL : &up_file_formats[i].info;
}

up_status up_file_format_load(const char *name, up_error *error)
{
    const up_file_format *f = up_file_formats;
    char needs[64];
    while (f->info.name && strcmp(f->info.name, name) != 0)
        f++;
    if (!f->info.name)
        return up_fail(error, UP_ERROR_ARGUMENT, "no format is called \"%s\"", name);
    if (!f->source && !f->sink)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "this build has no %s: it was made without %s",
                       name, f->info.library);
    snprintf(needs, sizeof needs, "%s needs", name);
    const up_library *library = f->source ? f->source->library : f->sink->library;
    return library ? up_library_load(library, needs, error) : UP_OK;
}

const char *up_cpu_name(void)
{
    return up_kernels_get()->name;
}

int up_cpu_count(void)
{
    return up_machine_cores();
}

size_t up_memory_size(void)
{
    return up_machine_memory();
}

size_t up_memory_limit(size_t max_memory)
{
    return up_machine_memory_limit(max_memory);
}
