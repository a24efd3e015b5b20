/*
 * wake: see wake.h.
 */
#include "cli/wake.h"

#include "base/err.h"
#include "base/usock.h"
#include "store/lease.h"
#include "store/store.h"

static int
wake_node(void *arg, const struct node *n)
{
	(void)arg;
	if (n->wake != NULL && n->wake[0] != '\0' && strcmp(n->state, "stopped") != 0)
		(void)usock_send(n->wake, "", 1);
	return 0;
}

void
wake_daemons(struct store *s)
{
	struct err ignored;

	(void)store_node_list(s, wake_node, NULL, &ignored);
	store_wake(s);
}
