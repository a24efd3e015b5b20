/*
 * step: see step.h.
 */
#include "time/step.h"

enum step
step_between(const struct moment *then, const struct moment *now, int64_t *by)
{
	int64_t moved;

	*by = 0;
	if (then->boot == NULL || now->boot == NULL || strcmp(then->boot, now->boot) != 0)
		return STEP_NONE;
	moved = (now->wall_clock - then->wall_clock) - (now->boot_clock - then->boot_clock);
	if (moved > -STEP_NOISE && moved < STEP_NOISE)
		return STEP_NONE;
	*by = moved;
	if (moved > STEP_SMALL || moved < -STEP_SMALL)
		return STEP_NEW_CLOCK;
	return moved > 0 ? STEP_FORWARD : STEP_BACKWARD;
}
