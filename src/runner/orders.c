/*
 * orders: see orders.h.
 */
#include "runner/orders.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/mem.h"
#include "job/attempt.h"
#include "runner/checkpoint.h"
#include "runner/launch.h"
#include "runner/lease.h"
#include "runner/reap.h"
#include "runner/report.h"
#include "runner/runner.h"
#include "runner/server.h"
#include "wire/launch.h"
#include "wire/pack.h"

static int
hello(void *arg, const void *body, size_t len)
{
	const struct runner *r = arg;
	struct unpack u;
	int64_t version;
	char *node;
	int rc;

	unpack_init(&u, body, len);
	version = unpack_int(&u);
	node = unpack_str(&u);
	rc = !u.bad && version >= 1 && node != NULL && strcmp(node, r->node) == 0 ? 0 : -1;
	if (rc == -1 && !u.bad && node != NULL)
		log_warn("refusing a scheduler of node '%s', protocol %d", node, (int)version);
	free(node);
	return rc;
}

/* All that this runner has taken and is not rid of: what is not named was never handed over. */
static void
welcome(struct runner *r)
{
	struct welcome w = { .version = WIRE_VERSION, .runner = r->id, .proc = r->self,
		.cells = r->cells.base };
	struct buf body = { 0 };
	const struct attempt *a;

	w.fences = xcalloc((size_t)jobs_known(&r->jobs), sizeof(*w.fences));
	for (int i = 0; i < ATTEMPT_STATES; i++)
		TAILQ_FOREACH(a, &r->jobs.list[i], link)
			w.fences[w.nfences++] = a->fence;
	welcome_pack(&body, &w);
	server_send(r->server, FRAME_WELCOME, &body);
	buf_release(&body);
	free(w.fences);
}

static void
attached(void *arg)
{
	struct runner *r = arg;

	r->attached = true;
	r->nsyncs = 0;
	welcome(r);
	checkpoint_again(r);
	report_again(r);
}

static int
launch(struct runner *r, const void *body, size_t len)
{
	struct launch l;

	if (FAILPOINT("launch.take") || launch_unpack(body, len, &l) == -1)
		return -1;
	launch_accept(r, &l);
	return 0;
}

static void
cancel_queued(struct runner *r, struct attempt *a, enum outcome outcome, int64_t now)
{
	struct result res;

	result_init(&res);
	res.outcome = outcome;
	report_result(r, a, &res, now);
	result_release(&res);
}

static int
cancel(struct runner *r, struct unpack *u)
{
	int64_t fence = unpack_int(u), outcome = unpack_int(u), grace = unpack_int(u);
	int64_t now = clock_boot();
	struct attempt *a;

	if (u->bad || (outcome != OUTCOME_CANCELLED && outcome != OUTCOME_TIMEOUT))
		return -1;
	/* Whoever has ended by itself by now is not cancelled. */
	reap_all(r);
	a = jobs_by_fence(&r->jobs, fence);
	if (a == NULL || a->state == ATTEMPT_ENDED)
		return 0;
	if (a->state == ATTEMPT_RUNNING)
		end_begin(r, a, (enum outcome)outcome, grace, now);
	else
		cancel_queued(r, a, (enum outcome)outcome, now);
	return 0;
}

static void
sync_later(struct runner *r, int64_t number)
{
	r->syncs = mem_grow(r->syncs, r->nsyncs, &r->syncs_cap, sizeof(*r->syncs));
	r->syncs[r->nsyncs++] = number;
}

static int
order(void *arg, enum frame_type type, const void *body, size_t len)
{
	struct runner *r = arg;
	struct unpack u;

	unpack_init(&u, body, len);
	switch (type) {
	case FRAME_LAUNCH:
		return launch(r, body, len);
	case FRAME_CANCEL:
		return cancel(r, &u);
	case FRAME_ACK:
		if (FAILPOINT("ack.take"))
			return -1;
		report_acknowledged(r, unpack_int(&u));
		break;
	case FRAME_LEASE:
		lease_set(r, unpack_int(&u));
		break;
	case FRAME_RETIRE:
		r->retired = true;
		break;
	case FRAME_CHECKPOINT_STORED: {
		int64_t fence = unpack_int(&u);

		checkpoint_stored(r, fence, unpack_int(&u));
		break;
	}
	case FRAME_SYNC:
		sync_later(r, unpack_int(&u));
		break;
	default:
		return -1;
	}
	return u.bad ? -1 : 0;
}

static void
guest(void *arg, int fd, const void *data, size_t len)
{
	struct runner *r = arg;

	guests_adopt(&r->guests, fd, data, len);
}

const struct server_ops orders = {
	.hello = hello,
	.attached = attached,
	.frame = order,
	.guest = guest,
};

void
orders_turn(struct runner *r)
{
	struct buf body = { 0 };

	if (r->nsyncs == 0 || !TAILQ_EMPTY(&r->jobs.list[ATTEMPT_FRESH]) || r->untold != NULL)
		return;
	for (size_t i = 0; i < r->nsyncs; i++) {
		buf_clear(&body);
		pack_int(&body, r->syncs[i]);
		server_send(r->server, FRAME_SYNCED, &body);
	}
	r->nsyncs = 0;
	buf_release(&body);
}
