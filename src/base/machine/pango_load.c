/* SPDX-License-Identifier: MIT */
#include "base/machine/pango_load.h"

#ifdef UPSCALE_PANGO

#include <dlfcn.h>

bool up_pango_load(up_pango *p)
{
    void *library = dlopen(UP_PANGO_LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    bool all = library != NULL;
#define FIND(function) all = all && (*(void **)&p->function = dlsym(library, #function));
    UP_PANGO_FUNCTIONS(FIND)
#undef FIND
    if (library)
        dlclose(library);
    return all;
}

#endif
