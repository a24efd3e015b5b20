/*
 * tabload: see tabload.h.
 */
#include "daemon/tabload.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/trusted.h"
#include "daemon/fault.h"
#include "daemon/tabdiff.h"
#include "store/store.h"
#include "tab/folder.h"
#include "tab/index.h"
#include "tab/tab.h"

#define LINES 1000 /* parsed at a time: some milliseconds */

#define RELEASED 10000 /* entries let go of at a time */

enum stage { PARSE, COMPARE, BEGIN, CARRY_OUT, RELEASE };

struct tabload {
	struct tabload_file file;
	bool gone;
	enum stage stage;
	struct file_stamp stamp;
	uint64_t hash;
	struct buf text;
	struct tab_reading *reading;
	bool by_index; /* the tab has only the entries whose lines the index does not know */
	struct tab tab;
	struct tabdiff *diff;
	bool changed, again;
};

static void
save(struct tabload *l)
{
	struct tab_state *s = l->file.state;
	struct err e;

	if (store_tab_set(l->file.store, s, &e) < 0)
		fault(l->file.store, &e, "cannot record the state of tab '%s'", s->path);
}

/* The last good version stays in force; the error is told once per version of the file. */
static void
refuse(struct tabload *l, int line, int column, const char *message)
{
	struct tab_state *s = l->file.state;
	bool same = s->error != NULL && strcmp(s->error, message) == 0 && s->error_line == line;

	if (line > 0)
		log_error("tab %s:%d:%d: %s", s->path, line, column, message);
	else
		log_error("tab %s: %s", s->path, message);
	if (same)
		return;
	free(s->error);
	s->error = xstrdup(message);
	s->error_line = line;
	s->error_column = column;
	s->error_at = l->file.context->now;
	save(l);
}

static void
tell_notes(const struct tab *tab, const char *path)
{
	for (size_t i = 0; i < tab->nwarnings; i++)
		log_warn("tab %s:%d:%d: %s", path, tab->warnings[i].line, tab->warnings[i].column,
		    tab->warnings[i].message);
	for (size_t i = 1; i < tab->nerrors; i++)
		log_error("tab %s:%d:%d: %s", path, tab->errors[i].line, tab->errors[i].column,
		    tab->errors[i].message);
}

static struct tabload *
make(const struct tabload_file *file)
{
	struct tabload *l = xcalloc(1, sizeof(*l));

	l->file = *file;
	return l;
}

/* Whether there is anything to parse. */
static bool
read_text(struct tabload *l)
{
	const struct tab_state *s = l->file.state;
	struct err e;

	if (tab_read(l->file.path, &l->text, &l->stamp, &e) < 0) {
		refuse(l, 0, 0, e.text);
		return false;
	}
	l->hash = hash_fast(l->file.context_hash, l->text.data, l->text.len);
	return s->hash != l->hash || s->error != NULL ||
	    (s->nodes != 0 && s->nodes != l->file.nodes_hash);
}

/* Of all lines, or of those that are new. */
static void
begin_reading(struct tabload *l, bool by_index)
{
	const struct tabload_file *f = &l->file;

	l->by_index = by_index;
	if (by_index)
		tab_index_begin(f->index);
	l->reading = tab_reading_new(f->context, f->path, f->name, l->text.data, l->text.len,
	    by_index ? f->index : NULL, &l->tab);
	l->stage = PARSE;
}

/* Once more, and all of it. */
static void
begin_anew(struct tabload *l)
{
	tab_reading_free(l->reading);
	tabdiff_free(l->diff);
	l->diff = NULL;
	tab_release(&l->tab);
	begin_reading(l, false);
}

struct tabload *
tabload_new(const struct tabload_file *file, struct file_stamp *stamp)
{
	struct tabload *l = make(file);

	l->stamp = *stamp;
	if (!read_text(l)) {
		*stamp = l->stamp;
		tabload_free(l);
		return NULL;
	}
	*stamp = l->stamp;
	begin_reading(l, file->index->n > 0 && file->index->context == file->context_hash);
	return l;
}

struct tabload *
tabload_gone(const struct tabload_file *file)
{
	struct tabload *l = make(file);

	l->gone = true;
	l->stage = COMPARE;
	l->diff = tabdiff_new(file->store, file->path, &l->tab, NULL);
	return l;
}

void
tabload_free(struct tabload *l)
{
	tabdiff_free(l->diff);
	tab_reading_free(l->reading);
	tab_release(&l->tab);
	buf_release(&l->text);
	free(l);
}

bool
tabload_changed(const struct tabload *l)
{
	return l->changed;
}

bool
tabload_again(const struct tabload *l)
{
	return l->again;
}

/* ---- pieces ---- */

/*
 * Whether the index will do: few lines differ, none of those that went was one of several, and
 * nothing is wrong. (Else all that is wrong is to be told.) Of a file with entries that are several
 * jobs there is no index.
 */
static bool
will_do(const struct tabload *l)
{
	const struct tab_index *x = l->file.index;
	size_t gone = x->n - x->taken;

	return l->tab.nerrors == 0 && l->tab.each == 0 && l->tab.n + gone <= TABDIFF_FEW &&
	    (gone == 0 || x->twins == 0);
}

static bool
parse(struct tabload *l)
{
	const struct tab *tab = &l->tab;

	if (tab_reading_step(l->reading, LINES)) {
		if (l->by_index && tab->n > TABDIFF_FEW)
			begin_anew(l);
		return true;
	}
	if (l->by_index && !will_do(l)) {
		begin_anew(l);
		return true;
	}
	tab_reading_free(l->reading);
	l->reading = NULL;
	if (!l->by_index)
		buf_release(&l->text);
	tell_notes(tab, l->file.path);
	if (tab->nerrors > 0) {
		refuse(l, tab->errors[0].line, tab->errors[0].column, tab->errors[0].message);
		return false;
	}
	l->diff = tabdiff_new(
	    l->file.store, l->file.path, tab, l->by_index ? l->file.index : NULL);
	l->stage = COMPARE;
	return true;
}

/* The store did not take it, or a name is another's. */
static bool
fail(struct tabload *l, const struct err *e)
{
	int line = tabdiff_result(l->diff)->line;

	l->again = true;
	if (l->gone)
		fault(l->file.store, e, "cannot retire the entries of tab '%s'", l->file.path);
	else
		refuse(l, line, line > 0 ? 1 : 0, e->text);
	return false;
}

static bool
compare(struct tabload *l)
{
	struct err e;
	int rc;

	if ((rc = tabdiff_compare(l->diff, &e)) < 0)
		return fail(l, &e);
	if (rc == TABDIFF_UNCLEAR)
		begin_anew(l);
	else if (rc == 0)
		l->stage = BEGIN;
	return true;
}

/*
 * What takes several transactions may be cut short between two of them. Then no version is in
 * force, and not even the text of the last one is to pass for known.
 */
static bool
begin(struct tabload *l)
{
	struct tab_state *s = l->file.state;
	struct err e;

	l->stage = CARRY_OUT;
	if (!l->by_index && l->file.index != NULL)
		tab_index_clear(l->file.index);
	if (tabdiff_is_small(l->diff) || s->hash == 0)
		return true;
	s->hash = 0;
	return store_tab_set(l->file.store, s, &e) == 0 || fail(l, &e);
}

static void
accept(struct tabload *l, int64_t now)
{
	const struct tabdiff_result *done = tabdiff_result(l->diff);
	size_t entries = l->tab.n + l->tab.known;
	struct tab_state *s = l->file.state;

	log_info("tab %s: %zu entries in force (%zu new or changed, %zu retired)", s->path,
	    entries, done->changed, done->retired);
	if (l->tab.each > 0)
		tab_index_clear(l->file.index);
	else
		tab_index_update(l->file.index, &l->tab, done->ids);
	l->file.index->context = l->file.context_hash;
	l->changed = true;
	free(s->error);
	s->error = NULL;
	s->error_line = s->error_column = 0;
	s->error_at = INSTANT_NONE;
	s->loaded_at = now;
	s->mtime = l->stamp.mtime / 1000;
	s->size = l->stamp.size;
	s->entries = (int64_t)entries;
	s->warnings = (int64_t)(l->tab.nwarnings + l->tab.known_warnings);
	s->hash = l->hash;
	s->nodes = l->tab.each > 0 ? l->file.nodes_hash : 0;
	save(l);
}

static void
forget(struct tabload *l)
{
	struct err e;

	if (store_tab_remove(l->file.store, l->file.path, &e) < 0) {
		fail(l, &e);
		return;
	}
	log_info("tab %s has gone: %zu entries retired", l->file.path,
	    tabdiff_result(l->diff)->retired);
	l->changed = true;
}

static bool
carry_out(struct tabload *l, int64_t now)
{
	const struct tabdiff_moment m = { now, l->file.context->zone, proc_boot_id() };
	struct err e;
	int rc;

	rc = tabdiff_carry_out(l->diff, &m, &e);
	/* A job that the index knows has been pruned. */
	if (rc == E_NOTFOUND && l->by_index) {
		begin_anew(l);
		return true;
	}
	if (rc < 0)
		return fail(l, &e);
	if (rc > 0)
		return true;
	if (l->gone)
		forget(l);
	else
		accept(l, now);
	l->stage = RELEASE;
	return true;
}

/* Even that takes long, for a hundred thousand. */
static bool
release(struct tabload *l)
{
	struct tab *tab = &l->tab;

	for (int i = 0; i < RELEASED && tab->n > 0; i++)
		job_release(&tab->jobs[--tab->n]);
	return tab->n > 0;
}

bool
tabload_writes(const struct tabload *l)
{
	return l->stage == BEGIN || l->stage == CARRY_OUT;
}

bool
tabload_step(struct tabload *l, int64_t now)
{
	switch (l->stage) {
	case PARSE:
		return parse(l);
	case COMPARE:
		return compare(l);
	case BEGIN:
		return begin(l);
	case CARRY_OUT:
		return carry_out(l, now);
	case RELEASE:
		return release(l);
	}
	abort();
}
