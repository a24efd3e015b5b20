/*
 * ramp: see ramp.h.
 */
#include "daemon/ramp.h"

int64_t
ramp_begin(struct ramp *r, int64_t boot, int64_t max)
{
	if (r->size == 0 || boot - r->end >= RAMP_REST_US)
		r->size = RAMP_FIRST;
	else if (r->size < max)
		r->size *= RAMP_GROWTH;
	return r->size < max ? r->size : max;
}

void
ramp_end(struct ramp *r, int64_t boot)
{
	r->end = boot;
}
