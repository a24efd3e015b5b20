/*
 * found: the runners of this storm, found by their socket, which lies in its folder.
 */
#ifndef FAULTS_FOUND_H
#define FAULTS_FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/proc.h"

struct dice;
struct storm;

struct found {
	struct proc_id id;
	int64_t runner;
};

/* All that there are; free(*v). */
size_t found_all(struct storm *, struct found **v);

bool found_pick(struct storm *, struct dice *, struct found *);

#endif
