/*
 * line: who stands in line, for a turn under an order key, for a slot of a queue or for a node.
 * Only jobs that have one of these (occ.gated) cost anything here.
 *
 * occ.c tells of every change of such an occurrence, and before the commit those that it let go are
 * released: line_settle.
 */
#ifndef STORE_SQL_LINE_H
#define STORE_SQL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct claim_request;
struct db;
struct err;
struct job;
struct occ;
struct row;
struct strv;

/* The gates, by the first letter of lines.gate. */
#define GATE_KEY 'k'
#define GATE_QUEUE 'q'
#define GATE_NODE 'n'

enum stage {
	LINE_HOLDS, /* has the key or a slot */
	LINE_FRONT, /* key: in line, in order of (due, id); queue: let through, not claimed yet */
	LINE_WAITS, /* queue, node: held */
};

/* Whether a job has to do with any gate. */
bool line_needed(const struct job *);

/* One became the other; NULL: there was, or is, none. */
int line_changed(struct db *, const struct occ *from, const struct occ *to, struct err *);

/* The job's definition was replaced in table jobs: its occurrences stand in other lines. */
int line_redefined(struct db *, const struct row *, struct err *);

/* Releases what may go on after this transaction's changes. */
int line_settle(struct db *, struct err *);

/* An occurrence that stands in line, and letting it go on: its `reason` (occ.h) has gone. */
struct standing {
	int64_t job_id, scheduled_for;
};

int line_release(struct db *, const struct standing *, int64_t reason, struct err *);

/* line_queue.c: fills the slots of a queue that are free. */
int line_settle_queue(struct db *, const char *gate, struct err *);

/* Remembers that line_settle has to look at a gate. */
void line_look_at(struct db *, char kind, const char *name);

/* For what reasons (occ.h) one that is ready may not start on this node now; 0: it may. */
int line_closed(struct db *, const struct claim_request *, const struct occ *, const struct row *,
    int64_t *hold, struct err *);

/* The first `max` that are held at a gate; *n: how many there were. */
int line_release_first(struct db *, const char *gate, int64_t max, int64_t reason, size_t *n,
    struct err *);

/* ---- line_node.c ---- */

/* Whether a node has what the job wants. */
bool line_suits(const char *node, const struct strv *labels, const struct job *);

/* Under what the next one that is held for a node stands in line. */
void line_remember_want(struct db *, const struct job *);

/* Lets at most `max` be looked at again that other nodes refused and this one suits. *more: there
 * may be further ones. */
int line_recall(struct db *, const char *node, const struct strv *labels, int64_t max, bool *more,
    struct err *);

#endif
