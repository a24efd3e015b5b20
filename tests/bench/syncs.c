/*
 * syncs: counts the durable writes of a program. Loaded by LD_PRELOAD, it adds a byte to the file
 * that SYNCS names for each fsync and fdatasync, so that its size is their number.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int fsync(int);
int fdatasync(int);

static int fd = -1;

static void __attribute__((constructor))
start(void)
{
	const char *path = getenv("SYNCS");

	if (path != NULL)
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* What cannot be counted must not fail for it. */
static void
count(void)
{
	if (fd != -1 && write(fd, ".", 1) == -1)
		fd = -1;
}

int
fsync(int file)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

	count();
	return real(file);
}

int
fdatasync(int file)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");

	count();
	return real(file);
}
