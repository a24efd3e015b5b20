/*
 * standing: see standing.h.
 */
#include "daemon/standing.h"

#include <event2/event.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "daemon/daemon.h"
#include "daemon/fault.h"
#include "daemon/runners.h"
#include "daemon/tick.h"
#include "store/lease.h"
#include "store/store.h"
#include "time/duration.h"

#define AGAIN_US (500 * INT64_C(1000)) /* after a renewal that failed */
#define RENEWALS 3		       /* in the time of a lease */
#define WAITS 12		       /* of so many parts of it is one for waiting for others */

struct standing {
	struct daemon *daemon;
	bool shared;
	struct event *renewal;
	struct node self; /* id, proc, lease and labels; the texts are the daemon's */
	int64_t until;	  /* boot clock */
	int64_t due;	  /* boot clock: the next renewal */
	int64_t term;	  /* 0: another leads */
	bool told;	  /* the log says that renewals fail */
	bool over;	  /* it says that the lease has run out */
};

/* ---- leading ---- */

static void
on_given_up(void *arg, const char *node)
{
	(void)arg;
	log_warn("node '%s' was not heard of any more: what ran there is lost", node);
}

/* Others' time to kill is over only after the margin. */
static void
rescue(struct standing *s, int64_t now)
{
	int64_t before = now - s->self.lease / LEASE_MARGIN;
	struct daemon *d = s->daemon;
	struct rescued done;
	struct err e;

	do {
		if (store_rescue(d->store, before, now, on_given_up, NULL, &done, &e) < 0) {
			fault(d->store, &e, "cannot look for nodes that are gone");
			return;
		}
		if (done.attempts > 0) {
			log_warn("%" PRId64 " attempts of nodes that are gone are lost",
			    done.attempts);
			tick_soon(d);
		}
	} while (done.more);
	daemon_notices(d);
}

static void
take_term(struct standing *s, int64_t term)
{
	bool had = s->term != 0;

	s->term = term;
	store_lead(s->daemon->store, s->self.id, term != 0 ? term : -1);
	if (term != 0 && !had) {
		log_info("this node leads, term %" PRId64, term);
		daemon_lead(s->daemon);
	} else if (term == 0 && had) {
		log_warn("another node leads");
	}
}

/* ---- the lease ---- */

static void
plan_renewal(struct standing *s, int64_t us)
{
	struct timeval tv = { us / USEC, us % USEC };

	s->due = clock_boot() + us;
	evtimer_add(s->renewal, &tv);
}

static void
hold_until(struct standing *s, int64_t boot)
{
	s->until = boot + s->self.lease - s->self.lease / LEASE_MARGIN;
	runners_lease(s->daemon->runners, s->until);
}

/*
 * The loop has not come back to the timer in time, and goes on with the store: each wait for
 * another host is short, but there may be many. What else a renewal brings is seen to by the timer.
 */
static void
keep(void *arg)
{
	struct standing *s = arg;
	int64_t boot = clock_boot();
	struct lease l;
	struct err unused;

	if (boot < s->due)
		return;
	s->due = boot + AGAIN_US;
	if (store_lease_renew(s->daemon->store, &s->self, clock_wall(), &l, &unused) < 0 || l.lost)
		return;
	hold_until(s, boot);
	s->due = boot + s->self.lease / RENEWALS;
}

static void
failed(struct standing *s, const struct err *e)
{
	const struct store_outage *o = store_outage(s->daemon->store);
	int64_t left = s->until - clock_boot();

	/* What is told as an outage may go on as something else. */
	if (!s->told && left > 0)
		s->told = fault(s->daemon->store, e,
		    "cannot renew the lease, which goes on for %" PRId64 " s", left / USEC);
	if (!s->over && left <= 0)
		log_error("the lease has run out: nothing is started, and what ran is ended, "
			  "until the database is there again: %s",
		    o->since != 0 ? o->why : e->text);
	s->over = left <= 0;
	plan_renewal(s, AGAIN_US);
}

static void
renewed(struct standing *s, int64_t boot, int64_t term)
{
	if (s->told || s->over)
		log_info("the lease is renewed");
	s->told = s->over = false;
	hold_until(s, boot);
	take_term(s, term);
	plan_renewal(s, s->self.lease / RENEWALS);
}

/* Others may have taken over what runs here: it ends, and the node begins anew. */
static int
come_up_anew(struct standing *s, struct err *e)
{
	int rc;

	log_warn("this node was taken for dead, or another has its name: what runs is ended");
	runners_lease(s->daemon->runners, 1);
	take_term(s, 0);
	if ((rc = daemon_register(s->daemon, e)) == 0)
		rc = daemon_recount(s->daemon, e);
	return rc;
}

static int
renew(struct standing *s, struct err *e)
{
	int64_t boot = clock_boot(), now = clock_wall();
	struct lease l;
	int rc;

	s->due = INT64_MAX; /* until it is planned anew */
	s->self.labels = s->daemon->conf.labels; /* a reload may have brought others */
	rc = store_lease_renew(s->daemon->store, &s->self, now, &l, e);

	if (rc == 0 && l.lost && (rc = come_up_anew(s, e)) == 0) {
		boot = clock_boot();
		now = clock_wall();
		rc = store_lease_renew(s->daemon->store, &s->self, now, &l, e);
	}
	if (rc < 0)
		return rc;
	renewed(s, boot, l.term);
	if (l.term != 0)
		rescue(s, now);
	return 0;
}

static void
on_renewal(evutil_socket_t fd, short what, void *arg)
{
	struct standing *s = arg;
	struct err e;
	int rc;

	(void)fd, (void)what;
	if ((rc = renew(s, &e)) == E_CONFLICT) {
		log_error("%s: stopping", e.text);
		s->daemon->failure = E_CONFLICT;
		event_base_loopbreak(s->daemon->base);
	} else if (rc < 0) {
		failed(s, &e);
	} else {
		/* What another host has submitted may be ready, or was refused there. */
		s->daemon->recall = true;
		tick_soon(s->daemon);
	}
}

int
standing_new(struct standing **out, struct daemon *d, struct err *e)
{
	struct standing *s = xcalloc(1, sizeof(*s));

	*out = s;
	s->daemon = d;
	s->shared = store_shared(d->store);
	if (!s->shared)
		return 0;
	s->self.id = d->node;
	s->self.lease = d->conf.lease;
	proc_self(&s->self.proc);
	store_patience(d->store, s->self.lease / WAITS);
	store_keep(d->store, keep, s);
	s->renewal = evtimer_new(d->base, on_renewal, s);
	return renew(s, e);
}

void
standing_free(struct standing *s)
{
	if (s != NULL && s->renewal != NULL) {
		store_keep(s->daemon->store, NULL, NULL);
		event_free(s->renewal);
	}
	free(s);
}

bool
standing_holds(const struct standing *s)
{
	return !s->shared || clock_boot() < s->until;
}

bool
standing_leads(const struct standing *s)
{
	return !s->shared || (s->term != 0 && standing_holds(s));
}
