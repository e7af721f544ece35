/* SPDX-License-Identifier: MIT */

#include "weights/pytorch/pytorch.h"

#include <stdio.h>
#include <string.h>

#define PICKLE "data.pkl"

static bool ends(const up_zip_entry *entry, const char *end)
{
    size_t length = strlen(end);
    return entry->length >= length &&
           memcmp(entry->name + entry->length - length, end, length) == 0;
}

/* A file in the folder of the pickle. */
static up_zip_entry *find(const up_pytorch *torch, const char *name, size_t length)
{
    char path[1024];
    if (torch->folder_length + length > sizeof path)
        return NULL;
    memcpy(path, torch->folder, torch->folder_length);
    memcpy(path + torch->folder_length, name, length);
    return up_zip_find(&torch->zip, path, torch->folder_length + length);
}

static bool has(const up_pytorch *torch, const char *name)
{
    return find(torch, name, strlen(name)) != NULL;
}

/* The pickle in the folder that lies highest; the archive's other files tell what it is. */
static up_zip_entry *find_pickle(up_pytorch *torch)
{
    up_zip_entry *best = NULL;
    for (size_t i = 0; i < torch->zip.count; i++) {
        up_zip_entry *entry = &torch->zip.entry[i];
        bool whole = entry->length == strlen(PICKLE);
        if (ends(entry, PICKLE) && (whole || ends(entry, "/" PICKLE)) &&
            (!best || entry->length < best->length))
            best = entry;
    }
    torch->folder = best ? best->name : NULL;
    torch->folder_length = best ? best->length - strlen(PICKLE) : 0;
    return best;
}

static up_status refuse_archive(const up_pytorch *torch)
{
    static const struct {
        const char *end, *what;
    } others[] = {
        { "serialized_exported_program.json",
          "a program of torch.export; save model.state_dict()" },
        { "archive_format", "a program of torch.export; save model.state_dict()" },
        { ".npy", "arrays of NumPy (.npz); save them by safetensors.numpy.save_file()" },
        { "metadata.json", "a model of Keras; export it as ONNX" },
        { ".pth", "weights packed once more; unpack it first" },
        { ".pt", "weights packed once more; unpack it first" },
        { ".safetensors", "weights packed once more; unpack it first" },
        { ".onnx", "weights packed once more; unpack it first" },
        { ".param", "weights packed once more; unpack it first" },
    };
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        for (size_t i = 0; i < torch->zip.count; i++)
            if (ends(&torch->zip.entry[i], others[k].end))
                return up_tensor_file_refuse(torch->file, torch->error, "the ZIP archive holds %s",
                                             others[k].what);
    return up_tensor_file_refuse(torch->file, torch->error,
                                 "the ZIP archive holds no " PICKLE
                                 " (damaged, or an archive of something else)");
}

static up_status check_script(const up_pytorch *torch)
{
    static const char code[] = "code/";
    bool script = has(torch, "constants.pkl");
    for (size_t i = 0; i < torch->zip.count && !script; i++) {
        const up_zip_entry *entry = &torch->zip.entry[i];
        script = entry->length >= torch->folder_length + strlen(code) &&
                 memcmp(entry->name, torch->folder, torch->folder_length) == 0 &&
                 memcmp(entry->name + torch->folder_length, code, strlen(code)) == 0;
    }
    if (!script)
        return UP_OK;
    return up_tensor_file_refuse(torch->file, torch->error,
                                 "it is TorchScript, a program, and not a state dict; load it in "
                                 "Python and torch.save() its state_dict()");
}

static up_status check_order(up_pytorch *torch)
{
    const unsigned char *order;
    up_zip_entry *entry = find(torch, "byteorder", strlen("byteorder"));
    if (!entry)
        return UP_OK;
    UP_TRY(up_zip_read(&torch->zip, torch->file, entry, &order, torch->error));
    if (entry->size == strlen("little") && memcmp(order, "little", entry->size) == 0)
        return UP_OK;
    return up_tensor_file_refuse(torch->file, torch->error,
                                 "it was saved on a big-endian machine; save it again on another");
}

up_status up_pytorch_read_zip(up_pytorch *torch)
{
    up_pickle pickle = { .file = torch->file, .error = torch->error };
    UP_TRY(up_zip_open(&torch->zip, torch->file, torch->error));
    up_zip_entry *entry = find_pickle(torch);
    if (!entry)
        return refuse_archive(torch);
    UP_TRY(check_script(torch));
    UP_TRY(check_order(torch));
    UP_TRY(up_zip_read(&torch->zip, torch->file, entry, &pickle.bytes, torch->error));
    pickle.size = entry->size;
    UP_TRY(up_pickle_run(&pickle));
    torch->top = pickle.result;
    return UP_OK;
}

up_status up_pytorch_find_zipped(up_pytorch *torch, const up_pickle_storage *storage,
                                 const unsigned char **data, size_t *size)
{
    char name[256];
    const int room = sizeof name - sizeof "data/";
    int length = (int)(storage->key_length < (size_t)room ? storage->key_length : (size_t)room);
    length = snprintf(name, sizeof name, "data/%.*s", length, storage->key);
    up_zip_entry *entry = find(torch, name, (size_t)length);
    *size = entry ? entry->size : 0;
    *data = NULL;
    return entry ? up_zip_read(&torch->zip, torch->file, entry, data, torch->error) : UP_OK;
}
