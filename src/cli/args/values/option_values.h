/* SPDX-License-Identifier: MIT */
/* How the values of flags are read: each function is a cli_parse. */
#ifndef UP_CLI_OPTION_VALUES_H
#define UP_CLI_OPTION_VALUES_H

#include "cli/args/options.h"

cli_parse cli_parse_flag;   /* bool: true */
cli_parse cli_parse_text;   /* const char *: anything but nothing */
cli_parse cli_parse_more;   /* cli_words: one more of anything */
cli_parse cli_parse_int;    /* int: low..high, or one of `choices` */
cli_parse cli_parse_number; /* double: low..high */
cli_parse cli_parse_amount; /* up_amount: low..high */
cli_parse cli_parse_word;   /* const char *: one of `choices` */
cli_parse cli_parse_float;  /* float: low..high, or one of `choices` */
cli_parse cli_parse_whole;  /* uint64_t */
cli_parse cli_parse_choice; /* int: the place in `choices` */
cli_parse cli_parse_bytes;  /* size_t: 512M, 1.5GiB, 50% of the machine's memory */
cli_parse cli_parse_frames; /* up_options.frames: N or FIRST-LAST, counted from 0 */
cli_parse cli_parse_box;    /* cli_size: WxH */
cli_parse cli_parse_boxes;  /* cli_boxes: one more [PICTURE:]X,Y,W,H */
cli_parse cli_parse_pair;   /* up_pair: N or ROWS,COLUMNS, low..high */
cli_parse cli_parse_scale;  /* up_options.scale: a number or two */
cli_parse cli_parse_scales; /* cli_scales: low..high */
cli_parse cli_parse_whole_scales;
cli_parse cli_parse_metrics;   /* cli_words: known measures */
cli_parse cli_parse_limit;     /* up_limit: a share, or none */
cli_parse cli_parse_clean;     /* up_clean: low..high percent, or auto */
cli_parse cli_parse_chain;     /* const char *: how pictures are spoilt */
cli_parse cli_parse_color;     /* up_options.background, and has_background */
cli_parse cli_parse_columns;   /* cli_words: any */
cli_parse cli_parse_methods;   /* cli_words: known methods */
cli_parse cli_parse_format;    /* const char *: a format that can be written */
cli_parse cli_parse_template;  /* const char *: a template of names */
cli_parse cli_parse_fractions; /* double[UP_MULTISCALE_MOST]: between 0 and 1, 0 at the end */
cli_parse cli_parse_degrade;   /* up_degradation: noise:LOW-HIGH,jpeg:LOW-HIGH */

#endif
