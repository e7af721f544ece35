/* SPDX-License-Identifier: MIT */
/* What programs that were killed have left under hidden names. Whoever writes under such a name
 * holds a lock (flock) on it, which ends with the process, however it dies. */
#ifndef UP_IO_LEFT_OVER_H
#define UP_IO_LEFT_OVER_H

#include <sys/types.h>

#define UP_HIDDEN ".upscale-" /* and 16 hexadecimal digits, or the 6 characters of mkdtemp() */

/* Says that an opened file or folder is being written, as long as the descriptor is open. Best
 * effort: some file systems know no locks, and nothing is ever removed there. */
void up_left_over_lock(int fd);

/* Calls `discard` for each entry of a folder that has a hidden name and the type (S_IFREG or
 * S_IFDIR), is this user's, is locked by nobody, and has not changed for a minute: a young one may
 * be about to be locked. `at` is the folder's descriptor. */
void up_left_over_each(const char *folder, mode_t type, void (*discard)(int at, const char *name));

#endif
