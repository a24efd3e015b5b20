/*
 * row: see row.h.
 */
#include "store/sql/row.h"

#include <assert.h>
#include <inttypes.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "job/field.h"
#include "job/packed.h"
#include "store/sql/db.h"
#include "store/sql/occ.h"

/* Behind the job's own columns; the first of them are those that row_add sets. */
static const char *const rest[] = {"options", "state", "created_at", "due_at", "due_for",
    "ended_at", "boot_id", "def_hash", "last_fence", "last_scheduled_at", "started", "paused",
    "paused_at", "paused_until", "resumed_at", "pause_reason"};

#define NREST (sizeof(rest) / sizeof(rest[0]))
#define NREST_JOB 1 /* options */
#define NSET 9 /* options … last_fence */
#define MAX_COLUMNS 20 /* of job_fields, and options */
#define ROW_VALUES (MAX_COLUMNS + NSET) /* at most */

static const char *const bases[JOB_NSTATES] = {
    [JOB_PENDING] = "active",
    [JOB_FAILED] = "failed",
    [JOB_CANCELLED] = "cancelled",
    [JOB_RETIRED] = "retired",
};

static size_t
ncolumns(void)
{
	size_t n = 0;

	for (const struct field *f = job_fields; f->name != NULL; f++)
		n += f->column;
	return n;
}

int
row_columns(void)
{
	return (int)(1 + ncolumns() + NREST);
}

int
row_job_columns(void)
{
	return (int)(1 + ncolumns() + NREST_JOB);
}

/* ---- statements ---- */

/* Quoted, because "user" is a word of SQL. */
static void
add_name(
    struct buf *b, const char *before, const char *prefix, const char *name, const char *suffix)
{
	buf_addstr(b, before);
	buf_addstr(b, prefix);
	buf_addc(b, '"');
	buf_addstr(b, name);
	buf_addc(b, '"');
	buf_addstr(b, suffix);
}

/* "PREFIX"NAME"SUFFIX, " for each field that is a column, and the first n of the rest. */
static void
add_list(struct buf *b, const char *prefix, const char *suffix, size_t n)
{
	for (const struct field *f = job_fields; f->name != NULL; f++)
		if (f->column)
			add_name(b, f == job_fields ? "" : ", ", prefix, f->name, suffix);
	for (size_t i = 0; i < n; i++)
		add_name(b, ", ", prefix, rest[i], suffix);
}

static void
list(struct buf *b, const char *table, size_t nrest)
{
	char *prefix = xasprintf("%s.", table);

	buf_addf(b, "%sid, ", prefix);
	add_list(b, prefix, "", nrest);
	free(prefix);
}

void
row_list(struct buf *b, const char *table)
{
	list(b, table, NREST);
}

void
row_job_list(struct buf *b, const char *table)
{
	list(b, table, NREST_JOB);
}

static char *
select_text(void)
{
	struct buf b = {0};

	buf_addstr(&b, "SELECT ");
	row_list(&b, "j");
	buf_addstr(&b, " FROM jobs j WHERE j.id = ?");
	return buf_string(&b);
}

static char *
insert_rows_text(const char *insert, size_t n)
{
	struct buf b = {0};

	buf_addf(&b, "%s INTO jobs (", insert);
	add_list(&b, "", "", NSET);
	/* The id at the end, as in update_text. */
	buf_addstr(&b, ", id) VALUES ");
	for (size_t row = 0; row < n; row++) {
		buf_addstr(&b, row > 0 ? ", (?, ?" : "(?, ?");
		for (size_t i = 1; i < ncolumns() + NSET; i++)
			buf_addstr(&b, ", ?");
		buf_addc(&b, ')');
	}
	buf_addstr(&b, " ON CONFLICT DO NOTHING");
	return buf_string(&b);
}

static char *
insert_text(void)
{
	return insert_rows_text("INSERT", 1);
}

static char *
insert_many_text(void)
{
	return insert_rows_text(DB_INSERT_MANY, ROW_MANY);
}

static char *
update_text(void)
{
	struct buf b = {0};

	buf_addstr(&b, "UPDATE jobs SET ");
	add_list(&b, "", " = ?", NSET);
	buf_addstr(&b, " WHERE id = ?");
	return buf_string(&b);
}

/*
 * A job with what surrounds it: its running and its main waiting occurrence, the first that waits
 * beside it, whether there is any beside it, the time of a held main one, and why it is held.
 */
static char *
view_text(void)
{
	struct buf b = {0};

	buf_addstr(&b, "SELECT ");
	row_list(&b, "j");
	buf_addstr(&b,
	    ", r.fence, r.wish, m.ready_at, m.scheduled_for,"
	    " (SELECT min(b.ready_at) FROM occurrences b INDEXED BY occurrences_beside"
	    "  WHERE b.job_id = j.id AND (b.state = 2 OR (b.state = 0 AND b.main = 0)) AND b.state "
	    "= 0),"
	    " (SELECT min(b.scheduled_for) FROM occurrences b INDEXED BY occurrences_beside"
	    "  WHERE b.job_id = j.id AND (b.state = 2 OR (b.state = 0 AND b.main = 0))),"
	    " (SELECT b.hold FROM occurrences b INDEXED BY occurrences_beside"
	    "  WHERE b.job_id = j.id AND (b.state = 2 OR (b.state = 0 AND b.main = 0))"
	    "  AND b.state = 2 ORDER BY b.main DESC, b.scheduled_for LIMIT 1)"
	    " FROM jobs j"
	    " LEFT JOIN occurrences r ON r.job_id = j.id AND r.state = 1"
	    " LEFT JOIN occurrences m ON m.state = 0 AND m.rank = 9 - j.priority"
	    "  AND m.ready_at = j.due_at AND m.job_id = j.id AND m.main = 1"
	    " WHERE j.id = ?");
	return buf_string(&b);
}

/* The first of a rank that are ready, each with its job and behind that the occurrence. */
static char *
ready_text(void)
{
	struct buf b = {0};

	buf_addstr(&b, "SELECT ");
	row_list(&b, "j");
	buf_addstr(&b,
	    ", " OCC_COLUMNS_OF("o") " FROM occurrences o LEFT JOIN jobs j ON j.id = o.job_id"
	    " WHERE o.state = 0 AND o.rank = ? AND o.ready_at <= ?"
	    " ORDER BY o.ready_at, o.job_id, o.scheduled_for LIMIT ?");
	return buf_string(&b);
}

const char *
row_text(struct db *db, enum row_text which)
{
	static char *(*const make[ROW_NTEXTS])(void) = {
	    [ROW_GET] = select_text,
	    [ROW_ADD] = insert_text,
	    [ROW_ADD_MANY] = insert_many_text,
	    [ROW_SET] = update_text,
	    [ROW_VIEW] = view_text,
	    [ROW_READY] = ready_text,
	};

	if (db->row_texts[which] == NULL)
		db->row_texts[which] = db_own_text(db, make[which]());
	return db->row_texts[which];
}

/* ---- reading ---- */

static int
read_field(const struct field *f, struct job *job, struct cursor *st, int i)
{
	switch (f->type) {
	case FIELD_INT:
	case FIELD_DURATION:
	case FIELD_BOOL:
		field_set_int(f, job, col_int(st, i));
		return 0;
	case FIELD_TIME:
		field_set_int(f, job, col_time(st, i));
		return 0;
	case FIELD_TEXT:
	case FIELD_WORDS:
		/* A new struct job has none of these set. */
		if (col_is_null(st, i))
			return 0;
		break;
	case FIELD_CHOICE:
		break;
	}
	return field_set_text(f, job, col_text(st, i));
}

static int
read_base(const char *text)
{
	for (int i = 0; i < JOB_NSTATES; i++)
		if (bases[i] != NULL && strcmp(bases[i], text) == 0)
			return i;
	return -1;
}

/* i is the column of "state". */
static int
read_rest(struct cursor *st, int i, struct row *r)
{
	int base = read_base(col_text(st, i));

	r->base = base != -1 ? (enum job_state)base : JOB_PENDING;
	r->created_at = col_int(st, i + 1);
	r->due_at = col_time(st, i + 2);
	r->due_for = col_time(st, i + 3);
	r->ended_at = col_time(st, i + 4);
	r->boot_id = xstrdup(col_text(st, i + 5));
	r->def_hash = col_int(st, i + 6);
	r->last_fence = col_int(st, i + 7);
	r->last_scheduled_at = col_time(st, i + 8);
	r->started = col_int(st, i + 9);
	r->paused = col_int(st, i + 10) != 0;
	r->paused_at = col_time(st, i + 11);
	r->paused_until = col_time(st, i + 12);
	r->resumed_at = col_time(st, i + 13);
	r->pause_reason = xstrdup(col_text(st, i + 14));
	return base == -1 ? -1 : 0;
}

/* *i: the column behind. -1: what is there makes no job. */
static int
read_job(struct cursor *st, struct row *r, int *i)
{
	int rc = 0;

	memset(r, 0, sizeof(*r));
	job_init(&r->job);
	r->job.id = col_int(st, 0);
	*i = 1;
	for (const struct field *f = job_fields; f->name != NULL; f++)
		if (f->column)
			rc |= read_field(f, &r->job, st, (*i)++);
	rc |= packed_parse(col_is_null(st, *i) ? NULL : col_text(st, *i), &r->job);
	++*i;
	return rc;
}

static int
damaged(struct db *db, struct row *r, struct err *e)
{
	err_set(e, E_STORE, "database '%s': job %" PRId64 " is damaged", db->name, r->job.id);
	row_release(r);
	return e->code;
}

int
row_read(struct db *db, struct cursor *st, struct row *r, struct err *e)
{
	int i, rc = read_job(st, r, &i);

	return (read_rest(st, i, r) | rc) == 0 ? 0 : damaged(db, r, e);
}

int
row_read_job(struct db *db, struct cursor *st, struct row *r, struct err *e)
{
	int i;

	return read_job(st, r, &i) == 0 ? 0 : damaged(db, r, e);
}

int
row_find(struct db *db, int64_t id, struct row *r, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st, row_text(db, ROW_GET), BIND(I(id)))) <= 0)
		return rc;
	rc = row_read(db, st, r, e);
	db_reset(st);
	return rc < 0 ? rc : 1;
}

int
row_get(struct db *db, int64_t id, struct row *r, struct err *e)
{
	int rc = row_find(db, id, r, e);

	if (rc == 0)
		return err_set(e, E_NOTFOUND, "no such job: %" PRId64, id);
	return rc < 0 ? rc : 0;
}

void
row_release(struct row *r)
{
	job_release(&r->job);
	free(r->pause_reason);
	free(r->boot_id);
	memset(r, 0, sizeof(*r));
}

int
row_change(struct store *s, int64_t id, int64_t now, row_act *act, void *arg, struct err *e)
{
	struct db *db = db_of(s);
	struct row r;
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	db->now = now;
	if ((rc = row_get(db, id, &r, e)) < 0)
		return db_end(db, rc, e);
	rc = act(db, &r, now, arg, e);
	row_release(&r);
	return db_end(db, rc < 0 ? rc : 0, e);
}

/* ---- writing ---- */

/* The columns' values into v; texts made for it into mine. Returns their number. */
static size_t
bind_fields(const struct job *job, struct val *v, char **mine)
{
	size_t n = 0;

	for (const struct field *f = job_fields; f->name != NULL; f++) {
		if (!f->column)
			continue;
		mine[n] = NULL;
		if (f->type == FIELD_TIME)
			v[n] = T(field_int(f, job));
		else if (f->type == FIELD_TEXT || f->type == FIELD_WORDS || f->type == FIELD_CHOICE)
			v[n] = S(field_text(f, job, &mine[n]));
		else
			v[n] = I(field_int(f, job));
		n++;
	}
	mine[n] = packed_format(job);
	v[n] = S(mine[n]);
	return n + 1;
}

/* Before it is written, because an engine may not go on in a transaction in which that failed. */
static int
is_taken(struct db *db, const struct row *r, bool *taken, struct err *e)
{
	int64_t id = r->job.id;
	int rc = 0;

	if (r->job.name != NULL)
		rc = db_number(db, e, &id, id,
		    "SELECT id FROM jobs WHERE name = ? AND \"user\" = ?",
		    BIND(S(r->job.name), S(r->job.user)));
	if (rc >= 0 && id == r->job.id && r->job.tab != NULL)
		rc = db_number(db, e, &id, id, "SELECT id FROM jobs WHERE tab = ? AND tab_key = ?",
		    BIND(S(r->job.tab), S(r->job.tab_key)));
	*taken = id != r->job.id;
	return rc;
}

/* All of a row, and at the end its id. Returns how many of `mine` were set; see bind_fields. */
static size_t
bind_row(const struct row *r, struct val v[ROW_VALUES], char **mine)
{
	size_t nmine = bind_fields(&r->job, v, mine), n = nmine;

	v[n++] = S(bases[r->base]);
	v[n++] = I(r->created_at);
	v[n++] = T(r->due_at);
	v[n++] = T(r->due_for);
	v[n++] = T(r->ended_at);
	v[n++] = S(r->boot_id);
	v[n++] = N(r->def_hash, 0);
	v[n++] = N(r->last_fence, 0);
	v[n] = I(r->job.id);
	return nmine;
}

/* 1: not all of them were written. */
static int
write_rows(struct db *db, enum row_text which, const struct row *r, size_t n, struct err *e)
{
	struct val v[ROW_MANY * ROW_VALUES];
	char *mine[ROW_MANY * MAX_COLUMNS];
	size_t values = ncolumns() + NSET + 1, nmine = 0, at = 0;
	int64_t changed;
	int rc;

	do
		nmine += bind_row(&r[at], v + at * values, mine + nmine);
	while (++at < n);
	rc = db_change(db, e, &changed, row_text(db, which), v, n * values);
	for (size_t i = 0; i < nmine; i++)
		free(mine[i]);
	return rc < 0 ? rc : changed < (int64_t)n;
}

int
row_add(struct db *db, const struct row *r, size_t n, struct err *e)
{
	assert(n == 1 || n == ROW_MANY);
	return write_rows(db, n == 1 ? ROW_ADD : ROW_ADD_MANY, r, n, e);
}

int
row_replace(struct db *db, const struct row *r, struct err *e)
{
	bool taken;
	int rc = is_taken(db, r, &taken, e);

	if (rc < 0 || taken)
		return rc < 0 ? rc : 1;
	return write_rows(db, ROW_SET, r, 1, e);
}

int
row_set_due(struct db *db, int64_t id, int64_t due_at, int64_t due_for, struct err *e)
{
	return db_do(db, e, "UPDATE jobs SET due_at = ?, due_for = ? WHERE id = ?",
	    BIND(T(due_at), T(due_for), I(id)));
}

int
row_refresh_due(struct db *db, struct row *r, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st, "SELECT due_at, due_for FROM jobs WHERE id = ?",
		 BIND(I(r->job.id)))) <= 0)
		return rc;
	r->due_at = col_time(st, 0);
	r->due_for = col_time(st, 1);
	db_reset(st);
	return 0;
}
