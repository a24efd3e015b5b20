/*
 * check: whether the database holds what it promises.
 */
#include "store/sql/check.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"

void
check_report(struct checking *c, const char *line)
{
	c->faults++;
	c->each(c->arg, line);
}

/* What must not be there. Each gives a job's id. */
static const struct {
	const char *fault, *text;
} rules[] = {
    {"an occurrence runs without an attempt that does",
	"SELECT o.job_id FROM occurrences o WHERE o.state = 1 AND NOT EXISTS (SELECT 1 FROM "
	"attempts a"
	" WHERE a.id = o.fence AND a.job_id = o.job_id AND a.outcome = 'running'"
	" AND a.scheduled_for = o.scheduled_for AND a.attempt = o.attempt)"},
    {"an attempt runs without an occurrence that does",
	"SELECT a.job_id FROM attempts a WHERE a.outcome = 'running' AND NOT EXISTS (SELECT 1"
	" FROM occurrences o WHERE o.state = 1 AND o.job_id = a.job_id AND o.fence = a.id)"},
    {"an occurrence has an attempt after one that was ok",
	"SELECT a.job_id FROM attempts a JOIN attempts b ON b.scheduled_for = a.scheduled_for"
	" AND b.job_id = a.job_id AND b.attempt > a.attempt WHERE a.outcome = 'ok'"},
    {"an attempt has an end and no outcome, or an outcome and no end",
	"SELECT job_id FROM attempts WHERE (outcome = 'running') <> (finished_at IS NULL)"},
    {"an attempt has an unknown outcome",
	"SELECT job_id FROM attempts WHERE outcome NOT IN ('running', 'ok', 'failed', 'killed',"
	" 'timeout', 'cancelled', 'lost', 'error')"},
    {"an occurrence is open and its job is not there, or has ended",
	"SELECT o.job_id FROM occurrences o LEFT JOIN jobs j ON j.id = o.job_id"
	" WHERE j.id IS NULL OR j.state <> 'active'"},
    {"an attempt is there and its job is not",
	"SELECT a.job_id FROM attempts a LEFT JOIN jobs j ON j.id = a.job_id WHERE j.id IS NULL"},
    {"its main occurrence is not where its row says",
	"SELECT o.job_id FROM occurrences o JOIN jobs j ON j.id = o.job_id WHERE o.state = 0 AND "
	"o.main = 1"
	" AND (coalesce(j.due_at <> o.ready_at OR j.due_for <> o.scheduled_for, 1 = 1)"
	" OR o.rank <> 9 - j.priority)"},
    {"it has two main occurrences",
	"SELECT job_id FROM occurrences GROUP BY job_id HAVING sum(main) > 1"},
    {"an occurrence is held without a reason, or waits with one",
	"SELECT job_id FROM occurrences WHERE (state = 2) <> ((hold & 63) <> 0)"},
    {"an occurrence is held for a pause, and the job is not paused",
	"SELECT o.job_id FROM occurrences o JOIN jobs j ON j.id = o.job_id"
	" WHERE o.state = 2 AND (o.hold & 1) <> 0 AND j.paused = 0"},
    {"an occurrence is held for its job, and nothing else of it is open",
	"SELECT o.job_id FROM occurrences o WHERE o.state = 2 AND (o.hold & 2) <> 0 AND NOT EXISTS"
	" (SELECT 1 FROM occurrences b WHERE b.job_id = o.job_id AND (b.state = 1"
	" OR ((b.state = 2 OR (b.state = 0 AND b.main = 0)) AND (b.hold & 2) = 0))) AND NOT EXISTS"
	/* a retry of the main one */
	" (SELECT 1 FROM jobs j JOIN occurrences m ON m.state = 0 AND m.rank = 9 - j.priority"
	"  AND m.ready_at = j.due_at AND m.job_id = j.id AND m.main = 1 AND m.attempt - m.base > 1"
	"  WHERE j.id = o.job_id)"},
    {"an occurrence is held for prerequisites that are not there",
	"SELECT o.job_id FROM occurrences o WHERE o.state = 2 AND (o.hold & 4) <> 0 AND NOT EXISTS"
	" (SELECT 1 FROM dependencies d WHERE d.job_id = o.job_id)"},
    {"an occurrence stands in a line and is not open",
	"SELECT l.job_id FROM lines l WHERE NOT EXISTS (SELECT 1 FROM occurrences o"
	" WHERE o.job_id = l.job_id AND o.scheduled_for = l.scheduled_for AND o.gated = 1)"},
    {"an occurrence is held for its turn, and is next",
	"SELECT o.job_id FROM occurrences o JOIN jobs j ON j.id = o.job_id"
	" WHERE o.state = 2 AND (o.hold & 63) = 8 AND NOT EXISTS (SELECT 1 FROM lines l"
	" WHERE l.gate = 'k:' || j.order_key AND ((l.stage = 0"
	" AND (l.job_id <> o.job_id OR l.scheduled_for <> o.scheduled_for))"
	" OR (l.stage = 1 AND (l.due, l.job_id) < (o.scheduled_for, o.job_id))))"},
    {"an occurrence is held for its queue, and stands in no line",
	"SELECT o.job_id FROM occurrences o JOIN jobs j ON j.id = o.job_id"
	" WHERE o.state = 2 AND (o.hold & 63) = 16 AND NOT EXISTS (SELECT 1 FROM lines l"
	" WHERE l.gate = 'q:' || j.queue AND l.stage = 2 AND l.job_id = o.job_id)"},
    {"its newest attempt is another job's",
	"SELECT j.id FROM jobs j JOIN attempts a ON a.id = j.last_fence WHERE a.job_id <> j.id"},
    {"a number of skipped occurrences is wrong",
	"SELECT job_id FROM skips WHERE count < 1 OR first_scheduled_for > last_scheduled_for"},
};

/* Totals that do not fit; each gives a name. */
static const char totals[] =
    "SELECT name FROM counters GROUP BY name HAVING sum(value) < 0"
    " UNION SELECT c.name FROM (SELECT name, sum(value) AS value FROM counters GROUP BY name) c"
    " LEFT JOIN"
    " (SELECT 'jobs.' || CASE WHEN state IN ('failed', 'cancelled', 'retired', 'done') THEN state"
    "   ELSE 'open' END AS name, count(*) AS n FROM job_status GROUP BY 1) s ON s.name = c.name"
    " WHERE c.name LIKE 'jobs.%' AND c.value <> coalesce(s.n, 0)";

static int
check_rule(struct checking *c, size_t i, struct err *e)
{
	struct cursor *st;
	char *line;
	int rc = db_first(c->db, e, &st, rules[i].text, NOBIND);

	for (; rc > 0; rc = db_next(c->db, e, st)) {
		line = xasprintf("job %" PRId64 ": %s", col_int(st, 0), rules[i].fault);
		check_report(c, line);
		free(line);
	}
	return rc;
}

static int
check_totals(struct checking *c, struct err *e)
{
	struct cursor *st;
	char *line;
	int rc = db_first(c->db, e, &st, totals, NOBIND);

	for (; rc > 0; rc = db_next(c->db, e, st)) {
		line = xasprintf("total '%s' is wrong", col_text(st, 0));
		check_report(c, line);
		free(line);
	}
	return rc;
}

int
check_rows(struct checking *c, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && rc >= 0; i++) {
		if (c->gap != NULL)
			c->gap(c);
		rc = check_rule(c, i, e);
	}
	return rc < 0 ? rc : check_totals(c, e);
}
