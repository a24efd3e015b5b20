/*
 * scratch: a folder for what a test writes, in memory where there is such a place.
 */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

#include <sys/types.h>

/* New and empty, with this name in its own; the caller's to free. Where there can be none: exit. */
char *scratch_new(const char *name);
/* A new file there, with this text and mode: its path, the caller's to free. */
char *scratch_file(const char *folder, const char *name, const char *text, mode_t mode);
/* With all that is in it. */
void scratch_remove(const char *folder);

#endif
