/*
 * setter: how one option changes a draft (private to this floor). Each is an option_def's `set`: it
 * returns 0, or E_INPUT with a sentence about the value. `offset` is of struct job, where not said
 * otherwise.
 */
#ifndef JOB_SETTER_H
#define JOB_SETTER_H

#include "job/draft.h"
#include "job/option.h"

typedef int setter(struct draft *, const struct option_def *, const char *value, struct err *);

setter set_number;   /* int64_t, in its field's range */
setter set_bytes;    /* the same, with a suffix K or M */
setter set_duration; /* µs */
setter set_choice;   /* the index in its field's words */
setter set_text;     /* checked by its field */
setter set_word;     /* one more of a list */
setter set_setting;  /* one more NAME=VALUE; of one name the last counts */
setter set_limits;   /* NAME=VALUE,… */
setter set_env;	     /* NAME=VALUE, or NAME for the caller's value */
setter set_after;    /* JOB,… */
setter set_cwd;
setter set_backoff;
setter set_missed;
setter set_shell;
setter set_later; /* text in the draft, read by draft_finish; offset is of struct draft */

#endif
