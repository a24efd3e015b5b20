/*
 * options: see options.h.
 *
 * Words of one dash are flags of other crons: cronie's and the BSDs' -n (mail only after a
 * failure), FreeBSD's and OpenBSD's -q (not logged), OpenBSD's -s (never beside itself), which may
 * stand together as in -ns. Words of two dashes are options of submit, quoted as in sh; "--" alone
 * ends them.
 */
#include "tab/options.h"

#include "base/buf.h"
#include "base/err.h"
#include "job/draft.h"
#include "job/option.h"
#include "tab/quote.h"

static bool
is_end(char c)
{
	return c == ' ' || c == '\t' || c == '\0';
}

static const char *
take_flags(struct draft *d, const char *p, const char **wrong, struct err *e)
{
	for (*wrong = p++; *wrong == p - 1 || !is_end(*p); p++) {
		switch (*p) {
		case 'n':
			/* An empty MAILTO is stronger. */
			if (d->job.mail_on != MAIL_NEVER)
				d->job.mail_on = MAIL_FAILURE;
			break;
		case 'q': /* a start is in the ledger, not in the log */
			break;
		case 's':
			d->job.overlap = OVERLAP_SKIP;
			break;
		default:
			*wrong = p;
			err_set(e, E_INPUT, "there is no such flag before a command: '-%.*s'",
			    is_end(*p) ? 0 : 1, p);
			return NULL;
		}
	}
	return p;
}

static const char *
take_option(struct draft *d, const char *p, struct buf *word, const char **wrong, struct err *e)
{
	const char *begin = p;
	char *value;

	if ((p = quote_word(p, word, wrong)) == NULL) {
		err_set(e, E_INPUT, "%s",
		    **wrong == '\\' ? "nothing follows the backslash" : "the quote is not closed");
		return NULL;
	}
	*wrong = begin;
	if ((value = strchr(word->data, '=')) != NULL)
		*value++ = '\0';
	return option_set(d, OPTION_TAB, word->data + strlen("--"), value, e) == 0 ? p : NULL;
}

static bool
is_given(const struct draft *d, const char *option)
{
	return (d->given >> (option_find(option) - job_options) & 1) != 0;
}

/* Who names an address wants mail, also where the tab (MAILTO="") or the config has said never. */
static void
settle_mail(struct draft *d)
{
	if (d->job.mail_on == MAIL_NEVER && is_given(d, "mail") && !is_given(d, "mail-on"))
		d->job.mail_on = MAIL_OUTPUT;
}

const char *
options_take(struct draft *d, const char *p, struct buf *word, const char **name,
    const char **wrong, struct err *e)
{
	const char *begin;
	bool more = true;

	while (more && *p == '-') {
		begin = p;
		if (p[1] != '-')
			p = take_flags(d, p, wrong, e);
		else if (is_end(p[2])) {
			p += 2;
			more = false;
		} else if ((p = take_option(d, p, word, wrong, e)) != NULL &&
		    strcmp(word->data, "--name") == 0)
			*name = begin;
		if (p == NULL)
			return NULL;
		p += strspn(p, " \t");
	}
	settle_mail(d);
	return p;
}
