/*
 * conf: the text of a jobsched.conf. What was taken keeps every bound of its key, and is the same
 * when the text is read a second time over it.
 */
#include "conf/conf.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "conf/parse.h"
#include "fuzz.h"
#include "time/duration.h"

#define PATH "/etc/jobsched.conf"

static int
parse(struct conf *c, const char *text, struct err *e)
{
	char *copy = xstrdup(text);
	int rc = conf_parse(c, PATH, copy, strlen(text), e);

	free(copy);
	return rc;
}

static void
init(struct conf *c)
{
	memset(c, 0, sizeof(*c));
	c->batch = c->max_running = 1000;
	c->tick = MINUTE_US;
	job_init(&c->defaults);
}

static void
check_path(const char *path)
{
	HOLDS(path == NULL || *path == '/');
}

static void
check(const struct conf *c)
{
	HOLDS(c->batch >= 1 && c->batch <= 100000);
	HOLDS(c->max_running >= 1 && c->max_running <= 100000);
	HOLDS(c->tick >= USEC && c->tick <= HOUR_US);
	HOLDS(c->keep_attempts >= 0 && c->keep_attempts_for >= 0 && c->keep_jobs_for >= 0);
	HOLDS(c->keep_outputs_for >= 0 && c->keep_outputs_for <= DURATION_MAX);
	check_path(c->state_dir);
	check_path(c->runtime_dir);
	check_path(c->calendar_dir);
	check_path(c->mailer);
	for (size_t i = 0; i < c->tab_dirs.n; i++)
		check_path(c->tab_dirs.v[i]);
	for (size_t i = 0; i < c->nqueues; i++) {
		HOLDS(c->queues[i].max_running >= 0 && c->queues[i].max_running <= 100000);
		for (size_t k = 0; k < i; k++)
			HOLDS(strcmp(c->queues[i].name, c->queues[k].name) != 0);
	}
}

static void
same_text(const char *a, const char *b)
{
	HOLDS(a == NULL || b == NULL ? a == b : strcmp(a, b) == 0);
}

static void
check_same(const struct conf *a, const struct conf *b)
{
	HOLDS(a->batch == b->batch && a->max_running == b->max_running && a->tick == b->tick);
	same_text(a->database, b->database);
	same_text(a->node_id, b->node_id);
	same_text(a->tz, b->tz);
	same_text(a->on_failure, b->on_failure);
	HOLDS(strv_equal(&a->tab_dirs, &b->tab_dirs) && strv_equal(&a->labels, &b->labels));
	HOLDS(strv_equal(&a->allow_users, &b->allow_users));
	HOLDS(strv_equal(&a->deny_users, &b->deny_users));
	HOLDS(a->nqueues == b->nqueues && a->log_level == b->log_level);
	fuzz_same_job(&a->defaults, &b->defaults);
}

int
fuzz_conf(const uint8_t *data, size_t len)
{
	char *text = fuzz_text(data, len);
	struct conf once, twice;
	struct err e;
	int rc;

	init(&once);
	init(&twice);
	if ((rc = parse(&once, text, &e)) < 0) {
		HOLDS(rc == E_INPUT && strncmp(e.text, PATH ":", strlen(PATH ":")) == 0);
	} else {
		check(&once);
		HOLDS(parse(&twice, text, &e) == 0 && parse(&twice, text, &e) == 0);
		check_same(&once, &twice);
	}
	conf_release(&once);
	conf_release(&twice);
	free(text);
	return 0;
}
