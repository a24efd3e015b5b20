/*
 * start: see start.h.
 */
#include "runner/start.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/failpoint.h"
#include "base/mem.h"
#include "base/usock.h"
#include "runner/become.h"
#include "runner/orders.h"
#include "runner/reap.h"
#include "runner/runner.h"
#include "runner/server.h"
#include "wire/journal.h"

#define DOORS_MAX 64	   /* of two descriptors each */
#define LOCKS_LEFT_MAX 256 /* with more, files are opened again to be removed */
#define FIRST_REAL_TIME 32 /* of the kernel; SIGRTMIN is the first that the C library gives away */

int
start_keep_only(int channel)
{
	int first = STDERR_FILENO + 1;

	if (channel != -1 && channel != first)
		channel = dup2(channel, first);
	closefrom(channel != -1 ? first + 1 : first);
	return channel;
}

int
start_fork(struct err *e)
{
	int ready[2];
	ssize_t n;
	pid_t pid, first = getpid();
	char c;

	if (pipe2(ready, O_CLOEXEC) == -1 || (pid = fork()) == -1)
		return err_errno(e, E_FAIL, "cannot start a process");
	if (pid == 0) {
		close(ready[0]);
		/* Whoever gives us up, before we are ready, kills the first process. */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != first)
			_exit(1);
		return ready[1];
	}
	close(ready[1]);
	while ((n = read(ready[0], &c, 1)) == -1 && errno == EINTR)
		;
	if (n == 1)
		_exit(0);
	/* It has said why on stderr. */
	waitpid(pid, NULL, 0);
	_exit(1);
}

int
start_ready(int fd)
{
	ssize_t n;

	prctl(PR_SET_PDEATHSIG, 0);
	while ((n = write(fd, "", 1)) == -1 && errno == EINTR)
		;
	close(fd);
	return n == 1 ? 0 : -1;
}

static bool
spares_us_from_oom(void)
{
	char text[16] = "";
	int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return false;
	if (read(fd, text, sizeof(text) - 1) == -1)
		text[0] = '\0';
	close(fd);
	return text[0] == '-';
}

/*
 * posix_spawn(3) starts us with those ignored that the C library keeps to itself, and its
 * sigaction(2) refuses to touch them; jobs would inherit that.
 */
static void
free_hidden_signals(void)
{
	static const char plain[64]; /* the kernel's struct sigaction: SIG_DFL, and nothing else */

	for (int sig = FIRST_REAL_TIME; sig < SIGRTMIN; sig++)
		syscall(SYS_rt_sigaction, sig, plain, NULL, (size_t)(NSIG - 1) / 8);
}

static void
nothing(int sig)
{
	(void)sig;
}

/*
 * A handler that does nothing, for what is ignored: with clone(2) handlers can be left behind in
 * one go, but what is ignored would be so for jobs, too.
 */
static void
ignore_signals(void)
{
	/* XFSZ: a file too large is an error to report like a full disk. */
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGXFSZ };
	const struct sigaction plain = { .sa_handler = nothing, .sa_flags = SA_RESTART };
	struct sigaction now;
	sigset_t none;

	free_hidden_signals();
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &plain, NULL);
	/* And for what was ignored before us: a shell does so with INT and QUIT. */
	for (int sig = 1; sig < NSIG; sig++)
		if (sigaction(sig, NULL, &now) == 0 && now.sa_handler == SIG_IGN)
			sigaction(sig, &plain, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int
start_detach(struct runner *r, struct err *e)
{
	struct rlimit all;

	ignore_signals();
	if (setsid() == -1)
		return err_errno(e, E_FAIL, "cannot make a session");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		return err_errno(e, E_FAIL, "cannot become the reaper of orphans");
	if (chdir("/") == -1)
		return err_errno(e, E_FAIL, "cannot change to folder '/'");
	if (getrlimit(RLIMIT_NOFILE, &r->nofile) == -1)
		return err_errno(e, E_FAIL, "cannot read the limit of descriptors");
	all.rlim_cur = all.rlim_max = r->nofile.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &all) == -1)
		return err_errno(e, E_FAIL, "cannot raise the limit of descriptors");
#ifdef WITH_PAM
	r->session = proc_beside("jobsched-session", LIBEXECDIR);
#endif
	r->clear_oom_score = spares_us_from_oom();
	proc_self(&r->self);
	r->started = clock_boot();
	return 0;
}

static int
check_locks_folder(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return err_errno(e, E_FAIL, "cannot use folder '%s' for locks", path);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, E_FAIL, "'%s' is not a folder", path);
	return 0;
}

static void
on_child(int sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	reap_all(arg);
}

static void
on_alarm(int fd, short what, void *arg)
{
	struct runner *r = arg;
	uint64_t rings;

	(void)what;
	if (read(fd, &rings, sizeof(rings)) > 0)
		r->alarm_at = 0;
}

/* A part of the descriptors that there may be: what saves time costs no job its place. */
static int
share(const struct runner *r, rlim_t most)
{
	const rlim_t n = r->nofile.rlim_max / 32;

	return (int)(n < most ? n : most);
}

static int
make_events(struct runner *r, struct err *e)
{
	struct event_config *config;

	event_set_mem_functions(xmalloc, xrealloc, free);
	config = event_config_new();
	/* The environment is the scheduler's: it must not pick how we wait. */
	if (config == NULL ||
	    event_config_set_flag(config,
		EVENT_BASE_FLAG_IGNORE_ENV | EVENT_BASE_FLAG_NOLOCK) == -1)
		return err_set(e, E_FAIL, "cannot make an event loop");
	r->base = event_base_new_with_config(config);
	event_config_free(config);
	r->alarm_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (r->base == NULL || r->alarm_fd == -1)
		return err_errno(e, E_FAIL, "cannot make an event loop");
	r->child_died = evsignal_new(r->base, SIGCHLD, on_child, r);
	r->alarm = event_new(r->base, r->alarm_fd, EV_READ | EV_PERSIST, on_alarm, r);
	if (r->child_died == NULL || r->alarm == NULL || event_add(r->child_died, NULL) == -1 ||
	    event_add(r->alarm, NULL) == -1)
		return err_set(e, E_FAIL, "cannot make an event loop");
	captures_init(&r->captures, r->base);
	r->captures.owed = &r->owed;
	if (r->cgroups)
		cells_open(&r->cells, &r->self, share(r, DOORS_MAX));
	r->locks_left_max = share(r, LOCKS_LEFT_MAX);
	/* The loop's handler was the last; those that a library may add later end with exec. */
	become_changed(&r->signals);
	return 0;
}

int
start_open(struct runner *r, int channel, struct err *e)
{
	int fd;

	jobs_init(&r->jobs);
	end_init(&r->endings);
	if (check_locks_folder(r->locks_path, e) < 0 || make_events(r, e) < 0 ||
	    guests_open(&r->guests, r, e) < 0 ||
	    journal_create(&r->journal, r->journal_path, e) < 0)
		return e->code;
	if ((fd = usock_listen(r->socket_path, e)) < 0) {
		journal_close(r->journal, true);
		return e->code;
	}
	r->server = server_new(r->base, fd, &orders, r);
	if (channel != -1 && server_adopt(r->server, channel) == -1) {
		err_errno(e, E_FAIL, "cannot use descriptor %d", channel);
		unlink(r->socket_path);
		journal_close(r->journal, true);
		return e->code;
	}
	return 0;
}

void
start_close(struct runner *r)
{
	bool owed = r->jobs.count[ATTEMPT_ENDED] > 0;

	(void)FAILPOINT("runner.end");
	/* Nobody may find a socket behind which there is no journal. */
	unlink(r->socket_path);
	server_free(r->server);
	journal_close(r->journal, !owed);
	guests_close(&r->guests);
	captures_release(&r->captures);
	end_release(r);
	jobs_release(&r->jobs);
	cells_close(&r->cells);
	users_release(&r->users);
	buf_release(&r->packed);
	free(r->syncs);
	free(r->session);
	event_free(r->child_died);
	event_free(r->alarm);
	close(r->alarm_fd);
	event_base_free(r->base);
}
