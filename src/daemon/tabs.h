/*
 * tabs: the tab files in force: found, read when they changed, compared with the store, changed
 * there.
 *
 * A pass looks at every file under the folders and loads those that changed, a piece at a time, so
 * that a huge tab keeps nothing else waiting. A bad file leaves its last good version in force, its
 * error in the store and in the log. A file that has gone has its entries retired.
 */
#ifndef DAEMON_TABS_H
#define DAEMON_TABS_H

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct store;
struct strv;
struct tabs;
struct zone;

/* user, borrowed, is whose the entries are that name none: who runs this. */
struct tabs *tabs_new(struct store *, const char *user);
void tabs_free(struct tabs *);

/*
 * Begins a pass; one that is under way is given up, and what it has not come to is left for the new
 * one. afresh: read all again (the config changed). The config and the zone must stay until the
 * pass is over, or another is begun. Without the store there is no pass, and a later one makes up
 * for it.
 */
void tabs_begin(struct tabs *, const struct conf *, const struct strv *folders, const struct zone *,
    int64_t now, bool afresh);

/* One piece of the pass, by the clock of now: some tens of milliseconds. False: it is over. */
bool tabs_step(struct tabs *, int64_t now);

/* Whether a pass is under way, and whether its next piece holds the store against others. */
bool tabs_busy(const struct tabs *);
bool tabs_writes(const struct tabs *);

/* Of all in the config that gives the same text of a tab another meaning. */
uint64_t tabs_context_hash(const struct conf *);

#endif
