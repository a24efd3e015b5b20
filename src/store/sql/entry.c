/*
 * entry: jobs that come from tabs.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/sql/cancel.h"
#include "store/sql/db.h"
#include "store/sql/lead.h"
#include "store/sql/define.h"
#include "store/sql/newcomers.h"
#include "store/sql/slots.h"

#define PAGE 512
#define MANY 500 /* changes in one transaction */

/* A page of them at a time, so that the caller's work holds no snapshot. */
struct page {
	struct tab_known v[PAGE];
	size_t n;
};

static int
read_page(struct db *db, const char *tab, const char *after, struct page *p, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT id, tab_key, def_hash, state = 'retired' FROM jobs"
	    " WHERE tab = ?1 AND tab_key > ?2 ORDER BY tab_key LIMIT ?3",
	    BIND(S(tab), S(after), I(PAGE)));

	for (p->n = 0; rc > 0; rc = db_next(db, e, st))
		p->v[p->n++] = (struct tab_known){
		    .id = col_int(st, 0),
		    .key = xstrdup(col_text(st, 1)),
		    .hash = (uint64_t)col_int(st, 2),
		    .retired = col_int(st, 3) != 0,
		};
	return rc;
}

static void
release_page(struct page *p)
{
	for (size_t i = 0; i < p->n; i++)
		free((char *)(uintptr_t)p->v[i].key);
}

int
sql_tab_known(struct store *s, const char *tab, const char *after,
    int (*each)(void *, const struct tab_known *), void *arg, struct err *e)
{
	struct page *p = xmalloc(sizeof(*p));
	/* No key is empty; and a key to seek is what makes a page cheap. */
	char *key = xstrdup(after);
	bool enough = false;
	int rc;

	do {
		rc = read_page(db_of(s), tab, key, p, e);
		for (size_t i = 0; i < p->n && rc == 0 && !enough; i++)
			enough = each(arg, &p->v[i]) != 0;
		free(key);
		key = p->n > 0 ? xstrdup(p->v[p->n - 1].key) : NULL;
		release_page(p);
	} while (rc == 0 && !enough && p->n == PAGE);
	free(key);
	free(p);
	return rc;
}

int
sql_tab_entry(
    struct store *s, const char *tab, const char *key, struct tab_known *k, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db_of(s), e, &st,
	    "SELECT id, def_hash, state = 'retired' FROM jobs WHERE tab = ? AND tab_key = ?",
	    BIND(S(tab), S(key)));

	if (rc <= 0)
		return rc;
	*k = (struct tab_known){
	    .id = col_int(st, 0),
	    .key = key,
	    .hash = (uint64_t)col_int(st, 1),
	    .retired = col_int(st, 2) != 0,
	};
	db_reset(st);
	return 1;
}

static int
change_one(struct newcomers *new, struct define *d, struct tab_change *c, size_t number,
    struct err *e)
{
	int rc;

	d->hash = c->hash;
	if (c->job != NULL && c->id == 0)
		return newcomers_add(new, c->job, number, &c->id, e);
	if ((rc = newcomers_let_in(new, e)) < 0)
		return rc;
	*new->bad = number;
	return c->job == NULL ? cancel_retire(new->db, c->id, d->now, e)
			      : define_again(new->db, d, c->id, c->job, false, e);
}

int
sql_tab_change(struct store *s, struct tab_change *changes, size_t n, int64_t now,
    const struct zone *zone, const char *boot_id, size_t *bad, struct err *e)
{
	struct define d = {.now = now, .zone = zone, .boot_id = boot_id};
	struct db *db = db_of(s);
	struct newcomers new;
	int rc;

	/* Until the tab has been loaded: see sql_tab_set. */
	if ((n >= MANY && (rc = db_reach(db, REACH_MANY, e)) < 0) ||
	    (rc = lead_begin(db, e)) < 0)
		return rc;
	db->now = now;
	newcomers_init(&new, db, &d, bad);
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = change_one(&new, &d, &changes[i], i, e);
	if (rc >= 0)
		rc = newcomers_let_in(&new, e);
	return db_end(db, rc < 0 ? rc : 0, e);
}
