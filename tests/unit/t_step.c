/*
 * Steps of the wall clock, told from elapsed time.
 */
#include "time/step.h"

#include "tap.h"

#define S INT64_C(1000000)
#define H (3600 * S)

static const struct {
	const char *name;
	const char *boot;
	int64_t elapsed, wall; /* since a moment of boot "a" */
	enum step want;
	int64_t by;
} cases[] = {
	{ "time that passes is no step", "a", 60 * S, 60 * S, STEP_NONE, 0 },
	{ "a long suspend is no step: the boot clock counts it", "a", 900 * H, 900 * H, STEP_NONE, 0 },
	{ "slewing is no step", "a", 60 * S, 60 * S + S / 2, STEP_NONE, 0 },
	{ "five minutes forward", "a", 0, 300 * S, STEP_FORWARD, 300 * S },
	{ "five minutes back", "a", 10 * S, -290 * S, STEP_BACKWARD, -300 * S },
	{ "three hours forward is still small", "a", 0, 3 * H, STEP_FORWARD, 3 * H },
	{ "three hours back is still small", "a", 0, -3 * H, STEP_BACKWARD, -3 * H },
	{ "more than three hours forward is a new clock", "a", 0, 3 * H + 1, STEP_NEW_CLOCK, 3 * H + 1 },
	{ "more than three hours back is a new clock", "a", 0, -3 * H - 1, STEP_NEW_CLOCK, -3 * H - 1 },
	{ "a year forward is a new clock", "a", S, 8760 * H + S, STEP_NEW_CLOCK, 8760 * H },
	{ "over a reboot the wall clock counts", "b", 0, 8760 * H, STEP_NONE, 0 },
};

int
main(void)
{
	const struct moment then = { "a", 1000 * S, 2000 * S };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct moment now = { cases[i].boot, then.boot_clock + cases[i].elapsed,
			then.wall_clock + cases[i].wall };
		int64_t by = -1;

		tap_is_int(step_between(&then, &now, &by), cases[i].want, "%s", cases[i].name);
		tap_is_int(by, cases[i].by, "%s: by how much", cases[i].name);
	}
	return tap_done();
}
