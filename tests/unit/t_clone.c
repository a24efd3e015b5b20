/*
 * t_clone: a child in another control group, made in our memory and on our stack, leaves no trace
 * there.
 */
#include "runner/clone.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"
#include "runner/cells.h"
#include "tap.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#define DEPTH 20

/* Frames with gaps between what is in them, from the last of which it becomes another program. */
static int
deep(int depth, volatile char *above)
{
	volatile char here[100];

	here[0] = above[0];
	if (depth == 0)
		return execl("/bin/sh", "sh", "-c", "exit 21", (char *)NULL);
	return deep(depth - 1, here) + here[0];
}

static void
run(void *arg)
{
	volatile char zero[1] = { 0 };

	(void)arg;
	_exit(deep(DEPTH, zero));
}

/* A descriptor that was not there. */
static void
opens(void *arg)
{
	int *fd = arg;

	_exit((*fd = dup(STDERR_FILENO)) == -1);
}

static void
test_files(void)
{
	int fd, status = -1;
	pid_t pid = clone_into(-1, true, opens, &fd);

	if (pid == -1) {
		tap_skip("a child that shares our descriptors", "there is no such call here");
		return;
	}
	tap_ok(waitpid(pid, &status, 0) == pid && status == 0, "without a group it is a child, too");
	tap_ok(close(fd) == 0, "what it opens is ours, where we share that");
	pid = clone_into(-1, false, opens, &fd);
	waitpid(pid, &status, 0);
	tap_ok(status == 0 && close(fd) == -1, "else not");
}

static void
nothing(int sig)
{
	(void)sig;
}

static void
has_handler(void *arg)
{
	struct sigaction now;

	(void)arg;
	_exit(sigaction(SIGTERM, NULL, &now) == -1 || now.sa_handler != SIG_DFL);
}

static void
test_signals(void)
{
	struct sigaction before, now;
	int status = -1;
	pid_t pid;

	signal(SIGTERM, nothing);
	sigaction(SIGTERM, NULL, &before);
	if ((pid = clone_into(-1, true, has_handler, NULL)) == -1) {
		tap_skip("a child without handlers", "there is no such call here");
		return;
	}
	tap_ok(waitpid(pid, &status, 0) == pid && status == 0, "it has none of our handlers");
	sigaction(SIGTERM, NULL, &now);
	tap_ok(now.sa_handler == before.sa_handler, "and we still have ours");
	signal(SIGTERM, SIG_DFL);
}

static bool
is_clear(void)
{
#ifdef __SANITIZE_ADDRESS__
	const size_t below = 64 * 1024, own = 1024;

	return __asan_region_is_poisoned(
		   (char *)__builtin_frame_address(0) - below, below - own) == NULL;
#else
	return true;
#endif
}

int
main(void)
{
	struct proc_id self;
	struct cells cells;
	int cell, fd, status = -1;
	pid_t pid;

	test_files();
	test_signals();
	proc_self(&self);
	cells_open(&cells, &self, 1);
	if ((cell = cells_take(&cells)) == 0) {
		tap_skip("a child in a group", "no control group can be made here");
		return tap_done();
	}
	fd = cells_enter(&cells, cell);
	pid = clone_into(fd, false, run, NULL);
	tap_ok(is_clear(), "nothing of its frames is left below ours");
	tap_ok(pid > 0 && waitpid(pid, &status, 0) == pid, "it is our child");
	tap_ok(WIFEXITED(status) && WEXITSTATUS(status) == 21, "and ran to its end");
	cells_give(&cells, cell);
	cells_close(&cells);
	return tap_done();
}
