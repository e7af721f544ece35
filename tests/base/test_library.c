/* SPDX-License-Identifier: MIT */
/* Libraries that are loaded when they are needed: what is said of those that are not there, threads
 * that want one at the same moment, and the program without them. */
#include "base/machine/library.h"
#include "io/formats.h"
#include "support/sanitized.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

TestSuite(library, .init = scratch_init, .fini = scratch_fini, .timeout = 120);

/* As if a build had found it. */
#define NAMES(F) F(crc32) F(adler32)

typedef struct {
    NAMES(UP_LIBRARY_POINTER)
} functions;

static up_library library_of(functions *table, const char *file, const char *package,
                             const char *const *names)
{
    return (up_library){ file, package, names, (void **)(void *)table };
}

static const char *const known[] = { NAMES(UP_LIBRARY_NAME) NULL };

Test(library, is_loaded_and_called)
{
    functions z = { 0 };
    up_error error = { 0 };
    const up_library library = library_of(&z, "libz.so.1", "zlib1g", known);
    cr_assert_eq(up_library_load(&library, "a test needs", &error), UP_OK, "%s", error.message);
    cr_expect_eq(z.adler32(1, (const unsigned char *)"abc", 3), 0x024d0127);
    cr_expect_eq(z.crc32(0, (const unsigned char *)"abc", 3), 0x352441c2);
    cr_expect_eq(up_library_load(&library, "a test needs", &error), UP_OK);
}

/* And no function of it is there then. */
static void expect_refused(const up_library *library, const functions *table, const char *says)
{
    up_error error = { 0 };
    cr_expect_eq(up_library_load(library, "x.foo: foo needs", &error), UP_ERROR_UNSUPPORTED);
    cr_expect(strstr(error.message, says), "%s", error.message);
    cr_expect_eq(up_library_load(library, "x.foo: foo needs", NULL), UP_ERROR_UNSUPPORTED);
    cr_expect_null(table->adler32);
}

Test(library, is_named_where_it_is_missing)
{
    static const char *const more[] = { "crc32", "no_such_function", NULL };
    functions z = { 0 };
    up_library library = library_of(&z, "libnowhere.so.3", "libnowhere3", known);
    expect_refused(&library, &z,
                   "x.foo: foo needs libnowhere.so.3 (Debian: libnowhere3), which is not "
                   "installed");
    library.package = "";
    expect_refused(&library, &z, "x.foo: foo needs libnowhere.so.3, which is not installed");
    library = library_of(&z, "libz.so.1", "zlib1g", more);
    expect_refused(&library, &z, "(Debian: zlib1g), which cannot be loaded: ");
    expect_refused(&library, &z, "no_such_function");
    const char *path = scratch_path("libbroken.so");
    file_write(path, "no library", 10);
    library = library_of(&z, path, "", known);
    expect_refused(&library, &z, "which cannot be loaded: ");
}

/* ---- threads */

enum { THREADS = 8 };

typedef struct {
    const up_library *library;
    const functions *table;
    pthread_barrier_t *start;
    bool right;
} wanting;

static void *want(void *user)
{
    wanting *w = user;
    pthread_barrier_wait(w->start);
    w->right = up_library_load(w->library, "a thread needs", NULL) == UP_OK &&
               w->table->adler32(1, (const unsigned char *)"abc", 3) == 0x024d0127;
    return NULL;
}

Test(library, threads_may_want_it_at_once)
{
    for (int round = 0; round < 50; round++) {
        functions z = { 0 };
        const up_library library = library_of(&z, "libz.so.1", "", known);
        pthread_barrier_t start;
        pthread_t thread[THREADS];
        wanting of[THREADS];
        pthread_barrier_init(&start, NULL, THREADS);
        for (int i = 0; i < THREADS; i++) {
            of[i] = (wanting){ &library, &z, &start, false };
            cr_assert_eq(pthread_create(&thread[i], NULL, want, &of[i]), 0);
        }
        for (int i = 0; i < THREADS; i++) {
            pthread_join(thread[i], NULL);
            cr_expect(of[i].right);
        }
        pthread_barrier_destroy(&start);
    }
}

/* ---- the program */

/* A file that is no library, found first, stands for one that is not there. */
Test(library, others_go_on_without_it)
{
    if (up_format_left_out("avif") || SANITIZED)
        cr_skip("its own libraries are looked for in the same way");
    const up_library *avif = up_avif_source.library;
    shell_code("mkdir broken");
    file_write(scratch_path("broken/%s", avif->file), "no library", 10);
    write_ppm("a.ppm", 8, 8);
    process_result r = shell("upscale -q a.ppm -s 1 -o b.avif && mkdir out && "
                             "LD_LIBRARY_PATH=$PWD/broken upscale -q b.avif a.ppm -o out/ -f png");
    cr_expect_eq(r.exit_code, 1, "%s", r.err);
    cr_expect(strstr(r.err, "b.avif: avif needs "), "%s", r.err);
    cr_expect(strstr(r.err, avif->file), "%s", r.err);
    process_free(&r);
    r = shell("ls out");
    cr_expect_str_eq(r.out, "a.png\n");
    process_free(&r);
    r = shell("LD_LIBRARY_PATH=$PWD/broken upscale -q a.ppm -o big.avif; ls big.avif");
    cr_expect(strstr(r.err, "avif needs "), "%s", r.err);
    cr_expect(strstr(r.err, avif->file), "%s", r.err);
    cr_expect_neq(r.exit_code, 0);
    process_free(&r);
    r = shell("LD_LIBRARY_PATH=$PWD/broken upscale --version; upscale --version");
    const char *said = strstr(r.out, "not here: avif needs ");
    cr_expect(said && !strstr(said + 1, "not here: avif"), "%s", r.out);
    process_free(&r);
}

Test(library, formats_load_theirs_when_asked)
{
    const up_file_format_info *format;
    up_error error;
    for (int i = 0; (format = up_file_format_at(i)); i++) {
        const up_status status = up_file_format_load(format->name, &error);
        const bool there = format->reads || format->writes;
        cr_expect_eq(status, there ? UP_OK : UP_ERROR_UNSUPPORTED, "%s", error.message);
        cr_expect(there || strstr(error.message, format->library), "%s", error.message);
    }
    cr_expect_eq(up_file_format_load("nonsense", &error), UP_ERROR_ARGUMENT);
    cr_expect_eq(up_file_format_load("", NULL), UP_ERROR_ARGUMENT);
}
