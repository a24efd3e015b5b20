/*
 * link: the connection to one runner: frames out, frames in.
 */
#ifndef DAEMON_LINK_H
#define DAEMON_LINK_H

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct kept;
struct launch;
struct link;
struct result;
struct started;
struct welcome;

/*
 * ended may take the members of the result. closed: the peer has gone or spoke nonsense; the
 * link may be freed then and there.
 */
struct link_calls {
	void (*welcome)(void *arg, struct link *, const struct welcome *);
	void (*started)(void *arg, struct link *, const struct started *);
	void (*ended)(void *arg, struct link *, int64_t seq, struct result *);
	/* A checkpoint that the store is to have; link_stored says that it does. */
	void (*kept)(void *arg, struct link *, const struct kept *);
	void (*synced)(void *arg, struct link *, int64_t number);
	void (*closed)(void *arg, struct link *);
};

/* Takes the connected descriptor and says hello. The calls come from the event loop. */
struct link *link_new(struct event_base *, int fd, int64_t runner, const char *node,
    const struct link_calls *, void *arg);
void link_free(struct link *);

int64_t link_runner(const struct link *);

void link_launch(struct link *, const struct launch *);
void link_cancel(struct link *, int64_t fence, int64_t grace);
void link_ack(struct link *, int64_t seq);
void link_stored(struct link *, int64_t fence, int64_t serial);
void link_retire(struct link *);
/* Boot clock. It goes out at once: the loop may not be back before the lease has run out. */
void link_lease(struct link *, int64_t until);
void link_sync(struct link *, int64_t number);

/* Bytes not yet taken by the socket. */
bool link_flushed(const struct link *);

#endif
