/*
 * wake: see wake.h.
 */
#include "cli/wake.h"

#include "base/usock.h"
#include "store/lease.h"

static void
wake_node(const char *path)
{
	(void)usock_send(path, "", 1);
}

void
wake_daemons(struct store *s)
{
	store_wake(s, wake_node);
}
