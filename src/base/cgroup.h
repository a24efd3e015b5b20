/*
 * cgroup: control groups, version 2, as what holds processes together: nobody leaves one by
 * forking, by a session or a group of its own, or by another parent. Each is a folder; see
 * cgroups(7).
 */
#ifndef BASE_CGROUP_H
#define BASE_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

/* The folder of the group that this process is in, the caller's; NULL if none can be seen. */
char *cgroup_own(void);

/* Calls each for all processes in it and below. */
void cgroup_each(const char *path, void (*each)(void *arg, pid_t), void *arg);

/* Whether anybody lives in it or below. */
bool cgroup_populated(const char *path);

/* The same, from its file cgroup.events that is kept open. False once the group has gone. */
bool cgroup_populated_at(int events);

/* KILL to all in it and below at once. Does nothing where the kernel cannot: before Linux 5.14. */
void cgroup_kill(const char *path);

#endif
