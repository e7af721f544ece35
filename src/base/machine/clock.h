/* SPDX-License-Identifier: MIT */
/* How long something takes. */
#ifndef UP_BASE_CLOCK_H
#define UP_BASE_CLOCK_H

/* Seconds of a clock that never jumps. */
double up_now(void);

/* Seconds of processor time that all threads of this process have had. */
double up_processor_now(void);

#endif
