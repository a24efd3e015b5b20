/*
 * pursuit: see pursuit.h. The order of the fields is the format: new ones go to the end only.
 */
#include "wire/pursuit.h"

#include <limits.h>

#include "base/buf.h"
#include "wire/pack.h"

/* µs, about 36,000 years. */
#define TIME_MAX (INT64_C(1) << 60)

void
pursuit_release(struct pursuit *p)
{
	kin_release(&p->kin);
}

void
pursuit_pack(struct buf *b, const struct pursuit *p)
{
	pack_int(b, p->kin.fence);
	pack_int(b, p->outcome);
	pack_int(b, p->kill_at);
	pack_int(b, p->kin.main);
	pack_int(b, (int64_t)p->kin.main_start);
	pack_int(b, (int64_t)p->kin.n);
	for (size_t i = 0; i < p->kin.n; i++) {
		pack_int(b, p->kin.members[i].pid);
		pack_int(b, (int64_t)p->kin.members[i].start);
	}
	pack_str(b, p->kin.cgroup);
}

static pid_t
unpack_pid(struct unpack *u, int min)
{
	int64_t pid = unpack_int(u);

	u->bad |= pid < min || pid > INT_MAX;
	return u->bad ? 0 : (pid_t)pid;
}

int
pursuit_unpack(const void *data, size_t len, struct pursuit *p)
{
	struct unpack u;
	int64_t outcome, n;

	memset(p, 0, sizeof(*p));
	unpack_init(&u, data, len);
	p->kin.fence = unpack_int(&u);
	outcome = unpack_int(&u);
	p->kill_at = unpack_int(&u);
	p->kin.main = unpack_pid(&u, 0);
	p->kin.main_start = (uint64_t)unpack_int(&u);
	n = unpack_int(&u);
	if (u.bad || p->kin.fence <= 0 || p->kill_at < 0 || p->kill_at > TIME_MAX ||
	    (outcome != OUTCOME_TIMEOUT && outcome != OUTCOME_CANCELLED) || n < 0 ||
	    n > (u.end - u.p) / 16)
		return -1;
	p->outcome = (enum outcome)outcome;
	for (int64_t i = 0; i < n; i++) {
		pid_t pid = unpack_pid(&u, 1);

		kin_remember(&p->kin, pid, (uint64_t)unpack_int(&u));
	}
	p->kin.cgroup = unpack_str(&u);
	if (!u.bad)
		return 0;
	pursuit_release(p);
	return -1;
}
