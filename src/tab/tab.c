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

/* The hash is of the line and of what stands above it. */
static void
read_entry(struct tab_reading *r, const struct line *line, uint64_t hash)
{
	struct tab *t = r->parser.tab;
	size_t alike = (*seen_at(&r->alike, hash))++, warnings = count_warnings(t), n = t->n;
	const struct tab_index_entry *known;

	hash = hash_bytes(hash, &alike, sizeof(alike));
	if (r->index != NULL && (known = tab_index_take(r->index, hash)) != NULL) {
		t->known++;
		t->known_warnings += (size_t)known->warnings;
		return;
	}
	entry_parse(&r->parser, line);
	for (size_t i = n; i < t->n; i++) {
		t->lines = mem_grow(t->lines, i, &r->cap, sizeof(*t->lines));
		t->lines[i] = (struct tab_line){ hash, (int)(count_warnings(t) - warnings) };
	}
}

/* Its hash is taken first: what reads it cuts it up. */
static void
read_line(struct tab_reading *r, const struct line *line)
{
	uint64_t hash;

	if (is_blank_or_comment(line->text))
		return;
	hash = hash_bytes(r->above, line->text, line->len + 1);
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
