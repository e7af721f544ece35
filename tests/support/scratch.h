/* SPDX-License-Identifier: MIT */
/* A folder for one test, removed with all that is in it. */
#ifndef SUPPORT_SCRATCH_H
#define SUPPORT_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* Criterion fixtures: TestSuite(name, .init = scratch_init, .fini = scratch_fini). */
void scratch_init(void);
void scratch_fini(void);

/* The folder, and a path in it: valid until scratch_fini(). */
const char *scratch_folder(void);
const char *scratch_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

bool file_exists(const char *path);
void file_write(const char *path, const void *bytes, size_t size);
/* The whole file, followed by a NUL; free() it. */
char *file_read(const char *path, size_t *size);
void expect_same_file(const char *a, const char *b);

#endif
