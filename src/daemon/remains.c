/*
 * remains: see remains.h.
 */
#include "daemon/remains.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "daemon/fault.h"
#include "daemon/member.h"
#include "daemon/orphans.h"
#include "daemon/results.h"
#include "daemon/takein.h"
#include "job/attempt.h"
#include "store/store.h"
#include "wire/journal.h"
#include "wire/launch.h"
#include "wire/pursuit.h"

static void
on_result(void *arg, struct result *r)
{
	struct member *m = arg;

	if (!r->not_started && r->outcome == OUTCOME_LOST)
		log_warn("attempt %" PRId64 " is lost: %s", r->fence, r->reason);
	/* One that is being ended is over when all of it is. */
	if (!orphans_keep(m->setup->orphans, r))
		results_add(m->setup->results, m->row.id, 0, r);
}

bool
remains_keep(struct member *m, const struct kept *k)
{
	struct err e;

	if (store_checkpoint_put(
		m->setup->store, k->fence, k->data, k->len, clock_wall(), &e) == 0)
		return true;
	fault(m->setup->store, &e, "cannot store the checkpoint of attempt %" PRId64, k->fence);
	return false;
}

static int
on_left_behind(void *arg, const struct kept *k)
{
	return remains_keep(arg, k) ? 0 : -1;
}

static int
on_survivor(void *arg, const struct start *s, const struct proc_id *proc)
{
	struct member *m = arg;

	return orphans_watch(m->setup->orphans, m->row.id, s, proc);
}

static void
note_pursuit(void *arg, enum frame_type type, const void *body, size_t len)
{
	struct member *m = arg;
	struct pursuit p;

	if (type != FRAME_PURSUIT || pursuit_unpack(body, len, &p) < 0)
		return;
	orphans_pursue(m->setup->orphans, m->row.id, &p);
	pursuit_release(&p);
}

/* What it had begun to end, also of attempts whose result is in the store. */
static int
go_on_ending(struct member *m, struct err *e)
{
	if (m->row.boot == NULL || strcmp(m->row.boot, proc_boot_id()) != 0)
		return 0;
	return journal_read(m->row.journal, note_pursuit, m, e);
}

static void
cancel_survivors(struct member *m, const struct open_attempt *open, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (open[i].cancel_wanted)
			orphans_cancel(m->setup->orphans, open[i].fence, open[i].grace);
}

int
remains_judge(struct member *m, const struct open_attempt *open, size_t n)
{
	static const struct takein_calls calls = { on_result, on_survivor, on_left_behind };
	struct err e;
	int rc;

	if ((rc = go_on_ending(m, &e)) == 0)
		rc = takein(m->row.journal, m->row.boot, m->setup->locks, open, n, &calls, m, &e);
	if (rc < 0)
		log_error("journal of runner %" PRId64 ": %s", m->row.id, e.text);
	cancel_survivors(m, open, n);
	return rc;
}
