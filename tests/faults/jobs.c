/*
 * jobs: see jobs.h.
 */
#include "jobs.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/strv.h"
#include "dice.h"
#include "storm.h"

static void
add(struct strv *words, const char *option, int64_t n, const char *unit)
{
	strv_take(words, xasprintf("%s%" PRId64 "%s", option, n, unit));
}

/* Most are short and end well. A job that kills itself must be the main process: it has no end. */
static void
command(struct storm *s, struct dice *d, int64_t ms, bool is_main, struct strv *words)
{
	strv_push(words, s->job);
	strv_push(words, "-e");
	strv_push(words, s->evidence);
	add(words, "-t", dice_spread(d, 0, ms), "");
	if (dice_percent(d, 20))
		add(words, "-x", dice_between(d, 1, 99), "");
	if (dice_percent(d, 60))
		add(words, "-f", dice_between(d, 0, 2), "");
	if (dice_percent(d, 3))
		add(words, "-g", dice_spread(d, 0, 1500), "");
	if (dice_percent(d, 3))
		add(words, "-o", dice_spread(d, 1, 200000), "");
	if (dice_percent(d, 2) && is_main)
		strv_push(words, "-k");
}

char *
jobs_command(struct storm *s, struct dice *d, int64_t ms)
{
	bool is_main = dice_percent(d, 70);
	struct strv words = {0};
	char *text;

	/* Without it the shell is the main process, and the job its child. */
	if (is_main)
		strv_push(&words, "exec");
	command(s, d, ms, is_main, &words);
	text = strv_join(&words, " ");
	strv_clear(&words);
	return text;
}

static void
policies(struct dice *d, struct strv *words)
{
	if (dice_percent(d, 40)) {
		add(words, "--retries=", dice_between(d, 1, 2), "");
		add(words, "--backoff=", dice_between(d, 50, 500), "ms");
	}
	if (dice_percent(d, 20))
		add(words, "--priority=", dice_between(d, 0, 9), "");
	if (dice_percent(d, 10)) {
		add(words, "--timeout=", dice_between(d, 50, 800), "ms");
		strv_push(words, "--grace=200ms");
	}
	if (dice_percent(d, 5))
		strv_push(words, "--lock-scope=tree");
	if (dice_percent(d, 3))
		add(words, "--deadline=", dice_between(d, 1, 5), "s");
}

static void
schedule(struct dice *d, int64_t other, struct strv *words)
{
	static const char *const overlaps[] = {"skip", "wait", "replace"};

	if (dice_percent(d, 3)) {
		add(words, "--every=", dice_between(d, 1, 2), "s");
		add(words, "--count=", dice_between(d, 1, 4), "");
		strv_take(words, xasprintf("--overlap=%s", overlaps[dice_below(d, 3)]));
	} else if (dice_percent(d, 20))
		add(words, "--in=", dice_spread(d, 0, 3000), "ms");
	else if (other != 0 && dice_percent(d, 5))
		add(words, dice_percent(d, 50) ? "--after=" : "--after-any=", other, "");
	/* Several clients may have the same key: one job comes of it. */
	if (dice_percent(d, 5)) {
		strv_push(words, "--if-absent");
		add(words, "--name=key-", dice_below(d, 1000), "");
	}
}

void
jobs_words(struct storm *s, struct dice *d, int64_t other, struct strv *words)
{
	policies(d, words);
	schedule(d, other, words);
	strv_push(words, "--");
	command(s, d, 1500, true, words);
}

char *
jobs_line(struct storm *s, struct dice *d, const char *name)
{
	char *run = jobs_command(s, d, 200), *line;

	line = xasprintf("{\"name\": \"%s\", \"command\": \"%s\", \"retries\": %d, \"backoff\": "
			 "\"100ms\", \"priority\": %d}",
	    name, run, (int)dice_below(d, 3), (int)dice_below(d, 10));
	free(run);
	return line;
}
