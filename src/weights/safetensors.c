#include "weights/safetensors.h"

#include <string.h>

#include "base/memory.h"
#include "io/files/reader.h"
#include "weights/label.h"
#include "weights/safetensors_header.h"

#define PREFIX 8       /* bytes of the header's length */
#define HEADER_COST 16 /* bytes of memory for each of its own, while it is read */

struct up_tensor_file {
    char *name;
    up_safetensors_header header;
    void *data; /* owned; NULL for borrowed bytes */
    size_t bytes;
};

static up_status create(up_tensor_file **file, const char *name, up_error *error)
{
    size_t length = strlen(name) + 1;
    *file = up_alloc_zero(1, sizeof **file);
    char *copy = *file ? up_alloc(length, 1) : NULL;
    if (!copy)
        return up_fail_memory(error, name, sizeof **file + length);
    (*file)->name = memcpy(copy, name, length);
    return UP_OK;
}

/* The header's length, checked against the size of the file. */
static up_status header_size(const char *name, const unsigned char prefix[PREFIX], size_t file_size,
                             size_t *size, up_error *error)
{
    uint64_t length = 0;
    for (int i = PREFIX; i-- > 0;)
        length = length << 8 | prefix[i];
    if (length > UP_SAFETENSORS_MOST_HEADER)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s: not a valid safetensors file: a header of %llu bytes", name,
                       (unsigned long long)length);
    if (length > file_size - PREFIX)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s: not a valid safetensors file: the file ends before its header does "
                       "(truncated?)",
                       name);
    *size = (size_t)length;
    return UP_OK;
}

static up_status too_small(const char *name, up_error *error)
{
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: not a valid safetensors file: smaller than 8 bytes", name);
}

static void place(up_tensor_file *file, const unsigned char *data)
{
    for (int i = 0; i < file->header.tensors; i++)
        file->header.tensor[i].data = data + file->header.tensor[i].offset;
}

static up_status read_header(up_tensor_file *file, up_reader *reader, size_t size, size_t data_size,
                             up_error *error)
{
    char *text = up_alloc(size, 1);
    if (!text)
        return up_fail_memory(error, file->name, size);
    up_status status = up_reader_exact(reader, text, size, error);
    if (status == UP_OK)
        status =
            up_safetensors_header_parse(&file->header, text, size, data_size, file->name, error);
    up_free(text);
    return status;
}

static up_status check_memory(const up_tensor_file *file, size_t need, size_t most, up_error *error)
{
    if (need <= most)
        return UP_OK;
    return up_fail(error, UP_ERROR_LIMIT,
                   "%s: these weights need %zu MiB of memory, more than the %zu MiB allowed; "
                   "raise --max-memory",
                   file->name, (need >> 20) + 1, most >> 20);
}

static up_status read_all(up_tensor_file *file, up_reader *reader, size_t most, up_error *error)
{
    int64_t total = up_reader_size(reader);
    if (total < 0)
        return up_fail(error, UP_ERROR_WEIGHTS, "%s: weights must be a regular file, not a pipe",
                       file->name);
    if (total < PREFIX)
        return too_small(file->name, error);
    unsigned char prefix[PREFIX];
    size_t text_size = 0;
    UP_TRY(up_reader_exact(reader, prefix, PREFIX, error));
    UP_TRY(header_size(file->name, prefix, (size_t)total, &text_size, error));
    size_t data_size = (size_t)total - PREFIX - text_size;
    file->bytes = up_alloc_bytes(data_size) + HEADER_COST * text_size;
    UP_TRY(check_memory(file, file->bytes, most, error));
    UP_TRY(read_header(file, reader, text_size, data_size, error));
    UP_TRY(check_memory(file, file->bytes + up_tensor_file_values_bytes(file), most, error));
    file->data = up_alloc(data_size, 1);
    if (!file->data)
        return up_fail_memory(error, file->name, data_size);
    place(file, file->data);
    return up_reader_exact(reader, file->data, data_size, error);
}

/* What a reader calls a bad input is a bad weight file here. */
static up_status as_weights(up_status status, up_error *error)
{
    if (status != UP_ERROR_INPUT)
        return status;
    if (error)
        error->status = UP_ERROR_WEIGHTS;
    return UP_ERROR_WEIGHTS;
}

up_status up_tensor_file_open(up_tensor_file **file, const char *path, size_t most, up_error *error)
{
    up_reader *reader = NULL;
    *file = NULL;
    up_status status = up_reader_open(&reader, path, error);
    if (status == UP_OK)
        status = create(file, up_reader_name(reader), error);
    if (status == UP_OK)
        status = read_all(*file, reader, most, error);
    up_reader_close(&reader);
    if (status != UP_OK)
        up_tensor_file_close(file);
    return as_weights(status, error);
}

static up_status parse_memory(up_tensor_file *file, const unsigned char *bytes, size_t size,
                              up_error *error)
{
    size_t text_size = 0;
    if (size < PREFIX)
        return too_small(file->name, error);
    UP_TRY(header_size(file->name, bytes, size, &text_size, error));
    const unsigned char *text = bytes + PREFIX, *data = text + text_size;
    UP_TRY(up_safetensors_header_parse(&file->header, (const char *)text, text_size,
                                       size - PREFIX - text_size, file->name, error));
    place(file, data);
    return UP_OK;
}

up_status up_tensor_file_from_memory(up_tensor_file **file, const void *bytes, size_t size,
                                     const char *name, up_error *error)
{
    *file = NULL;
    up_status status = create(file, name, error);
    if (status == UP_OK)
        status = parse_memory(*file, bytes, size, error);
    if (status != UP_OK)
        up_tensor_file_close(file);
    return status;
}

void up_tensor_file_close(up_tensor_file **file)
{
    if (!*file)
        return;
    up_safetensors_header_free(&(*file)->header);
    up_free((*file)->data);
    up_free((*file)->name);
    up_free(*file);
    *file = NULL;
}

size_t up_tensor_file_bytes(const up_tensor_file *file)
{
    return file->bytes;
}

size_t up_tensor_file_values_bytes(const up_tensor_file *file)
{
    size_t bytes = 0;
    for (int i = 0; i < file->header.tensors; i++)
        bytes += up_alloc_bytes(file->header.tensor[i].elements * sizeof(float));
    return bytes;
}

const char *up_tensor_file_name(const up_tensor_file *file)
{
    return file->name;
}

int up_tensor_file_count(const up_tensor_file *file)
{
    return file->header.tensors;
}

const up_tensor *up_tensor_file_at(const up_tensor_file *file, int i)
{
    return i >= 0 && i < file->header.tensors ? &file->header.tensor[i] : NULL;
}

const up_tensor *up_tensor_file_find(const up_tensor_file *file, const char *name)
{
    for (int i = 0; i < file->header.tensors; i++)
        if (strcmp(file->header.tensor[i].name, name) == 0)
            return &file->header.tensor[i];
    return NULL;
}

const up_metadata_item *up_tensor_file_metadata_at(const up_tensor_file *file, int i)
{
    return i >= 0 && i < file->header.items ? &file->header.item[i] : NULL;
}

const char *up_tensor_file_metadata(const up_tensor_file *file, const char *key)
{
    for (int i = 0; i < file->header.items; i++)
        if (strcmp(file->header.item[i].key, key) == 0)
            return file->header.item[i].value;
    return NULL;
}

up_status up_tensor_to_f32(const up_tensor_file *file, const up_tensor *tensor, float *out,
                           up_error *error)
{
    char label[UP_LABEL];
    if (up_dtype_to_f32(tensor->dtype, tensor->data, tensor->elements, out))
        return UP_OK;
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: tensor %s has type %s: only F32, F16 and BF16 can be used", file->name,
                   up_label(label, tensor->name), up_dtype_name(tensor->dtype));
}

const char *up_tensor_measure(const up_tensor *tensor, size_t *elements, size_t *bytes)
{
    size_t bits;
    *elements = 1;
    for (int i = 0; i < tensor->dims; i++)
        if (!up_mul(*elements, tensor->shape[i], elements))
            return "the shape is too large";
    if (!up_mul(*elements, (size_t)up_dtype_bits(tensor->dtype), &bits))
        return "the shape is too large";
    *bytes = bits / 8;
    return bits % 8 ? "does not fill whole bytes" : NULL;
}
