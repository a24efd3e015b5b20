/*
 * attempt: see attempt.h. The words are part of the contract of the commands.
 */
#include "job/attempt.h"

#include "job/words.h"
#include "time/instant.h"

static const char *const outcomes[OUTCOME_COUNT + 1] = {
    [OUTCOME_RUNNING] = "running",
    [OUTCOME_OK] = "ok",
    [OUTCOME_FAILED] = "failed",
    [OUTCOME_KILLED] = "killed",
    [OUTCOME_TIMEOUT] = "timeout",
    [OUTCOME_CANCELLED] = "cancelled",
    [OUTCOME_LOST] = "lost",
    [OUTCOME_ERROR] = "error",
    [OUTCOME_SKIPPED] = "skipped",
};

static const char *const skips[SKIP_COUNT + 1] = {
    [SKIP_OVERLAP] = "overlap",
    [SKIP_MISSED] = "missed",
    [SKIP_PAUSED] = "paused",
    [SKIP_DEADLINE] = "deadline",
    [SKIP_CANCELLED] = "cancelled",
    [SKIP_CALENDAR] = "calendar",
    [SKIP_PREREQUISITE] = "prerequisite",
    [SKIP_CLOCK] = "clock",
};

const char *
outcome_word(enum outcome o)
{
	return outcomes[o];
}

int
outcome_parse(const char *word)
{
	return words_index(outcomes, word);
}

const char *
skip_word(enum skip_reason r)
{
	return skips[r];
}

int
skip_parse(const char *word)
{
	return words_index(skips, word);
}

void
result_init(struct result *r)
{
	memset(r, 0, sizeof(*r));
	r->exit_status = -1;
	r->started_at = r->finished_at = INSTANT_NONE;
	r->checkpoint_len = -1;
}

void
result_release(struct result *r)
{
	free(r->output);
	free(r->reason);
	free(r->checkpoint);
	result_init(r);
}
