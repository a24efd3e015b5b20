/*
 * follow: the output of a running attempt, as its runner gets it.
 */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli;

/*
 * Calls each with what is kept of the output so far, and then with what comes; dropped bytes are
 * missing before a piece, behind the first `at`. *pos is how far the output has been told, *whole
 * that it was told to its end: not if the runner cannot be reached, or was killed. 0, or a negative
 * code with err set.
 */
int follow(struct cli *, int64_t fence, const char *node,
    void (*each)(void *arg, int64_t dropped, int64_t at, const char *data, size_t len), void *arg,
    int64_t *pos, bool *whole);

#endif
