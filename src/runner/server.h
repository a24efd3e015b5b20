/*
 * server: the listening socket and its connections: bytes in, frames out. It knows who may speak
 * and that HELLO comes first; what a frame means is told by others.
 */
#ifndef RUNNER_SERVER_H
#define RUNNER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/frame.h"

struct buf;
struct event_base;
struct server;

struct server_ops {
	/*
	 * A HELLO: 0 makes this connection the scheduler's, in place of the one before; -1 closes
	 * it.
	 */
	int (*hello)(void *arg, const void *body, size_t len);
	/* Right after that. */
	void (*attached)(void *arg);
	/* Any other frame of the scheduler; -1 closes the connection. */
	int (*frame)(void *arg, enum frame_type, const void *body, size_t len);
	/*
	 * One that began with FRAME_FOLLOW: no scheduler. Takes the socket; data is what came
	 * so far.
	 */
	void (*guest)(void *arg, int fd, const void *data, size_t len);
};

/* Serves a listening socket, which becomes its own. */
struct server *server_new(struct event_base *, int fd, const struct server_ops *, void *arg);
void server_free(struct server *);

/* Takes over a connected socket as one more connection. 0 or -1 with errno. */
int server_adopt(struct server *, int fd);

/* Whether there is a scheduler to send to. */
bool server_connected(const struct server *);

/* Whether there is any connection, also one that has not said HELLO. */
bool server_busy(const struct server *);

/* To the scheduler, if there is one. It goes out with server_turn. */
void server_send(struct server *, enum frame_type, const struct buf *body);

/* Bytes that wait to be sent. */
size_t server_backlog(const struct server *);

/* Sends what can be sent, and takes up listening again. now is the boot clock. */
void server_turn(struct server *, int64_t now);

/* When the next turn is due, boot clock; 0: nothing is. */
int64_t server_next(const struct server *);

#endif
