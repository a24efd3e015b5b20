/*
 * scratch: a folder for what a test writes, in memory where there is such a place.
 */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

/* New and empty, with this name in its own; the caller's to free. Where there can be none: exit. */
char *scratch_new(const char *name);
/* With all that is in it. */
void scratch_remove(const char *folder);

#endif
