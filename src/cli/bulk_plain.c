/*
 * bulk_plain: see bulk_plain.h. All of a line is read before any of it is applied. Reading cuts up
 * a copy, so that keys and values need no copies of their own.
 */
#include "cli/bulk_plain.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"
#include "job/draft.h"
#include "job/option.h"

#define MEMBERS 16
#define WORDS 64	 /* in all lists together */
#define NUMBER_DIGITS 18 /* fit into 64 bits, whatever they are */

enum kind { TEXT, NUMBER, LIST, YES, NO, NOTHING };

struct member {
	const char *key;
	const struct option_def *def; /* NULL: the command */
	enum kind kind;
	char *value, *end; /* end: of a number, where its NUL is to be */
	size_t first, n;   /* of a list */
};

struct reading {
	char *p;
	struct member v[MEMBERS];
	char *words[WORDS];
	size_t n, nwords;
};

/* ---- reading ---- */

static bool
take(struct reading *r, char c)
{
	while (*r->p == ' ' || *r->p == '\t' || *r->p == '\r' || *r->p == '\n')
		r->p++;
	if (*r->p != c)
		return false;
	r->p++;
	return true;
}

static char *
take_text(struct reading *r)
{
	char *text;

	if (!take(r, '"'))
		return NULL;
	text = r->p;
	while (*r->p >= ' ' && *r->p <= '~' && *r->p != '"' && *r->p != '\\')
		r->p++;
	if (*r->p != '"')
		return NULL;
	*r->p++ = '\0';
	return text;
}

static bool
take_number(struct reading *r, struct member *m)
{
	const char *digits;

	m->kind = NUMBER;
	m->value = r->p;
	r->p += *r->p == '-';
	digits = r->p;
	while (*r->p >= '0' && *r->p <= '9')
		r->p++;
	m->end = r->p;
	/* 0 has no other form. */
	return r->p > digits && r->p - digits <= NUMBER_DIGITS &&
	    (*digits != '0' || m->end - m->value == 1);
}

static bool
take_word(struct reading *r, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(r->p, word, len) != 0)
		return false;
	r->p += len;
	return true;
}

static bool
take_list(struct reading *r, struct member *m)
{
	m->kind = LIST;
	m->first = r->nwords;
	if (take(r, ']'))
		return true;
	do {
		if (r->nwords == WORDS || (r->words[r->nwords] = take_text(r)) == NULL)
			return false;
		r->nwords++;
		m->n++;
	} while (take(r, ','));
	return take(r, ']');
}

static bool
take_value(struct reading *r, struct member *m)
{
	if (take(r, '['))
		return take_list(r, m);
	/* All blanks are behind it by now. */
	switch (*r->p) {
	case '"':
		m->kind = TEXT;
		return (m->value = take_text(r)) != NULL;
	case 't':
		m->kind = YES;
		return take_word(r, "true");
	case 'f':
		m->kind = NO;
		return take_word(r, "false");
	case 'n':
		m->kind = NOTHING;
		return take_word(r, "null");
	default:
		return take_number(r, m);
	}
}

static bool
fits(const struct member *m)
{
	if (m->def == NULL)
		return m->kind == TEXT || m->kind == LIST;
	if (!(m->def->where & OPTION_SUBMIT))
		return false;
	switch (m->kind) {
	case TEXT:
	case NUMBER:
		return m->def->arg != NULL;
	case LIST:
		return m->def->arg != NULL && m->def->repeats;
	case YES:
	case NO:
		return m->def->arg == NULL;
	case NOTHING:
		return true;
	}
	abort();
}

static bool
is_new(const struct reading *r, const char *key)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->v[i].key, key) == 0)
			return false;
	return true;
}

static bool
take_member(struct reading *r)
{
	struct member *m = &r->v[r->n];

	if (r->n == MEMBERS)
		return false;
	*m = (struct member){ .key = take_text(r) };
	if (m->key == NULL || !is_new(r, m->key))
		return false;
	if (strcmp(m->key, "command") != 0 && (m->def = option_find(m->key)) == NULL)
		return false;
	r->n++;
	return take(r, ':') && take_value(r, m) && fits(m);
}

/* An object, and nothing behind it before `end`. */
static bool
take_object(struct reading *r, const char *end)
{
	if (!take(r, '{'))
		return false;
	do {
		if (!take_member(r))
			return false;
	} while (take(r, ','));
	return take(r, '}') && take(r, '\0') && r->p == end + 1;
}

/* ---- applying ---- */

int
bulk_command(struct draft *d, struct strv *words, struct err *e)
{
	int rc = 0;

	if (d->shell) {
		rc = draft_command(d, (int)words->n, words->v, e);
		strv_clear(words);
		return rc;
	}
	strv_clear(&d->job.argv);
	d->job.argv = *words;
	*words = (struct strv){ 0 };
	return rc;
}

static int
set_command(struct draft *d, const struct reading *r, const struct member *m, struct err *e)
{
	struct strv words = { 0 };
	char *text = m->value;

	if (m->kind == TEXT) {
		d->shell = true;
		return draft_command(d, 1, &text, e);
	}
	for (size_t i = 0; i < m->n; i++)
		strv_push(&words, r->words[m->first + i]);
	return bulk_command(d, &words, e);
}

static int
set_option(struct draft *d, const struct reading *r, const struct member *m, struct err *e)
{
	int rc = 0;

	if (m->kind == TEXT || m->kind == NUMBER)
		return option_set(d, OPTION_SUBMIT, m->key, m->value, e);
	if (m->kind == YES)
		return option_set(d, OPTION_SUBMIT, m->key, NULL, e);
	for (size_t i = 0; i < m->n && rc == 0; i++)
		rc = option_set(d, OPTION_SUBMIT, m->key, r->words[m->first + i], e);
	return rc;
}

/* The command last, because "shell" says how it is meant. */
static int
apply(struct draft *d, struct reading *r, const struct member *command, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		struct member *m = &r->v[i];

		if (m->kind == NUMBER)
			*m->end = '\0';
		if (m->def != NULL && set_option(d, r, m, e) < 0)
			return e->code;
	}
	return set_command(d, r, command, e) < 0 ? e->code : 1;
}

static const struct member *
find_command(const struct reading *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].def == NULL)
			return &r->v[i];
	return NULL;
}

int
bulk_plain_apply(struct draft *d, const char *text, size_t len, struct err *e)
{
	char *copy = xmalloc(len + 1);
	const struct member *command;
	struct reading r;
	int rc = 0;

	memcpy(copy, text, len);
	copy[len] = '\0';
	r.p = copy;
	r.n = r.nwords = 0;
	if (take_object(&r, copy + len) && (command = find_command(&r)) != NULL)
		rc = apply(d, &r, command, e);
	free(copy);
	return rc;
}
