/*
 * filter: see filter.h.
 */
#include "cli/filter.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "cli/aside.h"
#include "cli/cli.h"
#include "cli/out.h"
#include "cli/row.h"
#include "job/check.h"
#include "store/change.h"

#define SHOWN 20 /* jobs that --dry-run names */

struct choice {
	struct cli *cli;
	const struct filter_verb *verb;
	const struct job_change *change; /* NULL: a dry run */
	int64_t ids[JOB_CHANGE_MAX];
	size_t n;
	int64_t chosen, done;
	int rc;
};

bool
filter_given(const struct filter_args *a)
{
	return a->state != NULL || a->user != NULL || a->name != NULL || a->queue != NULL ||
	    a->label != NULL;
}

bool
filter_is_queue(const struct filter_args *a)
{
	return a->queue != NULL && a->state == NULL && a->user == NULL && a->name == NULL &&
	    a->label == NULL && !a->dry_run;
}

static int
check_glob(const char *s, struct err *e)
{
	return *s != '\0' ? 0 : err_set(e, E_INPUT, "'' matches no name");
}

static int
check_queue(const char *s, struct err *e)
{
	if (strlen(s) > JOB_NAME_MAX)
		return err_set(e, E_INPUT, "longer than %d bytes", JOB_NAME_MAX);
	return check_text(s, e);
}

/* What no job can have is a slip: of cancel --label="$unset", which is told as at submit. */
int
filter_check_values(struct cli *c, const struct filter_args *a)
{
	const struct {
		const char *name, *value;
		int (*check)(const char *, struct err *);
	} values[] = {
		{ "user", a->user, check_user },
		{ "name", a->name, check_glob },
		{ "queue", a->queue, check_queue },
		{ "label", a->label, check_label },
	};

	/* A pattern is matched by whole characters. */
	if (a->name != NULL)
		cli_locale();
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (values[i].value != NULL && values[i].check(values[i].value, &c->err) < 0)
			return err_prefix(&c->err, "option '--%s': ", values[i].name);
	return 0;
}

int
filter_check(struct cli *c, const struct filter_args *a, int argc)
{
	if (filter_check_values(c, a) < 0)
		return c->err.code;
	if (argc > 0 && filter_given(a))
		return err_set(&c->err, E_INPUT,
		    "jobs are either named or chosen by options, not both");
	if (a->dry_run && !filter_given(a))
		return err_set(&c->err, E_INPUT,
		    "option '--dry-run' goes with options that choose jobs");
	return 0;
}

/* Of a periodic job a dead occurrence is mostly there if its last attempt did not go well. */
static bool
may_be_dead(const struct job_view *v)
{
	return v->state == JOB_FAILED || (v->job.periodic && v->last_outcome >= 0 &&
	    v->last_outcome != OUTCOME_OK && v->last_outcome != OUTCOME_CANCELLED);
}

/* What is as it should be already is passed over. */
static bool
applies(const struct choice *ch, const struct job_view *v)
{
	enum job_event ev = ch->verb->event;

	if (job_state_after(v->state, ev) == -1)
		return false;
	if (ev == EV_PAUSE || ev == EV_RESUME)
		return v->paused == (ev == EV_RESUME);
	if (ev == EV_RETRY)
		return may_be_dead(v);
	return v->state != JOB_CANCELLED && !v->cancel_wanted;
}

static int
flush(struct choice *ch)
{
	int64_t done = 0;

	if (ch->n > 0)
		ch->rc = store_job_change(
		    ch->cli->store, ch->change, ch->ids, ch->n, &done, &ch->cli->err);
	ch->done += done;
	ch->n = 0;
	return ch->rc;
}

static void
show(struct choice *ch, const struct job_view *v)
{
	if (ch->chosen > SHOWN)
		return;
	out_object(ch->cli->out, NULL);
	row_job(ch->cli->out, v);
	out_end(ch->cli->out);
}

/* The store holds nothing open while we are here. */
static int
choose(void *arg, const struct job_view *v)
{
	struct choice *ch = arg;
	int64_t began;

	if (!applies(ch, v))
		return 0;
	ch->chosen++;
	if (ch->change == NULL) {
		show(ch, v);
		return 0;
	}
	ch->ids[ch->n++] = v->job.id;
	if (ch->n < JOB_CHANGE_MAX)
		return 0;
	began = clock_boot();
	if (flush(ch) == 0)
		aside_step(began);
	return ch->rc;
}

static int
make_filter(struct cli *c, const struct filter_args *a, struct job_filter *f)
{
	job_filter_init(f);
	f->user = a->user;
	f->name_glob = a->name;
	f->queue = a->queue;
	f->label = a->label;
	if (a->state != NULL && (f->state = job_state_parse(a->state)) < 0)
		return err_set(&c->err, E_INPUT, "option '--state': unknown state '%s'", a->state);
	return 0;
}

static int
dry_run(struct choice *ch, const struct job_filter *f)
{
	struct cli *c = ch->cli;

	out_list(cli_out(c), "jobs", job_columns);
	if (store_job_list(c->store, f, choose, ch, &c->err) < 0)
		return c->err.code;
	out_end(c->out);
	out_number(c->out, "count", ch->chosen);
	if (!c->global.json) {
		if (cli_answered(c) < 0)
			return c->err.code;
		cli_say(c, "would %s %lld job%s", ch->verb->would, (long long)ch->chosen,
		    ch->chosen == 1 ? "" : "s");
	}
	return 0;
}

static int
change(struct choice *ch, const struct job_filter *f)
{
	struct cli *c = ch->cli;

	if (store_job_list(c->store, f, choose, ch, &c->err) < 0 || ch->rc < 0 || flush(ch) < 0)
		return c->err.code;
	if (c->global.json)
		out_number(cli_out(c), "count", ch->done);
	else
		cli_say(c, "%s %lld job%s", ch->verb->did, (long long)ch->done,
		    ch->done == 1 ? "" : "s");
	return 0;
}

int
filter_change(struct cli *c, const struct filter_args *a, const struct filter_verb *verb,
    struct job_change *what)
{
	struct choice ch = { .cli = c, .verb = verb, .change = a->dry_run ? NULL : what };
	struct job_filter f;

	if (make_filter(c, a, &f) < 0)
		return c->err.code;
	what->state = f.state;
	what->now = c->now;
	return a->dry_run ? dry_run(&ch, &f) : change(&ch, &f);
}
