/*
 * probe: a SQLite database as any program sees it that knows nothing of the store. What fails ends
 * the test.
 */
#ifndef TEST_PROBE_H
#define TEST_PROBE_H

#include <stdint.h>

/* One statement or several. */
void probe_do(const char *database, const char *text);
/* The first column of the first row. */
int64_t probe_number(const char *database, const char *text);

#endif
