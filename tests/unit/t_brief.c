/*
 * What jobsched-session is told arrives whole, and what it answers is told from its not answering.
 */
#include <err.h>
#include <signal.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "runner/brief.h"
#include "tap.h"

#define EXITED(code) ((code) << 8)

static struct brief
example(void)
{
	struct brief b = { .runner = 77, .tree = 9 };

	b.launch.fence = 5;
	b.launch.nice = -3;
	b.launch.command = xstrdup("id; pwd");
	b.launch.stdin_text = xstrdup("in a file of its own");
	strv_push(&b.launch.limits, "nofile=5");
	strv_push(&b.told, "JOBSCHED_TOKEN=x");
	b.user.name = xstrdup("ann");
	b.user.home = xstrdup("/home/ann");
	b.user.uid = 1000;
	b.user.gid = 100;
	b.user.ngroups = 2;
	b.user.groups = xreallocarray(NULL, 2, sizeof(*b.user.groups));
	b.user.groups[0] = 100;
	b.user.groups[1] = 0xfffffffe;
	return b;
}

static int
written(void)
{
	struct brief b = example();
	struct err e;
	int fd = brief_write(&b, "/tmp", &e);

	if (fd < 0)
		errx(1, "%s", e.text);
	brief_release(&b);
	return fd;
}

static void
test_told(void)
{
	struct brief b;
	struct err e;
	int fd = written();

	tap_is_int(brief_read(fd, &b, &e), 0, "a brief that was written can be read");
	tap_ok(b.runner == 77 && b.tree == 9 && b.launch.fence == 5 && b.launch.nice == -3,
	    "its numbers arrive");
	tap_is_str(b.launch.command, "id; pwd", "and the command");
	tap_ok(b.launch.limits.n == 1 && b.told.n == 1, "and its lists");
	tap_ok(strcmp(b.user.name, "ann") == 0 && strcmp(b.user.home, "/home/ann") == 0 &&
		b.user.uid == 1000 && b.user.gid == 100 && !b.user.same,
	    "and the user, to whom there is a switch");
	tap_ok(b.user.ngroups == 2 && b.user.groups[0] == 100 && b.user.groups[1] == 0xfffffffe,
	    "with all groups");
	tap_ok(b.launch.stdin_text == NULL, "the text for standard input is not in it");
	brief_release(&b);
	tap_is_int(brief_read(fd, &b, &e), E_FAIL, "what has been read is not there again");
	brief_release(&b);
	close(fd);
}

static void
test_broken(void)
{
	struct brief b;
	struct err e;
	int fd = written(), bad = 0;
	off_t size = lseek(fd, 0, SEEK_END);

	for (off_t n = size - 1; n >= 0; n--) {
		if (ftruncate(fd, n) == -1 || lseek(fd, 0, SEEK_SET) == -1)
			err(1, "brief");
		bad += brief_read(fd, &b, &e) < 0;
		brief_release(&b);
	}
	tap_is_int(bad, size, "a brief that is cut off anywhere is broken");
	close(fd);
}

static void
test_answers(void)
{
	struct err e;
	int fd = written();

	tap_is_int(brief_judge(fd, EXITED(127), &e), E_FAIL, "without an answer no job has run");
	tap_is_str(e.text, "'jobsched-session' ended before the job ran: status 127",
	    "and the status is not the job's");
	tap_is_int(brief_judge(fd, SIGSEGV, &e), E_FAIL, "nor is a signal");
	brief_answer(fd, "PAM account: no\033[1m");
	tap_is_int(brief_judge(fd, EXITED(1), &e), E_FAIL, "an answer says what failed");
	tap_ok(strncmp(e.text, "PAM account: no", 15) == 0 && strchr(e.text, '\033') == NULL,
	    "in its words, but for escapes: %s", e.text);
	brief_answer(fd, NULL);
	tap_is_int(brief_judge(fd, EXITED(1), &e), 0, "after an empty one the status is the job's");
	close(fd);
}

int
main(void)
{
	test_told();
	test_broken();
	test_answers();
	return tap_done();
}
