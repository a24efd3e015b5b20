/*
 * joblock: see joblock.h.
 */
#include "wire/joblock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <unistd.h>

void
joblock_name(int64_t job_id, char *buf, size_t size)
{
	snprintf(buf, size, "job-%" PRId64 ".lock", job_id);
}

/* Writes n and a blank; returns where to go on. snprintf is not safe between vfork and exec. */
static char *
put_number(char *p, uint64_t n)
{
	char digits[20];
	size_t i = 0;

	do {
		digits[i++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	while (i > 0)
		*p++ = digits[--i];
	*p++ = ' ';
	return p;
}

void
joblock_format(char text[JOBLOCK_TEXT], int64_t fence, const struct proc_id *id)
{
	char *p = text, *end = text + JOBLOCK_TEXT - 1;

	p = put_number(p, (uint64_t)fence);
	p = put_number(p, (uint64_t)id->pid);
	p = put_number(p, id->start);
	for (size_t i = 0; i < BOOT_ID_SIZE && id->boot[i] != '\0'; i++)
		*p++ = id->boot[i];
	while (p < end)
		*p++ = ' ';
	*p = '\n';
}

/* The next word of *text as a number from 1 to max; 0 if it is none. */
static long long
take_number(char **text, long long max)
{
	const char *problem, *word = strsep(text, " ");
	long long n = word != NULL ? strtonum(word, 1, max, &problem) : 0;

	return word != NULL && problem == NULL ? n : 0;
}

static bool
parse(char *text, struct joblock *l)
{
	const char *boot;

	memset(l, 0, sizeof(*l));
	l->fence = take_number(&text, LLONG_MAX);
	l->proc.pid = (pid_t)take_number(&text, INT_MAX);
	l->proc.start = (uint64_t)take_number(&text, LLONG_MAX);
	boot = strsep(&text, " \n");
	return l->fence > 0 && l->proc.pid > 0 && l->proc.start > 0 && boot != NULL &&
	    boot[0] != '\0' && strlcpy(l->proc.boot, boot, BOOT_ID_SIZE) < BOOT_ID_SIZE;
}

int
joblock_read_from(int fd, struct joblock *l)
{
	char text[JOBLOCK_TEXT + 1];
	ssize_t n;

	do
		n = pread(fd, text, JOBLOCK_TEXT, 0);
	while (n == -1 && errno == EINTR);
	if (n != JOBLOCK_TEXT)
		return n == -1 ? -1 : 0;
	text[n] = '\0';
	return parse(text, l);
}

bool
joblock_names(int fd, int64_t fence)
{
	char text[24], want[24];
	size_t len = (size_t)(put_number(want, (uint64_t)fence) - want);

	return pread(fd, text, len, 0) == (ssize_t)len && memcmp(text, want, len) == 0;
}

bool
joblock_read(const char *path, struct joblock *l)
{
	/* O_NONBLOCK: whatever somebody put there, opening it must not hang. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool named;

	if (fd == -1)
		return false;
	named = joblock_read_from(fd, l) == 1;
	close(fd);
	return named;
}
