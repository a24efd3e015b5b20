/*
 * become: see become.h.
 */
#include "runner/become.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef HAVE_LINUX_CLOSE_RANGE_H
#include <linux/close_range.h>
#endif

#include "base/failpoint.h"
#include "job/limit.h"
#include "runner/users.h"
#include "wire/launch.h"

bool
become_fail(struct become *b, enum step step)
{
	b->step = step;
	b->error = errno;
	return false;
}

void
become_close(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

int
become_plain(const sigset_t *signals)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };

	/* EINVAL: KILL, STOP, and the ones that libc keeps to itself. */
	for (int sig = 1; sig < NSIG; sig++)
		if (sigismember(signals, sig) == 1 && sigaction(sig, &plain, NULL) == -1 &&
		    errno != EINVAL)
			return -1;
	return 0;
}

void
become_changed(sigset_t *signals)
{
	struct sigaction now;

	sigemptyset(signals);
	for (int sig = 1; sig < NSIG; sig++)
		if (sigaction(sig, NULL, &now) == 0 && now.sa_handler != SIG_DFL)
			sigaddset(signals, sig);
}

static bool
take_signals(struct become *b)
{
	sigset_t none;

	sigemptyset(&none);
	return (become_plain(&b->signals) == 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0) ||
	    become_fail(b, STEP_SIGNALS);
}

static bool
lower(struct become *b)
{
	if (b->launch->nice != 0) {
		errno = 0;
		if (nice((int)b->launch->nice) == -1 && errno != 0)
			return become_fail(b, STEP_NICE);
	}
	for (b->limit = 0; b->limit < b->nlimits; b->limit++) {
		const struct limit *l = &b->limits[b->limit];

		if (setrlimit(l->resource, &l->value) == -1)
			return become_fail(b, STEP_LIMIT);
	}
	return true;
}

/* Whether all three ids are the new ones and root is out of reach. */
static bool
has_switched(const struct user *u)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;

	if (getresuid(&ruid, &euid, &suid) == -1 || getresgid(&rgid, &egid, &sgid) == -1)
		return false;
	errno = EPERM;
	if (ruid != u->uid || euid != u->uid || suid != u->uid)
		return false;
	if (rgid != u->gid || egid != u->gid || sgid != u->gid)
		return false;
	return u->uid == 0 || setuid(0) == -1;
}

static bool
switch_user(struct become *b)
{
	const struct user *u = b->user;

	if (u->same)
		return true;
	if (setgroups((size_t)u->ngroups, u->groups) == -1)
		return become_fail(b, STEP_GROUPS);
	if (setgid(u->gid) == -1)
		return become_fail(b, STEP_GID);
	if (setuid(u->uid) == -1)
		return become_fail(b, STEP_UID);
	return has_switched(u) || become_fail(b, STEP_PRIVILEGES);
}

/*
 * After the switch of user, which clears the death signal and decides which folders can be entered.
 */
static bool
settle(struct become *b)
{
	if (b->die_with != 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		return become_fail(b, STEP_DEATH_SIGNAL);
	if (b->die_with != 0 && getppid() != b->die_with) {
		errno = ESRCH;
		return become_fail(b, STEP_DEATH_SIGNAL);
	}
	if (chdir(b->folder) == 0 || (b->folder_implied && chdir("/") == 0))
		return true;
	return become_fail(b, STEP_FOLDER);
}

/* A table of its own, with nothing above stderr in it: what is there is not even looked at. */
static bool
part_clean(const struct become *b)
{
#if defined(HAVE_CLOSE_RANGE) && defined(CLOSE_RANGE_UNSHARE)
	return b->shares && close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_UNSHARE) == 0;
#else
	(void)b;
	return false;
#endif
}

/*
 * Nothing above stderr gets through. All is opened close-on-exec anyhow; this is for what a library
 * may have opened otherwise.
 */
static bool
close_the_rest(struct become *b)
{
	bool done = part_clean(b);

	if (!done && b->shares && unshare(CLONE_FILES) == -1)
		return become_fail(b, STEP_DESCRIPTORS);
#if defined(HAVE_CLOSE_RANGE) && defined(CLOSE_RANGE_CLOEXEC)
	done = done || close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) == 0;
#endif
	for (int fd = STDERR_FILENO + 1; !done && fd < 65536; fd++)
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 && errno != EBADF)
			return become_fail(b, STEP_DESCRIPTORS);
	return b->tree == -1 || fcntl(b->tree, F_SETFD, 0) == 0 ||
	    become_fail(b, STEP_DESCRIPTORS);
}

/*
 * As execvp(3): the search goes on past what is not there, and EACCES outlives it. No shell for
 * ENOEXEC.
 */
static bool
execute(struct become *b)
{
	char *const as_it_is[] = { b->argv[0], NULL };
	bool denied = false;

	if (FAILPOINT("spawn.exec"))
		return become_fail(b, STEP_EXEC);
	for (char *const *path = b->paths.n > 0 ? b->paths.v : as_it_is; *path != NULL; path++) {
		execve(*path, b->argv, b->env.v);
		if (errno == EACCES)
			denied = true;
		else if (errno != ENOENT && errno != ENOTDIR && errno != ESTALE &&
		    errno != ENODEV && errno != ETIMEDOUT)
			return become_fail(b, STEP_EXEC);
	}
	if (denied)
		errno = EACCES;
	return become_fail(b, STEP_EXEC);
}

void
become_job(struct become *b)
{
	if (take_signals(b) && lower(b) && switch_user(b) && settle(b) && close_the_rest(b))
		execute(b);
}
