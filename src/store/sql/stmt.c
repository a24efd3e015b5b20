/*
 * stmt: prepared statements, see db.h.
 */
#include <assert.h>

#include "base/err.h"
#include "store/sql/db.h"

const char *
db_own_text(struct db *db, char *text)
{
	strv_take(&db->texts, text);
	return text;
}

static struct db_slot *
slot_of(struct db *db, const char *text)
{
	size_t i = ((uintptr_t)text >> 3) * 11400714819323198485u >> 32;

	for (size_t n = 0; n < DB_SLOTS; n++, i++) {
		struct db_slot *s = &db->slots[i & (DB_SLOTS - 1)];

		if (s->text == text || s->text == NULL)
			return s;
	}
	abort();
}

int
db_prepare(struct db *db, struct err *e, const char *text, const struct val *v, size_t n,
    struct cursor **c)
{
	struct db_slot *s = slot_of(db, text);
	int rc;

	if (s->text == NULL) {
		if ((rc = db->driver->prepare(db, text, v, n, &s->cursor, e)) < 0)
			return rc;
		s->cursor->db = db;
		s->text = text;
	}
	/* Used twice at a time, or left half-way by who used it before: a bug either way. */
	assert(!s->cursor->on_row);
	*c = s->cursor;
	return 0;
}

static int
stands(struct cursor *c, int got)
{
	c->db->on_row += (got > 0) - c->on_row;
	c->on_row = got > 0;
	return got;
}

int
db_next(struct db *db, struct err *e, struct cursor *c)
{
	return stands(c, db->driver->next(c, e));
}

int
db_first(struct db *db, struct err *e, struct cursor **c, const char *text, const struct val *v,
    size_t n)
{
	int rc;

	if ((rc = db_prepare(db, e, text, v, n, c)) < 0)
		return rc;
	return stands(*c, db->driver->first(*c, v, n, e));
}

void
db_reset(struct cursor *c)
{
	c->db->driver->reset(c);
	stands(c, 0);
}

static int
run(struct cursor *c, const struct val *v, size_t n, struct err *e)
{
	int rc = c->db->driver->first(c, v, n, e);

	while (rc > 0)
		rc = c->db->driver->next(c, e);
	return rc;
}

int
db_do(struct db *db, struct err *e, const char *text, const struct val *v, size_t n)
{
	struct cursor *c;
	int rc = db_prepare(db, e, text, v, n, &c);

	if (rc >= 0)
		rc = db->driver->put(c, v, n, e);
	return rc > 0 ? run(c, v, n, e) : rc;
}

int
db_change(struct db *db, struct err *e, int64_t *changed, const char *text, const struct val *v,
    size_t n)
{
	struct cursor *c;
	int rc;

	*changed = 0;
	if ((rc = db_prepare(db, e, text, v, n, &c)) < 0 || (rc = run(c, v, n, e)) < 0)
		return rc;
	*changed = db->driver->changes(db);
	return 0;
}

int
db_try(struct db *db, struct err *e, const char *text, const struct val *v, size_t n)
{
	int64_t changed;
	int rc = db_change(db, e, &changed, text, v, n);

	return rc < 0 ? rc : changed == 0;
}

int
db_number(struct db *db, struct err *e, int64_t *number, int64_t none, const char *text,
    const struct val *v, size_t n)
{
	struct cursor *c;
	int rc;

	*number = none;
	if ((rc = db_first(db, e, &c, text, v, n)) <= 0)
		return rc;
	*number = col_or(c, 0, none);
	db_reset(c);
	return 0;
}

void
db_finalize(struct db *db)
{
	for (size_t i = 0; i < DB_SLOTS; i++)
		if (db->slots[i].text != NULL)
			db->driver->finalize(db->slots[i].cursor);
	memset(db->slots, 0, sizeof(db->slots));
}
