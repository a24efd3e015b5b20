/*
 * tabhints: see tabhints.h.
 */
#include "cli/tabhints.h"

#include "base/err.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "conf/calendars.h"
#include "tab/tab.h"
#include "time/duration.h"
#include "time/shift.h"
#include "time/zone.h"

#define MOST 100
#define AHEAD (366 * DAY_US)
#define BLANKS " \t"

static void
add(struct tabhints *h, const struct job *j, char *message)
{
	if (h->n >= MOST) {
		h->further++;
		free(message);
		return;
	}
	h->v = mem_grow(h->v, h->n, &h->cap, sizeof(*h->v));
	h->v[h->n++] = (struct tab_note){ (int)j->tab_line, 1, message };
}

/* ---- DST ---- */

static char *
effect_text(const struct shift *f)
{
	switch (f->effect) {
	case SHIFT_MOVES:
		return xasprintf("skipped: it runs once, at %02d:%02d", f->then.hour,
		    f->then.minute);
	case SHIFT_DROPS:
		return xstrdup("skipped: it does not run");
	case SHIFT_REPEATS:
		return xstrdup("shown twice: it runs both times");
	}
	abort();
}

static char *
shift_text(const struct shift *f, const struct zone *zone)
{
	const struct civil *r = &f->reading;
	char *effect = effect_text(f), more[48] = "", *text;

	if (f->count > 1)
		snprintf(more, sizeof(more), " and %lld further times", (long long)f->count - 1);
	text = xasprintf("on %04d-%02d-%02d in %s %02d:%02d%s %s %s", r->year, r->month, r->day,
	    zone_name(zone), r->hour, r->minute, more, f->count > 1 ? "are" : "is", effect);
	free(effect);
	return text;
}

static void
find_shifts(struct cli *c, const struct job *j, struct tabhints *h)
{
	const struct zone *zone = j->tz != NULL ? zone_get(j->tz, &c->err) : cli_daemon_zone(c);
	int64_t after = c->now;
	struct schedule s;
	struct shift f;

	if (zone == NULL || job_schedule(j, &s, &c->err) < 0)
		return;
	for (; shift_next(&s, zone, after, c->now + AHEAD, &f); after = f.at)
		add(h, j, shift_text(&f, zone));
}

/* ---- day fields ---- */

/* The n-th field; its length in *len. NULL: there is none, as in a nickname. */
static const char *
field(const char *text, int n, size_t *len)
{
	do {
		text += strspn(text, BLANKS);
		*len = strcspn(text, BLANKS);
		if (*len == 0)
			return NULL;
		if (n > 0)
			text += *len;
	} while (n-- > 0);
	return text;
}

static bool
is_star(const char *f)
{
	return *f == '*' || *f == '?';
}

/* Neither all days, nor a text that only begins like that. */
static bool
is_all(const char *f, size_t len)
{
	return is_star(f) && len == 1;
}

static void
find_days(const struct job *j, struct tabhints *h)
{
	size_t mlen, wlen;
	const char *month_day = field(j->schedule, 2, &mlen), *week_day;

	if (month_day == NULL || *j->schedule == '@' ||
	    (week_day = field(j->schedule, 4, &wlen)) == NULL || is_all(month_day, mlen) ||
	    is_all(week_day, wlen))
		return;
	if (!is_star(month_day) && !is_star(week_day))
		add(h, j,
		    xasprintf("it runs on every day that matches '%.*s' (day of month) or '%.*s' "
			      "(day of week), not only where both match",
			(int)mlen, month_day, (int)wlen, week_day));
	else
		add(h, j,
		    xasprintf("it runs only on days that match both '%.*s' (day of month) and "
			      "'%.*s' (day of week), because one of them begins with '*'",
			(int)mlen, month_day, (int)wlen, week_day));
}

/* ---- calendars ---- */

struct looking {
	const struct job *job; /* the first that names what is looked for */
	struct tabhints *hints;
};

static void
on_fault(void *arg, const char *name, const char *fault, bool in_force)
{
	struct looking *l = arg;

	(void)in_force;
	if (fault != NULL)
		add(l->hints, l->job, xasprintf("calendar '%s': %s; what names it does not run "
		    "until it is there", name, fault));
}

static void
find_calendars(struct calendars *set, const struct job *j)
{
	if (j->not_on != NULL)
		calendars_get(set, j->not_on);
	if (j->only_on != NULL)
		calendars_get(set, j->only_on);
}

void
tabhints_find(struct cli *c, const struct tab *t, struct tabhints *h)
{
	struct looking l = { .hints = h };
	const struct calendars_setup setup = {
		.folder = c->conf.calendar_dir,
		.tell = on_fault,
		.arg = &l,
	};
	struct calendars *set = calendars_new(&setup);

	*h = (struct tabhints){ 0 };
	for (size_t i = 0; i < t->n; i++) {
		l.job = &t->jobs[i];
		find_calendars(set, l.job);
		find_days(l.job, h);
		find_shifts(c, l.job, h);
	}
	calendars_free(set);
}

void
tabhints_release(struct tabhints *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->v[i].message);
	free(h->v);
}
