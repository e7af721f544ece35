/* SPDX-License-Identifier: MIT */
/* Files that a batch puts on disk and names, beside the threads that make them. What it asks of the
 * system is written down. */
#include "io/files/writer.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 300, MOST_CALLS = 4096 };

/* Inodes that were synced; < 0: that were named. Of one thread, the batch's. */
static long long call[MOST_CALLS];
static int calls;

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_linkat(int from, const char *old, int to, const char *new, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags);

int __wrap_fsync(int fd)
{
    struct stat info;
    cr_assert(fstat(fd, &info) == 0 && calls < MOST_CALLS);
    call[calls++] = (long long)info.st_ino;
    return __real_fsync(fd);
}

int __wrap_linkat(int from, const char *old, int to, const char *new, int flags)
{
    struct stat info;
    cr_assert(stat(old, &info) == 0 && calls < MOST_CALLS);
    call[calls++] = -(long long)info.st_ino;
    return __real_linkat(from, old, to, new, flags);
}

typedef struct {
    int told;
    up_status status;
    char message[512];
} fate;

static void published(void *user, const up_error *outcome)
{
    fate *f = user;
    f->told++;
    f->status = outcome->status;
    strcpy(f->message, outcome->message);
}

static up_batch *open_batch(void)
{
    up_batch *batch;
    cr_assert_eq(up_batch_open(&batch, published, NULL), UP_OK);
    calls = 0;
    return batch;
}

static const char *name_of(const char *folder, int i)
{
    static char name[512];
    snprintf(name, sizeof name, "%s/%s%d", scratch_folder(), folder, i);
    return name;
}

static void add(up_batch *batch, const char *path, bool overwrite, const char *text, fate *f)
{
    up_writer *writer;
    up_error error = { 0 };
    cr_assert_eq(up_writer_open(&writer, path, overwrite, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_writer_write(writer, text, strlen(text), NULL), UP_OK);
    up_writer_join(writer, batch, f);
    cr_assert_eq(up_writer_publish(writer, NULL), UP_OK);
    up_writer_close(&writer);
}

static void expect_text(const char *path, const char *text)
{
    size_t size;
    char *found = file_read(path, &size);
    cr_expect_str_eq(found, text, "%s", path);
    free(found);
}

TestSuite(output_batch, .init = scratch_init, .fini = scratch_fini);

static void publish_many(fate *fates)
{
    up_batch *batch = open_batch();
    for (int i = 0; i < FILES; i++) {
        char text[32];
        snprintf(text, sizeof text, "file %d", i);
        add(batch, name_of("", i), false, text, &fates[i]);
    }
    up_batch_close(&batch);
    cr_expect_null(batch);
    for (int i = 0; i < FILES; i++) {
        char text[32];
        snprintf(text, sizeof text, "file %d", i);
        cr_expect(fates[i].told == 1 && fates[i].status == UP_OK, "%s", fates[i].message);
        expect_text(name_of("", i), text);
    }
}

Test(output_batch, all_are_there_when_it_is_closed)
{
    fate fates[FILES] = { 0 };
    publish_many(fates);
}

Test(output_batch, does_with_few_descriptors)
{
    fate fates[FILES] = { 0 };
    const struct rlimit few = { 40, 40 };
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    publish_many(fates);
}

/* Or a power failure could leave a name with nothing behind it. */
Test(output_batch, bytes_come_before_names_and_names_before_the_folder)
{
    struct stat info;
    fate fates[FILES] = { 0 };
    publish_many(fates);
    int named = 0, folders = 0;
    cr_assert_eq(stat(scratch_folder(), &info), 0);
    for (int i = 0; i < calls; i++) {
        bool synced = false;
        for (int j = 0; j < i && call[i] < 0; j++)
            synced |= call[j] == -call[i];
        cr_expect(call[i] > 0 || synced, "call %d names what is not on disk", i);
        named += call[i] < 0;
        folders += call[i] == (long long)info.st_ino;
    }
    cr_expect_eq(named, FILES);
    cr_expect_eq(folders, 1, "the folder was synced %d times", folders);
    cr_expect_eq(call[calls - 1], (long long)info.st_ino);
}

Test(output_batch, every_folder_is_synced)
{
    static const char *const folder[] = { "x/", "y/" };
    struct stat info[2];
    fate fates[2] = { 0 };
    up_batch *batch = open_batch();
    for (int i = 0; i < 2; i++) {
        cr_assert(mkdir(scratch_path("%.1s", folder[i]), 0777) == 0 &&
                  stat(scratch_path("%.1s", folder[i]), &info[i]) == 0);
        add(batch, name_of(folder[i], i), false, "text", &fates[i]);
    }
    up_batch_close(&batch);
    for (int i = 0; i < 2; i++) {
        int found = 0;
        for (int c = 0; c < calls; c++)
            found += call[c] == (long long)info[i].st_ino;
        cr_expect_eq(found, 1, "%s was synced %d times", folder[i], found);
    }
}

Test(output_batch, tells_what_failed_and_does_the_rest)
{
    fate fates[4] = { 0 };
    up_batch *batch = open_batch();
    cr_assert_eq(mkdir(scratch_path("gone"), 0777), 0);
    file_write(name_of("", 2), "old", 3);
    chmod(name_of("", 2), 0606);
    up_writer *late;
    cr_assert_eq(up_writer_open(&late, name_of("", 0), false, NULL), UP_OK);
    file_write(name_of("", 0), "first", 5);
    up_writer_join(late, batch, &fates[0]);
    cr_assert_eq(up_writer_publish(late, NULL), UP_OK);
    up_writer_close(&late);
    cr_assert_eq(up_writer_open(&late, name_of("gone/", 1), false, NULL), UP_OK);
    cr_assert_eq(rmdir(scratch_path("gone")), 0);
    up_writer_join(late, batch, &fates[1]);
    cr_assert_eq(up_writer_publish(late, NULL), UP_OK);
    up_writer_close(&late);
    add(batch, name_of("", 2), true, "new", &fates[2]);
    add(batch, "/dev/null", false, "void", &fates[3]);
    up_batch_close(&batch);
    static const up_status expected[4] = { UP_ERROR_EXISTS, UP_ERROR_OUTPUT, UP_OK, UP_OK };
    for (int i = 0; i < 4; i++)
        cr_expect(fates[i].told == 1 && fates[i].status == expected[i], "%d: %s", i,
                  fates[i].message);
    cr_expect(strstr(fates[1].message, "gone/1"), "%s", fates[1].message);
    expect_text(name_of("", 0), "first");
    expect_text(name_of("", 2), "new");
    struct stat info;
    cr_expect(stat(name_of("", 2), &info) == 0 && (info.st_mode & 0777) == 0606);
}

/* A long run is seen to get on. */
Test(output_batch, a_file_does_not_wait_for_the_last)
{
    fate one = { 0 };
    up_batch *batch = open_batch();
    add(batch, name_of("", 0), false, "text", &one);
    for (int i = 0; i < 3000 && !file_exists(name_of("", 0)); i++)
        nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    cr_expect(file_exists(name_of("", 0)));
    up_batch_close(&batch);
}

Test(output_batch, can_be_empty)
{
    up_batch *batch = open_batch();
    up_batch_close(&batch);
    up_batch_close(&batch);
    cr_expect_eq(calls, 0);
}
