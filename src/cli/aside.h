/*
 * aside: manners of a command that has many transactions to do: who waits for the database looks
 * only now and then whether it is free, and must find it so, or a scheduler misses what is due.
 */
#ifndef CLI_ASIDE_H
#define CLI_ASIDE_H

#include <stdint.h>

/* After one of them that began at that time of the boot clock, µs, and is not the last. */
void aside_step(int64_t began);
/* The same where nobody waits for the command's end: others come first. */
void aside_pause(int64_t began);

#endif
