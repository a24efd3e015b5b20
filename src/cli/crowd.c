/*
 * crowd: see crowd.h.
 */
#include "cli/crowd.h"

#include "cli/cli.h"
#include "cli/out.h"
#include "cli/when.h"
#include "time/duration.h"
#include "time/instant.h"

/* So many crowded minutes are named; the others are counted. */
#define NAMED 10

void
crowd_init(struct crowd *w, const struct cli *c, const struct when *when, int64_t max,
    struct out *list)
{
	*w = (struct crowd){ .cli = c, .when = when, .max = max, .list = list,
		.minute = INSTANT_NONE };
}

static void
finish_minute(struct crowd *w)
{
	char at[INSTANT_TEXT];

	if (w->minute == INSTANT_NONE)
		return;
	when_text(w->when, w->minute * MINUTE_US, at, sizeof(at));
	if (w->list != NULL) {
		out_object(w->list, NULL);
		out_time(w->list, "minute", w->minute * MINUTE_US);
		out_cell(w->list, "shown_minute", at);
		out_number(w->list, "runs", w->n);
		out_end(w->list);
	}
	if (w->n <= w->max || w->crowded++ >= NAMED)
		return;
	cli_note(w->cli, "%lld jobs are due in the minute of %s, max_running is %lld",
	    (long long)w->n, at, (long long)w->max);
}

void
crowd_add(struct crowd *w, int64_t at)
{
	int64_t minute = at / MINUTE_US;

	if (minute != w->minute) {
		finish_minute(w);
		w->minute = minute;
		w->n = 0;
	}
	w->n++;
}

void
crowd_end(struct crowd *w)
{
	finish_minute(w);
	if (w->crowded > NAMED)
		cli_note(w->cli, "and %lld further minutes", (long long)(w->crowded - NAMED));
}
