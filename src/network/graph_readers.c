/* SPDX-License-Identifier: MIT */
#include "network/graph_readers.h"

#include "network/ncnn/ncnn_graph.h"
#include "network/onnx/onnx_graph.h"

static const up_graph_reader readers[] = {
    { &up_ncnn_format, up_network_from_ncnn },
    { &up_onnx_format, up_onnx_read },
    { NULL, NULL },
};

const up_graph_reader *up_graph_reader_find(const up_tensor_file *file, const void **content)
{
    for (const up_graph_reader *reader = readers; reader->format; reader++)
        if ((*content = up_tensor_file_content(file, reader->format)))
            return reader;
    return NULL;
}
