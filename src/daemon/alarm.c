/*
 * alarm: see alarm.h and timerfd_create(2).
 */
#include "daemon/alarm.h"

#include <errno.h>
#include <event2/event.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"

struct alarm_clock {
	int fd;
	struct event *readable;
	void (*ring)(void *, bool);
	void *arg;
};

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct alarm_clock *a = arg;
	uint64_t times;
	ssize_t n = read(fd, &times, sizeof(times));

	(void)what;
	if (n > 0 || errno == ECANCELED)
		a->ring(a->arg, n <= 0);
}

int
alarm_new(struct alarm_clock **out, struct event_base *base, void (*ring)(void *, bool),
    void *arg, struct err *e)
{
	struct alarm_clock *a;
	int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd == -1)
		return err_errno(e, E_FAIL, "cannot make a timer");
	a = xcalloc(1, sizeof(*a));
	a->fd = fd;
	a->ring = ring;
	a->arg = arg;
	a->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, a);
	event_add(a->readable, NULL);
	*out = a;
	return 0;
}

void
alarm_free(struct alarm_clock *a)
{
	if (a == NULL)
		return;
	event_free(a->readable);
	close(a->fd);
	free(a);
}

void
alarm_set(struct alarm_clock *a, int64_t at)
{
	const int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
	struct itimerspec when = { 0 };

	at = clock_of_host(at);
	/* Zero would disarm it. */
	if (at < 1)
		at = 1;
	when.it_value.tv_sec = at / 1000000;
	when.it_value.tv_nsec = at % 1000000 * 1000;
	/*
	 * The call itself says ECANCELED when the clock was set since: the timer is armed all
	 * the same.
	 */
	if (timerfd_settime(a->fd, flags, &when, NULL) == -1 && errno != ECANCELED)
		abort();
}
