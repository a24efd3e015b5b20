/*
 * flat: a job as a run of bytes, for the program that wrote it to read again: of this machine, and
 * of this version of the program.
 */
#ifndef JOB_FLAT_H
#define JOB_FLAT_H

struct buf;
struct job;

/* Adds it: all but its id. */
void flat_add(struct buf *, const struct job *);

/* The job that flat_add wrote here, which is the caller's; returns what follows it. */
const char *flat_take(const char *, struct job *);

#endif
