/*
 * ear: see ear.h.
 */
#include "daemon/ear.h"

#include <event2/event.h>
#include <stdbool.h>

#include "base/mem.h"
#include "store/lease.h"

struct ear {
	struct event_base *base;
	struct store *store;
	struct event *readable; /* NULL: there is no connection */
	struct event *soon;
	void (*said)(void *);
	void *arg;
};

/* Who speaks while there is none is not heard: there may be something to see, and soon another. */
static void
connection_lost(struct ear *x)
{
	static const struct timeval second = { 1, 0 };

	event_free(x->readable);
	x->readable = NULL;
	evtimer_add(x->soon, &second);
}

static void
watch(struct ear *x)
{
	int fd = store_ear(x->store);

	if (x->readable != NULL && event_get_fd(x->readable) == fd)
		return;
	if (x->readable != NULL)
		connection_lost(x);
	if (fd == -1)
		return;
	x->readable = event_new(x->base, fd, EV_READ | EV_PERSIST,
	    event_get_callback(x->soon), x);
	event_add(x->readable, NULL);
}

static void
on_said(evutil_socket_t fd, short what, void *arg)
{
	struct ear *x = arg;

	(void)fd;
	if (what == EV_TIMEOUT || store_heard(x->store))
		x->said(x->arg);
	watch(x);
}

int
ear_new(struct ear **out, struct event_base *base, struct store *store, void (*said)(void *),
    void *arg, struct err *e)
{
	struct ear *x = xcalloc(1, sizeof(*x));
	int rc;

	*out = x;
	x->base = base;
	x->store = store;
	x->said = said;
	x->arg = arg;
	x->soon = evtimer_new(base, on_said, x);
	if ((rc = store_listen(store, e)) == 0)
		watch(x);
	return rc;
}

void
ear_free(struct ear *x)
{
	if (x == NULL)
		return;
	if (x->readable != NULL)
		event_free(x->readable);
	event_free(x->soon);
	free(x);
}

void
ear_turn(struct ear *x)
{
	static const struct timeval now = { 0, 0 };

	if (store_heard(x->store))
		evtimer_add(x->soon, &now);
	watch(x);
}
