/*
 * t_prompt: short slices for this process, where the kernel has them, and as before for its jobs.
 */
#include "base/prompt.h"

#include <err.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/sched/types.h>

#include "tap.h"

static struct sched_attr
attributes(void)
{
	struct sched_attr attr;

	memset(&attr, 0, sizeof(attr));
	if (syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) == -1)
		err(1, "sched_getattr");
	return attr;
}

static bool
child_has(const struct sched_attr *wanted)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct sched_attr attr = attributes();

		_exit(memcmp(&attr, wanted, sizeof(attr)) != 0);
	}
	return pid != -1 && waitpid(pid, &status, 0) == pid && status == 0;
}

int
main(void)
{
	struct sched_attr before = attributes(), after;

	prompt();
	after = attributes();
	tap_ok(after.sched_policy == before.sched_policy && after.sched_nice == before.sched_nice,
	    "policy and nice value stay");
	tap_ok(after.sched_runtime == before.sched_runtime || after.sched_runtime == 100000,
	    "a slice of a tenth of a millisecond, or what there was");
	tap_ok(child_has(&before), "whoever is started has what he would have without it");
	return tap_done();
}
