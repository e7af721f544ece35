/* SPDX-License-Identifier: MIT */
/*
 * Files of torch.save(), as a reader needs them. Newer ones are ZIP archives: TOP/data.pkl, a
 * pickle, and TOP/data/KEY, the storages. Older ones begin with pickles of a magic number, a
 * protocol and facts about the machine; then come the pickle of the object, one of the list of
 * keys, and for each key 8 bytes of length and as many elements.
 */
#ifndef UP_WEIGHTS_PYTORCH_PYTORCH_H
#define UP_WEIGHTS_PYTORCH_PYTORCH_H

#include "weights/pytorch/pickle.h"
#include "weights/pytorch/zip_entries.h"

/* A storage of an older file. */
typedef struct {
    const up_pickle_storage *storage;
    const unsigned char *data; /* NULL: not in the file */
} up_pytorch_block;

typedef struct {
    up_tensor_file *file;
    up_error *error;
    up_pickle_value *top; /* what was saved */
    bool zipped;
    up_zip_entries zip;
    const char *folder; /* "TOP/" in the archive */
    size_t folder_length;
    up_pytorch_block *block; /* by key */
    size_t blocks;
} up_pytorch;

/* Whether a file begins with the pickles of the older form. */
bool up_pytorch_is_legacy(const unsigned char *bytes, size_t size);

/* Read the pickle, and find the storages. */
up_status up_pytorch_read_zip(up_pytorch *torch);
up_status up_pytorch_read_legacy(up_pytorch *torch);

/* All bytes of a storage; NULL where it is not in the file. */
up_status up_pytorch_find_zipped(up_pytorch *torch, const up_pickle_storage *storage,
                                 const unsigned char **data, size_t *size);
up_status up_pytorch_find_legacy(up_pytorch *torch, const up_pickle_storage *storage,
                                 const unsigned char **data, size_t *size);

/* Adds the tensors of the best state dict in `torch->top`, and strings and numbers beside it as
 * metadata: "pytorch.KEY", and "pytorch.KEY.KEY" for what lies one dict deeper. */
up_status up_pytorch_add_best(up_pytorch *torch);

/* Adds one tensor, checked against its storage. */
up_status up_pytorch_add_tensor(up_pytorch *torch, const up_pickle_value *name,
                                const up_pickle_tensor *tensor);

#endif
