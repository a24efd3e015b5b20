/*
 * job: the command of every job in a storm. It keeps evidence of its own, apart from the product:
 * one line when it starts and one just before it ends, each appended by one write(2). It shares no
 * code with jobsched.
 *
 *   start|JOB|SCHEDULED_FOR|ATTEMPT|FENCE|PID|BOOT|WALL|
 *   end|JOB|SCHEDULED_FOR|ATTEMPT|FENCE|PID|BOOT|WALL|STATUS
 *   clash|...     another process of the same job holds the job's mark: see below
 *
 * BOOT and WALL are the two clocks in µs; SCHEDULED_FOR is as the environment has it.
 *
 * While it lives it also holds byte number JOB of the file `marks` by an fcntl(2) lock, which dies
 * with it however it dies. So two attempts at a time are seen even if neither lives to write an
 * end.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILES 32 /* of evidence: job number n writes into n % FILES */

static const char usage[] =
    "usage: job -e FOLDER [-t MS] [-x STATUS] [-f N] [-g MS] [-o BYTES] [-k]\n"
    "  -e FOLDER   where the evidence is kept\n"
    "  -t MS       runs for so long\n"
    "  -x STATUS   ends with it\n"
    "  -f N        ends with it in the first N attempts, then with 0\n"
    "  -g MS       leaves a process behind that holds the output and all else for so long\n"
    "  -o BYTES    writes so much\n"
    "  -k          ends by SIGKILL, without a second line\n";

struct facts {
	const char *job, *scheduled_for, *attempt, *fence;
	int evidence; /* descriptor */
};

static const char *
from_environment(const char *name)
{
	const char *value = getenv(name);

	if (value == NULL)
		errx(100, "there is no %s in the environment", name);
	return value;
}

static long
number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end != '\0' || n < 0)
		errx(100, "'%s' is not a number", text);
	return n;
}

static long long
microseconds(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) == -1)
		err(100, "cannot read the clock");
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static int
open_in(const char *folder, const char *name, int flags)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((fd = open(path, flags | O_CREAT | O_CLOEXEC, 0600)) == -1)
		err(100, "cannot open '%s'", path);
	return fd;
}

static void
note(const struct facts *f, const char *what, const char *status)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "%s|%s|%s|%s|%s|%d|%lld|%lld|%s\n", what, f->job,
	    f->scheduled_for, f->attempt, f->fence, (int)getpid(), microseconds(CLOCK_BOOTTIME),
	    microseconds(CLOCK_REALTIME), status);

	if (n >= (int)sizeof(line) || write(f->evidence, line, (size_t)n) != n)
		err(100, "cannot write evidence");
}

/* Not inherited by fork, and gone with this process. */
static void
take_mark(const struct facts *f, const char *folder)
{
	struct flock mark = {
	    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = number(f->job), .l_len = 1};

	if (fcntl(open_in(folder, "marks", O_RDWR), F_SETLK, &mark) == 0)
		return;
	if (errno != EAGAIN && errno != EACCES)
		err(100, "cannot take the mark");
	note(f, "clash", "");
}

static void
pass_time(long ms)
{
	struct timespec left = {ms / 1000, ms % 1000 * 1000000};

	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		continue;
}

static void
leave_behind(long ms)
{
	pid_t pid = fork();

	if (pid == -1)
		err(100, "cannot fork");
	if (pid > 0)
		return;
	pass_time(ms);
	_exit(0);
}

static void
fill_output(long bytes)
{
	char block[1024];

	memset(block, 'x', sizeof(block));
	for (; bytes > 0; bytes -= (long)sizeof(block))
		if (write(STDOUT_FILENO, block, bytes < 1024 ? (size_t)bytes : 1024) == -1)
			return;
}

int
main(int argc, char *argv[])
{
	long runs = 0, status = 0, flaky = -1, behind = 0, output = 0;
	const char *folder = NULL;
	char name[32], ending[32];
	struct facts f;
	int c, killed = 0;

	while ((c = getopt(argc, argv, "e:t:x:f:g:o:k")) != -1) {
		if (c == 'e')
			folder = optarg;
		else if (c == 't')
			runs = number(optarg);
		else if (c == 'x')
			status = number(optarg);
		else if (c == 'f')
			flaky = number(optarg);
		else if (c == 'g')
			behind = number(optarg);
		else if (c == 'o')
			output = number(optarg);
		else if (c == 'k')
			killed = 1;
		else
			folder = NULL;
	}
	if (folder == NULL || optind != argc) {
		fputs(usage, stderr);
		return 100;
	}
	f.job = from_environment("JOBSCHED_JOB_ID");
	f.scheduled_for = from_environment("JOBSCHED_SCHEDULED_FOR");
	f.attempt = from_environment("JOBSCHED_ATTEMPT");
	f.fence = from_environment("JOBSCHED_FENCE");
	snprintf(name, sizeof(name), "%02ld", number(f.job) % FILES);
	f.evidence = open_in(folder, name, O_WRONLY | O_APPEND);
	note(&f, "start", "");
	take_mark(&f, folder);
	if (flaky >= 0 && number(f.attempt) > flaky)
		status = 0;
	if (behind > 0)
		leave_behind(behind);
	fill_output(output);
	pass_time(runs);
	if (killed)
		raise(SIGKILL);
	snprintf(ending, sizeof(ending), "%ld", status);
	note(&f, "end", ending);
	return (int)status;
}
