/*
 * users: who a job runs as, looked up by name and kept for a while, so that a batch of jobs
 * asks the user database once.
 */
#ifndef RUNNER_USERS_H
#define RUNNER_USERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/strv.h"

struct err;

struct user {
	char *name, *home;
	uid_t uid;
	gid_t gid;
	gid_t *groups;	  /* all of them, gid included */
	int ngroups;
	bool same;	  /* the runner has its uid: nothing to switch */
	bool own;	  /* asked for without a name */
	struct strv settings; /* of environment_of_user */
	int64_t asked_at; /* boot clock, µs */
};

#define USERS_KEPT 32
#define USERS_KEPT_FOR (60 * INT64_C(1000000)) /* µs */

/* All zero is empty. */
struct users {
	struct user kept[USERS_KEPT];
	int next; /* the place that the next one takes */
};

/*
 * The user of that name; NULL: the runner's own. now is the boot clock. Borrowed until the next
 * call. NULL with E_NOTFOUND if there is no such user, E_FAIL if the user database does not answer.
 */
const struct user *users_find(struct users *, const char *name, int64_t now, struct err *);

void users_release(struct users *);

#endif
