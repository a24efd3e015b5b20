/*
 * tabwatch: see tabwatch.h. Versions are told apart by the hash that tabload keeps of the one in
 * force: of its text, and of what of the config gives it its meaning.
 */
#include "daemon/tabwatch.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/trusted.h"
#include "daemon/fault.h"
#include "daemon/tabs.h"
#include "store/store.h"
#include "tab/folder.h"

/* A file as it was when it was last read. */
struct file {
	char *path;
	struct file_stamp stamp;
	uint64_t hash;
	bool unreadable;
	bool present;  /* in this look … */
	bool in_force; /* … and the tabs in force have one of this path */
};

struct tabwatch {
	struct store *store;
	const char *node;
	uint64_t context; /* by which the files were read */
	struct file *v;
	size_t n, cap;
	uint64_t told; /* of what the store has been told, 0: nothing yet */
};

/* One look. */
struct look {
	struct tabwatch *w;
	bool whole; /* every folder could be read */
	struct tab_difference *v;
	struct strv paths; /* of the same index */
	size_t cap;
};

struct tabwatch *
tabwatch_new(struct store *store, const char *node)
{
	struct tabwatch *w = xcalloc(1, sizeof(*w));

	w->store = store;
	w->node = node;
	return w;
}

void
tabwatch_free(struct tabwatch *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i].path);
	free(w->v);
	free(w);
}

/* ---- the files ---- */

static struct file *
find_file(struct tabwatch *w, const char *path)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->v[i].path, path) == 0)
			return &w->v[i];
	return NULL;
}

static struct file *
add_file(struct tabwatch *w, const char *path)
{
	struct file *f;

	w->v = mem_grow(w->v, w->n, &w->cap, sizeof(*w->v));
	f = &w->v[w->n++];
	memset(f, 0, sizeof(*f));
	f->path = xstrdup(path);
	return f;
}

static void
read_file(struct tabwatch *w, struct file *f)
{
	struct buf text = { 0 };
	struct err e;

	f->unreadable = tab_read(f->path, &text, &f->stamp, &e) < 0;
	if (f->unreadable)
		log_error("tab %s: %s", f->path, e.text);
	else
		f->hash = hash_fast(w->context, text.data, text.len);
	buf_release(&text);
}

static void
see_file(struct tabwatch *w, const char *path, bool afresh)
{
	struct file *f = find_file(w, path);
	struct file_stamp stamp;

	if (!file_stamp_get(path, &stamp))
		return;
	if (f == NULL) {
		f = add_file(w, path);
		afresh = true;
	}
	f->present = true;
	if (!afresh && file_stamp_equal(&f->stamp, &stamp))
		return;
	f->stamp = stamp;
	read_file(w, f);
}

static void
forget_gone(struct tabwatch *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (w->v[i].present)
			w->v[kept++] = w->v[i];
		else
			free(w->v[i].path);
	}
	w->n = kept;
}

static void
see_files(struct look *l, const struct strv *folders, bool afresh)
{
	struct strv paths = { 0 };
	struct err e;

	for (size_t i = 0; i < l->w->n; i++)
		l->w->v[i].present = l->w->v[i].in_force = false;
	for (size_t i = 0; i < folders->n; i++)
		if (tab_scan(folders->v[i], &paths, NULL, NULL, &e) < 0) {
			log_error("tab folder '%s': %s", folders->v[i], e.text);
			l->whole = false;
		}
	for (size_t i = 0; i < paths.n; i++)
		see_file(l->w, paths.v[i], afresh);
	strv_clear(&paths);
	if (l->whole)
		forget_gone(l->w);
}

/* ---- beside those in force ---- */

static void
add_difference(struct look *l, const char *path, const char *what)
{
	l->v = mem_grow(l->v, l->paths.n, &l->cap, sizeof(*l->v));
	strv_push(&l->paths, path);
	l->v[l->paths.n - 1] = (struct tab_difference){ .what = what };
}

/* Of a tab that has no version in force, or is being loaded, nothing can be said. */
static int
beside_one(void *arg, const struct tab_state *t)
{
	struct look *l = arg;
	struct file *f = find_file(l->w, t->path);

	if (f != NULL)
		f->in_force = true;
	if (t->hash == 0)
		return 0;
	if (f == NULL) {
		if (l->whole)
			add_difference(l, t->path, "missing");
	} else if (f->unreadable)
		add_difference(l, t->path, "unreadable");
	else if (f->hash != t->hash)
		add_difference(l, t->path, "differs");
	return 0;
}

static void
tell(struct look *l, int64_t now)
{
	struct tabwatch *w = l->w;
	uint64_t said = HASH_SEED;
	struct err e;

	for (size_t i = 0; i < l->paths.n; i++) {
		l->v[i].path = l->paths.v[i];
		said = hash_string(hash_string(said, l->v[i].path), l->v[i].what);
	}
	if (said == w->told)
		return;
	if (store_tab_differ(w->store, w->node, l->v, l->paths.n, now, &e) < 0) {
		fault(w->store, &e, "cannot record where tabs differ");
		return;
	}
	for (size_t i = 0; i < l->paths.n; i++)
		log_warn("tab %s is not the one in force: %s", l->v[i].path, l->v[i].what);
	if (l->paths.n == 0 && w->told != 0)
		log_info("all tabs are those in force");
	w->told = said;
}

void
tabwatch_look(
    struct tabwatch *w, const struct conf *conf, const struct strv *folders, int64_t now)
{
	struct look l = { .w = w, .whole = true };
	uint64_t context = tabs_context_hash(conf);
	bool afresh = context != w->context;
	struct err e;

	w->context = context;
	see_files(&l, folders, afresh);
	if (store_tab_list(w->store, beside_one, &l, &e) < 0) {
		fault(w->store, &e, "cannot look at the tabs");
	} else {
		for (size_t i = 0; i < w->n; i++)
			if (!w->v[i].in_force)
				add_difference(&l, w->v[i].path, "extra");
		tell(&l, now);
	}
	free(l.v);
	strv_clear(&l.paths);
}

void
tabwatch_anew(struct tabwatch *w)
{
	w->told = 0;
}

void
tabwatch_clear(struct tabwatch *w, int64_t now)
{
	struct err e;

	w->told = 0;
	if (store_tab_differ(w->store, w->node, NULL, 0, now, &e) < 0)
		fault(w->store, &e, "cannot record that this node's tabs are those in force");
}
