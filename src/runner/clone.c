/*
 * clone: see clone.h. The C library has no call for this. The child goes on in our frame, as that
 * of vfork does, and must not return from it: it is made and sent on its way in one piece of
 * assembly. It uses the stack below ours, while we wait.
 */
#include "runner/clone.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#ifdef HAVE_LINUX_SCHED_H
#include <linux/sched.h>
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#if defined(CLONE_INTO_CGROUP) && defined(SYS_clone3) && defined(__x86_64__) && defined(__LP64__)

static long
call(struct clone_args *args, void (*run)(void *), void *arg)
{
	register long number __asm__("rax") = SYS_clone3;
	register void *to __asm__("rdi") = args;
	register size_t size __asm__("rsi") = sizeof(*args);
	register void (*what)(void *) __asm__("r8") = run;
	register void *with __asm__("r9") = arg;

	/* Below the stack pointer there may be 128 bytes that are in use. */
	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "sub $256, %%rsp\n\t"
			 "and $-16, %%rsp\n\t"
			 "mov %%r9, %%rdi\n\t"
			 "call *%%r8\n\t"
			 "ud2\n"
			 "1:"
			 : "+r"(number)
			 : "r"(to), "r"(size), "r"(what), "r"(with)
			 : "rcx", "r11", "memory", "cc");
	return number;
}

#elif defined(CLONE_INTO_CGROUP) && defined(SYS_clone3) && defined(__aarch64__) && defined(__LP64__)

static long
call(struct clone_args *args, void (*run)(void *), void *arg)
{
	register long number __asm__("x8") = SYS_clone3;
	register void *to __asm__("x0") = args;
	register size_t size __asm__("x1") = sizeof(*args);
	register void (*what)(void *) __asm__("x9") = run;
	register void *with __asm__("x10") = arg;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x0, x10\n\t"
			 "blr x9\n\t"
			 "brk #0\n"
			 "1:"
			 : "+r"(to)
			 : "r"(number), "r"(size), "r"(what), "r"(with)
			 : "memory", "cc");
	return (long)to;
}

#else
#define NO_CALL
#endif

/*
 * The child never returned from its frames below ours, so that their gaps are still forbidden for
 * the sanitizer: whoever is called next, a signal's handler maybe, would be taken for a trespasser.
 * With vfork it looks after that itself.
 */
static void
clear_below(void)
{
#ifdef __SANITIZE_ADDRESS__
	const size_t below = 256 * 1024;

	__asan_unpoison_memory_region((char *)__builtin_frame_address(0) - below, below);
#endif
}

pid_t
clone_into(int fd, bool share_files, void (*run)(void *), void *arg)
{
#ifdef NO_CALL
	(void)fd, (void)share_files, (void)run, (void)arg;
	errno = ENOSYS;
	return -1;
#else
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_CLEAR_SIGHAND,
		.exit_signal = SIGCHLD,
	};
	long pid;

	if (fd != -1) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)fd;
	}
	if (share_files)
		args.flags |= CLONE_FILES;
	pid = call(&args, run, arg);
	clear_below();
	if (pid >= 0)
		return (pid_t)pid;
	errno = (int)-pid;
	return -1;
#endif
}
