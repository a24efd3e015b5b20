/*
 * tab: the text of a tab. Its first byte says whether there is a user field, as a tab of root has.
 */
#include "tab/tab.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fuzz.h"

static const char *
refuse(void *arg, const char *user)
{
	(void)arg;
	return strcmp(user, "nobody") == 0 ? "jobs may not run as nobody here" : NULL;
}

static void
parse(struct tab *t, char kind, const char *text, size_t len)
{
	struct tab_context ctx = {
		.user_field = kind & 1,
		.user = kind & 1 ? NULL : "root",
		.zone = fuzz_zone(0),
		.now = FUZZ_NOW,
		.user_refused = refuse,
	};

	tab_parse(&ctx, "/etc/jobsched.d/t", "t", text, len, t);
}

static void
check_notes(const struct tab_note *notes, size_t n, int lines)
{
	HOLDS(n <= TAB_ERRORS_MAX + 1);
	for (size_t i = 0; i < n; i++) {
		HOLDS(notes[i].line >= 1 && notes[i].line <= lines && notes[i].column >= 1);
		HOLDS(utf8_printable(notes[i].message, strlen(notes[i].message)));
	}
}

static void
check_jobs(const struct tab *t, int lines)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct job *job = &t->jobs[i];

		if (t->nerrors == 0)
			fuzz_job(job);
		HOLDS(job->tab_key != NULL && job->user != NULL);
		HOLDS(job->tab_line >= 1 && job->tab_line <= lines);
		HOLDS(i == 0 || job->tab_line > t->jobs[i - 1].tab_line);
		for (size_t k = 0; k < i && i < 64; k++)
			HOLDS(strcmp(job->tab_key, t->jobs[k].tab_key) != 0);
	}
}

/* Where an entry stands does not matter: lines of no meaning around them change nothing. */
static void
check_moved(const struct tab *t, char kind, const char *text, size_t len)
{
	struct buf b = { 0 };
	struct tab moved;

	buf_addstr(&b, "# a comment\n\n");
	buf_add(&b, text, len);
	buf_addstr(&b, "\n \t# the end");
	parse(&moved, kind, b.data, b.len);
	HOLDS(moved.n == t->n && moved.nerrors == t->nerrors && moved.nwarnings == t->nwarnings);
	for (size_t i = 0; i < t->n && t->nerrors == 0; i++) {
		HOLDS(strcmp(moved.jobs[i].tab_key, t->jobs[i].tab_key) == 0);
		HOLDS(tab_job_hash(&moved.jobs[i]) == tab_job_hash(&t->jobs[i]));
		HOLDS(moved.jobs[i].tab_line == t->jobs[i].tab_line + 2);
		HOLDS(job_seed(&moved.jobs[i]) == job_seed(&t->jobs[i]));
	}
	tab_release(&moved);
	buf_release(&b);
}

int
fuzz_tab(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data + 1;
	struct tab t;
	char kind;
	int lines = 1;

	if (len == 0)
		return 0;
	kind = (char)data[0];
	len--;
	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	parse(&t, kind, text, len);
	/* What was left out is told in one more line, which may stand behind all others. */
	check_notes(t.errors, t.nerrors, lines + 1);
	check_notes(t.warnings, t.nwarnings, lines + 1);
	check_jobs(&t, lines);
	/* A byte order mark is one at the beginning only. */
	if (len < 3 || memcmp(text, "\xef\xbb\xbf", 3) != 0)
		check_moved(&t, kind, text, len);
	tab_release(&t);
	return 0;
}
