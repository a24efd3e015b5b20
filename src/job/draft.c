/*
 * draft: see draft.h.
 */
#include "job/draft.h"

#include "base/err.h"
#include "base/mem.h"
#include "job/check.h"
#include "job/plan.h"
#include "time/duration.h"
#include "time/zone.h"

void
draft_init(struct draft *d, const struct job *defaults)
{
	memset(d, 0, sizeof(*d));
	if (defaults != NULL)
		job_copy(&d->job, defaults);
	else
		job_init(&d->job);
}

/* All but the job. */
static void
empty(struct draft *d)
{
	free(d->at);
	free(d->in);
	free(d->cron);
	free(d->every);
	free(d->until);
	draft_init(d, NULL);
}

void
draft_release(struct draft *d)
{
	job_release(&d->job);
	empty(d);
}

int
draft_command(struct draft *d, int argc, char *const argv[], struct err *e)
{
	struct strv words = {0};

	if (argc == 0)
		return err_set(e, E_INPUT, "there is no command");
	for (int i = 0; i < argc; i++)
		strv_push(&words, argv[i]);
	free(d->job.command);
	d->job.command = NULL;
	strv_clear(&d->job.argv);
	if (d->shell || (argc == 1 && strpbrk(argv[0], " \t\n") != NULL)) {
		d->job.command = strv_join(&words, " ");
		strv_clear(&words);
	} else
		d->job.argv = words;
	return 0;
}

/* An instant that a JSON text can show and schedule_parse reads back. */
static int
settle_once(
    const struct draft *d, const struct zone *zone, int64_t now, struct job *job, struct err *e)
{
	char text[INSTANT_TEXT];
	int64_t at = now, wait;

	if (d->at != NULL && instant_parse(d->at, zone, now, &at, e) < 0)
		return err_prefix(e, "option '--at'");
	if (d->in != NULL) {
		if (duration_parse(d->in, &wait, e) < 0)
			return err_prefix(e, "option '--in'");
		at = now + wait;
	}
	instant_exact(at, text, sizeof(text));
	job->schedule = xstrdup(text);
	job->periodic = false;
	job->elapsed = d->at == NULL;
	return 0;
}

/* Refuses more than one way to say when; *n is how many there are. */
static int
check_exclusive(const struct draft *d, int *n, struct err *e)
{
	const struct {
		const char *name, *text;
	} ways[] = {{"at", d->at}, {"in", d->in}, {"cron", d->cron}, {"every", d->every}};
	const char *first = NULL;

	*n = 0;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (ways[i].text == NULL)
			continue;
		if (++*n > 1)
			return err_set(e, E_INPUT, "options '--%s' and '--%s' exclude each other",
			    first, ways[i].name);
		first = ways[i].name;
	}
	return 0;
}

static int
settle_schedule(
    const struct draft *d, const struct zone *zone, int64_t now, struct job *job, struct err *e)
{
	struct schedule s;
	int n;

	if (check_exclusive(d, &n, e) < 0)
		return e->code;
	if (d->cron == NULL && d->every == NULL)
		return settle_once(d, zone, now, job, e);
	job->periodic = true;
	job->schedule = d->cron != NULL ? xstrdup(d->cron) : xasprintf("@every %s", d->every);
	/* A tab names its time fields by line and column itself. */
	if (job->tab != NULL)
		return 0;
	if (job_schedule(job, &s, e) < 0)
		return err_prefix(e, "option '--%s'", d->cron != NULL ? "cron" : "every");
	if (s.kind == SCHEDULE_ONCE)
		return err_set(e, E_INPUT, "option '--cron': '%s' is one instant: use '--at'",
		    quoted(d->cron).text);
	return 0;
}

static int
settle_until(
    const struct draft *d, const struct zone *zone, int64_t now, struct job *job, struct err *e)
{
	if (d->until != NULL && instant_parse(d->until, zone, now, &job->until, e) < 0)
		return err_prefix(e, "option '--until'");
	return 0;
}

/* A tab entry whose end has passed is a good entry; who submits a job that never runs has erred. */
static int
check_runs(const struct job *job, const struct zone *zone, int64_t now, struct err *e)
{
	struct schedule s;

	if (job->tab != NULL || !job->periodic || job->until == INSTANT_NONE)
		return 0;
	if (job_schedule(job, &s, e) < 0)
		return e->code;
	if (plan_first(job, &s, zone, now, INSTANT_NONE, false) == INSTANT_NONE)
		return err_set(e, E_INPUT, "option '--until': nothing is due before it");
	return 0;
}

int
draft_finish(struct draft *d, const struct zone *zone, int64_t now, struct job *out, struct err *e)
{
	/* Shares what the draft has: only the schedule is new, and is all there is to undo. */
	struct job job = d->job;

	job.schedule = NULL;
	if (job.tz != NULL && (zone = zone_get(job.tz, e)) == NULL)
		return err_prefix(e, "option '--tz'");
	if (settle_schedule(d, zone, now, &job, e) < 0 || settle_until(d, zone, now, &job, e) < 0 ||
	    job_check(&job, e) < 0 || check_runs(&job, zone, now, e) < 0) {
		free(job.schedule);
		return e->code;
	}
	free(d->job.schedule);
	empty(d);
	*out = job;
	return 0;
}
