/*
 * patience: see patience.h. Time in which we stand still ourselves does not count: what has come
 * meanwhile is read before the timer is looked at.
 */
#include "daemon/patience.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/usock.h"
#include "daemon/link.h"
#include "daemon/member.h"
#include "time/duration.h"
#include "wire/journal.h"

/* Of so many parts of runner_patience. */
#define PARTS 4

static void
arm(struct member *m)
{
	int64_t us = *m->setup->patience / PARTS;
	struct timeval tv = { us / USEC, us % USEC };

	evtimer_add(m->check, &tv);
}

/* Who listens at its socket; it has not told us yet. */
static bool
find_process(struct member *m)
{
	struct ucred peer = { .pid = 0 };
	socklen_t len = sizeof(peer);
	int fd = usock_connect(m->row.socket), rc = -1, lock;
	bool alive = false;
	struct err e;

	if (fd != -1) {
		rc = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
		close(fd);
	}
	if (rc == -1 || peer.pid <= 0)
		return false;
	strlcpy(m->proc.boot, proc_boot_id(), sizeof(m->proc.boot));
	m->proc.pid = peer.pid;
	/* 0 of one that has gone: no process will be like it. */
	m->proc.start = proc_start_time(peer.pid);
	if (m->proc.start == 0 && (kill(peer.pid, 0) == 0 || errno != ESRCH)) {
		m->proc.pid = 0;
		return false;
	}
	/* Alive after we have looked: then that was it, and not who got its number. */
	if ((lock = journal_claim(m->row.journal, &alive, &e)) >= 0)
		close(lock);
	if (!alive)
		m->proc.pid = 0;
	return alive;
}

static void
kill_it(struct member *m)
{
	char text[32];

	/* What it was starting has its journal and its end of the link: a child that does not come
	 * to be another program. That decides when it goes on or dies. */
	if (m->killed && proc_look(&m->proc) == 0) {
		member_judge(m);
		return;
	}
	if (m->proc.pid == 0 && !find_process(m)) {
		log_error("runner %" PRId64 " does not answer, and its process is not known",
		    m->row.id);
		return;
	}
	duration_format(*m->setup->patience, text, sizeof(text));
	log_error("runner %" PRId64 " has not answered for %s: it is killed, and what it runs is "
		  "watched", m->row.id, text);
	m->killed = true;
	if (proc_signal(&m->proc, SIGKILL) == -1 && errno != ESRCH)
		log_error("cannot kill process %d", (int)m->proc.pid);
}

/* Whether an answer or a result is to come from it. */
static bool
is_owing(struct member *m)
{
	struct err e;
	size_t n;

	if (m->link == NULL)
		return false;
	return !m->ready || m->unsynced || member_open_attempts(m, &n, &e) < 0 || n > 0;
}

static void
ask(struct member *m)
{
	m->heard = false;
	if (m->ready)
		link_sync(m->link, PATIENCE_SYNC);
	arm(m);
}

static void
on_check(evutil_socket_t fd, short what, void *arg)
{
	struct member *m = arg;

	(void)fd, (void)what;
	m->silent = m->link == NULL || m->heard ? 0 : m->silent + 1;
	if (m->silent == 0 && !is_owing(m))
		return;
	if (m->silent == PARTS / 2 && m->fresh) {
		log_warn("runner %" PRId64 " does not answer: new jobs go to another", m->row.id);
		m->calls->silent(m->arg, m);
	}
	if (m->silent >= PARTS)
		kill_it(m);
	ask(m);
}

void
patience_init(struct member *m)
{
	m->check = evtimer_new(m->setup->base, on_check, m);
}

void
patience_release(struct member *m)
{
	event_free(m->check);
}

void
patience_watch(struct member *m)
{
	if (evtimer_pending(m->check, NULL))
		return;
	m->silent = 0;
	ask(m);
}
