/*
 * option: see option.h. The order is that of the manual and of `-h`.
 */
#include "job/option.h"

#include <assert.h>

#include "base/err.h"
#include "job/check.h"
#include "job/job.h"
#include "job/setter.h"
#include "job/words.h"

#define AT(member) .offset = offsetof(struct job, member)
#define LATER(member) .set = set_later, .offset = offsetof(struct draft, member)

enum {
	HERE = OPTION_SUBMIT,		   /* a tab entry has fields for it, or no use of it */
	JOBS = OPTION_SUBMIT | OPTION_TAB, /* wherever a job is written down */
	ALL = OPTION_SUBMIT | OPTION_TAB | OPTION_DEFAULT, /* a policy */
};

/* clang-format off */
const struct option_def job_options[] = {
	{ "name", "NAME", JOBS, .set = set_text, AT(name),
	    .help = "name it; unique per user, so also a key against submitting twice" },
	{ "at", "TIME", HERE, LATER(at), .help = "run once at this time" },
	{ "in", "DURATION", HERE, LATER(in), .help = "run once after this long" },
	{ "cron", "EXPR", HERE, LATER(cron), .help = "run at the times of a cron expression" },
	{ "every", "DURATION", HERE, LATER(every), .help = "run at once, then in this interval" },
	{ "tz", "ZONE", JOBS, .set = set_text, AT(tz), .help = "time zone of its times" },
	{ "until", "TIME", JOBS, LATER(until), .help = "no occurrence after this time" },
	{ "count", "N", JOBS, .set = set_number, AT(count), .help = "start at most N occurrences" },
	{ "user", "USER", HERE, .set = set_text, AT(user), .help = "run it as this user" },
	{ "cwd", "DIR", JOBS, .set = set_cwd, AT(cwd), .help = "run it in this directory" },
	{ "env", "K[=V]", JOBS, true, .set = set_env, AT(env),
	    .help = "set a variable, or copy the caller's" },
	{ "shell", NULL, JOBS, .set = set_shell, .help = "hand the command's words to a shell" },
	{ "stdin", "TEXT", JOBS, .set = set_text, AT(stdin_text),
	    .help = "what it reads from standard input" },
	{ "priority", "0..9", ALL, .set = set_number, AT(priority), .help = "9 first; default 5" },
	{ "queue", "NAME", ALL, .set = set_text, AT(queue), .help = "the queue it belongs to" },
	{ "label", "K=V", JOBS, true, .set = set_setting, AT(labels), .help = "label it" },
	{ "require", "LABEL", JOBS, true, .set = set_word, AT(require),
	    .help = "run only on nodes with this label" },
	{ "after", "JOB,...", HERE, true, .set = set_after, AT(after),
	    .help = "start when these jobs have succeeded" },
	{ "after-any", "JOB,...", HERE, true, .set = set_after, AT(after),
	    .help = "start when these jobs have ended" },
	{ "retries", "N", ALL, .set = set_number, AT(retries),
	    .help = "tries after a failure; default 0" },
	{ "backoff", "DURATION[..MAX]", ALL, .set = set_backoff,
	    .help = "wait before the first retry, doubled for each; default 10s..1h" },
	{ "timeout", "DURATION", ALL, .set = set_duration, AT(timeout),
	    .help = "end an attempt that runs longer" },
	{ "grace", "DURATION", ALL, .set = set_duration, AT(grace),
	    .help = "from TERM to KILL; default 10s" },
	{ "deadline", "DURATION", ALL, .set = set_duration, AT(deadline),
	    .help = "start at most so late, else not at all" },
	{ "overlap", "skip|wait|replace", ALL, .set = set_choice, AT(overlap),
	    .words = overlap_words, .help = "if it still runs at its time; default skip" },
	{ "missed", "skip|once|all[:N]", ALL, .set = set_missed, AT(missed), .words = missed_words,
	    .help = "times that passed while nothing could run; default once" },
	{ "dst-gap", "after|skip", ALL, .set = set_choice, AT(dst_gap), .words = dst_gap_words + 1,
	    .help = "times that a DST change leaves out" },
	{ "dst-repeat", "once|both", ALL, .set = set_choice, AT(dst_repeat),
	    .words = dst_repeat_words + 1, .help = "times that a DST change repeats" },
	{ "not-on", "CALENDAR", JOBS, .set = set_text, AT(not_on), .help = "not on these days" },
	{ "only-on", "CALENDAR", JOBS, .set = set_text, AT(only_on), .help = "on these days only" },
	{ "jitter", "DURATION", ALL, .set = set_duration, AT(jitter),
	    .help = "delay it by up to so much, always the same" },
	{ "order-key", "KEY", JOBS, .set = set_text, AT(order_key),
	    .help = "jobs of one key run one at a time, in order" },
	{ "order-on-failure", "hold|go", JOBS, .set = set_choice, AT(order_on_failure),
	    .words = order_on_failure_words,
	    .help = "whether a failure holds its key; default hold" },
	{ "lock-scope", "main|tree", ALL, .set = set_choice, AT(lock_scope),
	    .words = lock_scope_words,
	    .help = "locked until its main process, or its last one, has ended" },
	{ "on", "any|NODE|each", JOBS, .set = set_text, AT(on),
	    .help = "where it runs; default any" },
	{ "output", "BYTES", ALL, .set = set_bytes, AT(output),
	    .help = "keep so much of its output; default 64K" },
	{ "mail", "ADDR", ALL, .set = set_text, AT(mail), .help = "who is told" },
	{ "mail-on", "never|failure|output|always", ALL, .set = set_choice, AT(mail_on),
	    .words = mail_on_words, .help = "when mail is sent; default failure" },
	{ "nice", "N", ALL, .set = set_number, AT(nice), .help = "its nice value, -20 to 19" },
	{ "limit", "NAME=V,...", JOBS, true, .set = set_limits, AT(limits),
	    .help = "resource limits, SOFT[:HARD] each" },
	{ .name = NULL },
};
/* clang-format on */

/* One bit of draft.given each. */
_Static_assert(sizeof(job_options) / sizeof(job_options[0]) <= 64, "too many options for a draft");

const struct option_def *
option_find(const char *name)
{
	for (const struct option_def *def = job_options; def->name != NULL; def++)
		if (strcmp(def->name, name) == 0)
			return def;
	return NULL;
}

/* Why the option cannot be given so; NULL if it can. */
static const char *
refusal(
    const struct draft *d, enum option_where where, const struct option_def *def, const char *value)
{
	if (def == NULL)
		return "there is no such option";
	if ((def->where & where) == 0)
		return where == OPTION_TAB	 ? "not in a tab entry"
		       : where == OPTION_DEFAULT ? "there is no default for it"
						 : "not here";
	if (def->arg == NULL && value != NULL)
		return "it takes no value";
	if (def->arg != NULL && value == NULL)
		return "it wants a value";
	if (!def->repeats && (d->given >> (def - job_options) & 1) != 0)
		return "given twice";
	return NULL;
}

int
option_set(
    struct draft *d, enum option_where where, const char *name, const char *value, struct err *e)
{
	const struct option_def *def = option_find(name);
	const char *why = refusal(d, where, def, value);

	if (why != NULL)
		return err_set(e, E_INPUT, "option '--%s': %s", quoted(name).text, why);
	d->where = where;
	if (def->set(d, def, value, e) < 0)
		return err_prefix(e, "option '--%s'", name);
	d->given |= UINT64_C(1) << (def - job_options);
	return 0;
}
