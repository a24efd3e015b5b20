/*
 * journal: the runner's append-only file of starts and ends. It survives kills, not power
 * loss (nothing is fsync'd: after a power loss what ran is gone too).
 *
 * The runner holds a flock on PATH.lock for life: whoever gets that lock knows that the runner is
 * dead and may read the journal. A torn record at the end is what a kill left behind, and is passed
 * over.
 */
#ifndef WIRE_JOURNAL_H
#define WIRE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/frame.h"

struct err;
struct journal;

/* Creates the journal (it must not exist) and takes its lock. */
int journal_create(struct journal **, const char *path, struct err *);

/* Adds a record to what the next flush writes in one go. */
void journal_add(struct journal *, enum frame_type, const struct buf *body);

/* Writes what was added. 0, or E_FAIL (disk full …): all of it stays added, none is written. */
int journal_flush(struct journal *, struct err *);

/* Whether records are added that are not written. */
bool journal_dirty(const struct journal *);

/* Forgets what was added and not written. */
void journal_drop(struct journal *);

/* Bytes in the file: when it is past a bound, the runner cuts it. */
size_t journal_size(const struct journal *);

/*
 * Replaces the whole file, and what was added, by these frames (already framed by frame_add): what
 * has no acknowledgement yet. The old file or the new one is there, whatever kills the caller.
 */
int journal_cut(struct journal *, const struct buf *live, struct err *);

/* Closes; removes journal and lock file if asked (nothing in it is owed to anyone). */
void journal_close(struct journal *, bool remove);

/*
 * Takes the lock of a journal whose runner may be dead: fd >= 0 is the lock; -1 with *alive true:
 * the runner lives; else E_FAIL, *alive false.
 */
int journal_claim(const char *path, bool *alive, struct err *);

/* Removes a claimed journal (its records are in the store) and its lock file; gives up the lock. */
void journal_remove(const char *path, int lock);

/* Removes them as that does; the lock stays the caller's. */
void journal_unlink(const char *path);

/*
 * Calls each for every whole record. Stops at the first that is torn or broken. E_FAIL if it cannot
 * be read; no file is no records.
 */
int journal_read(const char *path,
    void (*each)(void *arg, enum frame_type, const void *body, size_t len), void *arg,
    struct err *);

#endif
