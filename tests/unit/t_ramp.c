/*
 * t_ramp: how many occurrences one claim takes.
 */
#include "daemon/ramp.h"
#include "tap.h"

struct step {
	int64_t rest, max, is; /* rest: µs since the end of the claim before */
};

static void
follow(const char *what, const struct step *steps, size_t n)
{
	struct ramp r = { 0 };
	int64_t boot = 1000000;

	for (size_t i = 0; i < n; i++) {
		int64_t got;

		boot += steps[i].rest;
		got = ramp_begin(&r, boot, steps[i].max);
		tap_is_int(got, steps[i].is, "%s, claim %zu", what, i + 1);
		/* A claim that takes long is no rest. */
		boot += 10 * RAMP_REST_US;
		ramp_end(&r, boot);
	}
}

#define FOLLOW(what, ...)                                          \
	do {                                                       \
		static const struct step steps[] = { __VA_ARGS__ }; \
		follow(what, steps, sizeof(steps) / sizeof(steps[0])); \
	} while (0)

int
main(void)
{
	FOLLOW("many at once", { 0, 1000, 4 }, { 0, 996, 32 }, { 50, 964, 256 }, { 0, 708, 708 },
	    { RAMP_REST_US - 1, 1000, 1000 });
	FOLLOW("after a rest", { 0, 1000, 4 }, { 0, 1000, 32 }, { RAMP_REST_US, 1000, 4 });
	FOLLOW("few free slots", { 0, 3, 3 }, { 10, 2, 2 }, { 20000, 100000, 32 });
	FOLLOW("more than ever", { 0, 100000, 4 }, { 0, 100000, 32 }, { 0, 100000, 256 },
	    { 0, 100000, 2048 }, { 0, 100000, 16384 }, { 0, 100000, 100000 },
	    { 0, 100000, 100000 });
	return tap_done();
}
