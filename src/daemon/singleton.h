/*
 * singleton: one jobschedd per database and per runtime folder, by two locked pid files.
 */
#ifndef DAEMON_SINGLETON_H
#define DAEMON_SINGLETON_H

#include <sys/types.h>

struct err;
struct singleton;

/*
 * Takes "<database>.lock" (database NULL: not needed) and "<runtime>/jobschedd.pid". E_CONFLICT
 * if another jobschedd has one of them: the sentence names it, and *other is its pid (0:
 * unknown).
 */
int singleton_take(struct singleton **, const char *database, const char *runtime, pid_t *other,
    struct err *);

/* Writes this process's pid into both: after daemonising. */
void singleton_write(struct singleton *);

void singleton_free(struct singleton *);

#endif
