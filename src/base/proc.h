/*
 * proc: who a process is: boot id + pid + start time, never a bare pid.
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

#define BOOT_ID_SIZE 37 /* 36 characters of a UUID and NUL */

struct proc_id {
	char boot[BOOT_ID_SIZE];
	pid_t pid;
	uint64_t start; /* clock ticks since boot, field 22 of /proc/PID/stat */
};

/*
 * This boot's id (random per boot), borrowed; read once. Where it is there and cannot be read,
 * the process ends: whoever took this boot for another would give up what runs.
 */
const char *proc_boot_id(void);

/*
 * Start time of pid in clock ticks since boot; 0 if there is no such process (a zombie has
 * one).
 */
uint64_t proc_start_time(pid_t pid);

void proc_self(struct proc_id *);

/* "boot pid start", by which it is known elsewhere. */
#define PROC_TEXT (BOOT_ID_SIZE + 1 + 11 + 1 + 20 + 1)
void proc_text(const struct proc_id *, char *text, size_t);

/*
 * The path of another of our programs or modules, the caller's: beside this one, as in a build
 * tree, else in the folder where it is installed, below the DESTDIR that this one was installed to
 * if it is there.
 */
char *proc_beside(const char *name, const char *folder);

/*
 * Whether exactly this process lives (a zombie does not): 1 or 0; -1 with errno: that cannot be
 * told now (no descriptors left …), and it must be taken for neither.
 */
int proc_look(const struct proc_id *);

/* The same for whoever only wants to know of one that certainly lives. */
bool proc_alive(const struct proc_id *);

/*
 * A pidfd of exactly this process: opened, then checked against the start time. -1 with errno
 * ESRCH if it has gone or the pid is someone else's, ENOSYS where there are no pidfds, another
 * where that cannot be told now.
 */
int proc_open(const struct proc_id *);

/*
 * Sends sig to exactly this process, never a stranger: 0, or -1 with errno, ESRCH if it has
 * gone.
 */
int proc_signal(const struct proc_id *, int sig);

#endif
