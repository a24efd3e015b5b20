/*
 * cells: a control group for each attempt, by which all its processes are found and killed,
 * whatever they have done to hide. They are folders below the group that the runner itself is in,
 * where it may make some; elsewhere there are none, and jobs go without.
 *
 * A cell is used again and again, but never while somebody lives in it: a job may leave a daemon
 * behind.
 */
#ifndef RUNNER_CELLS_H
#define RUNNER_CELLS_H

#include <stddef.h>

struct proc_id;

struct cell_list {
	int *v;
	size_t n, cap;
};

struct cells {
	char *base; /* the folder; NULL: there are none */
	int made;   /* they are numbered from 1 */
	struct cell_list idle;
	struct cell_list left; /* over, but somebody was still there; the longest ago first */
};

/* Tries whether there can be any; removes what dead runners have left. self names the folder. */
void cells_open(struct cells *, const struct proc_id *self);

/* Removes all but those in which somebody lives. */
void cells_close(struct cells *);

/* One in which nobody is; 0: there is none. */
int cells_take(struct cells *);

/* The attempt is over. 0 is none. */
void cells_give(struct cells *, int cell);

/* The same, after a KILL to all in it: whoever came into it later would be killed, too. */
void cells_renew(struct cells *, int cell);

/* The cell's folder, the caller's; NULL for 0. */
char *cells_path(const struct cells *, int cell);

/* Its descriptor, the caller's; -1 for 0, or if it has gone: it comes back with another use. */
int cells_enter(const struct cells *, int cell);

#endif
