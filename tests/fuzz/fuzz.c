/*
 * fuzz: see fuzz.h.
 */
#include "fuzz.h"

#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/field.h"
#include "job/job.h"
#include "job/plan.h"
#include "time/duration.h"
#include "time/zone.h"

void
fuzz_broken(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

unsigned
fuzz_byte(struct fuzz_input *in)
{
	return in->len > 0 ? in->data[--in->len] : 0;
}

const struct zone *
fuzz_zone(unsigned which)
{
	static const char *const names[] = { "UTC", "Europe/Berlin", "America/New_York",
		"Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca",
		"Africa/Monrovia" };
	const struct zone *zone;
	struct err e;

	zone = zone_get(names[which % (sizeof(names) / sizeof(names[0]))], &e);
	HOLDS(zone != NULL);
	return zone;
}

char *
fuzz_text(const void *data, size_t len)
{
	return len > 0 ? xstrndup(data, len) : xstrdup("");
}

void
fuzz_refused(int code, const struct err *e)
{
	size_t len = strlen(e->text);

	HOLDS(code == E_INPUT && e->code == E_INPUT);
	HOLDS(len > 0 && len < sizeof(e->text));
}

/* Text of a member, or NULL; *mine is to be freed. */
static const char *
shown(const struct field *f, const struct job *job, char **mine)
{
	*mine = NULL;
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_WORDS:
	case FIELD_CHOICE:
		return field_text(f, job, mine);
	default:
		return *mine = xasprintf("%jd", (intmax_t)field_int(f, job));
	}
}

void
fuzz_same_job(const struct job *a, const struct job *b)
{
	for (const struct field *f = job_fields; f->name != NULL; f++) {
		char *a_mine, *b_mine;
		const char *x = shown(f, a, &a_mine), *y = shown(f, b, &b_mine);

		if (x == NULL || y == NULL ? x != y : strcmp(x, y) != 0) {
			fprintf(stderr, "%s: '%s' is not '%s'\n", f->name, x ? x : "(none)",
			    y ? y : "(none)");
			abort();
		}
		free(a_mine);
		free(b_mine);
	}
}

/* What the store reads back of what it was given. */
static void
copy_by_fields(struct job *to, const struct job *from)
{
	job_init(to);
	for (const struct field *f = job_fields; f->name != NULL; f++) {
		char *mine;
		const char *text = shown(f, from, &mine);

		if (f->type == FIELD_TEXT || f->type == FIELD_WORDS || f->type == FIELD_CHOICE)
			HOLDS(field_set_text(f, to, text) == 0);
		else
			field_set_int(f, to, field_int(f, from));
		free(mine);
	}
}

/* What becomes of the occurrences of some days in which nothing ran. */
static void
check_plan(const struct job *job, const struct schedule *s, bool busy)
{
	struct plan_input in = { .job = job, .schedule = s, .zone = fuzz_zone(1), .busy = busy };
	struct plan p;

	in.now = FUZZ_NOW;
	in.scheduled_for = plan_first(job, s, in.zone,
	    FUZZ_NOW - (int64_t)(job_seed(job) % 40) * DAY_US, INSTANT_NONE, false);
	if (in.scheduled_for == INSTANT_NONE || in.scheduled_for > in.now)
		return;
	HOLDS(plan_ready_at(job, in.scheduled_for) - in.scheduled_for <= job->jitter);
	plan_due(&in, &p);
	if (p.action != PLAN_SKIP)
		HOLDS(p.run_for >= in.scheduled_for && p.run_for <= in.now);
	if (p.action == PLAN_HOLD || p.action == PLAN_REPLACE)
		HOLDS(p.next == p.run_for && busy);
	else
		HOLDS(p.next == INSTANT_NONE || p.next > in.scheduled_for);
	HOLDS(job->until == INSTANT_NONE || p.next <= job->until);
	HOLDS(p.nskips >= 0 && p.nskips <= PLAN_SKIPS_MAX);
	for (int i = 0; i < p.nskips; i++) {
		HOLDS(p.skips[i].count > 0 && p.skips[i].first <= p.skips[i].last);
		HOLDS(p.skips[i].first >= in.scheduled_for && p.skips[i].last <= in.now);
	}
}

static void
check_schedule(const struct job *job)
{
	struct schedule s;
	struct err e;
	int64_t next;

	HOLDS(job_schedule(job, &s, &e) == 0);
	HOLDS((s.kind == SCHEDULE_ONCE) != job->periodic);
	next = schedule_next(&s, fuzz_zone(0), FUZZ_NOW);
	HOLDS(next == INSTANT_NONE || next > FUZZ_NOW);
	for (int64_t n = 1; n < 70; n += 23)
		HOLDS(plan_backoff(job, n, job_seed(job)) >= 0);
	if (job->periodic) {
		check_plan(job, &s, false);
		check_plan(job, &s, true);
	}
}

void
fuzz_job(const struct job *job)
{
	struct job copy;
	struct err e;
	char *text;

	if (job_check(job, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	check_schedule(job);
	copy_by_fields(&copy, job);
	fuzz_same_job(job, &copy);
	HOLDS(job_seed(job) == job_seed(&copy));
	text = job_command_text(job);
	HOLDS(*text != '\0');
	free(text);
	job_release(&copy);
}

static char folder[512];

static void
remove_folder(void)
{
	rmdir(folder);
}

const char *
fuzz_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	if (folder[0] != '\0')
		return folder;
	snprintf(folder, sizeof(folder), "%s/fuzz.XXXXXX", tmp != NULL ? tmp : "/tmp");
	HOLDS(mkdtemp(folder) != NULL);
	atexit(remove_folder);
	return folder;
}
