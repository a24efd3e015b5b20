/*
 * storm: the command line, the loop, and from the first process to the verdict. See storm.h.
 */
#include "storm.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "children.h"
#include "clients.h"
#include "faults.h"
#include "rest.h"
#include "scheduler.h"
#include "tabfiles.h"
#include "tally.h"
#include "timers.h"
#include "world.h"

static const char usage[] =
    "usage: storm [--seed=N] [--minutes=M] [--seconds=S] [--clients=N] [--dir=DIR] [--bin=DIR]\n"
    "             [--keep] [--verbose]\n";

#define SHOWN 20 /* violations */

/* ---- what it says ---- */

static void
stamp(const struct storm *s, FILE *f)
{
	int64_t ms = (clock_boot() - s->began) / MS;

	fprintf(f, "%4" PRId64 ".%03" PRId64 " ", ms / 1000, ms % 1000);
}

void
storm_violation(struct storm *s, const char *fmt, ...)
{
	va_list ap;

	/* One that lasts is found again and again. */
	if (++s->violations > SHOWN)
		return;
	stamp(s, stdout);
	printf("VIOLATION: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

void
storm_say(const struct storm *s, const char *fmt, ...)
{
	va_list ap;

	if (!s->verbose)
		return;
	stamp(s, stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
}

void
storm_fact(struct storm *s, const char *fmt, ...)
{
	char line[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	line[n++] = '\n';
	if (io_write_all(s->facts, line, (size_t)n) == -1)
		err(2, "cannot write facts");
}

/* ---- the loop ---- */

/* SIGCHLD, and those that end the storm; read from here instead of handlers. */
static int
watch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if ((fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) == -1)
		err(2, "cannot watch signals");
	signal(SIGPIPE, SIG_IGN);
	return fd;
}

static void
give_up(struct storm *s)
{
	faults_calm(s);
	children_end(s);
	world_remove(s);
	errx(2, "interrupted");
}

static void
take_signals(struct storm *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			give_up(s);
	children_reap(s);
}

static void
turn(struct storm *s, int64_t longest)
{
	struct pollfd fd = {.fd = s->signals, .events = POLLIN};
	int64_t wait = timers_run(s);

	if (wait > longest)
		wait = longest;
	if (poll(&fd, 1, (int)((wait + MS - 1) / MS)) == -1 && errno != EINTR)
		err(2, "poll");
	take_signals(s);
}

bool
storm_until(struct storm *s, bool (*condition)(struct storm *), int64_t limit)
{
	int64_t end = clock_boot() + limit;

	while (!condition(s)) {
		if (clock_boot() >= end)
			return false;
		turn(s, 50 * MS);
	}
	return true;
}

static bool
is_over(struct storm *s)
{
	world_measure(s);
	return clock_boot() - s->began >= s->length;
}

/* ---- the command line ---- */

static int64_t
number(const char *option, const char *text, int64_t max)
{
	const char *problem;
	int64_t n = strtonum(text, 1, max, &problem);

	if (problem != NULL)
		errx(2, "option '--%s': '%s' is %s", option, text, problem);
	return n;
}

static void
parse(struct storm *s, int argc, char *argv[])
{
	enum { SEED = 1, MINUTES, SECONDS, CLIENTS, DIR, BIN, KEEP, VERBOSE };
	static const struct option options[] = {
	    {"seed", required_argument, NULL, SEED},
	    {"minutes", required_argument, NULL, MINUTES},
	    {"seconds", required_argument, NULL, SECONDS},
	    {"clients", required_argument, NULL, CLIENTS},
	    {"dir", required_argument, NULL, DIR},
	    {"bin", required_argument, NULL, BIN},
	    {"keep", no_argument, NULL, KEEP},
	    {"verbose", no_argument, NULL, VERBOSE},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == SEED)
			s->seed = (uint64_t)number("seed", optarg, INT64_MAX);
		else if (c == MINUTES)
			s->length = number("minutes", optarg, 100000) * 60 * SECOND;
		else if (c == SECONDS)
			s->length = number("seconds", optarg, 100000) * SECOND;
		else if (c == CLIENTS)
			s->nclients = (int)number("clients", optarg, 1000);
		else if (c == DIR)
			s->dir = realpath(optarg, NULL);
		else if (c == BIN)
			s->bin = realpath(optarg, NULL);
		else if (c == KEEP)
			s->keep = true;
		else if (c == VERBOSE)
			s->verbose = true;
		else
			c = '?';
		if (c == '?' || (c == DIR && s->dir == NULL) || (c == BIN && s->bin == NULL))
			errx(2, "%s", usage);
	}
	if (optind != argc)
		errx(2, "%s", usage);
}

/* This program is in tests/faults of the folder where all is built, and `job` is beside it. */
static void
find_programs(struct storm *s)
{
	char self[4096], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n == -1)
		err(2, "cannot read '/proc/self/exe'");
	self[n] = '\0';
	if ((slash = strrchr(self, '/')) != NULL)
		*slash = '\0';
	s->job = xasprintf("%s/job", self);
	s->shim = xasprintf("%s/shim.so", self);
	if (access(s->shim, R_OK) == -1) {
		free(s->shim);
		s->shim = NULL;
	}
	if (s->bin == NULL)
		s->bin = xasprintf("%s/../..", self);
}

static void
make_folder(struct storm *s)
{
	const char *above = getenv("TMPDIR");
	char *made;

	if (s->dir == NULL)
		s->dir = xasprintf("%s/storm.XXXXXX", above != NULL ? above : "/tmp");
	else {
		made = xasprintf("%s/storm.XXXXXX", s->dir);
		free(s->dir);
		s->dir = made;
	}
	if (mkdtemp(s->dir) == NULL)
		err(2, "cannot make a folder '%s'", s->dir);
}

/* The runner has no stderr, and a report must not be lost. */
static void
set_environment(struct storm *s)
{
	static const char *const names[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS"};
	static const char *const wanted[] = {
	    "detect_leaks=1:exitcode=123", "print_stacktrace=1:halt_on_error=1:exitcode=123"};

	for (int i = 0; i < 2; i++) {
		char *value = xasprintf("%s:log_path=%s/sanitizer", wanted[i], s->dir);

		setenv(names[i], value, 1);
		free(value);
	}
	unsetenv("JOBSCHED_DB");
	unsetenv("JOBSCHED_CONFIG");
	unsetenv("NOTIFY_SOCKET");
}

static void
run(struct storm *s)
{
	scheduler_start(s);
	clients_start(s);
	tabfiles_start(s);
	faults_start(s);
	storm_until(s, is_over, s->length);
	rest(s);
	world_measure(s);
	tally_print(s);
	rest_judge(s);
}

static void
release(struct storm *s)
{
	tabfiles_free(s);
	scheduler_free(s);
	faults_free(s);
	clients_free(s);
	tally_free(s);
	children_free(s);
	timers_free(s->timers);
	close(s->signals);
	free(s->dir);
	free(s->bin);
	free(s->job);
	free(s->shim);
}

int
main(int argc, char *argv[])
{
	struct storm s = {.seed = 1, .length = 60 * SECOND, .nclients = 12};

	parse(&s, argc, argv);
	umask(077);
	find_programs(&s);
	make_folder(&s);
	set_environment(&s);
	s.began = clock_boot();
	world_make(&s);
	s.timers = timers_new();
	children_init(&s);
	s.signals = watch_signals();
	tally_init(&s);
	clients_init(&s);
	faults_init(&s);
	scheduler_init(&s);
	tabfiles_init(&s);
	run(&s);
	printf("\n%" PRId64 " violations\n", s.violations);
	s.keep = s.keep || s.violations > 0;
	world_remove(&s);
	release(&s);
	return s.violations > 0;
}
