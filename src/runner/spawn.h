/*
 * spawn: one process for one attempt: who, where, with what, and the vfork.
 */
#ifndef RUNNER_SPAWN_H
#define RUNNER_SPAWN_H

struct attempt;
struct err;
struct runner;

/*
 * Starts the attempt, whose launch and lock it has; sets its pid, start and capture. 0, or E_FAIL
 * and nothing runs: the sentence names the failing step and the reason. errno is EMFILE or ENFILE
 * only if that was for want of a descriptor of ours.
 *
 * All signals must be blocked: a handler of ours would run in the child, in our memory. The child
 * takes them in again once it has none of our handlers.
 */
int spawn_attempt(struct runner *, struct attempt *, struct err *);

#endif
