/*
 * replay: gives every input of the corpora to its target once more, with any compiler: a test for
 * each target. One that breaks off takes only its own process along; the input is named.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "fuzz.h"
#include "tap.h"

#define INPUT_MAX (64 * 1024 * 1024)

static const struct target {
	const char *name;
	int (*run)(const uint8_t *, size_t);
} targets[] = {
	{ "bulk", fuzz_bulk },
	{ "calendar", fuzz_calendar },
	{ "conf", fuzz_conf },
	{ "cron", fuzz_cron },
	{ "frame", fuzz_frame },
	{ "joblock", fuzz_joblock },
	{ "journal", fuzz_journal },
	{ "tab", fuzz_tab },
	{ "time", fuzz_time },
};

/* What the child is at, for when it does not come back. */
struct progress {
	int inputs;
	char path[4096];
};

static void
run_file(const struct target *t, const char *path)
{
	struct buf b = { 0 };
	struct err e;
	uint8_t *data;
	size_t len;

	if (io_read_file(path, &b, INPUT_MAX, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		exit(1);
	}
	/* Memory of exactly its size: what reads beyond is seen by a sanitizer. */
	len = b.len;
	if ((data = malloc(len)) == NULL && len > 0)
		exit(1);
	if (len > 0)
		memcpy(data, b.data, len);
	buf_release(&b);
	t->run(data, len);
	free(data);
}

static void
run_all(const struct target *t, const char *folder, struct progress *at)
{
	struct dirent **files;
	int n = scandir(folder, &files, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (files[i]->d_name[0] != '.') {
			snprintf(at->path, sizeof(at->path), "%s/%s", folder, files[i]->d_name);
			run_file(t, at->path);
			at->inputs++;
		}
		free(files[i]);
	}
	if (n >= 0)
		free(files);
}

static void
test_target(const struct target *t, const char *corpus, struct progress *at)
{
	char folder[3072];
	int status = -1;
	pid_t pid;

	memset(at, 0, sizeof(*at));
	snprintf(folder, sizeof(folder), "%s/%s", corpus, t->name);
	fflush(stdout);
	if ((pid = fork()) == 0) {
		run_all(t, folder, at);
		exit(0);
	}
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		status = -1;
	if (!tap_ok(status == 0 && at->inputs > 0, "%s: all that it promises holds for %d inputs",
		t->name, at->inputs))
		tap_note("status 0x%x at '%s'", (unsigned)status, at->path);
}

int
main(int argc, char *argv[])
{
	const char *srcdir = getenv("srcdir");
	char corpus[2048];
	struct progress *at = mmap(
	    NULL, sizeof(*at), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return 1;
	if (argc > 1)
		strlcpy(corpus, argv[1], sizeof(corpus));
	else
		snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus", srcdir ? srcdir : ".");
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		test_target(&targets[i], corpus, at);
	return tap_done();
}
