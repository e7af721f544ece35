/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_TMPFILE */
#include "io/files/reader.h"
#include "io/files/writer.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(reader, .init = scratch_init, .fini = scratch_fini);
TestSuite(writer, .init = scratch_init, .fini = scratch_fini);

static int files_in(const char *folder)
{
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; (e = readdir(dir));)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(dir);
    return n;
}

static void expect_content(const char *path, const char *text)
{
    size_t size;
    char *found = file_read(path, &size);
    cr_assert_str_eq(found, text);
    free(found);
}

/* ---- reader */

enum { LONG = 300000 };

static uint8_t pattern(size_t i)
{
    return (uint8_t)(i * 7 + i / 251);
}

static const char *long_file(void)
{
    uint8_t *bytes = malloc(LONG);
    for (size_t i = 0; i < LONG; i++)
        bytes[i] = pattern(i);
    const char *path = scratch_path("long");
    file_write(path, bytes, LONG);
    free(bytes);
    return path;
}

static void expect_pattern(const uint8_t *bytes, size_t from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(bytes[i], pattern(from + i), "byte %zu", from + i);
}

static void read_in_pieces(up_reader *reader)
{
    static const size_t piece[] = { 1, 63, 100000, 8, 70000, 4096 };
    static uint8_t buffer[LONG];
    const uint8_t *head;
    cr_assert_eq(up_reader_peek(reader, &head), 64);
    expect_pattern(head, 0, 64);
    size_t at = 0;
    for (int i = 0; at < LONG; i = (i + 1) % 6) {
        size_t n = up_reader_read(reader, buffer, piece[i]);
        cr_assert(n == piece[i] || at + n == LONG);
        expect_pattern(buffer, at, n);
        at += n;
    }
    cr_assert_eq(up_reader_read(reader, buffer, 1), 0);
    cr_assert_not(up_reader_failed(reader));
}

Test(reader, file_in_pieces)
{
    up_reader *reader;
    cr_assert_eq(up_reader_open(&reader, long_file(), NULL), UP_OK);
    cr_assert_eq(up_reader_size(reader), LONG);
    read_in_pieces(reader);
    up_reader_close(&reader);
    cr_assert_null(reader);
}

/* Standard input becomes a pipe with the pattern, which comes in small gulps. */
static pid_t feed_standard_input(void)
{
    int end[2];
    cr_assert_eq(pipe(end), 0);
    pid_t child = fork();
    if (child == 0) {
        for (size_t i = 0; i < LONG; i++) {
            uint8_t byte = pattern(i);
            if (i % 1000 == 0)
                fflush(stdout);
            if (i == 0)
                dup2(end[1], STDOUT_FILENO);
            fwrite(&byte, 1, 1, stdout);
        }
        fflush(stdout);
        _exit(0);
    }
    dup2(end[0], STDIN_FILENO);
    close(end[0]);
    close(end[1]);
    return child;
}

Test(reader, pipe_in_pieces)
{
    pid_t child = feed_standard_input();
    up_reader *reader;
    up_error error;
    cr_assert_eq(up_reader_open(&reader, "-", NULL), UP_OK);
    cr_assert_str_eq(up_reader_name(reader), "standard input");
    cr_assert_eq(up_reader_size(reader), -1);
    read_in_pieces(reader);
    cr_assert_eq(up_reader_seek(reader, 0, &error), UP_ERROR_INPUT);
    up_reader_close(&reader);
    waitpid(child, NULL, 0);
}

Test(reader, seeks_near_and_far)
{
    up_reader *reader;
    up_error error;
    uint8_t buffer[1000];
    static const int64_t offset[] = { 500, 0, 299000, 100, 150000, 150010, 64 << 10, 299000 };
    cr_assert_eq(up_reader_open(&reader, long_file(), NULL), UP_OK);
    for (size_t i = 0; i < sizeof offset / sizeof *offset; i++) {
        cr_assert_eq(up_reader_seek(reader, offset[i], NULL), UP_OK);
        cr_assert_eq(up_reader_exact(reader, buffer, i % 2 ? 1000 : 10, NULL), UP_OK);
        expect_pattern(buffer, (size_t)offset[i], i % 2 ? 1000 : 10);
        cr_assert_eq(up_reader_read_at(reader, 12345, buffer, 100, NULL), UP_OK);
        expect_pattern(buffer, 12345, 100);
    }
    cr_assert_eq(up_reader_exact(reader, buffer, 1, &error), UP_ERROR_INPUT);
    cr_assert(strstr(error.message, "truncated"), "%s", error.message);
    cr_assert_eq(up_reader_read_at(reader, LONG - 1, buffer, 2, &error), UP_ERROR_INPUT);
    cr_assert_eq(up_reader_seek(reader, -1, &error), UP_ERROR_INPUT);
    up_reader_close(&reader);
}

Test(reader, says_what_is_wrong)
{
    up_reader *reader;
    up_error error;
    cr_assert_eq(up_reader_open(&reader, scratch_path("none"), &error), UP_ERROR_INPUT);
    cr_assert(strstr(error.message, "No such file"), "%s", error.message);
    cr_assert_null(reader);
    cr_assert_eq(up_reader_open(&reader, scratch_folder(), &error), UP_ERROR_INPUT);
    cr_assert(strstr(error.message, "folder"), "%s", error.message);
}

/* ---- writer */

static up_writer *open_writer(const char *path, bool overwrite)
{
    up_writer *writer;
    up_error error = { 0 };
    cr_assert_eq(up_writer_open(&writer, path, overwrite, &error), UP_OK, "%s", error.message);
    return writer;
}

static void publish(const char *path, const char *text, bool overwrite)
{
    up_error error = { 0 };
    up_writer *writer = open_writer(path, overwrite);
    cr_assert_eq(up_writer_write(writer, text, strlen(text), NULL), UP_OK);
    cr_assert_eq(up_writer_publish(writer, &error), UP_OK, "%s", error.message);
    up_writer_close(&writer);
    cr_assert_null(writer);
}

static void expect_refused(const char *path, bool overwrite, up_status status, const char *word)
{
    up_writer *writer;
    up_error error = { 0 };
    cr_assert_eq(up_writer_open(&writer, path, overwrite, &error), status, "%s", path);
    cr_assert_null(writer);
    cr_assert(strstr(error.message, word), "%s", error.message);
}

Test(writer, appears_whole_or_not_at_all)
{
    const char *path = scratch_path("out");
    up_writer *writer = open_writer(path, false);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(up_writer_write(writer, "0123456789", 10 * (i % 2), NULL), UP_OK);
    cr_assert_not(file_exists(path));
    up_writer_close(&writer);
    cr_assert_eq(files_in(scratch_folder()), 0);
    publish(path, "whole", false);
    expect_content(path, "whole");
    cr_assert_eq(files_in(scratch_folder()), 1);
}

Test(writer, keeps_order_of_small_and_large)
{
    const char *path = scratch_path("out");
    size_t size;
    uint8_t *large = malloc(LONG);
    for (size_t i = 0; i < LONG; i++)
        large[i] = pattern(i);
    up_writer *writer = open_writer(path, false);
    cr_assert_eq(up_writer_write(writer, large, 100, NULL), UP_OK);
    cr_assert_eq(up_writer_write(writer, large + 100, LONG - 200, NULL), UP_OK);
    cr_assert_eq(up_writer_write(writer, large + LONG - 100, 99, NULL), UP_OK);
    cr_assert(up_writer_seekable(writer));
    cr_assert_eq(up_writer_write_at(writer, LONG - 1, large + LONG - 1, 1, NULL), UP_OK);
    cr_assert_eq(up_writer_publish(writer, NULL), UP_OK);
    up_writer_close(&writer);
    char *found = file_read(path, &size);
    cr_assert_eq(size, LONG);
    expect_pattern((uint8_t *)found, 0, size);
    free(found);
    free(large);
}

Test(writer, never_overwrites_silently)
{
    const char *path = scratch_path("out");
    publish(path, "first", false);
    expect_refused(path, false, UP_ERROR_EXISTS, "--overwrite");
    publish(path, "second", true);
    expect_content(path, "second");
    cr_assert_eq(files_in(scratch_folder()), 1);
}

Test(writer, loses_a_race_politely)
{
    const char *path = scratch_path("out");
    up_error error;
    up_writer *writer = open_writer(path, false);
    file_write(path, "other", 5);
    cr_assert_eq(up_writer_publish(writer, &error), UP_ERROR_EXISTS);
    cr_assert(strstr(error.message, "--overwrite"), "%s", error.message);
    up_writer_close(&writer);
    expect_content(path, "other");
    cr_assert_eq(files_in(scratch_folder()), 1);
}

Test(writer, has_the_permissions_of_a_new_file)
{
    struct stat info;
    const char *path = scratch_path("out");
    umask(027);
    publish(path, "x", false);
    cr_assert_eq(stat(path, &info), 0);
    cr_assert_eq(info.st_mode & 0777, 0640);
}

Test(writer, keeps_the_permissions_of_a_file_that_it_replaces)
{
    struct stat info;
    const char *path = scratch_path("out");
    static const mode_t modes[] = { 0600, 0666, 0444, 0751 };
    umask(027);
    publish(path, "x", false);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        chmod(path, modes[i]);
        publish(path, "y", true);
        cr_assert_eq(stat(path, &info), 0);
        cr_expect_eq(info.st_mode & 07777, modes[i], "%o", info.st_mode);
    }
    chmod(path, 06755); /* what another program was trusted with is not handed on */
    publish(path, "z", true);
    cr_assert_eq(stat(path, &info), 0);
    cr_expect_eq(info.st_mode & 07777, 0755, "%o", info.st_mode);
}

/* The file was for group 34; another group must not get what only that one could. */
Test(writer, never_opens_a_file_to_another_group)
{
    if (geteuid() != 0)
        cr_skip("only root can give files away");
    struct stat info;
    const char *path = scratch_path("out");
    file_write(path, "old", 3);
    cr_assert(chown(path, 12, 34) == 0 && chmod(path, 0664) == 0);
    cr_assert_eq(chmod(scratch_folder(), 0777), 0);
    pid_t child = fork();
    if (child == 0) {
        if (setgroups(0, NULL) == 0 && setgid(1234) == 0 && setuid(1234) == 0)
            publish(path, "new", true);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    expect_content(path, "new");
    cr_assert_eq(stat(path, &info), 0);
    cr_expect(info.st_uid == 1234 && info.st_gid == 1234 && (info.st_mode & 07777) == 0644,
              "%d:%d %o", (int)info.st_uid, (int)info.st_gid, info.st_mode);
}

Test(writer, follows_a_link_and_keeps_it)
{
    struct stat info;
    const char *path = scratch_path("target"), *link = scratch_path("link");
    publish(path, "old", false);
    cr_assert_eq(symlink("target", link), 0);
    expect_refused(link, false, UP_ERROR_EXISTS, "--overwrite");
    publish(link, "new", true);
    expect_content(path, "new");
    cr_assert_eq(lstat(link, &info), 0);
    cr_assert(S_ISLNK(info.st_mode));
    cr_assert_eq(unlink(path), 0);
    expect_refused(link, true, UP_ERROR_OUTPUT, "link");
}

Test(writer, says_what_would_help)
{
    expect_refused(scratch_path("none/out"), false, UP_ERROR_OUTPUT, "does not exist");
    expect_refused(scratch_folder(), true, UP_ERROR_OUTPUT, "folder");
    expect_refused(scratch_path("slash/"), true, UP_ERROR_OUTPUT, "name");
    expect_refused("", true, UP_ERROR_OUTPUT, "name");
    file_write(scratch_path("file"), "", 0);
    expect_refused(scratch_path("file/out"), false, UP_ERROR_OUTPUT, "not a folder");
    chmod(scratch_folder(), 0500);
    if (access(scratch_folder(), W_OK) != 0) /* the superuser may write everywhere */
        expect_refused(scratch_path("out"), false, UP_ERROR_OUTPUT, "cannot be written to");
    chmod(scratch_folder(), 0700);
}

Test(writer, full_disk_may_work_later)
{
    if (access("/dev/full", W_OK) != 0)
        cr_skip("no /dev/full");
    up_error error;
    uint8_t byte = 0;
    up_writer *writer = open_writer("/dev/full", false);
    cr_assert_not(up_writer_seekable(writer));
    cr_assert_eq(up_writer_write_at(writer, 0, &byte, 1, &error), UP_ERROR_OUTPUT);
    cr_assert_eq(up_writer_write(writer, &byte, 1, NULL), UP_OK);
    cr_assert_eq(up_writer_publish(writer, &error), UP_ERROR_SPACE);
    cr_assert(strstr(error.message, "/dev/full"), "%s", error.message);
    up_writer_close(&writer);
    cr_assert(file_exists("/dev/full"));
}

Test(writer, device_survives_overwrite)
{
    struct stat info;
    publish("/dev/null", "gone", true);
    cr_assert_eq(stat("/dev/null", &info), 0);
    cr_assert(S_ISCHR(info.st_mode));
}

Test(writer, standard_output_passes_through)
{
    const char *path = scratch_path("captured");
    int file = open(path, O_CREAT | O_WRONLY, 0600), standard = dup(STDOUT_FILENO);
    dup2(file, STDOUT_FILENO);
    publish("-", "through", false);
    dup2(standard, STDOUT_FILENO);
    close(file);
    expect_content(path, "through");
}

/* Where the name were opened again, it would begin at the start. */
Test(writer, descriptor_goes_on_where_it_stands)
{
    const char *path = scratch_path("captured");
    char name[32];
    int file = open(path, O_CREAT | O_RDWR, 0600);
    cr_assert_eq(write(file, "head ", 5), 5);
    snprintf(name, sizeof name, "/dev/fd/%d", file);
    cr_expect(up_is_stream(name) && !up_is_stream(path) && !up_is_stream(scratch_path("none")));
    publish(name, "body ", false);
    cr_assert_eq(write(file, "tail", 4), 4);
    close(file);
    expect_content(path, "head body tail");
    expect_refused(name, true, UP_ERROR_OUTPUT, "closed");
    expect_refused("/dev/fd/x", false, UP_ERROR_OUTPUT, "/dev/fd");
}

/* Whoever made the pipe may not want to wait for it. */
Test(writer, waits_for_a_pipe_that_does_not)
{
    int end[2];
    char name[32];
    static char bytes[LONG];
    cr_assert_eq(pipe2(end, O_NONBLOCK), 0);
    pid_t child = fork();
    if (child == 0) {
        up_error error;
        up_writer *writer;
        snprintf(name, sizeof name, "/dev/fd/%d", end[1]);
        up_status status = up_writer_open(&writer, name, false, &error);
        if (status == UP_OK)
            status = up_writer_write(writer, bytes, LONG, &error);
        if (status == UP_OK)
            status = up_writer_publish(writer, &error);
        _exit((int)status);
    }
    close(end[1]);
    dup2(end[0], STDIN_FILENO);
    up_reader *reader;
    cr_assert_eq(up_reader_open(&reader, "-", NULL), UP_OK);
    cr_expect_eq(up_reader_read(reader, bytes, LONG), LONG);
    up_reader_close(&reader);
    int status;
    waitpid(child, &status, 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == UP_OK);
}

/* An unnamed file needs no one to remove it. */
Test(writer, killed_process_leaves_nothing)
{
    int unnamed = open(scratch_folder(), O_TMPFILE | O_RDWR, 0600);
    if (unnamed < 0)
        cr_skip("no unnamed files here: %s", strerror(errno));
    close(unnamed);
    pid_t child = fork();
    if (child == 0) {
        up_writer *writer;
        if (up_writer_open(&writer, scratch_path("out"), false, NULL) == UP_OK &&
            up_writer_write(writer, scratch_folder(), 3, NULL) == UP_OK)
            raise(SIGKILL);
        _exit(1);
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status));
    cr_assert_eq(files_in(scratch_folder()), 0);
}
