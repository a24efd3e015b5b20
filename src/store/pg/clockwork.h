/*
 * clockwork: the claim of what schedules make due (private to this driver).
 */
#ifndef STORE_PG_CLOCKWORK_H
#define STORE_PG_CLOCKWORK_H

#include <stdint.h>

struct claiming;
struct err;

/*
 * Of the first *others that are ready, in the order of the statement `heads` (?1: now, ?2: how
 * many), takes the periodic ones that simply run, within the transaction of a claim that shares
 * the writers' lock. *others becomes how many are left.
 */
int clockwork_take(struct claiming *, const char *heads, int64_t *others, struct err *);

#endif
