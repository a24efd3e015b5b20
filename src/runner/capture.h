/*
 * capture: the output of a job: read as it comes, so that no job ever waits for us, and kept up to
 * a cap: the first half of it from the beginning, the second half from the end.
 */
#ifndef RUNNER_CAPTURE_H
#define RUNNER_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct buf;
struct capture;
struct event_base;
struct result;

/* Outputs that are still open after their job has ended; see capture_finish. */
#define CAPTURES_LEFT_MAX 1000

/*
 * So many bytes are kept in all, in captures and in results that are not acknowledged. With so many
 * kept a capture grows no further, but for the least that each may have.
 */
#define CAPTURES_KEPT_MAX (256 * 1024 * 1024)
#define CAPTURE_LEAST 4096 /* of its head, and as much of its tail */

TAILQ_HEAD(capture_list, capture);

struct captures {
	struct event_base *base;
	char *scratch;
	struct capture_list fresh; /* not waited for yet */
	struct capture_list left; /* their job has ended, someone still has the pipe */
	size_t nleft;
	size_t kept;	    /* bytes, in all captures */
	const size_t *owed; /* bytes, in results; NULL: none */
	/* It has something new to copy; NULL: nobody wants to know. */
	void (*grew)(void *arg, struct capture *);
	void *arg;
};

void captures_init(struct captures *, struct event_base *);
void captures_release(struct captures *);

/*
 * Reads fd (non-blocking; it becomes the capture's) from the next captures_watch on. cap in bytes.
 */
struct capture *capture_new(struct captures *, int fd, int64_t cap);

/*
 * Adds what was kept from *pos on (0 is where the output begins), at most max bytes, and moves *pos
 * behind it. *dropped is how many bytes before that are not there.
 */
void capture_copy(const struct capture *, int64_t *pos, int64_t *dropped, struct buf *, size_t max);

/*
 * Whether some are not read yet. Most jobs are short: of those that have ended by the next turn the
 * loop need never know.
 */
bool captures_fresh(const struct captures *);
void captures_watch(struct captures *);

/* Takes what is in the pipe now. */
void capture_drain(struct capture *);

/*
 * The job has ended: takes what is in the pipe and puts all that was kept into the result. If
 * others still have the pipe, what they write is read and thrown away until they close it, the
 * runner exits, or CAPTURES_LEFT_MAX later ones are left open as well. The capture is no longer the
 * caller's.
 */
void capture_finish(struct captures *, struct capture *, struct result *);

#endif
