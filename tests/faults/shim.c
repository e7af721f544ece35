/* SPDX-License-Identifier: MIT */
/* For LD_PRELOAD: UPSCALE_FAULT="write 3 5" lets the third write(2) or the like fail with errno 5,
 * once. Standard streams are spared, so that messages can be read. UPSCALE_FAULT_MARK names a file
 * that is made when it has happened. What glibc calls by itself (stdio) is not seen. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static char kind[16];
static int code;
static atomic_long countdown = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *fault = getenv("UPSCALE_FAULT");
    long n;
    if (fault && sscanf(fault, "%15s %ld %d", kind, &n, &code) == 3)
        atomic_store(&countdown, n);
}

/* Only system calls: whoever is to be refused memory may hold any lock. */
static int fails(const char *which)
{
    if (atomic_load(&countdown) <= 0 || strcmp(kind, which) != 0 ||
        atomic_fetch_sub(&countdown, 1) != 1)
        return 0;
    const char *mark = getenv("UPSCALE_FAULT_MARK");
    if (mark)
        syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0600));
    errno = code;
    return 1;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    return fd > 2 && fails("write") ? -1 : syscall(SYS_write, fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    return fails("write") ? -1 : syscall(SYS_pwrite64, fd, bytes, size, at);
}

ssize_t read(int fd, void *bytes, size_t size)
{
    return fails("read") ? -1 : syscall(SYS_read, fd, bytes, size);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t at)
{
    return fails("read") ? -1 : syscall(SYS_pread64, fd, bytes, size, at);
}

int fsync(int fd)
{
    return fails("fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    return fails("rename") ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
    return fails("rename") ? -1 : (int)syscall(SYS_renameat2, a, from, b, to, flags);
}

int linkat(int a, const char *from, int b, const char *to, int flags)
{
    return fails("rename") ? -1 : (int)syscall(SYS_linkat, a, from, b, to, flags);
}

int close(int fd)
{
    long closed = syscall(SYS_close, fd);
    return fd > 2 && fails("close") ? -1 : (int)closed;
}

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return fails("mmap") ? MAP_FAILED
                         : (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
}

/* With UPSCALE_FAULT="tmpfile 1 95" there are no unnamed files, from the first on. */
int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    if ((flags & O_TMPFILE) == O_TMPFILE && strcmp(kind, "tmpfile") == 0) {
        errno = code;
        return -1;
    }
    if (fails("open"))
        return -1;
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t align, size_t size);

void *malloc(size_t size)
{
    return fails("malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails("malloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails("malloc") ? NULL : __libc_realloc(block, size);
}

void *aligned_alloc(size_t align, size_t size)
{
    return fails("malloc") ? NULL : __libc_memalign(align, size);
}
