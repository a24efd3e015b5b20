/*
 * tab: see tab.h. Here a file becomes lines, and each line a comment, a setting or an entry.
 */
#include "tab/tab.h"

#include <limits.h>

#include "base/hash.h"
#include "base/mem.h"
#include "tab/index.h"
#include "tab/lines.h"
#include "tab/notes.h"
#include "tab/parser.h"

static void
release_notes(struct tab_note *notes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(notes[i].message);
	free(notes);
}

void
tab_release(struct tab *t)
{
	for (size_t i = 0; i < t->n; i++)
		job_release(&t->jobs[i]);
	free(t->jobs);
	free(t->lines);
	release_notes(t->errors, t->nerrors);
	release_notes(t->warnings, t->nwarnings);
	free(t->name);
	memset(t, 0, sizeof(*t));
}

/* Comments are whole lines: behind an entry or a setting '#' is a part of it. */
static bool
is_blank_or_comment(const char *p)
{
	p += strspn(p, " \t\v\f\r");
	return *p == '\0' || *p == '#';
}

struct tab_reading {
	struct parser parser;
	struct lines lines;
	struct tab_index *index; /* NULL: none */
	uint64_t above;		 /* hash of the settings so far */
	struct seen alike;	 /* how many lines of this hash there were */
	size_t cap;		 /* of tab->lines */
	bool over;
};

struct tab_reading *
tab_reading_new(const struct tab_context *ctx, const char *path, const char *name, const char *text,
    size_t len, struct tab_index *index, struct tab *t)
{
	struct tab_reading *r = xcalloc(1, sizeof(*r));

	r->parser = (struct parser){ .ctx = ctx, .path = path, .name = name, .tab = t };
	memset(t, 0, sizeof(*t));
	t->name = xstrdup(name);
	if (ctx->defaults != NULL)
		job_copy(&r->parser.base, ctx->defaults);
	else
		job_init(&r->parser.base);
	lines_init(&r->lines, t, text, len);
	r->index = index;
	r->above = HASH_SEED;
	return r;
}

static size_t
count_warnings(const struct tab *t)
{
	return t->nwarnings + t->further_warnings;
}

static uint64_t
nth_alike(uint64_t hash, size_t n)
{
	return hash_fast(hash, &n, sizeof(n));
}

/*
 * The entry of the index for a line of this hash, marked as there; NULL, and how many like it stand
 * above. These need not be counted as long as they are known and the index has no two alike.
 */
static const struct tab_index_entry *
find_known(struct tab_reading *r, uint64_t hash, size_t *alike)
{
	struct tab_index *x = r->index;
	struct tab_index_entry *e = NULL;

	if (x != NULL && x->alike == 0)
		e = tab_index_find(x, nth_alike(hash, 0));
	*alike = 0;
	if (e == NULL || e->there) {
		*alike = (e != NULL) + (*seen_at(&r->alike, hash))++;
		e = x != NULL && x->alike > 0 ? tab_index_find(x, nth_alike(hash, *alike)) : NULL;
	}
	if (e != NULL)
		tab_index_take(x, e);
	return e;
}

/* The hash is of the line and of what stands above it. */
static void
read_entry(struct tab_reading *r, const struct line *line, uint64_t hash)
{
	struct tab *t = r->parser.tab;
	size_t alike, warnings = count_warnings(t), n = t->n;
	const struct tab_index_entry *known = find_known(r, hash, &alike);

	if (known != NULL) {
		t->known++;
		t->known_warnings += (size_t)known->warnings;
		return;
	}
	t->alike += alike > 0;
	entry_parse(&r->parser, line);
	for (size_t i = n; i < t->n; i++) {
		t->lines = mem_grow(t->lines, i, &r->cap, sizeof(*t->lines));
		t->lines[i] = (struct tab_line){ nth_alike(hash, alike),
			(int)(count_warnings(t) - warnings) };
	}
}

/* Its hash is taken first: what reads it cuts it up. */
static void
read_line(struct tab_reading *r, const struct line *line)
{
	uint64_t hash;

	if (is_blank_or_comment(line->text))
		return;
	hash = hash_fast(r->above, line->text, line->len);
	if (setting_parse(&r->parser, line))
		r->above = hash;
	else
		read_entry(r, line, hash);
}

bool
tab_reading_step(struct tab_reading *r, int lines)
{
	struct tab *t = r->parser.tab;
	struct line line;

	while (!r->over && lines-- > 0) {
		if (!lines_next(&r->lines, t, &line)) {
			notes_close(t);
			r->over = true;
		} else
			read_line(r, &line);
	}
	return !r->over;
}

void
tab_reading_free(struct tab_reading *r)
{
	struct parser *p;

	if (r == NULL)
		return;
	p = &r->parser;
	lines_release(&r->lines);
	job_release(&p->base);
	accounts_release(&p->accounts);
	seen_release(&p->names);
	seen_release(&p->texts);
	seen_release(&r->alike);
	buf_release(&p->schedule);
	buf_release(&p->word);
	free(r);
}

void
tab_parse(const struct tab_context *ctx, const char *path, const char *name, const char *text,
    size_t len, struct tab *t)
{
	struct tab_reading *r = tab_reading_new(ctx, path, name, text, len, NULL, t);

	while (tab_reading_step(r, INT_MAX))
		continue;
	tab_reading_free(r);
}
