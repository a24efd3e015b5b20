/*
 * tabs: see tabs.h. What is done with one file is tabload's; here is which of them, and in which
 * order.
 */
#include "daemon/tabs.h"

#include <sys/queue.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/trusted.h"
#include "conf/conf.h"
#include "daemon/fault.h"
#include "daemon/tabload.h"
#include "store/store.h"
#include "tab/folder.h"
#include "tab/index.h"
#include "tab/tab.h"

/* Of a file of so many bytes the memory is handed back to the system when it has been loaded. */
#define LARGE (256 * 1024)

/* A file as it was when it was last read, good or bad. */
struct seen {
	LIST_ENTRY(seen) entry;
	char *path;
	struct file_stamp stamp;
	struct tab_index index; /* of the version in force */
	bool present; /* in the current pass */
	bool again;   /* a name was taken: worth another look although the file is the same */
};

/*
 * First what has gone, so that its names are free; then, once more, what wanted a name that came
 * free.
 */
enum round { GONE, LOOK, AGAIN, OVER };

/* What one pass works with. */
struct pass {
	struct tabs *tabs;
	const struct conf *conf;
	struct tab_context context;
	uint64_t context_hash;
	struct strv nodes; /* for entries that are a job for each */
	struct tab_state *states; /* what the store has of each file */
	size_t n, cap;
	struct strv paths, folders; /* of the same index */
	bool whole;		    /* every folder could be read */
	enum round round;
	size_t next;	      /* of the round: a state, or a path */
	struct tabload *load; /* under way */
	struct seen *seen;    /* whose; NULL: of a file that has gone */
	bool changed, large;
};

struct tabs {
	struct store *store;
	const char *user;
	LIST_HEAD(, seen) files;
	struct pass *pass; /* NULL: none is under way */
	bool afresh;	   /* the next pass is to read all again */
	uint64_t nodes_hash;
};

struct tabs *
tabs_new(struct store *store, const char *user)
{
	struct tabs *t = xcalloc(1, sizeof(*t));

	t->store = store;
	t->user = user;
	LIST_INIT(&t->files);
	return t;
}

static void
seen_free(struct seen *s)
{
	LIST_REMOVE(s, entry);
	tab_index_clear(&s->index);
	free(s->path);
	free(s);
}

static void
pass_free(struct pass *p)
{
	if (p == NULL)
		return;
	if (p->load != NULL)
		tabload_free(p->load);
	for (size_t i = 0; i < p->n; i++)
		tab_state_release(&p->states[i]);
	free(p->states);
	strv_clear(&p->paths);
	strv_clear(&p->folders);
	strv_clear(&p->nodes);
	/* What a hundred thousand entries took would stay ours for nothing. */
	if (p->large)
		mem_trim();
	free(p);
}

void
tabs_free(struct tabs *t)
{
	if (t == NULL)
		return;
	pass_free(t->pass);
	while (!LIST_EMPTY(&t->files))
		seen_free(LIST_FIRST(&t->files));
	free(t);
}

static struct seen *
find_seen(struct tabs *t, const char *path)
{
	struct seen *s;

	LIST_FOREACH(s, &t->files, entry)
		if (strcmp(s->path, path) == 0)
			return s;
	return NULL;
}

/* ---- beginning ---- */

static const char *
user_refused(void *arg, const char *user)
{
	return conf_user_refused(arg, user);
}

uint64_t
tabs_context_hash(const struct conf *conf)
{
	uint64_t h = tab_job_hash(&conf->defaults);
	bool user_field = conf_is_system();

	h = hash_string(h, conf->tz);
	h = hash_bytes(h, &user_field, sizeof(user_field));
	for (size_t i = 0; i < conf->allow_users.n; i++)
		h = hash_string(h, conf->allow_users.v[i]);
	h = hash_string(h, NULL);
	for (size_t i = 0; i < conf->deny_users.n; i++)
		h = hash_string(h, conf->deny_users.v[i]);
	return h;
}

static int
collect_state(void *arg, const struct tab_state *row)
{
	struct pass *p = arg;
	struct tab_state *s;

	p->states = mem_grow(p->states, p->n, &p->cap, sizeof(*p->states));
	s = &p->states[p->n++];
	*s = *row;
	s->path = xstrdup(row->path);
	s->error = xstrdup(row->error);
	return 0;
}

/*
 * Notes which files there are; those that have gone are forgotten, unless a folder could not be
 * read.
 */
static void
note_present(struct tabs *t, const struct strv *paths, bool whole)
{
	struct seen *s, *next;

	LIST_FOREACH(s, &t->files, entry)
		s->present = !whole;
	for (size_t i = 0; i < paths->n; i++) {
		if ((s = find_seen(t, paths->v[i])) == NULL) {
			s = xcalloc(1, sizeof(*s));
			s->path = xstrdup(paths->v[i]);
			LIST_INSERT_HEAD(&t->files, s, entry);
		}
		s->present = true;
	}
	for (s = LIST_FIRST(&t->files); s != NULL; s = next) {
		next = LIST_NEXT(s, entry);
		if (!s->present)
			seen_free(s);
	}
}

static void
tell_skipped(void *arg, const char *path, const char *why)
{
	(void)arg;
	log_debug("'%s' is not a tab: %s", path, why);
}

static void
scan(struct pass *p, const char *folder)
{
	struct err e;

	if (tab_scan(folder, &p->paths, tell_skipped, NULL, &e) < 0) {
		log_error("tab folder '%s': %s", folder, e.text);
		p->whole = false;
	}
	while (p->folders.n < p->paths.n)
		strv_push(&p->folders, folder);
}

static int
note_node(void *arg, const struct node *n)
{
	strv_push(arg, n->id);
	return 0;
}

/* Where there is one node to a database it has the one job of such an entry, whatever its name. */
static int
find_nodes(struct pass *p, struct err *e)
{
	uint64_t h = HASH_SEED;
	int rc;

	if (store_shared(p->tabs->store)) {
		if ((rc = store_node_list(p->tabs->store, note_node, &p->nodes, e)) < 0)
			return rc;
		p->context.nodes = &p->nodes;
	}
	for (size_t i = 0; i < p->nodes.n; i++)
		h = hash_string(h, p->nodes.v[i]);
	if (h == 0)
		h = 1;
	p->tabs->afresh = p->tabs->afresh || h != p->tabs->nodes_hash;
	p->tabs->nodes_hash = h;
	return 0;
}

static struct pass *
pass_new(struct tabs *t, const struct conf *conf, const struct zone *zone, int64_t now)
{
	struct pass *p = xcalloc(1, sizeof(*p));
	struct err e;

	p->tabs = t;
	p->conf = conf;
	p->whole = true;
	if (find_nodes(p, &e) < 0 || store_tab_list(t->store, collect_state, p, &e) < 0) {
		fault(t->store, &e, "cannot look at the tabs");
		pass_free(p);
		return NULL;
	}
	p->context.user_field = conf_is_system();
	p->context.user = t->user;
	p->context.defaults = &conf->defaults;
	p->context.zone = zone;
	p->context.now = now;
	p->context.user_refused = user_refused;
	p->context.arg = (void *)(uintptr_t)conf;
	p->context_hash = tabs_context_hash(conf);
	return p;
}

void
tabs_begin(struct tabs *t, const struct conf *conf, const struct strv *dirs,
    const struct zone *zone, int64_t now, bool afresh)
{
	struct pass *p;

	/* What was being read has been noted as read. */
	if (t->pass != NULL && t->pass->seen != NULL)
		t->pass->seen->again = true;
	t->afresh = t->afresh || afresh;
	pass_free(t->pass);
	if ((p = t->pass = pass_new(t, conf, zone, now)) == NULL)
		return;
	for (size_t i = 0; i < dirs->n; i++)
		scan(p, dirs->v[i]);
	note_present(t, &p->paths, p->whole);
	p->round = p->whole ? GONE : LOOK;
	if (t->afresh) {
		struct seen *s;

		LIST_FOREACH(s, &t->files, entry)
			s->again = true;
		t->afresh = false;
	}
}

/* ---- file by file ---- */

static struct tab_state *
state_of(struct pass *p, const char *path)
{
	struct tab_state *s;

	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->states[i].path, path) == 0)
			return &p->states[i];
	p->states = mem_grow(p->states, p->n, &p->cap, sizeof(*p->states));
	s = &p->states[p->n++];
	memset(s, 0, sizeof(*s));
	s->path = xstrdup(path);
	s->loaded_at = INSTANT_NONE;
	s->error_at = INSTANT_NONE;
	return s;
}

/* The name by which entries know their file: relative to the folder it was found under. */
static const char *
relative(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	const char *slash = strrchr(path, '/');

	if (strncmp(path, folder, n) == 0 && path[n] == '/')
		return path + n + 1;
	return slash != NULL ? slash + 1 : path;
}

static struct tabload_file
file_of(struct pass *p, const char *path, const char *name, struct tab_state *s)
{
	return (struct tabload_file){
		.store = p->tabs->store,
		.path = path,
		.name = name,
		.context = &p->context,
		.context_hash = p->context_hash,
		.nodes_hash = p->tabs->nodes_hash,
		.state = s,
	};
}

static void
look_at(struct pass *p, const char *path, const char *folder)
{
	struct seen *seen = find_seen(p->tabs, path);
	struct tabload_file file;
	struct file_stamp stamp;

	if (!file_stamp_get(path, &stamp))
		return;
	if (!seen->again && file_stamp_equal(&seen->stamp, &stamp))
		return;
	/* What cannot be read is not looked at again until it changes. */
	seen->stamp = stamp;
	seen->again = false;
	file = file_of(p, path, relative(path, folder), state_of(p, path));
	file.index = &seen->index;
	p->load = tabload_new(&file, &seen->stamp);
	p->seen = seen;
	p->large = p->large || stamp.size >= LARGE;
}

static void
look_for_gone(struct pass *p, struct tab_state *s)
{
	struct tabload_file file = file_of(p, s->path, s->path, s);

	if (find_seen(p->tabs, s->path) != NULL)
		return;
	p->load = tabload_gone(&file);
	p->seen = NULL;
}

/* Goes on to the next of the round, or to the next round. */
static void
advance(struct pass *p)
{
	size_t end = p->round == GONE ? p->n : p->paths.n, i = p->next++;

	if (i == end) {
		p->next = 0;
		p->round++;
		if (p->round == AGAIN && !p->changed)
			p->round = OVER;
	} else if (p->round == GONE)
		look_for_gone(p, &p->states[i]);
	else
		look_at(p, p->paths.v[i], p->folders.v[i]);
}

static void
load(struct pass *p, int64_t now)
{
	if (tabload_step(p->load, now))
		return;
	p->changed = p->changed || tabload_changed(p->load);
	if (p->seen != NULL)
		p->seen->again = tabload_again(p->load);
	p->seen = NULL;
	tabload_free(p->load);
	p->load = NULL;
}

bool
tabs_step(struct tabs *t, int64_t now)
{
	struct pass *p = t->pass;

	if (p == NULL)
		return false;
	if (p->load != NULL)
		load(p, now);
	else if (p->round != OVER)
		advance(p);
	if (p->load != NULL || p->round != OVER)
		return true;
	pass_free(p);
	t->pass = NULL;
	return false;
}

bool
tabs_busy(const struct tabs *t)
{
	return t->pass != NULL;
}

bool
tabs_writes(const struct tabs *t)
{
	return t->pass != NULL && t->pass->load != NULL && tabload_writes(t->pass->load);
}
