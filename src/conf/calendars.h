/*
 * calendars: those of a folder, by the names of their files. What is in one: time/calendar.h.
 *
 * A file is read when its calendar is first asked for, and again when it has changed. A calendar
 * that was good once stays in force when its file becomes bad or goes; so that this holds over a
 * restart, and where every tick is a process of its own, the last good text is kept as a copy.
 */
#ifndef CONF_CALENDARS_H
#define CONF_CALENDARS_H

#include <stdbool.h>

struct calendar;
struct calendars;

struct calendars_setup {
	const char *folder;
	const char *kept; /* private folder for the copies, made when needed; NULL: none are kept */
	/*
	 * May be NULL. fault: NULL if a new version of the file has come into force, the first one
	 * apart; else what is wrong with it, once for each fault, mostly as "path:line:column:
	 * sentence". in_force: whether there is such a calendar all the same, that is its last good
	 * version.
	 */
	void (*tell)(void *arg, const char *name, const char *fault, bool in_force);
	void *arg;
};

/* Copies what it is given. Nothing is read yet. */
struct calendars *calendars_new(const struct calendars_setup *);
void calendars_free(struct calendars *);

/*
 * The calendar of this name in the struct calendars `set`; NULL if there never was a good one. A
 * file is read by the rules of trusted_read, up to CALENDAR_SIZE_MAX. Borrowed until the next
 * refresh. To be called through a pointer: hence the type of `set`.
 */
const struct calendar *calendars_get(void *set, const char *name);

/* Looks at the files of all calendars that were asked for, and reads those that changed. */
void calendars_refresh(struct calendars *);

#endif
