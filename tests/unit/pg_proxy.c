/*
 * pg_proxy: see pg_proxy.h. A process with a child for each connection; what it is to do stands in
 * memory that all share.
 */
#include "pg_proxy.h"

#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "pg_server.h"

struct orders {
	volatile bool lose_answer, lose_request, lose_next, shut, shut_then;
	volatile int questions; /* what came from a client at once is one */
};

static struct orders *orders;
static pid_t proxy;
static char *uri;

static void
address(struct sockaddr_un *sun, int port)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	snprintf(sun->sun_path, sizeof(sun->sun_path), "%s/.s.PGSQL.%d", pg_server_folder(), port);
}

/* False: the connection is over. */
static bool
relay(int from, int to, bool asks, bool *lost)
{
	static char data[65536];
	ssize_t n = read(from, data, sizeof(data));
	bool commit = asks && n > 0 && memmem(data, (size_t)n, "COMMIT", 6) != NULL;

	if (n <= 0 || *lost)
		return false;
	orders->questions += asks;
	if (asks && orders->lose_next) {
		orders->lose_next = false;
		return false;
	}
	if (commit && orders->lose_request) {
		orders->lose_request = false;
		return false;
	}
	if (commit && orders->lose_answer) {
		orders->lose_answer = false;
		orders->shut = orders->shut_then;
		*lost = true;
	}
	return write(to, data, (size_t)n) == n;
}

static void
serve(int client)
{
	struct sockaddr_un sun;
	int server = socket(AF_UNIX, SOCK_STREAM, 0);
	bool lost = false;

	address(&sun, 5432);
	if (connect(server, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		_exit(0);
	for (;;) {
		struct pollfd fds[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};

		if (poll(fds, 2, -1) == -1)
			continue;
		if (fds[0].revents != 0 && !lost && !relay(client, server, true, &lost))
			break;
		/* What the server says is the sign that it is done. */
		if (fds[1].revents != 0 && (lost || !relay(server, client, false, &lost)))
			break;
	}
	_exit(0);
}

static void
run(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), client;
	struct sockaddr_un sun;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	address(&sun, 5433);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 || listen(fd, 8) == -1)
		err(1, "%s", sun.sun_path);
	for (;;) {
		if ((client = accept(fd, NULL, NULL)) == -1)
			continue;
		if (!orders->shut && fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(fd);
			serve(client);
		}
		close(client);
	}
}

const char *
pg_proxy_start(void)
{
	struct sockaddr_un sun;

	orders = mmap(NULL, sizeof(*orders), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	    -1, 0);
	if (orders == MAP_FAILED)
		err(1, "mmap");
	if ((proxy = fork()) == 0)
		run();
	address(&sun, 5433);
	while (access(sun.sun_path, F_OK) == -1)
		usleep(10000);
	uri = xasprintf("%s&port=5433", pg_server_uri());
	return uri;
}

void
pg_proxy_stop(void)
{
	kill(proxy, SIGKILL);
	waitpid(proxy, NULL, 0);
	free(uri);
}

void
pg_proxy_lose_commit(void)
{
	orders->shut_then = true;
	orders->lose_answer = true;
}

void
pg_proxy_lose_one_commit(void)
{
	orders->shut_then = false;
	orders->lose_answer = true;
}

void
pg_proxy_lose_request(void)
{
	orders->lose_request = true;
}

void
pg_proxy_lose_next(void)
{
	orders->lose_next = true;
}

void
pg_proxy_mend(void)
{
	orders->shut = false;
}

int
pg_proxy_questions(void)
{
	int n = orders->questions;

	orders->questions = 0;
	return n;
}

bool
pg_proxy_has_lost(void)
{
	return !orders->lose_answer && !orders->lose_request && !orders->lose_next;
}
