/*
 * t_link: what goes to a runner, and when.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/link.h"
#include "tap.h"

/* The loop may be busy for longer than the lease lasts. */
static void
test_lease(void)
{
	static const struct link_calls none = { 0 };
	struct event_base *base = event_base_new();
	char got[4096];
	struct link *l;
	int fd[2];

	if (base == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == -1)
		abort();
	l = link_new(base, fd[0], 1, "here", &none, NULL);
	tap_ok(read(fd[1], got, sizeof(got)) == -1, "what is sent waits for the loop");
	link_lease(l, 1000000);
	tap_ok(link_flushed(l), "a lease does not");
	tap_ok(read(fd[1], got, sizeof(got)) > 0, "and what was to be sent before it comes with it");
	link_lease(l, 2000000);
	tap_ok(read(fd[1], got, sizeof(got)) > 0, "nor does the next one");
	close(fd[1]);
	link_lease(l, 3000000);
	tap_ok(!link_flushed(l), "of one that has gone the loop hears");
	link_free(l);
	event_base_free(base);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_lease();
	return tap_done();
}
