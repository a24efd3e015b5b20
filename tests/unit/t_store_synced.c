/*
 * t_store_synced: which transactions of SQLite wait for the disk: all whose loss by a power failure
 * somebody would notice, and the heartbeat not.
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/job.h"
#include "scratch.h"
#include "store/lease.h"
#include "store/clock.h"
#include "store/sqlite/handle.h"
#include "store/store.h"
#include "tap.h"
#include "time/zone.h"

#define T0 INT64_C(1772359200000000)

/* SQLite's calls come here. */
static int waits;

int
fsync(int fd)
{
	waits++;
	return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	waits++;
	return (int)syscall(SYS_fdatasync, fd);
}

static bool
submits(struct store *s, struct err *e)
{
	struct job job;
	struct submit what = {.jobs = &job, .n = 1, .now = T0, .zone = zone_utc(), .boot_id = "b"};
	int64_t id;
	size_t bad;
	int rc;

	job_init(&job);
	job.user = xstrdup("ann");
	job.command = xstrdup("true");
	job.schedule = xstrdup("2026-03-01T10:00:00.000Z");
	rc = store_submit(s, &what, &id, &bad, e);
	job_release(&job);
	return rc == 0;
}

static bool
comes_up(struct store *s, struct err *e)
{
	struct node n = {.capacity = 8};
	int rc;

	n.id = xstrdup("n");
	n.host = xstrdup("h");
	n.version = xstrdup("1");
	strlcpy(n.proc.boot, "b", sizeof(n.proc.boot));
	rc = store_node_up(s, &n, T0, e);
	node_release(&n);
	return rc == 0;
}

static bool
beats(struct store *s, struct err *e)
{
	struct moment now = {.boot = "b", .wall_clock = T0, .boot_clock = 1};

	return store_node_beat(s, "n", &now, e) == 0;
}

static bool
beats_unknown(struct store *s, struct err *e)
{
	struct moment now = {.boot = "b", .wall_clock = T0, .boot_clock = 1};

	return store_node_beat(s, "nobody", &now, e) < 0;
}

static bool
goes_down(struct store *s, struct err *e)
{
	return store_node_down(s, "n", NULL, T0, e) == 0;
}

int
main(void)
{
	static const struct {
		const char *what;
		bool (*run)(struct store *, struct err *);
		bool waits;
	} cases[] = {
	    {"a node that comes up", comes_up, true},
	    {"a submission", submits, true},
	    {"a heartbeat", beats, false},
	    {"a submission after it", submits, true},
	    {"a heartbeat that fails", beats_unknown, false},
	    {"what comes after that", submits, true},
	    {"a node that goes down", goes_down, true},
	};
	char *dir = scratch_new("t_store_synced"), *path = xasprintf("%s/jobs.db", dir);
	struct store *s;
	struct err e;

	if (store_open(&s, path, STORE_CREATE, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		return 1;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		waits = 0;
		tap_ok(cases[i].run(s, &e), "%s is as it should be", cases[i].what);
		tap_ok((waits > 0) == cases[i].waits, "%s %s for the disk", cases[i].what,
		    cases[i].waits ? "waits" : "does not wait");
	}
	store_close(s);
	scratch_remove(dir);
	free(path);
	free(dir);
	return tap_done();
}
