/*
 * notices: see notices.h.
 */
#include "daemon/notices.h"

#include <event2/event.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strv.h"
#include "conf/conf.h"
#include "daemon/facts.h"
#include "daemon/fault.h"
#include "daemon/helper.h"
#include "daemon/message.h"
#include "store/notices.h"
#include "time/duration.h"

#define AGAIN_US (10 * USEC)  /* the store did not answer */
#define LOOK_MAX_US MINUTE_US /* the wall clock may be set meanwhile */
#define FAREWELL_US (2 * USEC)
#define PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* One that is being told, or has been and the store does not know yet. */
struct telling {
	LIST_ENTRY(telling) entry;
	struct notices *notices;
	struct notice_key key;
	struct helper *helper; /* NULL: it has ended */
	char *problem;
};

struct notices {
	struct notices_setup setup;
	struct event *look;
	LIST_HEAD(, telling) tellings;
	size_t n;
};

static void
arm(struct notices *s, int64_t us)
{
	struct timeval tv = { us / USEC, us % USEC };

	evtimer_add(s->look, &tv);
}

/* ---- how it went ---- */

static void
telling_free(struct telling *t)
{
	LIST_REMOVE(t, entry);
	t->notices->n--;
	helper_free(t->helper);
	free(t->problem);
	free(t);
}

static int64_t
again_at(const struct telling *t)
{
	static const int64_t waits[NOTICES_TRIES - 1] = { MINUTE_US, 10 * MINUTE_US };

	if (t->key.tries >= NOTICES_TRIES - 1)
		return INSTANT_NONE;
	return clock_wall() + waits[t->key.tries];
}

/* False if the store does not take it: it is tried again, but nobody is told again. */
static bool
record(struct telling *t)
{
	struct err e;

	if (store_notice_done(t->notices->setup.store, &t->key, t->problem, again_at(t), &e) < 0) {
		fault(t->notices->setup.store, &e, "cannot record a notice");
		return false;
	}
	telling_free(t);
	return true;
}

static void
on_ended(void *arg, const char *problem)
{
	struct telling *t = arg;
	struct notices *all = t->notices; /* t is freed once it is recorded */
	bool recorded;

	helper_free(t->helper);
	t->helper = NULL;
	if (problem != NULL) {
		log_warn("%s about %s %" PRId64 ": %s%s", notice_word(t->key.kind),
		    t->key.fence > 0 ? "attempt" : "skip", imaxabs(t->key.fence), problem,
		    t->key.tries < NOTICES_TRIES - 1 ? "; it is tried again" : "; it is given up");
		t->problem = xstrdup(problem);
	}
	recorded = record(t);
	arm(all, recorded ? 0 : AGAIN_US);
}

/* ---- what is told ---- */

static void
add_environment(struct strv *env, const struct notices *s, const struct notice *n)
{
	const char *home = getenv("HOME");
	const struct facts facts = { n->job.id, n->scheduled_for, n->attempt, n->fence,
		n->job.name, n->node, store_uri(s->setup.store) };

	facts_text(env, "HOME", home != NULL ? home : "/");
	facts_text(env, "LOGNAME", s->setup.user);
	facts_text(env, "USER", s->setup.user);
	strv_push(env, "SHELL=/bin/sh");
	strv_push(env, PATH);
	facts_add(env, &facts);
	facts_text(env, "JOBSCHED_OUTCOME", outcome_word(n->outcome));
	if (n->exit_status >= 0)
		facts_number(env, "JOBSCHED_EXIT_STATUS", n->exit_status);
	else
		facts_text(env, "JOBSCHED_EXIT_STATUS", NULL);
	if (n->signal != 0)
		facts_number(env, "JOBSCHED_SIGNAL", n->signal);
	else
		facts_text(env, "JOBSCHED_SIGNAL", NULL);
	facts_text(env, "JOBSCHED_REASON", n->reason);
}

static int
message_file(const struct notices *s, const struct notice *n, struct err *e)
{
	struct message_from from = { .user = s->setup.user, .now = clock_wall() };
	int fd = io_nameless("mail", s->setup.conf->runtime_dir);
	struct buf b = { 0 };
	char host[256];

	if (gethostname(host, sizeof(host)) == -1)
		strlcpy(host, "localhost", sizeof(host));
	host[sizeof(host) - 1] = '\0';
	from.host = host;
	message_make(&b, &from, n);
	if (fd == -1 || io_write_all(fd, b.data, b.len) == -1 || lseek(fd, 0, SEEK_SET) == -1) {
		err_errno(e, E_FAIL, "cannot keep the message");
		if (fd != -1)
			close(fd);
		fd = -1;
	}
	buf_release(&b);
	return fd;
}

static int
start_mail(struct telling *t, const struct notice *n, char *const *env, struct err *e)
{
	const struct notices *s = t->notices;
	char *mailer = xstrdup(s->setup.conf->mailer);
	char flag_i[] = "-i", flag_t[] = "-t";
	char *const argv[] = { mailer, flag_i, flag_t, NULL };
	struct helper_setup h = { mailer, argv, env, message_file(s, n, e) };

	if (h.input != -1) {
		t->helper = helper_start(s->setup.base, &h, on_ended, t, e);
		close(h.input);
	}
	free(mailer);
	return t->helper != NULL ? 0 : E_FAIL;
}

static int
start_command(struct telling *t, char *const *env, struct err *e)
{
	const struct notices *s = t->notices;
	char *command = xstrdup(s->setup.conf->on_failure);
	char shell[] = "/bin/sh", flag[] = "-c";
	char *const argv[] = { shell, flag, command, NULL };
	struct helper_setup h = { shell, argv, env, -1 };

	t->helper = helper_start(s->setup.base, &h, on_ended, t, e);
	free(command);
	return t->helper != NULL ? 0 : E_FAIL;
}

/* Whom it was for may have changed since: then there is nobody to tell. */
static bool
is_wanted(const struct notices *s, const struct notice_key *key, const struct notice *n)
{
	return key->kind == NOTICE_MAIL ? n->job.mail != NULL && n->job.mail_on != MAIL_NEVER
					: s->setup.conf->on_failure != NULL;
}

static void
start(struct telling *t, const struct notice *n)
{
	struct strv env = { 0 };
	struct err e;
	int rc;

	add_environment(&env, t->notices, n);
	rc = t->key.kind == NOTICE_MAIL ? start_mail(t, n, env.v, &e)
					: start_command(t, env.v, &e);
	strv_clear(&env);
	if (rc < 0)
		on_ended(t, e.text);
}

/* False if the store failed. */
static bool
begin(struct notices *s, const struct notice_key *key)
{
	struct telling *t;
	struct notice n;
	struct err e;
	int rc = store_notice_get(s->setup.store, key->fence, &n, &e);

	if (rc < 0 && rc != E_NOTFOUND) {
		fault(s->setup.store, &e, "cannot look at what is to be told");
		return false;
	}
	t = xcalloc(1, sizeof(*t));
	t->notices = s;
	t->key = *key;
	LIST_INSERT_HEAD(&s->tellings, t, entry);
	s->n++;
	if (rc < 0 || !is_wanted(s, key, &n))
		on_ended(t, NULL);
	else
		start(t, &n);
	if (rc == 0)
		notice_release(&n);
	return true;
}

/* ---- which ones ---- */

struct found {
	struct notice_key v[2 * NOTICES_AT_ONCE];
	size_t n;
};

static int
note_key(void *arg, const struct notice_key *key)
{
	struct found *f = arg;

	f->v[f->n++] = *key;
	return 0;
}

static bool
is_told(const struct notices *s, const struct notice_key *key)
{
	const struct telling *t;

	LIST_FOREACH(t, &s->tellings, entry)
		if (t->key.fence == key->fence && t->key.kind == key->kind)
			return true;
	return false;
}

/* Those that the store did not take at first. False if it still does not. */
static bool
record_ended(struct notices *s)
{
	struct telling *t, *next;

	for (t = LIST_FIRST(&s->tellings); t != NULL; t = next) {
		next = LIST_NEXT(t, entry);
		if (t->helper == NULL && !record(t))
			return false;
	}
	return true;
}

/* False if the store failed. */
static bool
look(struct notices *s, int64_t now)
{
	struct found f = { .n = 0 };
	struct err e;

	if (!record_ended(s))
		return false;
	if (store_notices(s->setup.store, 2 * NOTICES_AT_ONCE, note_key, &f, &e) < 0) {
		fault(s->setup.store, &e, "cannot look for whom to tell");
		return false;
	}
	for (size_t i = 0; i < f.n && s->n < NOTICES_AT_ONCE; i++) {
		int64_t wait = f.v[i].due_at - now;

		if (is_told(s, &f.v[i]))
			continue;
		if (wait > 0) {
			arm(s, wait < LOOK_MAX_US ? wait : LOOK_MAX_US);
			break;
		}
		if (!begin(s, &f.v[i]))
			return false;
	}
	return true;
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct notices *s = arg;

	(void)fd, (void)what;
	if (!look(s, clock_wall()))
		arm(s, AGAIN_US);
}

struct notices *
notices_new(const struct notices_setup *setup)
{
	struct notices *s = xcalloc(1, sizeof(*s));

	s->setup = *setup;
	s->look = evtimer_new(setup->base, on_look, s);
	return s;
}

void
notices_look(struct notices *s)
{
	arm(s, 0);
}

bool
notices_idle(const struct notices *s)
{
	struct timeval due, now;

	if (s->n > 0)
		return false;
	if (!evtimer_pending(s->look, &due))
		return true;
	event_base_gettimeofday_cached(s->setup.base, &now);
	return evutil_timercmp(&due, &now, >);
}

static bool
any_runs(struct notices *s)
{
	struct telling *t, *next;

	for (t = LIST_FIRST(&s->tellings); t != NULL; t = next) {
		next = LIST_NEXT(t, entry);
		if (t->helper != NULL)
			helper_look(t->helper);
	}
	return !LIST_EMPTY(&s->tellings);
}

void
notices_free(struct notices *s)
{
	const struct timespec moment = { 0, 20000000 };
	int64_t end = clock_boot() + FAREWELL_US;

	if (s == NULL)
		return;
	while (any_runs(s) && clock_boot() < end)
		nanosleep(&moment, NULL);
	while (!LIST_EMPTY(&s->tellings))
		telling_free(LIST_FIRST(&s->tellings));
	event_free(s->look);
	free(s);
}
