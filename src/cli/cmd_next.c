/*
 * next: when a schedule is due. Reads neither config nor database.
 */
#include "base/buf.h"
#include "base/hash.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/out.h"
#include "time/instant.h"
#include "time/schedule.h"
#include "time/zone.h"

struct next_args {
	const char *tz, *from;
	int64_t count;
};

#define AT(member) offsetof(struct next_args, member)

struct next_times {
	const struct schedule *schedule;
	const struct zone *zone;
	int64_t from, n;
};

static const struct opt options[] = {
	{ .name = "tz", .kind = OPT_TEXT, .arg = "ZONE", .offset = AT(tz),
	    .help = "read the schedule in this zone; else in the local one" },
	{ .name = "from", .kind = OPT_TEXT, .arg = "TIME", .offset = AT(from),
	    .help = "strictly after this time; else after now" },
	{ .name = "count", .letter = 'n', .kind = OPT_NUMBER, .arg = "N", .offset = AT(count),
	    .initial = 1, .min = 1, .max = 1000000, .help = "so many times; else one" },
	{ 0 },
};

/* The words as one text: five fields need not be quoted. */
static char *
join(int argc, char *const argv[])
{
	struct buf b = { 0 };

	for (int i = 0; i < argc; i++) {
		buf_addstr(&b, i > 0 ? " " : "");
		buf_addstr(&b, argv[i]);
	}
	return buf_string(&b);
}

/* Shows each of the n times that follow, or fewer if there are no more. */
static void
each_time(struct cli *c, const struct next_times *times,
    void (*show)(struct cli *, const struct zone *, int64_t))
{
	int64_t t = times->from;

	for (int64_t n = times->n; n > 0 && !out_broken(); n--) {
		if ((t = schedule_next(times->schedule, times->zone, t)) == INSTANT_NONE)
			return;
		show(c, times->zone, t);
	}
}

static void
show_text(struct cli *c, const struct zone *zone, int64_t t)
{
	char text[INSTANT_TEXT];

	instant_rfc3339(t, zone, text, sizeof(text));
	if (c->global.json)
		out_text(c->out, NULL, text);
	else
		puts(text);
}

static void
show_instant(struct cli *c, const struct zone *zone, int64_t t)
{
	(void)zone;
	out_time(c->out, NULL, t);
}

static void
print_times(struct cli *c, const struct next_times *times)
{
	if (!c->global.json) {
		each_time(c, times, show_text);
		return;
	}
	out_list(cli_out(c), "next", NULL);
	each_time(c, times, show_instant);
	out_end(c->out);
	out_list(c->out, "local", NULL);
	each_time(c, times, show_text);
	out_end(c->out);
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	const struct next_args *a = args;
	struct schedule s;
	struct next_times times = { .schedule = &s, .from = c->now, .n = a->count };
	char *text;
	int r;

	if (a->tz != NULL && a->tz[0] == '\0')
		return err_set(&c->err, E_INPUT, "option '--tz': '' is not a time zone");
	if ((times.zone = zone_get(a->tz, &c->err)) == NULL)
		return err_prefix(&c->err, "option '--tz'");
	if (a->from != NULL &&
	    instant_parse(a->from, times.zone, c->now, &times.from, &c->err) < 0)
		return err_prefix(&c->err, "option '--from'");
	text = join(argc, argv);
	/* A bare expression has no identity: its `~` values are drawn from its own text. */
	r = schedule_parse(&s, text, hash_string(HASH_SEED, text), NULL, &c->err);
	free(text);
	if (r < 0)
		return r;
	if (s.kind == SCHEDULE_REBOOT)
		return err_set(&c->err, E_INPUT, "'@reboot' has no times");
	print_times(c, &times);
	return 0;
}

const struct command cmd_next = {
	.name = "next",
	.operands = "EXPR",
	.help = "print the next times of a schedule; no database is needed",
	.min = 1,
	.max = -1,
	.opts = options,
	.args_size = sizeof(struct next_args),
	.run = run,
};
