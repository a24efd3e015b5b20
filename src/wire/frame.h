/*
 * frame: what scheduler and runner say to each other, and what the journal holds.
 *
 * A frame is a header of 16 bytes (length of the body, checksum of type and body, type, 0: four
 * numbers, little-endian) and a body made by pack.h. Received frames come from another process:
 * lengths, types and checksums are checked, and anything wrong closes the connection (or ends the
 * journal).
 */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;

#define FRAME_HEADER 16
#define FRAME_BODY_MAX (80 * 1024 * 1024) /* above the largest launch or result */
#define WIRE_VERSION 1

enum frame_type {
	/* scheduler to runner */
	FRAME_HELLO = 1, /* version, node: first on each connection */
	FRAME_LAUNCH,	 /* struct launch: run this */
	FRAME_CANCEL,	 /* fence, enum outcome (cancelled), grace in µs: TERM, then KILL */
	FRAME_ACK,	 /* seq: all results up to this one are committed in the store */
	FRAME_RETIRE,	 /* take nothing new; exit when no job runs and all is acknowledged */
	FRAME_SYNC,	 /* a number: answered by FRAME_SYNCED when all before it is dealt with */
	/* runner to scheduler */
	FRAME_WELCOME,	 /* struct welcome: answer to FRAME_HELLO */
	FRAME_STARTED,	 /* struct started */
	FRAME_ENDED,	 /* seq, struct result; again on each new connection until acknowledged */
	FRAME_SYNCED,	 /* the number */
	/* journal only */
	FRAME_START,	 /* struct start: before the spawn */
	FRAME_END,	 /* seq, struct result: after the reap, or when a launch came to nothing */
	/* to the runner, from a job or from who watches one: first on such a connection */
	FRAME_CHECKPOINT_PUT, /* token, bytes: answered by FRAME_CHECKPOINT */
	FRAME_CHECKPOINT_GET, /* token: answered by FRAME_CHECKPOINT */
	FRAME_FOLLOW,	      /* fence: answered by FRAME_OUTPUTs until FRAME_OUTPUT_END */
	FRAME_CHECKPOINT,     /* enum checkpoint_answer, bytes or sentence */
	FRAME_OUTPUT,	      /* how many bytes are missing before these, bytes */
	FRAME_OUTPUT_END,     /* nothing: that was all, and it has ended */
	/* runner to scheduler, and in the journal */
	FRAME_CHECKPOINT_KEPT, /* struct kept: not in the store yet */
	/* scheduler to runner */
	FRAME_CHECKPOINT_STORED, /* fence, serial: in the store */
	/* journal only */
	FRAME_PURSUIT, /* struct pursuit: before the TERM of a job that is ended before its time */
	/* scheduler to runner, before the first launch where there is one */
	FRAME_LEASE, /* boot clock, µs: jobs may run until then; 0: as long as they like */
	FRAME_TYPES
};

void frame_add(struct buf *, enum frame_type, const struct buf *body);

/*
 * Looks at the start of data: returns the whole frame's size and sets type, body and body_len
 * (borrowed), 0 if more bytes are needed, -1 if this is no frame.
 */
ssize_t frame_peek(const void *data, size_t len, enum frame_type *, const void **body,
    size_t *body_len);

#endif
