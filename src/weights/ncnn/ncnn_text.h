/* SPDX-License-Identifier: MIT */
/* The text of an ncnn network. */
#ifndef UP_WEIGHTS_NCNN_TEXT_H
#define UP_WEIGHTS_NCNN_TEXT_H

#include "weights/ncnn/ncnn.h"

#define UP_NCNN_MAGIC "7767517"

/* `text` needs no end; the graph lies in memory of the file. */
up_status up_ncnn_text_read(up_tensor_file *file, const char *text, size_t size,
                            up_ncnn_graph *graph, up_error *error);

#endif
