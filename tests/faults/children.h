/*
 * children: the processes that a storm has started and not yet reaped. They die with the storm, and
 * what they leave behind becomes its children too: so nothing outlives it unseen.
 */
#ifndef FAULTS_CHILDREN_H
#define FAULTS_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct dice;
struct proc_id;
struct storm;
struct strv;

struct child {
	int64_t number; /* never used twice */
	pid_t pid;
	int64_t started;	/* wall clock */
	bool shimmed;		/* its calls may fail */
	bool pointed;		/* and it may die by itself */
	bool killed;		/* a SIGKILL or SIGTERM of ours is on its way */
	char *out, *complaints; /* files with stdout and stderr */
	void (*ended)(struct storm *, struct child *, int status);
	int64_t arg;
	struct child *next;
};

void children_init(struct storm *);
void children_free(struct storm *);

/*
 * Runs program (a name in the folder of the programs) with words; stdout and stderr go to files
 * DIR/io/NAME.out and .err; NULL: both are appended to DIR/log. ended is told the status of
 * waitpid. env: NAME=VALUE, by which its calls fail; NULL: none do.
 */
struct child *child_run(struct storm *, const struct strv *words, const char *name,
    const struct strv *env, void (*ended)(struct storm *, struct child *, int status), int64_t arg);

/* For that: calls fail at a rate that the dice decide. Nothing is added if there is no shim. */
void child_shim(const struct storm *, struct dice *, struct strv *env);

/* And this: failpoints that the dice choose. Nothing is added if none are built in. */
void child_points(const struct storm *, struct dice *, struct strv *env);

struct child *child_find(struct storm *, int64_t number); /* NULL: it has gone */
void child_signal(struct child *, int sig);
void child_process(const struct child *, struct proc_id *);

/* Reaps who has died, also those that others have left to us. */
void children_reap(struct storm *);

/* Whether none is left, not even another's. */
bool children_none(struct storm *);

/* KILL to everyone, own or left to us, until none is there. */
void children_end(struct storm *);

#endif
