/*
 * joblock: the lock file of a job: a flock while it runs, and in it who runs.
 *
 * The child writes its identity before anything else, and has the lock until it does. So whoever
 * takes the lock of a job whose START record has no END, and then finds another fence in the file,
 * knows that this attempt never ran. Without having taken the lock nobody knows: the child may be
 * about to write.
 */
#ifndef WIRE_JOBLOCK_H
#define WIRE_JOBLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/proc.h"

/*
 * The text in a lock file: "FENCE PID START BOOTID", blanks and a newline, always of this size, so
 * that one pwrite replaces it whole.
 */
#define JOBLOCK_TEXT 128

struct joblock {
	int64_t fence;
	struct proc_id proc;
};

/* File name of a job's lock: "job-ID.lock". */
void joblock_name(int64_t job_id, char *buf, size_t size);

/* The text as the child writes it between vfork and exec: calls nothing but what is safe there. */
void joblock_format(char text[JOBLOCK_TEXT], int64_t fence, const struct proc_id *);

/* Who is named in an open lock file: 1; 0: nobody; -1 with errno: it cannot be read now. */
int joblock_read_from(int fd, struct joblock *);

/* Whether an open lock file names this attempt. */
bool joblock_names(int fd, int64_t fence);

/* For whoever only wants to know. False if there is no such file, it is empty or does not parse. */
bool joblock_read(const char *path, struct joblock *);

#endif
