/*
 * peer: see peer.h.
 */
#include "peer.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/usock.h"
#include "scratch.h"
#include "wire/frame.h"
#include "wire/journal.h"
#include "wire/pack.h"

static int64_t
deadline(void)
{
	return clock_boot() + PEER_PATIENCE * INT64_C(1000000);
}

bool
peer_until(bool (*holds)(void *), void *arg)
{
	int64_t end = deadline();

	while (!holds(arg)) {
		if (clock_boot() > end)
			return false;
		poll(NULL, 0, 10);
	}
	return true;
}

void
peer_folder(struct peer *p)
{
	memset(p, 0, sizeof(*p));
	p->fd = -1;
	p->dir = scratch_new("t_runner");
	snprintf(p->journal, sizeof(p->journal), "%s/journal", p->dir);
	snprintf(p->locks, sizeof(p->locks), "%s/locks", p->dir);
	snprintf(p->socket, sizeof(p->socket), "%s/socket", p->dir);
	if (mkdir(p->locks, 0700) == -1)
		err(1, "%s", p->locks);
}

static void
exec_runner(const struct peer *p, int channel)
{
	const char *dir = getenv("builddir");
	char *program = xasprintf("%s/jobsched-runner", dir != NULL ? dir : ".");
	char *node = xasprintf("--node=%s", PEER_NODE);
	char *journal = xasprintf("--journal=%s", p->journal);
	char *locks = xasprintf("--locks=%s", p->locks);
	char *sock = xasprintf("--socket=%s", p->socket);
	char *fd = channel != -1 ? xasprintf("--channel=%d", channel) : NULL;

	execl(program, "jobsched-runner", "--id=7", node, journal, locks, sock, fd, (char *)NULL);
	err(1, "%s", program);
}

int
peer_spawn(struct peer *p, bool channel)
{
	int pair[2] = { -1, -1 }, status;
	pid_t pid;

	/* The runner becomes our child when its first process has gone: we can wait for it. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (channel && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		err(1, "socketpair");
	if ((pid = fork()) == 0) {
		if (pair[1] != -1)
			fcntl(pair[1], F_SETFD, 0);
		exec_runner(p, pair[1]);
	}
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	if (pair[1] != -1)
		close(pair[1]);
	p->fd = pair[0];
	p->eof = false;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
peer_connect(struct peer *p)
{
	peer_disconnect(p);
	if ((p->fd = usock_connect(p->socket)) == -1)
		err(1, "%s", p->socket);
}

void
peer_disconnect(struct peer *p)
{
	if (p->fd != -1)
		close(p->fd);
	p->fd = -1;
	p->eof = false;
	buf_clear(&p->in);
}

void
peer_send(struct peer *p, const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	/* The runner may be waiting for us to read while we write: take turns. */
	while (len > 0) {
		n = send(p->fd, at, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n == -1 && errno == EAGAIN) {
			peer_poll(p, 10);
			continue;
		}
		if (n == -1)
			err(1, "send");
		at += n;
		len -= (size_t)n;
	}
}

static void
send_frame(struct peer *p, enum frame_type type, struct buf *body)
{
	struct buf b = { 0 };

	frame_add(&b, type, body);
	peer_send(p, b.data, b.len);
	buf_release(&b);
	buf_release(body);
}

static void
take_ended(struct peer *p, const void *body, size_t len)
{
	struct result res;
	int64_t seq;

	if (ended_unpack(body, len, &seq, &res) == -1 || res.fence >= PEER_FENCES)
		errx(1, "a broken result");
	result_release(&p->ended[res.fence]);
	p->ended[res.fence] = res;
	p->times_ended[res.fence]++;
	if (seq > p->last_seq)
		p->last_seq = seq;
}

static void
take(struct peer *p, enum frame_type type, const void *body, size_t len)
{
	struct started s;
	struct unpack u;

	if (type == FRAME_ENDED) {
		take_ended(p, body, len);
	} else if (type == FRAME_STARTED) {
		if (started_unpack(body, len, &s) == -1 || s.fence >= PEER_FENCES)
			errx(1, "a broken start");
		p->started[s.fence] = s;
	} else if (type == FRAME_WELCOME) {
		welcome_release(&p->welcome);
		if (welcome_unpack(body, len, &p->welcome) == -1)
			errx(1, "a broken welcome");
		p->pid = p->welcome.proc.pid;
	} else if (type == FRAME_SYNCED) {
		unpack_init(&u, body, len);
		p->synced = unpack_int(&u);
	} else {
		errx(1, "a frame of type %d", type);
	}
}

void
peer_poll(struct peer *p, int ms)
{
	struct pollfd fd = { .fd = p->fd, .events = POLLIN };
	enum frame_type type;
	const void *body;
	ssize_t n;
	size_t len;

	if (p->fd == -1 || poll(&fd, 1, ms) <= 0)
		return;
	n = recv(p->fd, buf_room(&p->in, 1 << 16), 1 << 16, MSG_DONTWAIT);
	if (n == 0 || (n == -1 && errno == ECONNRESET))
		p->eof = true;
	if (n > 0)
		p->in.len += (size_t)n;
	while ((n = frame_peek(p->in.data, p->in.len, &type, &body, &len)) > 0) {
		take(p, type, body, len);
		buf_drop(&p->in, (size_t)n);
	}
	if (n == -1)
		errx(1, "a broken frame");
}

/* Polls until *condition is not 0. */
#define AWAIT(p, condition, what)                                                                  \
	for (int64_t end_ = deadline(); !(condition);) {                                           \
		if (clock_boot() > end_ || ((p)->eof && !(condition)))                             \
			errx(1, "waited in vain for %s", what);                                    \
		peer_poll(p, 100);                                                                 \
	}

void
peer_hello(struct peer *p, const char *node)
{
	struct buf body = { 0 };

	welcome_release(&p->welcome);
	pack_int(&body, WIRE_VERSION);
	pack_str(&body, node);
	send_frame(p, FRAME_HELLO, &body);
	if (strcmp(node, PEER_NODE) == 0)
		AWAIT(p, p->welcome.version != 0, "a welcome");
}

void
peer_start(struct peer *p)
{
	peer_folder(p);
	if (peer_spawn(p, true) != 0)
		errx(1, "the runner does not start");
	peer_hello(p, PEER_NODE);
}

void
peer_launch_init(struct launch *l, struct peer *p, int64_t fence, const char *command)
{
	launch_init(l);
	l->fence = fence;
	l->job_id = fence;
	l->attempt = 1;
	l->claim_wall = clock_wall();
	l->claim_boot = clock_boot();
	l->command = xstrdup(command);
	l->cwd = xstrdup(p->dir);
	l->lock = xasprintf("job-%" PRId64 ".lock", fence);
	l->grace = 10 * INT64_C(1000000);
	l->output = 65536;
}

void
peer_launch(struct peer *p, struct launch *l)
{
	struct buf body = { 0 };

	launch_pack(&body, l);
	send_frame(p, FRAME_LAUNCH, &body);
	launch_release(l);
}

void
peer_run(struct peer *p, int64_t fence, const char *command)
{
	struct launch l;

	peer_launch_init(&l, p, fence, command);
	peer_launch(p, &l);
}

void
peer_cancel(struct peer *p, int64_t fence, int64_t grace)
{
	struct buf body = { 0 };

	pack_int(&body, fence);
	pack_int(&body, OUTCOME_CANCELLED);
	pack_int(&body, grace);
	send_frame(p, FRAME_CANCEL, &body);
}

void
peer_ack(struct peer *p)
{
	struct buf body = { 0 };

	pack_int(&body, p->last_seq);
	send_frame(p, FRAME_ACK, &body);
}

void
peer_retire(struct peer *p)
{
	struct buf body = { 0 };

	send_frame(p, FRAME_RETIRE, &body);
}

void
peer_lease(struct peer *p, int64_t until)
{
	struct buf body = { 0 };

	pack_int(&body, until);
	send_frame(p, FRAME_LEASE, &body);
}

void
peer_sync(struct peer *p)
{
	static int64_t number;
	struct buf body = { 0 };

	pack_int(&body, ++number);
	send_frame(p, FRAME_SYNC, &body);
	AWAIT(p, p->synced == number, "an answer to SYNC");
}

const struct result *
peer_result(struct peer *p, int64_t fence)
{
	AWAIT(p, p->times_ended[fence] > 0, "a result");
	return &p->ended[fence];
}

const struct started *
peer_started(struct peer *p, int64_t fence)
{
	AWAIT(p, p->started[fence].fence != 0, "a start");
	return &p->started[fence];
}

void
peer_eof(struct peer *p)
{
	for (int64_t end = deadline(); !p->eof;) {
		if (clock_boot() > end)
			errx(1, "waited in vain for the end of a connection");
		peer_poll(p, 100);
	}
	peer_disconnect(p);
}

int
peer_exit(struct peer *p)
{
	int64_t end = deadline();
	int status;
	pid_t pid;

	while ((pid = waitpid(p->pid, &status, WNOHANG)) == 0 && clock_boot() < end)
		peer_poll(p, 10);
	if (pid != p->pid)
		errx(1, "the runner does not exit");
	p->pid = 0;
	return status;
}

void
peer_remove(struct peer *p)
{
	peer_disconnect(p);
	buf_release(&p->in);
	welcome_release(&p->welcome);
	for (size_t i = 0; i < PEER_FENCES; i++)
		if (p->times_ended[i] > 0)
			result_release(&p->ended[i]);
	scratch_remove(p->dir);
	free(p->dir);
}

void
peer_stop(struct peer *p)
{
	int status;

	peer_ack(p);
	peer_retire(p);
	if ((status = peer_exit(p)) != 0)
		errx(1, "the runner exits with status %#x", (unsigned)status);
	if (peer_exists(p, "journal") || peer_exists(p, "journal.lock") || peer_exists(p, "socket"))
		errx(1, "the runner leaves something behind");
	peer_remove(p);
}

void
peer_kill(struct peer *p)
{
	if (kill(p->pid, SIGKILL) == -1)
		err(1, "kill");
	peer_exit(p);
}

const char *
peer_path(const struct peer *p, const char *name)
{
	static char paths[8][160];
	static int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", p->dir, name);
	return path;
}

bool
peer_exists(const struct peer *p, const char *name)
{
	return access(peer_path(p, name), F_OK) == 0;
}

char *
peer_file(const struct peer *p, const char *name)
{
	struct buf b = { 0 };
	struct err e;

	if (io_read_file(peer_path(p, name), &b, 1 << 24, &e) == 0)
		return buf_string(&b);
	buf_release(&b);
	return NULL;
}

const char *
peer_output(const struct result *res)
{
	static char text[70000];
	size_t len = (size_t)res->output_len;

	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	if (len > 0)
		memcpy(text, res->output, len);
	text[len] = '\0';
	return text;
}

struct search {
	int64_t fence;
	struct peer_record *record;
};

static void
look_at_record(void *arg, enum frame_type type, const void *body, size_t len)
{
	struct search *s = arg;
	struct result res;
	struct start start;
	int64_t seq;

	if (type == FRAME_START && start_unpack(body, len, &start) == 0) {
		if (start.fence == s->fence) {
			s->record->start = true;
			strlcpy(s->record->boot, start.boot, sizeof(s->record->boot));
			if (start.lock != NULL)
				strlcpy(s->record->lock, start.lock, sizeof(s->record->lock));
		}
		start_release(&start);
	} else if (type == FRAME_END && ended_unpack(body, len, &seq, &res) == 0) {
		if (res.fence == s->fence) {
			s->record->end = true;
			s->record->outcome = res.outcome;
		}
		result_release(&res);
	} else if (type != FRAME_PURSUIT) {
		errx(1, "a record that cannot be read");
	}
}

void
peer_journal(const struct peer *p, int64_t fence, struct peer_record *record)
{
	struct search s = { fence, record };
	struct err e;

	memset(record, 0, sizeof(*record));
	if (journal_read(p->journal, look_at_record, &s, &e) < 0)
		errx(1, "%s", e.text);
}
