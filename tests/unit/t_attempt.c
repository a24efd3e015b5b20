/*
 * t_attempt: the words for outcomes and reasons, which scripts rely on.
 */
#include "base/mem.h"
#include "job/attempt.h"
#include "tap.h"
#include "time/instant.h"

static const char *const outcomes[] = {
    "running", "ok", "failed", "killed", "timeout", "cancelled", "lost", "error", "skipped"};
static const char *const skips[] = {
    "overlap", "missed", "paused", "deadline", "cancelled", "calendar", "prerequisite", "clock"};

int
main(void)
{
	struct result r;

	tap_is_int(sizeof(outcomes) / sizeof(outcomes[0]), OUTCOME_COUNT, "every outcome is known");
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		tap_is_str(outcome_word((enum outcome)i), outcomes[i], "outcome %d", i);
		tap_is_int(outcome_parse(outcomes[i]), i, "outcome '%s' is read", outcomes[i]);
	}
	tap_is_int(outcome_parse("OK"), -1, "outcomes are in lower case");
	tap_is_int(sizeof(skips) / sizeof(skips[0]), SKIP_COUNT, "every reason is known");
	for (int i = 0; i < SKIP_COUNT; i++) {
		tap_is_str(skip_word((enum skip_reason)i), skips[i], "reason %d", i);
		tap_is_int(skip_parse(skips[i]), i, "reason '%s' is read", skips[i]);
	}
	tap_is_int(skip_parse("none"), -1, "another word is no reason");
	result_init(&r);
	tap_ok(r.exit_status == -1 && r.started_at == INSTANT_NONE && r.finished_at == INSTANT_NONE,
	    "a new result tells nothing");
	r.output = xstrdup("x");
	r.reason = xstrdup("y");
	result_release(&r);
	tap_ok(r.output == NULL && r.reason == NULL, "a released result has no text");
	return tap_done();
}
