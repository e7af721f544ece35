/* The methods a command line asks for: -m, or what its other flags imply. */
#ifndef UP_CLI_METHOD_CHOICE_H
#define UP_CLI_METHOD_CHOICE_H

#include "settings.h"

size_t cli_method_count(const cli_settings *settings); /* >= 1 */
const char *cli_method_at(const cli_settings *settings, size_t i);

/* false: a file is given that none of the methods reads, and that was said. */
bool cli_methods_check(const cli_settings *settings);

/* The options of the library for one method. */
up_options cli_method_options(const cli_settings *settings, const char *method);

#endif
