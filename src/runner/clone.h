/*
 * clone: a vfork(2) whose child is in another control group from its first moment. Moving a process
 * into one costs the kernel more than a whole spawn.
 */
#ifndef RUNNER_CLONE_H
#define RUNNER_CLONE_H

#include <sys/types.h>

/*
 * Runs `run` in a child of the group whose folder is fd, in our memory and on our stack; comes back
 * with its pid when it has gone or has become another program. -1 with errno: ENOSYS where there is
 * no such call.
 */
pid_t clone_into(int fd, void (*run)(void *), void *arg);

#endif
