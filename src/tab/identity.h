/*
 * identity: by what an entry is known again after the file was changed (private to this floor); see
 * tab.h.
 */
#ifndef TAB_IDENTITY_H
#define TAB_IDENTITY_H

#include <stdbool.h>

#include "tab/seen.h"

/* The caller's. */
char *identity_of_name(const char *user, const char *name);

/*
 * file is the tab's name, rest the text behind the user. Counts in `texts` how many entries of the
 * file were equal so far; *twin is whether there was one. The caller's.
 */
char *identity_of_text(struct seen *texts, const char *file, const char *schedule,
    const char *user, const char *rest, bool *twin);

#endif
