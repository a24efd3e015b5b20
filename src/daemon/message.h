/*
 * message: the mail about an attempt's end. Pure.
 *
 * Whatever a job's name or output holds, it stays in its place: header fields are one line of
 * printable ASCII (other texts are encoded as RFC 2047 says), and the body is lines of valid UTF-8
 * of a length that every mailer takes.
 */
#ifndef DAEMON_MESSAGE_H
#define DAEMON_MESSAGE_H

#include <stdint.h>

struct buf;
struct notice;

struct message_from {
	const char *user, *host; /* of the daemon */
	int64_t now;
};

/* Adds the whole message: header, an empty line, body; lines end with a newline alone. */
void message_make(struct buf *, const struct message_from *, const struct notice *);

/* How it ended, for people: "failed (exit 3)". The caller's. */
char *message_outcome(const struct notice *);

#endif
