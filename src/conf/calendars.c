/*
 * calendars: see calendars.h.
 */
#include "conf/calendars.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/trusted.h"
#include "time/calendar.h"

/* One that was asked for, whether there is such a file or not. */
struct entry {
	char *name, *path;
	struct file_stamp stamp; /* when it was last read, or tried */
	bool again;		 /* it could not be read for a reason that may pass unseen */
	bool in_force;
	struct calendar calendar;
	char *fault; /* as it was told; NULL: none */
};

struct calendars {
	char *folder, *kept;
	void (*tell)(void *, const char *name, const char *fault, bool in_force);
	void *arg;
	struct entry **v; /* in order of their names */
	size_t n, cap;
};

struct calendars *
calendars_new(const struct calendars_setup *setup)
{
	struct calendars *set = xcalloc(1, sizeof(*set));

	set->folder = xstrdup(setup->folder);
	set->kept = xstrdup(setup->kept);
	set->tell = setup->tell;
	set->arg = setup->arg;
	return set;
}

static void
entry_free(struct entry *en)
{
	calendar_release(&en->calendar);
	free(en->name);
	free(en->path);
	free(en->fault);
	free(en);
}

void
calendars_free(struct calendars *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->n; i++)
		entry_free(set->v[i]);
	free(set->v);
	free(set->folder);
	free(set->kept);
	free(set);
}

static void
tell(const struct calendars *set, const struct entry *en, const char *fault)
{
	if (set->tell != NULL)
		set->tell(set->arg, en->name, fault, en->in_force);
}

static int
read_calendar(const char *path, struct calendar *c, struct buf *text, struct file_stamp *stamp,
    struct err *e)
{
	int line, column, rc;

	if ((rc = trusted_read(path, CALENDAR_SIZE_MAX, text, stamp, e)) < 0)
		return rc;
	if ((rc = calendar_parse(c, text->data, text->len, &line, &column, e)) < 0)
		err_prefix(e, "%s:%d:%d", path, line, column);
	return rc;
}

/* ---- copies of what was good ---- */

static bool
holds(const char *path, const struct buf *text)
{
	struct buf old = { 0 };
	struct err ignored;
	bool same = io_read_file(path, &old, CALENDAR_SIZE_MAX, &ignored) == 0 &&
	    old.len == text->len && memcmp(old.data, text->data, text->len) == 0;

	buf_release(&old);
	return same;
}

static void
keep(const struct calendars *set, const struct entry *en, const struct buf *text)
{
	struct err e;
	char *path;

	if (set->kept == NULL)
		return;
	path = xasprintf("%s/%s", set->kept, en->name);
	if (!holds(path, text) &&
	    (io_private_dir(set->kept, &e) < 0 ||
		io_replace_file(path, text->data, text->len, 0600, &e) < 0)) {
		err_prefix(&e, "no copy is kept of '%s'", en->path);
		tell(set, en, e.text);
	}
	free(path);
}

static void
take_kept(const struct calendars *set, struct entry *en)
{
	struct file_stamp stamp;
	struct buf text = { 0 };
	struct err ignored;
	char *path;

	if (set->kept == NULL)
		return;
	path = xasprintf("%s/%s", set->kept, en->name);
	en->in_force = read_calendar(path, &en->calendar, &text, &stamp, &ignored) == 0;
	buf_release(&text);
	free(path);
}

/* ---- one file ---- */

static void
accept(const struct calendars *set, struct entry *en, struct calendar *c, const struct buf *text)
{
	bool first = !en->in_force && en->fault == NULL;

	calendar_release(&en->calendar);
	en->calendar = *c;
	en->in_force = true;
	free(en->fault);
	en->fault = NULL;
	if (!first)
		tell(set, en, NULL);
	keep(set, en, text);
}

static void
refuse(const struct calendars *set, struct entry *en, const char *fault)
{
	if (!en->in_force)
		take_kept(set, en);
	if (en->fault != NULL && strcmp(en->fault, fault) == 0)
		return;
	free(en->fault);
	en->fault = xstrdup(fault);
	tell(set, en, fault);
}

static void
load(const struct calendars *set, struct entry *en)
{
	struct calendar c = { 0 };
	struct buf text = { 0 };
	struct err e;
	int rc = read_calendar(en->path, &c, &text, &en->stamp, &e);

	en->again = rc == E_FAIL;
	if (rc < 0)
		refuse(set, en, e.text);
	else
		accept(set, en, &c, &text);
	buf_release(&text);
}

/* ---- all of them ---- */

/* Where the name is in the order, or belongs. */
static size_t
place(const struct calendars *set, const char *name)
{
	size_t lo = 0, n = set->n, half;

	while (n > 0) {
		half = n / 2;
		if (strcmp(set->v[lo + half]->name, name) < 0) {
			lo += half + 1;
			n -= half + 1;
		} else
			n = half;
	}
	return lo;
}

static struct entry *
add(struct calendars *set, size_t at, const char *name)
{
	struct entry *en = xcalloc(1, sizeof(*en));

	en->name = xstrdup(name);
	en->path = xasprintf("%s/%s", set->folder, name);
	set->v = mem_grow(set->v, set->n, &set->cap, sizeof(struct entry *));
	memmove(&set->v[at + 1], &set->v[at], (set->n - at) * sizeof(struct entry *));
	set->v[at] = en;
	set->n++;
	return en;
}

/* Reads the file if it has changed since, or gone, or is worth another try. */
static void
look_at(const struct calendars *set, struct entry *en)
{
	struct file_stamp stamp;
	bool there = file_stamp_get(en->path, &stamp);

	if (there && !en->again && file_stamp_equal(&stamp, &en->stamp))
		return;
	/* What may not be read is not tried again until it changes. */
	if (there)
		en->stamp = stamp;
	load(set, en);
}

const struct calendar *
calendars_get(void *arg, const char *name)
{
	struct calendars *set = arg;
	size_t at = place(set, name);
	struct entry *en;

	if (at < set->n && strcmp(set->v[at]->name, name) == 0)
		en = set->v[at];
	else if (!calendar_name_ok(name))
		return NULL;
	else {
		en = add(set, at, name);
		look_at(set, en);
	}
	return en->in_force ? &en->calendar : NULL;
}

void
calendars_refresh(struct calendars *set)
{
	for (size_t i = 0; i < set->n; i++)
		look_at(set, set->v[i]);
}
