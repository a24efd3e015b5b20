/*
 * queues: see queues.h. They are kept in the store because whatever ends there, by a person's hand
 * too, has to know whom to let in next.
 */
#include "daemon/queues.h"

#include "base/mem.h"
#include "conf/conf.h"
#include "store/queue.h"

int
queues_tell(struct store *s, const struct conf *c, int64_t now, struct err *e)
{
	struct queue_limit *v = xcalloc(c->nqueues + 1, sizeof(*v));
	int rc;

	for (size_t i = 0; i < c->nqueues; i++)
		v[i] = (struct queue_limit){ c->queues[i].name, c->queues[i].max_running };
	rc = store_queue_limits(s, v, c->nqueues, now, e);
	free(v);
	return rc;
}
