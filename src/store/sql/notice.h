/*
 * notice: who is to be told of an attempt's end (private to the logic).
 *
 * What a job wishes is noted in its attempt by the claim, which has read the job anyway: so the
 * end of an attempt that interests nobody looks at nothing more than before.
 */
#ifndef STORE_SQL_NOTICE_H
#define STORE_SQL_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/notices.h"

struct db;
struct err;

/* attempts.mail of an attempt of this job. */
int64_t notice_wish(const struct job *);

/* Whether mail is due by that wish. */
bool notice_wanted(int64_t wish, const struct result *, bool dead);

int notice_add(struct db *, int64_t fence, enum notice_kind, int64_t now, struct err *);

/*
 * The job has just failed without an attempt, for a job that it comes after; the newest row of its
 * skips says so.
 */
int notice_unrun(struct db *, const struct job *, int64_t now, struct err *);

#endif
