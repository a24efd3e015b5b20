/*
 * prompt: see prompt.h.
 */
#include "base/prompt.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(SYS_sched_setattr) && defined(SYS_sched_getattr)
#include <linux/sched.h>
#include <linux/sched/types.h>

/* The shortest slice that is granted. */
#define SLICE_NS 100000

void
prompt(void)
{
	struct sched_attr attr;

	memset(&attr, 0, sizeof(attr));
	if (syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) == -1 ||
	    attr.sched_policy != SCHED_NORMAL || attr.sched_nice < 0)
		return;
	attr.sched_flags = SCHED_FLAG_RESET_ON_FORK;
	attr.sched_runtime = SLICE_NS;
	syscall(SYS_sched_setattr, 0, &attr, 0);
}

#else

void
prompt(void)
{
}

#endif
