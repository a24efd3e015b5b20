/*
 * sweep: see sweep.h. A file goes under its lock, and flopen sees to it that whoever wants that
 * lock has the file that is there. What somebody still holds, or who is named in it and lives,
 * keeps it for another round.
 *
 * While a job's attempt is open in the store its file may be what shows how far that came
 * (takein.h); of one that has ended nobody asks any more.
 */
#include "daemon/sweep.h"

#include <dirent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <libutil.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "store/store.h"
#include "time/duration.h"
#include "wire/joblock.h"

#define ROUND_US HOUR_US
#define YOUNG_US HOUR_US /* what was written since then is in use, or soon again */
/* A piece: so many files are looked at, or as many as the time allows; the store may be far. */
#define PIECE 1000
#define PIECE_US 10000
#define REST_US 200000 /* between two pieces */

struct sweep {
	struct store *store;
	const char *locks;
	struct event *timer;
	DIR *dir; /* of a round that is under way */
	int64_t removed;
};

static void
again_in(struct sweep *s, int64_t us)
{
	struct timeval tv = { us / USEC, us % USEC };

	evtimer_add(s->timer, &tv);
}

/* The job whose lock it is by its name; 0: it is none. */
static int64_t
job_of(const char *name)
{
	char same[64];
	long long id;

	if (sscanf(name, "job-%lld.lock", &id) != 1)
		return 0;
	joblock_name(id, same, sizeof(same));
	return strcmp(name, same) == 0 ? id : 0;
}

static bool
is_old(const struct sweep *s, const char *name)
{
	struct stat st;

	return fstatat(dirfd(s->dir), name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && clock_wall() - st.st_mtim.tv_sec * USEC > YOUNG_US;
}

/* 1: nothing of it is open. */
static int
has_ended(struct sweep *s, int64_t id, struct err *e)
{
	struct job_view v;
	int rc = store_job_get(s->store, id, &v, e);
	bool ended;

	if (rc < 0)
		return rc == E_NOTFOUND ? 1 : rc;
	ended = job_state_is_final(v.state);
	job_view_release(&v);
	return ended;
}

static void
take_away(struct sweep *s, const char *name)
{
	char *path = xasprintf("%s/%s", s->locks, name);
	int fd = flopen(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK), named;
	struct joblock holder;

	if (fd != -1) {
		named = joblock_read_from(fd, &holder);
		if ((named == 0 || (named == 1 && proc_look(&holder.proc) == 0)) &&
		    unlink(path) == 0)
			s->removed++;
		close(fd);
	}
	free(path);
}

/* False at the end of the round. */
static bool
piece(struct sweep *s)
{
	int64_t end = clock_boot() + PIECE_US, id;
	struct dirent *d;
	struct err e;
	int rc;

	for (int n = 0; n < PIECE && clock_boot() < end; n++) {
		if ((d = readdir(s->dir)) == NULL)
			return false;
		if ((id = job_of(d->d_name)) == 0 || !is_old(s, d->d_name))
			continue;
		/* There is time: another round. */
		if ((rc = has_ended(s, id, &e)) < 0)
			return false;
		if (rc > 0)
			take_away(s, d->d_name);
	}
	return true;
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct sweep *s = arg;

	(void)fd, (void)what;
	if (s->dir == NULL && (s->dir = opendir(s->locks)) == NULL) {
		again_in(s, ROUND_US);
		return;
	}
	if (piece(s)) {
		again_in(s, REST_US);
		return;
	}
	if (s->removed > 0)
		log_debug("%lld lock files of jobs that have ended are removed",
		    (long long)s->removed);
	s->removed = 0;
	closedir(s->dir);
	s->dir = NULL;
	again_in(s, ROUND_US);
}

struct sweep *
sweep_new(struct event_base *base, struct store *store, const char *locks)
{
	struct sweep *s = xcalloc(1, sizeof(*s));

	s->store = store;
	s->locks = locks;
	s->timer = evtimer_new(base, on_time, s);
	again_in(s, REST_US);
	return s;
}

void
sweep_free(struct sweep *s)
{
	if (s == NULL)
		return;
	event_free(s->timer);
	if (s->dir != NULL)
		closedir(s->dir);
	free(s);
}
