/*
 * filter: jobs chosen by what they are instead of by name, for commands that change them. In
 * thousands, each a transaction, so that a million of them hold up nobody.
 */
#ifndef CLI_FILTER_H
#define CLI_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/opt.h"
#include "job/state.h"

struct cli;
struct job_change;

/* The options' values: the first member of a command's arguments. */
struct filter_args {
	const char *state, *user, *name, *queue, *label;
	bool dry_run;
};

#define FILTER_TEXT(option, member, value, words)                                             \
	{ .name = option, .kind = OPT_TEXT, .arg = value,                                     \
	    .offset = offsetof(struct filter_args, member), .help = words }

/* Their lines in a table of options. */
#define FILTER_OPTIONS                                                                        \
	FILTER_TEXT("state", state, "STATE", "instead of JOB: all jobs in this state"),       \
	FILTER_TEXT("user", user, "USER", "all jobs that run as this user"),                  \
	FILTER_TEXT("name", name, "GLOB", "all jobs whose name matches"),                     \
	FILTER_TEXT("label", label, "K=V", "all jobs with this label"),                       \
	{ .name = "dry-run", .kind = OPT_FLAG, .offset = offsetof(struct filter_args, dry_run), \
	    .help = "with these: only tell how many they are, and the first of them" }

/* Whether any was given that chooses jobs. */
bool filter_given(const struct filter_args *);

/* Whether a queue was given and nothing else: it, and not its jobs. */
bool filter_is_queue(const struct filter_args *);

/* E_INPUT: a value is none that a job can have. */
int filter_check_values(struct cli *, const struct filter_args *);

/* The same; or jobs are chosen in two ways, or --dry-run chooses none. */
int filter_check(struct cli *, const struct filter_args *, int argc);

/* How it is called, and which jobs can have it done to them. */
struct filter_verb {
	const char *did, *would; /* "cancelled", "cancel" */
	enum job_event event;
};

/* The store is open. Does it to all jobs that are chosen and whose state allows it, and tells how
 * many they were. */
int filter_change(struct cli *, const struct filter_args *, const struct filter_verb *,
    struct job_change *);

#endif
