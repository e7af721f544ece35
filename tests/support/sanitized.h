/* SPDX-License-Identifier: MIT */
/* Under Address- and ThreadSanitizer programs take memory of their own and 5 to 15 times as long.
 */
#ifndef SUPPORT_SANITIZED_H
#define SUPPORT_SANITIZED_H

#include <stdbool.h>

#ifdef __has_feature /* clang's way to say it */
#define THREAD_SANITIZED (__has_feature(thread_sanitizer))
#define SANITIZED (THREAD_SANITIZED || __has_feature(address_sanitizer))
#else
#ifdef __SANITIZE_THREAD__
#define THREAD_SANITIZED true
#else
#define THREAD_SANITIZED false
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#else
#define SANITIZED THREAD_SANITIZED
#endif
#endif

/* Of runs that differ in nothing that a sanitizer looks at, it is enough to see `few`. */
#define MANY_OR_FEW(many, few) (SANITIZED ? (few) : (many))

#endif
