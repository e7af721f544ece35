/* SPDX-License-Identifier: MIT */
/* The manual page, made from the tables of commands and flags. */
#ifndef UP_CLI_MAN_PAGE_H
#define UP_CLI_MAN_PAGE_H

void cli_man_page_print(void);

#endif
