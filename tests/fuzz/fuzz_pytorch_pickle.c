/* SPDX-License-Identifier: MIT */
/* Pickles inside the archive that torch.save() makes, checksums and all; 256 bytes of values lie
 * beside each. */
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void put_entry(fuzz_bytes *zip, fuzz_bytes *directory, const char *name, const void *data,
                      size_t size)
{
    const size_t length = strlen(name), offset = zip->size;
    fuzz_bytes fields = { 0 };
    fuzz_put_number(&fields, 20, 2); /* version needed */
    fuzz_put_number(&fields, 0, 8);  /* flags, stored, time, date */
    fuzz_put_number(&fields, crc32(0, data, (uInt)size), 4);
    fuzz_put_number(&fields, size, 4);
    fuzz_put_number(&fields, size, 4);
    fuzz_put_number(&fields, length, 2);
    fuzz_put_number(&fields, 0, 2);
    fuzz_put(zip, "PK\3\4", 4);
    fuzz_put(zip, fields.data, fields.size);
    fuzz_put(zip, name, length);
    fuzz_put(zip, data, size);
    fuzz_put(directory, "PK\1\2\24\0", 6);
    fuzz_put(directory, fields.data, fields.size);
    fuzz_put_number(directory, 0, 8); /* comment, disk, attributes */
    fuzz_put_number(directory, 0, 2);
    fuzz_put_number(directory, offset, 4);
    fuzz_put(directory, name, length);
    free(fields.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const storages[] = { "net/data/0", "net/data/1" };
    static const uint8_t values[256];
    fuzz_bytes zip = { 0 }, directory = { 0 };
    put_entry(&zip, &directory, "net/data.pkl", data, size);
    put_entry(&zip, &directory, "net/version", "3\n", 2);
    for (int i = 0; i < 2; i++)
        put_entry(&zip, &directory, storages[i], values, sizeof values);
    const size_t offset = zip.size;
    fuzz_put(&zip, directory.data, directory.size);
    fuzz_put(&zip, "PK\5\6\0\0\0\0", 8);
    fuzz_put_number(&zip, 4, 2);
    fuzz_put_number(&zip, 4, 2);
    fuzz_put_number(&zip, directory.size, 4);
    fuzz_put_number(&zip, offset, 4);
    fuzz_put_number(&zip, 0, 2);
    fuzz_weights(zip.data, zip.size, "net.pth");
    free(directory.data);
    free(zip.data);
    return 0;
}
