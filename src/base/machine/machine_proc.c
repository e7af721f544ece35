/* SPDX-License-Identifier: MIT */
/* What Linux says in /proc; other systems say nothing. */

#include "base/machine/machine.h"

#include <stdio.h>
#include <string.h>

/* What follows `key` on its line, without blanks and colons before it. false: there is none. */
static bool read_field(const char *path, const char *key, char *text, size_t size)
{
    char line[512];
    bool found = false;
    FILE *file = fopen(path, "re");
    while (file && !found && fgets(line, sizeof line, file)) {
        found = strncmp(line, key, strlen(key)) == 0;
        const char *value = line + strlen(key);
        if (found)
            snprintf(text, size, "%s", value + strspn(value, " \t:"));
    }
    if (file)
        fclose(file);
    if (found)
        text[strcspn(text, "\n")] = '\0';
    return found;
}

bool up_machine_peak_reset(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "we");
    const bool written = file && fputs("5", file) >= 0;
    return file && fclose(file) == 0 && written;
}

size_t up_machine_peak(void)
{
    char text[64];
    unsigned long long kilobytes = 0;
    if (!read_field("/proc/self/status", "VmHWM", text, sizeof text) ||
        sscanf(text, "%llu", &kilobytes) != 1)
        return 0;
    return (size_t)kilobytes * 1024;
}

void up_machine_processor(char *name, size_t size)
{
    if (!read_field("/proc/cpuinfo", "model name", name, size))
        *name = '\0';
}
