/*
 * limit: one resource limit of a job, `nofile=1024` or `core=0:unlimited`. See getrlimit(2).
 */
#ifndef JOB_LIMIT_H
#define JOB_LIMIT_H

#include <sys/resource.h>

struct err;

struct limit {
	int resource; /* RLIMIT_… */
	struct rlimit value;
};

/* NAME=VALUE or NAME=SOFT:HARD; a value is in the unit of getrlimit(2), or "unlimited". 0 or
 * E_INPUT. */
int limit_parse(const char *text, struct limit *, struct err *);

/* As limit_parse, for what is only to be checked. */
int limit_check(const char *text, struct err *);

#endif
