/*
 * impostor: says to a socket of a runner what nobody should, as whoever runs it. For tests.
 *
 * usage: impostor SOCKET garbage|huge|half|order|many
 *        impostor SOCKET hello NODE        as a scheduler of that node
 *        impostor SOCKET follow FENCE      as one who watches an attempt
 *        impostor SOCKET get|put TOKEN     as a job, of its checkpoint
 *        impostor SOCKET serve|silent      in the place of a runner, to all who come
 *        impostor PID ptrace
 *
 * Prints "no: REASON" if it cannot connect; else what came of it: "closed", "frame TYPE", "answer N"
 * for a checkpoint, or "nothing" if nothing came: for a second after half a frame, of
 * which nothing is expected, and else for ten minutes.
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/usock.h"
#include "wire/frame.h"
#include "wire/launch.h"
#include "wire/pack.h"

#define MANY 200

static void
send_all(int fd, const struct buf *b)
{
	/* The other end may have closed it already: that is told by what comes. */
	(void)io_write_all(fd, b->data, b->len);
}

static void
say(int fd, enum frame_type type, const struct buf *body)
{
	struct buf frame = { 0 };

	frame_add(&frame, type, body);
	send_all(fd, &frame);
	buf_release(&frame);
}

static void
say_garbage(int fd)
{
	struct buf b = { 0 };

	arc4random_buf(buf_room(&b, 65536), 65536);
	b.len = 65536;
	send_all(fd, &b);
	buf_release(&b);
}

/* A header that promises four GiB. */
static void
say_huge(int fd)
{
	static const char header[FRAME_HEADER] = { -1, -1, -1, -1, 0, 0, 0, 0, FRAME_HELLO };
	struct buf b = { 0 };

	buf_add(&b, header, sizeof(header));
	send_all(fd, &b);
	buf_release(&b);
}

static void
say_half(int fd)
{
	struct buf body = { 0 }, frame = { 0 };

	pack_int(&body, WIRE_VERSION);
	pack_str(&body, "here");
	frame_add(&frame, FRAME_HELLO, &body);
	frame.len /= 2;
	send_all(fd, &frame);
	buf_release(&body);
	buf_release(&frame);
}

/* A launch, of one who has not said hello. */
static void
say_order(int fd)
{
	struct buf body = { 0 };
	struct launch l;

	launch_init(&l);
	l.fence = 999999;
	l.job_id = 1;
	launch_pack(&body, &l);
	say(fd, FRAME_LAUNCH, &body);
	buf_release(&body);
	launch_release(&l);
}

static void
say_hello(int fd, const char *node)
{
	struct buf body = { 0 };

	pack_int(&body, WIRE_VERSION);
	pack_str(&body, node);
	say(fd, FRAME_HELLO, &body);
	buf_release(&body);
}

static void
say_follow(int fd, const char *fence)
{
	struct buf body = { 0 };

	pack_int(&body, strtonum(fence, 0, INT64_MAX, NULL));
	say(fd, FRAME_FOLLOW, &body);
	buf_release(&body);
}

static void
say_checkpoint(int fd, const char *token, bool put)
{
	struct buf body = { 0 };

	pack_str(&body, token);
	if (put)
		pack_bytes(&body, "forged", 6);
	say(fd, put ? FRAME_CHECKPOINT_PUT : FRAME_CHECKPOINT_GET, &body);
	buf_release(&body);
}

/* The first thing that comes back, within some ms. */
static void
tell(int fd, int patience)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct buf in = { 0 };
	enum frame_type type;
	struct unpack u;
	const void *body;
	size_t len;
	ssize_t n;

	for (;;) {
		if (poll(&p, 1, patience) == 0) {
			puts("nothing");
			break;
		}
		n = read(fd, buf_room(&in, 65536), 65536);
		if (n <= 0) {
			puts("closed");
			break;
		}
		in.len += (size_t)n;
		if (frame_peek(in.data, in.len, &type, &body, &len) <= 0)
			continue;
		unpack_init(&u, body, len);
		if (type == FRAME_CHECKPOINT)
			printf("answer %d\n", (int)unpack_int(&u));
		else
			printf("frame %d\n", (int)type);
		break;
	}
	buf_release(&in);
}

/* Connections that say nothing and stay. */
static void
crowd(const char *path)
{
	int n = 0;

	while (n < MANY && usock_connect(path) != -1)
		n++;
	printf("%d\n", n);
	fflush(stdout);
	pause();
}

static void
serve(const char *path, bool silent)
{
	struct pollfd p = { .events = POLLIN };
	struct err e;
	int fd;

	if ((p.fd = usock_listen(path, &e)) < 0)
		errx(1, "%s", e.text);
	puts("listening");
	fflush(stdout);
	for (;;) {
		(void)poll(&p, 1, -1);
		if ((fd = accept(p.fd, NULL, NULL)) == -1)
			continue;
		if (!silent) {
			say_garbage(fd);
			close(fd);
		}
	}
}

static int
trace(const char *pid)
{
	const char *wrong;
	pid_t id = (pid_t)strtonum(pid, 1, INT_MAX, &wrong);

	if (wrong != NULL)
		errx(2, "'%s' is %s", pid, wrong);
	if (ptrace(PTRACE_SEIZE, id, NULL, NULL) == -1)
		printf("no: %s\n", strerror(errno));
	else
		puts("seized");
	return 0;
}

static void
say_it(int fd, const char *what, const char *subject)
{
	if (strcmp(what, "garbage") == 0)
		say_garbage(fd);
	else if (strcmp(what, "huge") == 0)
		say_huge(fd);
	else if (strcmp(what, "half") == 0)
		say_half(fd);
	else if (strcmp(what, "order") == 0)
		say_order(fd);
	else if (strcmp(what, "hello") == 0)
		say_hello(fd, subject);
	else if (strcmp(what, "follow") == 0)
		say_follow(fd, subject);
	else
		say_checkpoint(fd, subject, strcmp(what, "put") == 0);
}

int
main(int argc, char *argv[])
{
	const char *what = argc > 2 ? argv[2] : "";
	int fd;

	if (argc < 3)
		errx(2, "usage: impostor SOCKET WHAT [SUBJECT]");
	signal(SIGPIPE, SIG_IGN);
	if (strcmp(what, "ptrace") == 0)
		return trace(argv[1]);
	if (strcmp(what, "serve") == 0 || strcmp(what, "silent") == 0)
		serve(argv[1], strcmp(what, "silent") == 0);
	if (strcmp(what, "many") == 0) {
		crowd(argv[1]);
		return 0;
	}
	if ((fd = usock_connect(argv[1])) == -1) {
		printf("no: %s\n", strerror(errno));
		return 0;
	}
	say_it(fd, what, argc > 3 ? argv[3] : "");
	tell(fd, strcmp(what, "half") == 0 ? 1000 : 600000);
	return 0;
}
