/*
 * line_node: what waits for a node. One that has to refuse a job puts it in line under what the job
 * wants, "n:" and a JSON array of the node it names ("" for any) and the labels it requires: there
 * are few different wants, and each node sees by them which are for it. See line.h.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"
#include "job/job.h"
#include "job/words.h"
#include "store/sql/db.h"
#include "store/sql/line.h"
#include "store/sql/occ.h"
#include "store/sql/slots.h"

static bool
has(const struct strv *labels, const char *wanted)
{
	for (size_t i = 0; labels != NULL && i < labels->n; i++)
		if (strcmp(labels->v[i], wanted) == 0)
			return true;
	return false;
}

/* Where a job is one for each node there is one for this one, with its name. */
static const char *
wanted_node(const struct job *job)
{
	const char *on = job->on;

	return on == NULL || strcmp(on, "any") == 0 || strcmp(on, "each") == 0 ? "" : on;
}

bool
line_suits(const char *node, const struct strv *labels, const struct job *job)
{
	const char *on = wanted_node(job);

	if (on[0] != '\0' && strcmp(on, node) != 0)
		return false;
	for (size_t i = 0; i < job->require.n; i++)
		if (!has(labels, job->require.v[i]))
			return false;
	return true;
}

void
line_remember_want(struct db *db, const struct job *job)
{
	struct strv want = {0};
	char *text;

	strv_push(&want, wanted_node(job));
	for (size_t i = 0; i < job->require.n; i++)
		strv_push(&want, job->require.v[i]);
	text = words_format(&want);
	free(db->node_gate);
	db->node_gate = xasprintf("%c:%s", GATE_NODE, text);
	free(text);
	strv_clear(&want);
}

/* What cannot be read is looked at again. */
static bool
gate_suits(const char *gate, const char *node, const struct strv *labels)
{
	struct strv want = {0};
	bool suits = true;

	if (words_parse(gate + 2, &want) == 0 && want.n > 0) {
		suits = want.v[0][0] == '\0' || strcmp(want.v[0], node) == 0;
		for (size_t i = 1; i < want.n && suits; i++)
			suits = has(labels, want.v[i]);
	}
	strv_clear(&want);
	return suits;
}

/* The gates that this node suits. One is found behind the other by a look at the index. */
static int
find_gates(struct db *db, const char *node, const struct strv *labels, struct strv *gates,
    struct err *e)
{
	char *last = xstrdup("n:");
	struct cursor *st;
	int rc;

	while ((rc = db_first(db, e, &st,
		    "SELECT gate FROM lines WHERE gate > ? AND gate < 'n;' ORDER BY gate LIMIT 1",
		    BIND(S(last)))) > 0) {
		free(last);
		last = xstrdup(col_text(st, 0));
		db_reset(st);
		if (gate_suits(last, node, labels))
			strv_push(gates, last);
	}
	free(last);
	return rc;
}

int
line_recall(struct db *db, const char *node, const struct strv *labels, int64_t max, bool *more,
    struct err *e)
{
	struct strv gates = {0};
	size_t n;
	int rc = find_gates(db, node, labels, &gates, e);

	for (size_t i = 0; i < gates.n && max > 0 && rc >= 0; i++) {
		rc = line_release_first(db, gates.v[i], max, HOLD_NODE, &n, e);
		max -= (int64_t)n;
	}
	*more = max <= 0;
	strv_clear(&gates);
	return rc;
}

int
sql_awaited(
    struct store *s, const char *node, const struct strv *labels, bool *any, struct err *e)
{
	struct db *db = db_of(s);
	struct strv gates = {0};
	int64_t drain = 0;
	int rc = find_gates(db, node, labels, &gates, e);

	if (rc >= 0 && gates.n > 0)
		rc = db_number(db, e, &drain, 0, "SELECT drain FROM nodes WHERE id = ?",
		    BIND(S(node)));
	*any = gates.n > 0 && drain == 0;
	strv_clear(&gates);
	return rc;
}
