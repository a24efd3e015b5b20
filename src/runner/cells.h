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

/* What stays open of a cell: none of it is looked up again with each job. */
struct cell_door {
	int folder, events; /* -1: not open */
};

struct cells {
	char *base; /* the folder; NULL: there are none */
	int made;   /* they are numbered from 1 */
	struct cell_list idle; /* most of their doors are open */
	struct cell_list shut; /* idle, too: taken when there is none of those */
	struct cell_list left; /* over, but somebody was still there; the longest ago first */
	struct cell_door *doors; /* of each cell */
	size_t ndoors, doors_cap;
	int open, doors_max; /* so many doors are, and may be */
	int passing; /* the folder of one without a door, entered last; 0: none */
};

/*
 * Tries whether there can be any; removes what dead runners have left. self names the folder. Up
 * to so many doors, of two descriptors each, stay open.
 */
void cells_open(struct cells *, const struct proc_id *self, int doors);

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

/* Its descriptor, borrowed until the next call for any cell; -1 for 0, or if there can be none. */
int cells_enter(struct cells *, int cell);

/* As cells_enter, for one whose descriptor was refused: somebody has removed it. Makes it anew. */
int cells_enter_anew(struct cells *, int cell);

#endif
