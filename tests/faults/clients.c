/*
 * clients: see clients.h.
 */
#include "clients.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/strv.h"
#include "children.h"
#include "dice.h"
#include "jobs.h"
#include "storm.h"
#include "tally.h"
#include "timers.h"
#include "world.h"

#define OPEN_MAX_JOBS 2500 /* no more submits while so many are open */
#define CHECKS_MAX 3	   /* db check at a time */

enum what {
	SUBMIT,
	BULK,
	CANCEL,
	RETRY,
	PAUSE,
	RESUME,
	RUN,
	STATUS,
	LIST,
	ATTEMPTS,
	OUTPUT,
	HEALTH,
	METRICS,
	CHECK,
	WHATS
};

static const struct {
	const char *command;
	int weight, quiet_weight; /* the second while there is enough to do */
	bool of_a_job;
} whats[WHATS] = {
    [SUBMIT] = {"submit", 50, 0, false},
    [BULK] = {"submit --file", 4, 0, false},
    [CANCEL] = {"cancel", 8, 4, true},
    [RETRY] = {"retry", 8, 2, true},
    [PAUSE] = {"pause", 3, 1, true},
    [RESUME] = {"resume", 4, 4, true},
    [RUN] = {"run", 5, 1, true},
    [STATUS] = {"status", 5, 5, true},
    [LIST] = {"list", 2, 2, false},
    [ATTEMPTS] = {"attempts", 3, 3, false},
    [OUTPUT] = {"output", 3, 3, true},
    [HEALTH] = {"status", 3, 3, false},
    [METRICS] = {"metrics", 2, 2, false},
    [CHECK] = {"db check", 1, 1, false},
};

struct client {
	struct dice dice;
	int64_t child; /* 0: none */
	enum what what;
	int64_t job, asked; /* whom it is about, and the wall clock before the command */
	int64_t bulk, bulk_n;
};

struct clients {
	struct client *v; /* one more than there are: the one of clients_run */
	int64_t *ids;	  /* acknowledged */
	size_t n, cap;
	int64_t bulks;
};

void
clients_init(struct storm *s)
{
	s->clients = xcalloc(1, sizeof(*s->clients));
	s->clients->v = xcalloc((size_t)s->nclients + 1, sizeof(*s->clients->v));
	for (int i = 0; i < s->nclients; i++) {
		char name[32];

		snprintf(name, sizeof(name), "client %d", i);
		dice_init(&s->clients->v[i].dice, s->seed, name);
	}
}

void
clients_free(struct storm *s)
{
	free(s->clients->v);
	free(s->clients->ids);
	free(s->clients);
}

/* Of the newer ones mostly: there is more to happen to them. */
static int64_t
some_id(struct clients *all, struct dice *d)
{
	int64_t n = (int64_t)all->n;

	if (n == 0)
		return 0;
	return all->ids[n - 1 - dice_below(d, dice_percent(d, 70) && n > 100 ? 100 : n)];
}

/* One that runs now, if there is such a one. Those of tabs are left alone: the ledger has to have
 * them. */
static int64_t
some_running(struct storm *s, struct dice *d)
{
	return world_number(s,
	    "SELECT o.job_id FROM occurrences o JOIN jobs j ON j.id = o.job_id"
	    " WHERE o.state = 1 AND j.tab IS NULL LIMIT 1 OFFSET ?",
	    dice_below(d, 20), 0, 0);
}

static int64_t
some_job(struct storm *s, struct dice *d)
{
	int64_t job = dice_percent(d, 30) ? some_running(s, d) : 0;

	return job != 0 ? job : some_id(s->clients, d);
}

/* ---- what it was told ---- */

/* Whole lines only: a killed command may have left half of a number. */
static size_t
acknowledge(struct storm *s, const char *file)
{
	struct clients *all = s->clients;
	struct buf b = {0};
	size_t n = 0;
	struct err e;
	char *at, *end;

	if (io_read_file(file, &b, 1 << 24, &e) < 0)
		storm_violation(s, "%s", e.text);
	at = buf_string(&b);
	for (char *line = at; (end = strchr(line, '\n')) != NULL; line = end + 1, n++) {
		if (write(s->acked, line, (size_t)(end + 1 - line)) == -1)
			abort();
		all->ids = mem_grow(all->ids, all->n, &all->cap, sizeof(*all->ids));
		all->ids[all->n++] = strtoll(line, NULL, 10);
	}
	free(at);
	return n;
}

/* What it said, both ways; the caller's. */
static char *
words_of(const struct child *c)
{
	struct buf b = {0};
	struct err e;

	(void)io_read_file(c->complaints, &b, 4096, &e);
	(void)io_read_file(c->out, &b, 4096, &e);
	return buf_string(&b);
}

/* 3 and 4: it has gone, or is in a state that does not allow it: another client was quicker. */
static bool
is_expected(enum what what, int status)
{
	if (status == 0)
		return true;
	return whats[what].of_a_job ? status == 3 || status == 4 : what == SUBMIT && status == 4;
}

static void
judge(struct storm *s, const struct client *cl, const struct child *c, int status)
{
	char *words;

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && c->killed)
		return;
	if (WIFEXITED(status) && (c->shimmed || is_expected(cl->what, WEXITSTATUS(status))))
		return;
	/* More than 10 s: what was stopped by us may have had it. */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 5) {
		tally_load(s, "answered 'busy'");
		return;
	}
	words = words_of(c);
	storm_violation(
	    s, "%s ended with status %#x: %s", whats[cl->what].command, (unsigned)status, words);
	free(words);
}

static void
write_down(struct storm *s, const struct client *cl, const struct child *c, int status)
{
	const char *command = whats[cl->what].command;
	size_t n;

	switch (cl->what) {
	case SUBMIT:
		acknowledge(s, c->out);
		break;
	case BULK:
		n = acknowledge(s, c->out);
		storm_fact(s, "bulk|b%" PRId64 "|%" PRId64 "|%d", cl->bulk, cl->bulk_n, n > 0);
		break;
	case CANCEL:
	case PAUSE:
	case RESUME:
		/* It is done, or has not been and never will be. */
		if (status == 0 || cl->what == RESUME)
			storm_fact(s, "%s|%" PRId64 "|%" PRId64 "|%" PRId64, command, cl->job,
			    cl->asked, clock_wall());
		break;
	default:
		break;
	}
}

static void next_one(struct storm *, int64_t slot);

static void
ended(struct storm *s, struct child *c, int status)
{
	struct client *cl = &s->clients->v[c->arg];

	cl->child = 0;
	judge(s, cl, c, status);
	write_down(s, cl, c, status);
	if (c->arg < s->nclients)
		timers_add(s, dice_spread(&cl->dice, 0, 100 * MS), next_one, c->arg);
}

/* ---- what it does ---- */

static void
add_bulk(struct storm *s, struct client *cl, struct strv *words)
{
	char *file = xasprintf("%s/bulk/b%" PRId64, s->dir, cl->bulk), name[64], *line;
	FILE *f = fopen(file, "w");

	if (f == NULL)
		abort();
	for (int64_t i = 0; i < cl->bulk_n; i++) {
		snprintf(name, sizeof(name), "b%" PRId64 "-%" PRId64, cl->bulk, i);
		line = jobs_line(s, &cl->dice, name);
		fprintf(f, "%s\n", line);
		free(line);
	}
	if (fclose(f) == EOF)
		abort();
	strv_take(words, xasprintf("--file=%s", file));
	free(file);
}

static void
add_words(struct storm *s, struct client *cl, struct strv *words)
{
	strv_push(words, "jobsched");
	strv_push(words, "-C");
	strv_push(words, s->conf);
	strv_push(words, "-q");
	switch (cl->what) {
	case SUBMIT:
		strv_push(words, "submit");
		jobs_words(s, &cl->dice, some_id(s->clients, &cl->dice), words);
		return;
	case BULK:
		strv_push(words, "submit");
		cl->bulk = ++s->clients->bulks;
		cl->bulk_n = dice_spread(&cl->dice, 1, 2000);
		add_bulk(s, cl, words);
		return;
	case CHECK:
		strv_push(words, "db");
		strv_push(words, "check");
		return;
	default:
		strv_push(words, whats[cl->what].command);
	}
	if (cl->what == LIST || cl->what == ATTEMPTS)
		strv_push(words, "--limit=100");
	if (cl->job != 0)
		strv_take(words, xasprintf("%" PRId64, cl->job));
}

static void
run(struct storm *s, int64_t slot, enum what what, int64_t job)
{
	struct client *cl = &s->clients->v[slot];
	struct strv words = {0}, env = {0};
	char name[32];

	cl->what = what;
	cl->job = job;
	cl->asked = clock_wall();
	/* Of these it counts that somebody tried, whatever becomes of it. */
	if (what == CANCEL || what == RETRY || what == RUN)
		storm_fact(s, "%s|%" PRId64 "|%" PRId64 "|", whats[what].command, job, cl->asked);
	snprintf(name, sizeof(name), "%" PRId64, slot);
	add_words(s, cl, &words);
	if (slot < s->nclients && dice_percent(&cl->dice, 8))
		child_shim(s, &cl->dice, &env);
	cl->child = child_run(s, &words, name, &env, ended, slot)->number;
	strv_clear(&words);
	if (env.n > 0)
		tally_fault(s, "command whose calls fail");
	strv_clear(&env);
	tally_load(s, whats[what].command);
}

static bool
enough_to_do(struct storm *s)
{
	return world_number(s, "SELECT value FROM counters WHERE name = 'jobs.open'", 0, 0, 0) >
	       OPEN_MAX_JOBS;
}

/* They take turns, and at the end all clients have to come to theirs. */
static bool
enough_check(const struct storm *s)
{
	int n = 0;

	for (int i = 0; i < s->nclients; i++)
		n += s->clients->v[i].child != 0 && s->clients->v[i].what == CHECK;
	return n >= CHECKS_MAX;
}

static void
next_one(struct storm *s, int64_t slot)
{
	struct client *cl = &s->clients->v[slot];
	bool enough = enough_to_do(s);
	int weights[WHATS];
	enum what what;
	int64_t job;

	if (s->calm)
		return;
	for (int i = 0; i < WHATS; i++)
		weights[i] = enough ? whats[i].quiet_weight : whats[i].weight;
	what = (enum what)dice_weighed(&cl->dice, weights, WHATS);
	job = whats[what].of_a_job ? some_job(s, &cl->dice) : 0;
	if (whats[what].of_a_job && job == 0)
		what = SUBMIT;
	if (what == CHECK && enough_check(s))
		what = HEALTH;
	run(s, slot, what, job);
}

void
clients_start(struct storm *s)
{
	for (int i = 0; i < s->nclients; i++)
		timers_add(s, dice_below(&s->clients->v[i].dice, 200 * MS), next_one, i);
}

bool
clients_are_idle(struct storm *s)
{
	for (int i = 0; i <= s->nclients; i++)
		if (s->clients->v[i].child != 0)
			return false;
	return true;
}

int64_t
clients_pick(struct storm *s, struct dice *d)
{
	int64_t at = dice_below(d, s->nclients);

	for (int i = 0; i < s->nclients; i++)
		if (s->clients->v[(at + i) % s->nclients].child != 0)
			return s->clients->v[(at + i) % s->nclients].child;
	return 0;
}

bool
clients_run(struct storm *s, const char *command, int64_t job)
{
	if (s->clients->v[s->nclients].child != 0)
		return false;
	for (int i = 0; i < WHATS; i++)
		if (strcmp(whats[i].command, command) == 0) {
			run(s, s->nclients, (enum what)i, job);
			return true;
		}
	abort();
}
