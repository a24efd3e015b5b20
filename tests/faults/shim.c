/*
 * shim: calls that fail, or at which a program dies. Loaded into programs by LD_PRELOAD, it counts
 * the calls of those below and does as SHIM in the environment says:
 *
 *   rate:N:SEED   one in about N fails, as on a full disk, with full tables or without memory
 *   fail:N        the N-th fails
 *   kill:N        SIGKILL instead of the N-th
 *   stop:N        SIGSTOP before the N-th
 *   heap:N        instead of those, the N-th time that memory is asked for there is none
 *
 * Only in the program that SHIM_PROGRAM names, if it is set. It must take no lock and no memory,
 * for it is called between vfork and exec, too: there the memory, and so the count, is the
 * parent's, and kill is for the parent.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static enum { NOTHING, RATE, FAIL, KILL, STOP, HEAP } how;
static uint64_t limit, count, state;
static pid_t owner;

static void __attribute__((constructor)) start(void)
{
	static const char *const words[] = {"", "rate:", "fail:", "kill:", "stop:", "heap:"};
	const char *text = getenv("SHIM"), *program = getenv("SHIM_PROGRAM");
	char *end;

	owner = getpid();
	if (text == NULL ||
	    (program != NULL && strcmp(program, program_invocation_short_name) != 0))
		return;
	for (int i = RATE; i <= HEAP; i++)
		if (strncmp(text, words[i], 5) == 0) {
			how = (__typeof__(how))i;
			limit = strtoull(text + 5, &end, 10);
			state = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
		}
	if (limit == 0)
		how = NOTHING;
}

/* splitmix64, as in dice.c. */
static uint64_t
draw(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Whether this call fails, with one of two errors. rarer: it is called so much more often than
 * others. */
static int
fails(uint64_t rarer, int error, int other)
{
	uint64_t n;

	switch (how) {
	case NOTHING:
		return 0;
	case RATE:
		if (draw() % (limit * rarer) != 0)
			return 0;
		n = draw();
		errno = n % 2 == 0 ? error : other;
		return 1;
	default:
		break;
	}
	if ((rarer > 1) != (how == HEAP) || ++count != limit)
		return 0;
	if (how == STOP)
		raise(SIGSTOP);
	else if (how == KILL)
		kill(owner, SIGKILL);
	errno = error;
	return how == FAIL || how == HEAP;
}

/* A step at which nothing can fail, but much can die. */
static void
pass(void)
{
	if (how == KILL || how == STOP)
		(void)fails(1, 0, 0);
}

/* The function that this one stands before. */
#define REAL(name) ((__typeof__(&name))real(#name))

static void *
real(const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);

	if (f == NULL)
		abort();
	return f;
}

static mode_t
mode_of(int flags, va_list ap)
{
	return (flags & (O_CREAT | O_TMPFILE)) != 0 ? (mode_t)va_arg(ap, int) : 0;
}

#define OPEN(name)                                                           \
	int name(const char *path, int flags, ...)                           \
	{                                                                    \
		va_list ap;                                                  \
		mode_t mode;                                                 \
                                                                             \
		va_start(ap, flags);                                         \
		mode = mode_of(flags, ap);                                   \
		va_end(ap);                                                  \
		if (fails(1, EMFILE, (flags & O_CREAT) != 0 ? ENOSPC : EIO)) \
			return -1;                                           \
		return REAL(name)(path, flags, mode);                        \
	}
OPEN(open)
OPEN(open64)

ssize_t
write(int fd, const void *data, size_t len)
{
	/* What is said on stderr is said. */
	return fd != 2 && fails(1, ENOSPC, EIO) ? -1 : REAL(write)(fd, data, len);
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t at)
{
	return fails(1, ENOSPC, EIO) ? -1 : REAL(pwrite)(fd, data, len, at);
}

ssize_t
pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	return fails(1, ENOSPC, EIO) ? -1 : REAL(pwrite64)(fd, data, len, at);
}

int
fsync(int fd)
{
	return fails(1, EIO, ENOSPC) ? -1 : REAL(fsync)(fd);
}

int
fdatasync(int fd)
{
	return fails(1, EIO, ENOSPC) ? -1 : REAL(fdatasync)(fd);
}

int
ftruncate(int fd, off_t len)
{
	return fails(1, EIO, ENOSPC) ? -1 : REAL(ftruncate)(fd, len);
}

int
rename(const char *from, const char *to)
{
	return fails(1, EIO, ENOSPC) ? -1 : REAL(rename)(from, to);
}

int
pipe2(int fds[2], int flags)
{
	return fails(1, EMFILE, ENFILE) ? -1 : REAL(pipe2)(fds, flags);
}

int
socketpair(int domain, int type, int protocol, int fds[2])
{
	return fails(1, EMFILE, ENFILE) ? -1 : REAL(socketpair)(domain, type, protocol, fds);
}

int
socket(int domain, int type, int protocol)
{
	return fails(1, EMFILE, ENFILE) ? -1 : REAL(socket)(domain, type, protocol);
}

int
accept4(int fd, struct sockaddr *name, socklen_t *len, int flags)
{
	return fails(1, EMFILE, ENFILE) ? -1 : REAL(accept4)(fd, name, len, flags);
}

pid_t
fork(void)
{
	pid_t pid = fails(1, EAGAIN, ENOMEM) ? -1 : REAL(fork)();

	if (pid == 0)
		owner = getpid();
	return pid;
}

int
execve(const char *path, char *const argv[], char *const env[])
{
	pass();
	return REAL(execve)(path, argv, env);
}

pid_t
wait4(pid_t pid, int *status, int options, struct rusage *used)
{
	pass();
	return REAL(wait4)(pid, status, options, used);
}

int
flock(int fd, int operation)
{
	pass();
	return REAL(flock)(fd, operation);
}

int
unlink(const char *path)
{
	pass();
	return REAL(unlink)(path);
}

ssize_t
send(int fd, const void *data, size_t len, int flags)
{
	pass();
	return REAL(send)(fd, data, len, flags);
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	pass();
	return REAL(writev)(fd, v, n);
}

ssize_t
read(int fd, void *data, size_t len)
{
	pass();
	return REAL(read)(fd, data, len);
}

ssize_t
readv(int fd, const struct iovec *v, int n)
{
	pass();
	return REAL(readv)(fd, v, n);
}

int
posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attr, char *const argv[], char *const env[])
{
	if (fails(1, EAGAIN, ENOMEM))
		return errno;
	return REAL(posix_spawn)(pid, path, actions, attr, argv, env);
}

/*
 * Far more frequent than all others, and mostly the end of the program. Two libraries neither look
 * whether there was memory nor let the program give it: theirs is always there.
 */
static const char *const trusting[] = {"libconfuse.so", "libsmartcols.so"};
static struct range {
	uintptr_t begin, end;
} ranges[8];
static size_t nranges;

static int
note_ranges(struct dl_phdr_info *info, size_t size, void *arg)
{
	bool one = false;

	(void)size, (void)arg;
	for (size_t i = 0; i < sizeof(trusting) / sizeof(*trusting); i++)
		one = one || strstr(info->dlpi_name, trusting[i]) != NULL;
	for (int i = 0; one && i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_LOAD && (p->p_flags & PF_X) != 0 &&
		    nranges < sizeof(ranges) / sizeof(*ranges))
			ranges[nranges++] = (struct range){info->dlpi_addr + p->p_vaddr,
			    info->dlpi_addr + p->p_vaddr + p->p_memsz};
	}
	return 0;
}

static void __attribute__((constructor)) find_trusting(void)
{
	dl_iterate_phdr(note_ranges, NULL);
}

static int
no_memory(const void *caller)
{
	for (size_t i = 0; i < nranges; i++)
		if ((uintptr_t)caller >= ranges[i].begin && (uintptr_t)caller < ranges[i].end)
			return 0;
	return fails(500, ENOMEM, ENOMEM);
}

#define NO_MEMORY no_memory(__builtin_return_address(0))

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

void *
malloc(size_t size)
{
	return NO_MEMORY ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return NO_MEMORY ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return NO_MEMORY ? NULL : __libc_realloc(p, size);
}

/* That of the C library would be the caller of malloc. */
char *
strdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *copy = NO_MEMORY ? NULL : __libc_malloc(size);

	return copy != NULL ? memcpy(copy, s, size) : NULL;
}
