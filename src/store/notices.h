/*
 * notices: who is still to be told of an attempt's end. Part of the store; see store.h.
 */
#ifndef STORE_NOTICES_H
#define STORE_NOTICES_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

enum notice_kind { NOTICE_MAIL, NOTICE_ON_FAILURE, NOTICE_KINDS };
const char *notice_word(enum notice_kind);

/*
 * A notice of mail comes with an end as the job's mail_on says, if it has an address. Whether one
 * of NOTICE_ON_FAILURE comes with each dead occurrence is said here, for this handle; at first: no.
 */
void store_tell_failures(struct store *, bool);

struct notice_key {
	int64_t fence; /* below 0: not of an attempt, but of what failed with a prerequisite */
	enum notice_kind kind;
	int64_t due_at, tries; /* tries that failed */
};

/* Up to limit, in the order of due_at. A non-zero return of each ends the list. */
int store_notices(struct store *, int64_t limit, int (*each)(void *, const struct notice_key *),
    void *, struct err *);

/* What there is to tell. */
struct notice {
	int64_t fence;
	struct job job; /* as it is now */
	int64_t scheduled_for, attempt; /* 0, as the fence, where OUTCOME_SKIPPED */
	bool manual, dead;
	char *node;
	enum outcome outcome;
	int exit_status, signal;	 /* -1, 0: none */
	int64_t started_at, finished_at; /* INSTANT_NONE */
	int64_t output_bytes;
	char *reason;
	struct output output;
};
int store_notice_get(struct store *, int64_t fence, struct notice *, struct err *);
void notice_release(struct notice *);

/*
 * It has been told, and is forgotten. With a problem, which is kept with the attempt, or with the
 * skip of what never had one: it is due
 * again at again_at, or, INSTANT_NONE, forgotten all the same.
 */
int store_notice_done(struct store *, const struct notice_key *, const char *problem,
    int64_t again_at, struct err *);

#endif
