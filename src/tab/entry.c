/*
 * entry: a line that says when, as whom and what. From left to right, as crontab(5) has it: an
 * optional '-', the time fields, the user where the tab has that field, flags (see options.c),
 * options of submit, the command.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <strings.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "job/draft.h"
#include "tab/each.h"
#include "tab/identity.h"
#include "tab/lines.h"
#include "tab/notes.h"
#include "tab/options.h"
#include "tab/parser.h"
#include "tab/percent.h"
#include "tab/tab.h"
#include "time/schedule.h"

#define TIME_FIELDS 5

struct entry {
	struct parser *p;
	const struct line *line;
	const char *at; /* how far it is read */
	const char *field[TIME_FIELDS];
	int nfields;
	const char *rest;	    /* all behind the user */
	const char *name, *command; /* where its --name and its command stand */
	struct draft draft;
};

static bool bad(const struct entry *, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes an error at this place of the line; false, for the caller to return. */
static bool
bad(const struct entry *e, const char *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tab_verror(e->p->tab, e->line->number, (int)(at - e->line->text) + 1, fmt, ap);
	va_end(ap);
	return false;
}

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

static int
count_fields(const char *p)
{
	if (*p != '@')
		return TIME_FIELDS;
	return strncasecmp(p, "@every", 6) == 0 && strchr(" \t", p[6]) != NULL ? 2 : 1;
}

/* The fields joined by single blanks; whether they make sense is found with the rest. */
static bool
take_times(struct entry *e)
{
	struct buf *text = &e->p->schedule;
	const char *p = skip_blanks(e->at);
	int want;

	/* cronie and SUSE: its start is not logged. Here it is in the ledger, not in the log. */
	if (*p == '-')
		p++;
	want = count_fields(p);
	buf_clear(text);
	for (e->nfields = 0; e->nfields < want; e->nfields++) {
		size_t len = strcspn(p, " \t");

		if (len == 0)
			return bad(e, p, "the entry ends after %d of its %d time fields",
			    e->nfields, want);
		e->field[e->nfields] = p;
		if (e->nfields > 0)
			buf_addc(text, ' ');
		buf_add(text, p, len);
		p = skip_blanks(p + len);
	}
	e->draft.cron = xstrndup(text->data, text->len);
	e->at = p;
	return true;
}

/* Where a place in the joined time fields, counted from 1, is in the line. */
static const char *
place_in_times(const struct entry *e, int column)
{
	int offset = column - 1, i;

	for (i = 0; i + 1 < e->nfields; i++) {
		int len = (int)strcspn(e->field[i], " \t");

		if (offset <= len)
			break;
		offset -= len + 1;
	}
	return e->field[i] + offset;
}

/* Notes what is wrong with the times, if anything is. */
static bool
tell_times(const struct entry *e)
{
	struct schedule s;
	struct err why;
	int column = 1;

	if (schedule_parse(&s, e->draft.cron, job_seed(&e->draft.job), &column, &why) == 0)
		return false;
	bad(e, place_in_times(e, column), "%s", why.text);
	return true;
}

static bool
take_user(struct entry *e)
{
	const struct tab_context *ctx = e->p->ctx;
	const char *nth = e->nfields == 1 ? "second" : e->nfields == 2 ? "third" : "sixth";
	size_t len = strcspn(e->at, " \t");
	const char *why;

	if (!ctx->user_field) {
		e->draft.job.user = xstrdup(ctx->user);
		if ((why = account_refusal(&e->p->accounts, ctx, ctx->user)) != NULL)
			return bad(e, e->at, "%s", why);
		return true;
	}
	if (len == 0)
		return bad(e, e->at, "the entry has no user (the %s field) and no command", nth);
	e->draft.job.user = xstrndup(e->at, len);
	/* Times that make no sense may be why another word is taken for the user. */
	if ((why = account_refusal(&e->p->accounts, ctx, e->draft.job.user)) != NULL)
		return !tell_times(e) && bad(e, e->at, "%s (the %s field is the user)", why, nth);
	e->at = skip_blanks(e->at + len);
	return true;
}

static bool
take_options(struct entry *e)
{
	const char *wrong;
	struct err why;

	e->rest = e->at;
	if (*e->at != '-')
		return true;
	e->at = options_take(&e->draft, e->at, &e->p->word, &e->name, &wrong, &why);
	return e->at != NULL || bad(e, wrong, "%s", why.text);
}

/* A tab of the system in the hands of a user: its commands would begin with "root". */
static void
warn_of_user_field(const struct entry *e)
{
	const struct tab_context *ctx = e->p->ctx;
	size_t len = strcspn(e->at, " \t");

	if (!ctx->user_field && *skip_blanks(e->at + len) != '\0' &&
	    ((len == strlen("root") && strncmp(e->at, "root", len) == 0) ||
		(len == strlen(ctx->user) && strncmp(e->at, ctx->user, len) == 0)))
		tab_warn(e->p->tab, e->line->number, (int)(e->at - e->line->text) + 1,
		    "the command begins with the name of an account: this tab has no user field");
}

/*
 * The length of a sixth time field where the command should begin, or 0. A '*' there no cron takes.
 * A number is one where the command follows the times; else it is too far from them.
 */
static size_t
surplus_field(const struct entry *e)
{
	size_t len = strspn(e->at, "0123456789*,-/");
	bool follows = e->nfields == TIME_FIELDS && !e->p->ctx->user_field && e->at == e->rest;

	if (*e->at == '*')
		return len;
	if (!follows || strspn(e->at, "0123456789") == 0 || strchr(" \t", e->at[len]) == NULL)
		return 0;
	return len;
}

static bool
take_command(struct entry *e)
{
	struct job *job = &e->draft.job;
	char *input;
	size_t len;

	e->command = e->at;
	if (*e->at == '\0')
		return bad(e, e->at, "the entry has no command");
	if ((len = surplus_field(e)) > 0)
		return bad(e, e->at, "'%.*s' where the command should begin: a time field too many",
		    (int)len, e->at);
	warn_of_user_field(e);
	job->command = xstrdup(e->at);
	if ((input = percent_split(job->command)) == NULL)
		return true;
	if (job->stdin_text == NULL) {
		job->stdin_text = input;
		return true;
	}
	free(input);
	return bad(e, e->command, "standard input is given by '--stdin' and by '%%'");
}

/*
 * The whole was refused: because of its times, or of what its options and its command make
 * together.
 */
static bool
tell_refusal(const struct entry *e, const struct err *why)
{
	return !tell_times(e) && bad(e, e->rest, "%s", why->text);
}

/* The slot of its name in this file, where it is not taken; NULL, told, if it is. */
static size_t *
find_name(struct entry *e)
{
	const struct job *job = &e->draft.job, *other;
	size_t *at =
	    seen_at(&e->p->names, hash_string(hash_string(HASH_SEED, job->user), job->name));

	if (*at == 0)
		return at;
	other = &e->p->tab->jobs[*at - 1];
	bad(e, e->name, "the name '%s' of user '%s' is taken in line %" PRId64, job->name,
	    job->user, other->tab_line);
	return NULL;
}

static bool
finish(struct entry *e)
{
	struct tab *t = e->p->tab;
	struct job *job = &e->draft.job;
	size_t *name = NULL;
	bool twin = false;
	struct err why;

	job->tab = xstrdup(e->p->path);
	job->tab_line = e->line->number;
	if (job->name != NULL) {
		if ((name = find_name(e)) == NULL)
			return false;
		job->tab_key = identity_of_name(job->user, job->name);
	} else
		job->tab_key = identity_of_text(
		    &e->p->texts, e->p->name, e->draft.cron, job->user, e->rest, &twin);
	t->jobs = mem_grow(t->jobs, t->n, &t->cap, sizeof(*t->jobs));
	if (draft_finish(&e->draft, e->p->ctx->zone, e->p->ctx->now, &t->jobs[t->n], &why) < 0)
		return tell_refusal(e, &why);
	t->n++;
	t->twins += twin;
	if (name != NULL)
		*name = t->n;
	each_spread(e->p, e->line);
	return true;
}

void
entry_parse(struct parser *p, const struct line *line)
{
	struct entry e = { .p = p, .line = line, .at = line->text };

	draft_init(&e.draft, &p->base);
	/* A finished draft is empty. */
	if (!take_times(&e) || !take_user(&e) || !take_options(&e) || !take_command(&e) ||
	    !finish(&e))
		draft_release(&e.draft);
}
