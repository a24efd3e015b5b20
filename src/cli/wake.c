/*
 * wake: see wake.h.
 */
#include "cli/wake.h"

#include "base/usock.h"
#include "store/lease.h"

static bool
wake_node(const char *path)
{
	return usock_send(path, "", 1) == 0;
}

bool
wake_daemons(struct store *s)
{
	return store_wake(s, wake_node);
}
