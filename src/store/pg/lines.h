/*
 * lines: how rows of table lines go, for statements of this driver (private to it).
 */
#ifndef STORE_PG_LINES_H
#define STORE_PG_LINES_H

/*
 * A part of a statement that takes away all rows of those of `from`, which is called g, and has
 * job_id, scheduled_for and gated. Each one's are found first, and by the index of their jobs: the
 * other one has all columns, and the server might read that whole.
 */
#define LINES_LEFT(from)                                                                    \
	", left_line AS (DELETE FROM lines WHERE ctid = ANY (ARRAY (SELECT l.tid FROM " from \
	"  CROSS JOIN LATERAL (SELECT l.ctid AS tid FROM lines l WHERE l.job_id = g.job_id"  \
	"   AND l.scheduled_for = g.scheduled_for OFFSET 0) l WHERE g.gated = 1)))"

#endif
