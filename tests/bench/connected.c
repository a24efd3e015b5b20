/*
 * connected: what a job takes from the call that submits it to its first instruction, for who has
 * the store open: `connected FILE N DATABASE PROGRAM`. N jobs, one after the other, each
 * `PROGRAM FILE`, which is to be tiny: prints µs, one line each.
 */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/usock.h"
#include "store/lease.h"
#include "store/store.h"
#include "time/instant.h"
#include "time/zone.h"
#include "timing.h"

static void
need(int rc, const struct err *e)
{
	if (rc < 0)
		errx(1, "%s", e->text);
}

static bool
tell(const char *path)
{
	return usock_send(path, "", 1) == 0;
}

static void
make_job(struct job *j, const char *program, const char *file)
{
	const struct passwd *self = getpwuid(geteuid());

	if (self == NULL)
		errx(1, "who runs this has no account");
	job_init(j);
	j->user = xstrdup(self->pw_name);
	strv_push(&j->argv, program);
	strv_push(&j->argv, file);
}

/* For now, by the store's clock. */
static int64_t
submit(struct store *s, struct job *j)
{
	struct submit what = {.jobs = j, .n = 1, .how = SUBMIT_NEW, .zone = zone_utc()};
	char text[INSTANT_TEXT];
	int64_t begin = timing_wall(), id;
	size_t bad;
	struct err e;

	what.now = clock_wall();
	what.boot_id = proc_boot_id();
	instant_json(what.now, text, sizeof(text));
	free(j->schedule);
	j->schedule = xstrdup(text);
	need(store_submit(s, &what, &id, &bad, &e), &e);
	(void)store_wake(s, tell);
	return begin;
}

int
main(int argc, char *argv[])
{
	struct store *s;
	struct job j;
	struct err e;
	long n;

	if (argc != 5)
		errx(2, "usage: connected FILE N DATABASE PROGRAM");
	n = timing_number(argv[2]);
	need(store_open(&s, argv[3], STORE_WRITE, &e), &e);
	make_job(&j, argv[4], argv[1]);
	for (long i = 0; i < n; i++) {
		int64_t begin = submit(s, &j);

		printf("%.1f\n", (double)(timing_stamp(argv[1], i) - begin) / 1e3);
	}
	job_release(&j);
	store_close(s);
	return 0;
}
