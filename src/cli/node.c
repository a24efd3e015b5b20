/*
 * node: see node.h.
 */
#include "cli/node.h"

#include <unistd.h>

#include "base/clock.h"
#include "cli/out.h"
#include "store/store.h"

const struct out_column node_columns[] = {
	{ .name = "id", .head = "NODE" },
	{ .name = "state", .head = "STATE" },
	{ .name = "role", .head = "ROLE" },
	{ .name = "host", .head = "HOST" },
	{ .name = "zone", .head = "ZONE" },
	{ .name = "pid", .head = "PID", .right = true },
	{ .name = "running", .head = "RUNNING", .right = true },
	{ .name = "capacity", .head = "OF", .right = true },
	{ .name = "heartbeat_age", .head = "HEARD", .right = true },
	{ .name = "last_tick_at", .head = "LAST TICK" },
	{ .name = "started_at", .head = "STARTED" },
	{ 0 },
};

static bool
is_this_host(const char *host)
{
	char own[256];

	return host != NULL && gethostname(own, sizeof(own)) == 0 && strcmp(own, host) == 0;
}

const char *
node_state(const struct node *n)
{
	/* A daemon that was killed could not say goodbye; of another machine's nothing is seen. */
	if (strcmp(n->state, "stopped") != 0 && strcmp(n->state, "dead") != 0 &&
	    is_this_host(n->host) && !proc_alive(&n->proc))
		return "gone";
	return n->state;
}

bool
node_is_live(const struct node *n)
{
	const char *state = node_state(n);

	return strcmp(state, "stopped") != 0 && strcmp(state, "gone") != 0 &&
	    strcmp(state, "dead") != 0;
}

/* By the clock of those who say that they live: a step of that makes no age below 0. */
static int64_t
age_of(const struct node *n)
{
	int64_t age = clock_wall() - n->heartbeat_at;

	return age > 0 ? age : 0;
}

void
node_row(struct out *o, const struct node *n)
{
	out_object(o, NULL);
	out_text(o, "id", n->id);
	out_text(o, "state", node_state(n));
	out_text(o, "role", n->role);
	out_text(o, "host", n->host);
	out_text(o, "zone", n->zone);
	out_words(o, "labels", &n->labels);
	out_text(o, "version", n->version);
	out_number(o, "pid", n->proc.pid);
	out_number(o, "running", n->running);
	out_number(o, "capacity", n->capacity);
	out_time(o, "started_at", n->started_at);
	out_time(o, "heartbeat_at", n->heartbeat_at);
	out_duration(o, "heartbeat_age", age_of(n));
	out_time(o, "last_tick_at", n->last_tick_at);
	out_end(o);
}
