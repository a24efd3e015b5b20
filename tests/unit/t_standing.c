/*
 * t_standing: what the log says of renewals of the lease that fail.
 */
#include <err.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "daemon/daemon.h"
#include "daemon/runners.h"
#include "daemon/standing.h"
#include "store/lease.h"
#include "store/ops.h"
#include "tap.h"
#include "time/duration.h"

static const char *refusal; /* NULL: the lease is renewed */

static const char *
no_path(const struct store *s)
{
	(void)s;
	return NULL;
}

static int
renew(struct store *s, const struct node *n, int64_t now, struct lease *l, struct err *e)
{
	(void)s, (void)n, (void)now;
	*l = (struct lease){ 0 };
	return refusal != NULL ? err_set(e, E_STORE, "%s", refusal) : 0;
}

static void
nothing(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
}

/* The timer of the renewals is the only one. */
static int
set_off(const struct event_base *base, const struct event *ev, void *arg)
{
	(void)base;
	if (event_get_callback(ev) != nothing) {
		event_active((struct event *)(uintptr_t)ev, EV_TIMEOUT, 0);
		*(bool *)arg = true;
	}
	return 0;
}

/* What the log has in addition after one more renewal. */
static const char *
said_at_renewal(struct daemon *d, const char *why)
{
	static char text[4096];
	FILE *log = tmpfile();
	int before = dup(STDERR_FILENO);
	bool found = false;
	size_t n;

	if (log == NULL || before == -1 || dup2(fileno(log), STDERR_FILENO) == -1)
		err(1, "tmpfile");
	refusal = why;
	event_base_foreach_event(d->base, set_off, &found);
	if (!found)
		errx(1, "no renewal is planned");
	event_base_loop(d->base, EVLOOP_NONBLOCK);
	dup2(before, STDERR_FILENO);
	close(before);
	rewind(log);
	n = fread(text, 1, sizeof(text) - 1, log);
	text[n] = '\0';
	fclose(log);
	return text;
}

static bool
tells(const char *log, const char *what)
{
	if (strstr(log, what) != NULL)
		return true;
	tap_note("the log has: '%s'", log);
	return false;
}

static void
test_outage(struct daemon *d, struct store *s)
{
	static const char cannot[] = "cannot renew the lease, which goes on for";

	s->outage.since = 1;
	strlcpy(s->outage.why, "the database is away", sizeof(s->outage.why));
	tap_ok(tells(said_at_renewal(d, "away"), "the database is away: nothing is started"),
	    "an outage is told as that");
	tap_is_str(said_at_renewal(d, "away"), "", "and once");
	s->outage.since = 0;
	tap_ok(tells(said_at_renewal(d, "it is read-only"), cannot),
	    "that it goes on as something else is told");
	tap_is_str(said_at_renewal(d, "it is read-only"), "", "once, too");
	tap_ok(tells(said_at_renewal(d, NULL), "the lease is renewed"), "and so is its end");
	tap_is_str(said_at_renewal(d, NULL), "", "which is no news the next time");
}

int
main(void)
{
	static const struct store_ops ops = { .path = no_path, .lease_renew = renew };
	struct store store = { .ops = &ops };
	struct daemon d = { .store = &store, .conf.lease = HOUR_US };
	struct runners_setup setup = { .store = &store };
	char here[] = "here";
	struct err e;

	d.node = here;
	d.base = event_base_new();
	d.tick = event_new(d.base, -1, 0, nothing, NULL);
	d.runners = runners_new(&setup);
	if (standing_new(&d.standing, &d, &e) < 0)
		errx(1, "%s", e.text);
	test_outage(&d, &store);
	standing_free(d.standing);
	runners_free(d.runners);
	event_free(d.tick);
	event_base_free(d.base);
	free(store.leader);
	return tap_done();
}
