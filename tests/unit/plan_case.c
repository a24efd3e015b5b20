/*
 * plan_case: see plan_case.h.
 */
#include "plan_case.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "job/draft.h"
#include "job/option.h"
#include "tap.h"
#include "time/duration.h"
#include "time/zone.h"

int64_t
at(const char *text)
{
	int64_t us;
	struct err e;
	char whole[INSTANT_TEXT];

	snprintf(whole, sizeof(whole), "2026-03-%.2s %s", strchr(text, '/') != NULL ? text : "02",
	    strchr(text, '/') != NULL ? text + 3 : text);
	if (instant_parse(whole, zone_utc(), 0, &us, &e) < 0)
		abort();
	return us;
}

static void
add_time(struct buf *b, int64_t us)
{
	struct civil c;

	if (us == INSTANT_NONE) {
		buf_addstr(b, "none");
		return;
	}
	civil_from_seconds(us / USEC, &c);
	if (c.month != 3 || c.day != 2)
		buf_addf(b, "%02d/", c.day);
	buf_addf(b, "%02d:%02d", c.hour, c.minute);
	if (c.second != 0)
		buf_addf(b, ":%02d", c.second);
}

char *
told(const struct plan *p)
{
	static const char *const actions[] = {"run", "skip", "hold", "replace"};
	struct buf b = {0};

	buf_addstr(&b, actions[p->action]);
	if (p->action != PLAN_SKIP) {
		buf_addc(&b, ' ');
		add_time(&b, p->run_for);
	}
	if (p->last_scheduled != INSTANT_NONE && p->last_scheduled != p->run_for) {
		buf_addstr(&b, " (");
		add_time(&b, p->last_scheduled);
		buf_addc(&b, ')');
	}
	buf_addstr(&b, ", next ");
	add_time(&b, p->next);
	buf_addstr(&b, p->next_held ? " held" : "");
	for (int i = 0; i < p->nskips; i++) {
		buf_addf(&b, "; %s ", skip_word(p->skips[i].reason));
		if (p->skips[i].calendar != NULL)
			buf_addf(&b, "%s%s ", p->skips[i].calendar, p->skips[i].missing ? "?" : "");
		add_time(&b, p->skips[i].first);
		if (p->skips[i].last != p->skips[i].first) {
			buf_addc(&b, '-');
			add_time(&b, p->skips[i].last);
		}
		buf_addf(&b, " x%d", (int)p->skips[i].count);
	}
	return buf_string(&b);
}

void
make(const char *text, struct job *job, struct schedule *s)
{
	char command[] = "true", *argv[] = {command, NULL};
	char *copy = xstrdup(text), *rest = copy, *word, *value;
	struct draft d;
	struct err e;

	draft_init(&d, NULL);
	d.job.user = xstrdup("root");
	d.job.name = xstrdup("t");
	/* Of a tab: an end that has passed is allowed. */
	d.job.tab = xstrdup("t");
	d.cron = xstrdup(strsep(&rest, "|"));
	while ((word = strsep(&rest, "|")) != NULL) {
		value = word;
		word = strsep(&value, "=");
		if (option_set(&d, OPTION_TAB, word, value, &e) < 0)
			tap_ok(false, "'%s': %s", text, e.text);
	}
	if (draft_command(&d, 1, argv, &e) < 0 || draft_finish(&d, zone_utc(), DAY, job, &e) < 0 ||
	    job_schedule(job, s, &e) < 0)
		tap_ok(false, "'%s': %s", text, e.text);
	draft_release(&d);
	free(copy);
}

void
check_due(const struct due *c, const struct zone *zone,
    const struct calendar *(*find)(void *, const char *))
{
	struct schedule s;
	struct job job;
	struct plan p;
	char *text;
	struct plan_input in = {.job = &job,
	    .schedule = &s,
	    .zone = zone,
	    .scheduled_for = at(c->scheduled_for),
	    .now = at(c->now),
	    .busy = (c->how & BUSY) != 0,
	    .held = (c->how & HELD) != 0,
	    .was_paused = (c->how & PAUSED) != 0,
	    .started = c->started};

	make(c->job, &job, &s);
	plan_find_calendars(&in, find, NULL);
	plan_due(&in, &p);
	text = told(&p);
	tap_is_str(text, c->plan, "%s", c->why);
	free(text);
	job_release(&job);
}
