/*
 * t_plan_stepped: what becomes of a waiting occurrence when the wall clock is set. The clock comes
 * to `now` from where it would have been, `by` minutes before that.
 */
#include "base/buf.h"
#include "plan_case.h"
#include "tap.h"
#include "time/duration.h"
#include "time/zone.h"

static const struct {
	const char *why, *job, *waiting, *now;
	int by; /* minutes */
	const char *want;
} cases[] = {
    /* Forward by a little. */
    {"nothing was jumped over", "*/5 * * * *", "10:10", "10:09", 5, "10:10"},
    {"wild: one was jumped over", "*/5 * * * *", "10:05", "10:07", 5, "10:10; clock 10:05 x1"},
    {"wild: it goes on from now", "*/5 * * * *", "10:05", "12:02", 120,
	"12:05; clock 10:05-12:00 x24"},
    {"wild: its time is the one to which the clock was set", "*/5 * * * *", "10:05", "10:10", 8,
	"10:15; clock 10:05-10:10 x2"},
    {"fixed: one was jumped over, and runs", "0 11 * * *", "11:00", "12:00", 120, "late 11:00"},
    {"fixed: several were, and one runs for all", "0 10,11,12 * * *", "10:00", "12:30", 180,
	"late 12:00; clock 10:00-11:00 x2"},
    {"fixed: later ones are not touched", "0 11,13 * * *", "13:00", "12:30", 60, "13:00"},
    {"fixed, that leaves out a gap", "0 11 * * *|dst-gap=skip", "11:00", "12:00", 120,
	"03/11:00; clock 11:00 x1"},
    {"what was due before is for --missed", "*/5 * * * *", "09:55", "12:02", 120, "09:55"},
    {"due at the very moment before it is, too", "0 10 * * *", "10:00", "12:00", 120, "10:00"},
    {"the line: three hours", "0 11 * * *", "11:00", "12:00", 180, "late 11:00"},
    {"an end between", "*/5 * * * *|until=2026-03-02T10:07:00Z", "10:05", "10:20", 18,
	"none; clock 10:05 x1"},

    /* Back by a little. */
    {"wild: the next that has not come", "*/5 * * * *", "10:05", "09:00", -62, "10:05"},
    {"fixed: nothing is run again", "0 11 * * *", "03/11:00", "10:00", -120, "03/11:00"},

    /* A new clock. */
    {"forward: nothing is made up for", "0 11 * * *", "11:00", "15:00", 300,
	"03/11:00; clock 11:00 x1"},
    {"forward: one row, however many", "* * * * *", "01/10:00", "08/10:00", 7 * 1440,
	"08/10:01; clock 01/10:00-10:00 x10081"},
    {"forward: what was due before as well", "0 * * * *", "09:00", "15:30", 300,
	"16:00; clock 09:00-15:00 x7"},
    {"forward, with an end", "0 * * * *|until=2026-03-02T12:00:00Z", "10:00", "15:30", 300,
	"none; clock 10:00-12:00 x3"},
    {"back: from now", "0 11 * * *", "05/11:00", "02:00", -3 * 1440, "11:00"},
    {"back, wild", "*/5 * * * *", "03/10:05", "10:02", -1440, "10:05"},

    /* Elapsed time. */
    {"an interval moves forward", "@every 1h", "10:30", "11:00", 60, "moved 11:30"},
    {"and back", "@every 1h", "10:30", "09:00", -60, "moved 09:30"},
    {"with any clock", "@every 1h", "02/10:30", "09/10:00", 7 * 1440, "moved 09/10:30"},
    {"@reboot waits for nobody's clock", "@reboot", "10:00", "09:00", -60, "moved 09:00"},
};

static void
add_time(struct buf *b, int64_t us, int64_t day_of)
{
	struct civil c, d;

	if (us == INSTANT_NONE) {
		buf_addstr(b, "none");
		return;
	}
	civil_from_seconds(us / USEC, &c);
	civil_from_seconds(day_of / USEC, &d);
	if (c.day != d.day)
		buf_addf(b, "%02d/", c.day);
	buf_addf(b, "%02d:%02d", c.hour, c.minute);
}

static char *
stepped_told(const struct plan_stepped *p)
{
	struct buf b = {0};

	buf_addstr(&b, p->moved ? "moved " : p->late ? "late " : "");
	add_time(&b, p->scheduled_for, DAY);
	if (p->skip.count > 0) {
		buf_addf(&b, "; %s ", skip_word(p->skip.reason));
		add_time(&b, p->skip.first, DAY);
		if (p->skip.last != p->skip.first) {
			buf_addc(&b, '-');
			add_time(&b, p->skip.last, p->skip.count > 1000 ? p->skip.last : DAY);
		}
		buf_addf(&b, " x%d", (int)p->skip.count);
	}
	return buf_string(&b);
}

static enum step
kind_of(int64_t by)
{
	return by > STEP_SMALL || by < -STEP_SMALL ? STEP_NEW_CLOCK
	       : by > 0				   ? STEP_FORWARD
						   : STEP_BACKWARD;
}

static void
check(size_t i)
{
	struct schedule s;
	struct job job;
	struct plan_stepped p;
	int64_t by = cases[i].by * MINUTE_US;
	char *text;

	make(cases[i].job, &job, &s);
	plan_stepped(&(struct plan_input){.job = &job,
			 .schedule = &s,
			 .zone = zone_utc(),
			 .scheduled_for = at(cases[i].waiting),
			 .now = at(cases[i].now)},
	    kind_of(by), by, &p);
	text = stepped_told(&p);
	tap_is_str(text, cases[i].want, "%s: %s", cases[i].job, cases[i].why);
	free(text);
	job_release(&job);
}

static void
test_once(void)
{
	struct schedule s = {.kind = SCHEDULE_ONCE, .at = at("10:00")};
	struct plan_input in = {.schedule = &s,
	    .zone = zone_utc(),
	    .scheduled_for = at("10:00"),
	    .now = at("12:00")};
	struct plan_stepped p;
	struct job job;

	job_init(&job);
	in.job = &job;
	plan_stepped(&in, STEP_FORWARD, 3 * HOUR_US, &p);
	tap_ok(!p.moved && p.scheduled_for == at("10:00"), "--at is a reading of the wall clock");
	job.elapsed = true;
	plan_stepped(&in, STEP_FORWARD, 3 * HOUR_US, &p);
	tap_ok(p.moved && p.scheduled_for == at("13:00"), "--in is so long from its submission");
	plan_stepped(&in, STEP_NONE, 0, &p);
	tap_ok(!p.moved && p.scheduled_for == at("10:00"), "without a step nothing changes");
	job_release(&job);
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(cases); i++)
		check(i);
	test_once();
	return tap_done();
}
