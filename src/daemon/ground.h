/*
 * ground: what the daemon stands on: its folders, the lock that makes it the only one, and the
 * file of the database. Others may take any of it away while it runs.
 */
#ifndef DAEMON_GROUND_H
#define DAEMON_GROUND_H

#include <stdbool.h>

struct daemon;
struct err;

/* The runtime folder with that of the locks, and the names of all that is in the folders. */
int ground_runtime(struct daemon *, struct err *);

/*
 * Before the database is touched: a daemon that is refused must not have upgraded it.
 * E_CONFLICT if another runs, its pid in *other (0: unknown).
 */
int ground_lock(struct daemon *, int *other, struct err *);

/* The state folder with that of the journals. */
int ground_state(struct daemon *, struct err *);

/* Remembers which file the open store is. */
void ground_note_store(struct daemon *);

/* False, and the loop ends, if the database is no longer the file that was opened. */
bool ground_check_store(struct daemon *);

/* The same if it turned out to be of another version by now: nothing can be stored any more. */
bool ground_check_version(struct daemon *);

/*
 * Makes the runtime folder and what is ours in it again if somebody took it away: a session
 * that ended, a cleaner. False, with the reason, if that cannot be: nothing should be claimed
 * then, for no job could be locked.
 */
bool ground_keep_folders(struct daemon *, struct err *);

#endif
