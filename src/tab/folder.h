/*
 * folder: which files of a tab folder count, by the rules of cronie and Debian's cron.
 */
#ifndef TAB_FOLDER_H
#define TAB_FOLDER_H

#include <stdbool.h>

struct buf;
struct err;
struct file_stamp;
struct strv;

/*
 * Whether a file of this name is a tab: letters, digits, '_', '-' (and '.' inside unless it ends as
 * editors' and package managers' leftovers do: .bak .swp .orig .rpmsave .dpkg-old …). If not, *why
 * is set (static).
 */
bool tab_name_ok(const char *name, const char **why);

/* Bytes of the path of a folder of tabs, or of a tab by itself: every store can hold these. */
#define TAB_WAY_MAX 768

/*
 * Paths of the tabs under path (a file or a folder; a folder's files sorted by bytes, not its
 * folders), added to *paths. A path that does not exist adds nothing; one that is
 * longer than TAB_WAY_MAX is E_INPUT. What is passed over is
 * reported to skipped (may be NULL).
 */
int tab_scan(const char *path, struct strv *paths,
    void (*skipped)(void *, const char *path, const char *why), void *arg, struct err *);

/* Reads a tab as the daemon may: trusted_read, with E_INPUT if it is longer than TAB_SIZE_MAX. */
int tab_read(const char *path, struct buf *text, struct file_stamp *, struct err *);

#endif
