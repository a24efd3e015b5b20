/*
 * bulk: the lines of `submit --file`. Cut as the command cuts them, each a JSON object, each a job.
 * A line that is written anew from what JSON has in it is the same job.
 */
#include <jansson.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "cli/bulk_line.h"
#include "cli/spool.h"
#include "fuzz.h"
#include "job/draft.h"

#define LINES 50

static int
make_job(struct job *job, const char *text, size_t len, struct err *e)
{
	struct draft d;
	int rc;

	draft_init(&d, NULL);
	d.job.user = xstrdup("root");
	d.job.cwd = xstrdup("/");
	if ((rc = bulk_line_apply(&d, text, len, e)) == 0)
		rc = draft_finish(&d, fuzz_zone(1), FUZZ_NOW, job, e);
	draft_release(&d);
	return rc;
}

static void
check_line(const char *text, size_t len)
{
	struct job job, again;
	json_t *json;
	char *clean;
	struct err e;
	int rc = make_job(&job, text, len, &e);

	if (rc < 0) {
		fuzz_refused(rc, &e);
		return;
	}
	fuzz_job(&job);
	HOLDS((json = json_loadb(text, len, 0, NULL)) != NULL);
	HOLDS((clean = json_dumps(json, JSON_REAL_PRECISION(17) | JSON_ENSURE_ASCII)) != NULL);
	HOLDS(make_job(&again, clean, strlen(clean), &e) == 0);
	fuzz_same_job(&job, &again);
	job_release(&again);
	job_release(&job);
	json_decref(json);
	free(clean);
}

/* All bytes are in the lines, but the line ends. */
static void
check_spool(const char *path, const uint8_t *data, size_t len)
{
	const char *text;
	size_t n, at = 0;
	struct spool s;
	struct err e;
	int lines = 0;

	HOLDS(spool_open(&s, path, &e) == 0);
	while (spool_next(&s, &text, &n, &e) > 0) {
		HOLDS(n <= len - at && (n == 0 || memcmp(text, data + at, n) == 0));
		at += n;
		HOLDS(at == len || data[at] == '\n');
		at += at < len;
		if (lines++ < LINES)
			check_line(text, n);
	}
	HOLDS(at == len);
	spool_close(&s);
}

int
fuzz_bulk(const uint8_t *data, size_t len)
{
	int fd = memfd_create("bulk", MFD_CLOEXEC);
	char *path;

	HOLDS(fd != -1 && io_write_all(fd, data, len) == 0);
	path = xasprintf("/proc/self/fd/%d", fd);
	check_spool(path, data, len);
	free(path);
	close(fd);
	return 0;
}
