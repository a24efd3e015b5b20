/*
 * peer: a scheduler for tests of the runner: starts the built program in a folder of its own,
 * speaks the wire protocol with it, and keeps what it is told. Whatever goes wrong in here ends the
 * test.
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "wire/launch.h"

#define PEER_FENCES 2000
#define PEER_NODE "test-node"
#define PEER_PATIENCE 600 /* seconds to wait for anything: one that fails may take its time */

struct peer {
	char *dir, journal[96], locks[96], socket[96];
	int fd;	   /* -1: not connected */
	pid_t pid; /* of the runner; 0: none */
	struct buf in;
	bool eof;
	struct welcome welcome;
	int64_t synced, last_seq;
	struct started started[PEER_FENCES]; /* by fence */
	struct result ended[PEER_FENCES];
	int times_ended[PEER_FENCES];
};

/* A folder, and a runner in it to which we are connected by --channel and have said HELLO. */
void peer_start(struct peer *);

/* The same in steps: folder; program, whose exit status is returned; connection by its socket. */
void peer_folder(struct peer *);
int peer_spawn(struct peer *, bool channel);
void peer_connect(struct peer *);
void peer_hello(struct peer *, const char *node);
void peer_disconnect(struct peer *);

/* A launch of a shell command with an output cap of 64 KiB, a grace of 10 s, run in the folder. */
void peer_launch_init(struct launch *, struct peer *, int64_t fence, const char *command);
/* Sends it and releases it. */
void peer_launch(struct peer *, struct launch *);
/* Both at once. */
void peer_run(struct peer *, int64_t fence, const char *command);

void peer_cancel(struct peer *, int64_t fence, int64_t grace);
void peer_ack(struct peer *);  /* everything so far */
void peer_retire(struct peer *);
void peer_lease(struct peer *, int64_t until); /* boot clock, µs; 0: none */
void peer_sync(struct peer *); /* and waits for the answer */
void peer_send(struct peer *, const void *data, size_t len);

/* Waits. */
const struct result *peer_result(struct peer *, int64_t fence);
const struct started *peer_started(struct peer *, int64_t fence);
void peer_eof(struct peer *);
/* Takes in what has come; waits up to so many ms for something. */
void peer_poll(struct peer *, int ms);

/* Waits for the runner's exit; its status as of waitpid. */
int peer_exit(struct peer *);
/* Acknowledges, retires, and expects a clean exit that leaves nothing; removes the folder. */
void peer_stop(struct peer *);
void peer_kill(struct peer *); /* SIGKILL */
void peer_remove(struct peer *);

/* True once it holds; false after the patience is over. */
bool peer_until(bool (*holds)(void *), void *arg);

/* Path in the folder; borrowed, good for a few calls. */
const char *peer_path(const struct peer *, const char *name);
bool peer_exists(const struct peer *, const char *name);
/* A whole file as text; the caller's. NULL if it is not there. */
char *peer_file(const struct peer *, const char *name);

/* The output of a result as text; borrowed until the next call. */
const char *peer_output(const struct result *);

/* What the journal says of an attempt. */
struct peer_record {
	bool start, end;
	enum outcome outcome; /* of the end */
	char boot[BOOT_ID_SIZE], lock[128];
};
void peer_journal(const struct peer *, int64_t fence, struct peer_record *);

#endif
