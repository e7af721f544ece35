/* SPDX-License-Identifier: MIT */

#include "methods/method.h"

#include <stdio.h>
#include <string.h>

static const up_method *const table[] = {
    &up_nearest, &up_nearest_exact, &up_bed_of_nails, &up_max_unpool, &up_bilinear,
    &up_bicubic, &up_lanczos,       &up_tconv,        &up_deconvolve,
};

const up_method *up_method_table(int i)
{
    return i >= 0 && i < (int)(sizeof table / sizeof *table) ? table[i] : NULL;
}

static up_status unknown(const char *name, up_error *error)
{
    char names[256] = "";
    size_t used = 0;
    for (int i = 0; up_method_table(i) && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                 up_method_table(i)->info.name);
    return up_fail(error, UP_ERROR_ARGUMENT, "no method is called '%s'; there are %s", name, names);
}

up_status up_method_find(const up_method **method, const char **variant, const char *name,
                         up_error *error)
{
    const char *colon = strchr(name, ':');
    size_t length = colon ? (size_t)(colon - name) : strlen(name);
    *variant = colon ? colon + 1 : NULL;
    for (int i = 0; up_method_table(i); i++) {
        *method = up_method_table(i);
        const char *known = (*method)->info.name;
        if (strlen(known) != length || strncmp(known, name, length) != 0)
            continue;
        if (colon && *method != &up_tconv)
            return up_fail(error, UP_ERROR_ARGUMENT, "method %s has no variants ('%s')", known,
                           name);
        return UP_OK;
    }
    return unknown(name, error);
}
