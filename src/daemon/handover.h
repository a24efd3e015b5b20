/*
 * handover: a claim made into what a runner needs to run it. Pure.
 */
#ifndef DAEMON_HANDOVER_H
#define DAEMON_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

struct claim;
struct launch;

struct handover {
	const char *node, *database; /* for the job's environment */
	const char *own_user;	     /* the account this daemon runs as: no switch for it */
	int64_t wall, boot;	     /* the claim's clock and the boot clock at that instant */
	bool shared; /* others may take over: nothing of it may outlive its runner */
};

/* Fills *launch, which is the caller's; takes the texts out of the claim's job. */
void handover(const struct handover *, struct claim *, struct launch *);

#endif
