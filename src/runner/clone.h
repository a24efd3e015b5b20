/*
 * clone: a vfork(2) whose child is in another control group from its first moment, for moving a
 * process into one costs the kernel more than a whole spawn; or that shares our descriptors, for
 * with a thousand of them copying and closing them does, too.
 */
#ifndef RUNNER_CLONE_H
#define RUNNER_CLONE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Runs `run` in a child of the group whose folder is fd (-1: of ours), in our memory and on our
 * stack, but without our handlers of signals; comes back with its pid when it has gone or has
 * become another program. With share_files what it opens, closes or moves it does so for us as
 * well. -1 with errno: ENOSYS where there is no such call.
 */
pid_t clone_into(int fd, bool share_files, void (*run)(void *), void *arg);

#endif
