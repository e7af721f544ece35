/* SPDX-License-Identifier: MIT */
/* Strings of a weight file, made fit for a one-line message. */
#ifndef UP_WEIGHTS_LABEL_H
#define UP_WEIGHTS_LABEL_H

#define UP_LABEL 52

/* `text` in quotes: control characters become '?', what is too long ends in "...". */
const char *up_label(char label[UP_LABEL], const char *text);

#endif
